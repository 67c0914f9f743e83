//! A file of up to 100,000 lessons: kept in parts first, recorded part by part afterwards, so that a
//! dropped connection or a stopped server loses nothing and records nothing twice. Every line has its
//! own answer.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use access::{Action, Principal};
use kernel::{ClassHours, ClassSessionId, ContractId, Day, Instant, InstitutionId, LedgerId, LessonId, LessonImportId};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{LessonImport, LessonImportPart};

use super::target;
use crate::context::Verb;
use crate::effects::new_uuid;
use crate::error::AppError;
use crate::idempotency::Key;
use crate::ledgers::{App, Call, Ledger};
use crate::read::{Thing, Viewer, allow};
use crate::refusal::{Corrupt, Refusal};
use crate::verbs::LessonClaim;

/// Most lines of a file.
pub const LINES_MAX: usize = 100_000;
/// Lines of a part.
pub const PART_LINES: usize = 1_000;
/// The columns of a file, in any order; the last may be absent.
const COLUMNS: [&str; 4] = ["contract", "hours", "held_on", "class_session"];

/// Parts recorded by one look of the clock, so that other jobs get their turn.
const PARTS_AT_ONCE: usize = 20;

/// How far unfinished files were at the last look of the clock.
#[derive(Debug, Default)]
pub(crate) struct LessonImports(Mutex<BTreeMap<LedgerId, BTreeMap<LessonImportId, u64>>>);

impl LessonImports {
    /// Those that are as they were at the last look: nobody is at work on them.
    fn stalled(&self, ledger: &LedgerId, open: &[LessonImport]) -> Vec<LessonImport> {
        // Whoever panicked while holding it left a whole map.
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now: BTreeMap<LessonImportId, u64> = open.iter().map(|import| (import.id, import.done)).collect();
        let before = seen.insert(ledger.clone(), now).unwrap_or_default();
        open.iter().filter(|import| before.get(&import.id) == Some(&import.done)).cloned().collect()
    }

    /// The clock itself recorded a part of it.
    fn moved(&self, ledger: &LedgerId, import: &LessonImport) {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        seen.entry(ledger.clone()).or_default().insert(import.id, import.done);
    }
}

/// How far a file has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportProgress {
    /// The file.
    pub import: LessonImport,
    /// Number of its parts.
    pub parts: u64,
}

/// A line as it is kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Line {
    /// Its number in the file, from 2: the headings are line 1.
    line: u64,
    contract: String,
    hours: String,
    held_on: String,
    class_session: String,
}

impl Line {
    fn claim(&self, lesson: LessonId) -> Result<LessonClaim, &'static str> {
        let session = self.class_session.trim();
        let hours: ClassHours = self.hours.trim().parse().map_err(|_| "hours")?;
        if hours.is_zero() {
            return Err("hours");
        }
        Ok(LessonClaim {
            lesson,
            contract: self.contract.trim().parse::<ContractId>().map_err(|_| "contract")?,
            hours,
            held_on: self.held_on.trim().parse::<Day>().map_err(|_| "held_on")?,
            class_session: match session {
                "" => None,
                text => Some(text.parse::<ClassSessionId>().map_err(|_| "class_session")?),
            },
        })
    }
}

fn refuse(state: impl Into<String>) -> AppError {
    let (what, command) = ("lesson_import".into(), "read".into());
    AppError::refused(Refusal::State { what, state: state.into().into(), command })
}

/// Reads a file: headings, then a lesson per line.
fn lines_of(file: &[u8]) -> Result<Vec<Line>, AppError> {
    let file = file.strip_prefix(b"\xef\xbb\xbf").unwrap_or(file);
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(file);
    let headings = reader.headers().map_err(|_| refuse("not_csv"))?.clone();
    let names: Vec<&str> = headings.iter().map(str::trim).collect();
    let distinct: BTreeSet<&str> = names.iter().copied().collect();
    let known = names.iter().all(|name| COLUMNS.contains(name)) && distinct.len() == names.len();
    let there = COLUMNS.iter().take(3).all(|name| distinct.contains(name));
    if !(known && there) {
        return Err(refuse(format!("columns: {}", names.join(","))));
    }
    let place = |name: &str| names.iter().position(|found| *found == name);
    let places = COLUMNS.map(place);
    let mut lines = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| refuse(format!("line {}", error.position().map_or(0, |p| p.line()))))?;
        if lines.len() >= LINES_MAX {
            return Err(refuse(format!("> {LINES_MAX}")));
        }
        let cell = |place: Option<usize>| place.and_then(|i| record.get(i)).unwrap_or_default().to_owned();
        let [contract, hours, held_on, class_session] = places.map(cell);
        let line = record.position().map_or(0, csv::Position::line);
        lines.push(Line { line, contract, hours, held_on, class_session });
    }
    if lines.is_empty() { Err(refuse("empty")) } else { Ok(lines) }
}

impl App {
    /// Keeps a file of lessons of an institution, to be recorded with [`App::lesson_import_run`].
    ///
    /// # Errors
    /// Not found, denied; [`Refusal::State`] for a file that cannot be read or is too long.
    pub async fn lesson_import_create(
        &self,
        call: &Call,
        institution: InstitutionId,
        file: &[u8],
    ) -> Result<ImportProgress, AppError> {
        let ledger = self.ledger_for(call, Thing::Institution(institution)).await?;
        self.institution_in(&ledger, institution).await?;
        allow(call.principal.as_ref(), &[Action::LessonClaim], &target(&ledger, institution), "institution")?;
        let Some(principal) = &call.principal else { return Err(AppError::NotSignedIn) };
        let lines = lines_of(file)?;
        let import = LessonImport {
            id: LessonImportId::new(new_uuid(&*self.effects, call.now)),
            institution,
            user: principal.user,
            sha256: *ledger::file_digest(file).as_bytes(),
            lines: u64::try_from(lines.len()).unwrap_or(u64::MAX),
            done: 0,
            recorded: 0,
            refused: 0,
            created_at: call.now,
            finished_at: None,
        };
        let parts: Vec<LessonImportPart> = (0_u64..)
            .zip(lines.chunks(PART_LINES))
            .map(|(part, lines)| LessonImportPart {
                import: import.id,
                part,
                lines: json!(lines).to_string(),
                results: None,
            })
            .collect();
        if !call.dry_run {
            let tx = self.store.begin().await?;
            store::lesson_import_insert(&tx, ledger.id(), &import, &parts).await?;
            tx.commit().await?;
        }
        Ok(ImportProgress { import, parts: u64::try_from(parts.len()).unwrap_or(u64::MAX) })
    }

    async fn lesson_import_in(
        &self,
        viewer: Viewer<'_>,
        id: LessonImportId,
    ) -> Result<(Arc<Ledger>, LessonImport), AppError> {
        let principal = viewer.ok_or(AppError::NotSignedIn)?;
        for ledger in self.ledgers_of_user(principal).await? {
            if let Some(import) = store::lesson_import_by_id(&self.store.read(), ledger.id(), id).await? {
                let about = target(&ledger, import.institution);
                allow(viewer, &[Action::LessonClaim], &about, "lesson_import")?;
                return Ok((ledger, import));
            }
        }
        // Whoever never records lessons learns nothing here.
        access::check(access::Caller::User(principal), Action::LessonClaim, &access::Target::Nothing)
            .or_else(|denied| if denied.reason == access::Reason::NotOwn { Ok(()) } else { Err(denied) })?;
        Err(AppError::not_found("lesson_import"))
    }

    /// How far a file has come.
    ///
    /// # Errors
    /// Not found, denied.
    pub async fn lesson_import(&self, viewer: Viewer<'_>, id: LessonImportId) -> Result<ImportProgress, AppError> {
        let (_, import) = self.lesson_import_in(viewer, id).await?;
        let size = u64::try_from(PART_LINES).unwrap_or(u64::MAX);
        Ok(ImportProgress { parts: import.lines.div_ceil(size), import })
    }

    /// What became of the lines of a part; none while it waits.
    ///
    /// # Errors
    /// Not found, denied.
    pub async fn lesson_import_results(
        &self,
        viewer: Viewer<'_>,
        id: LessonImportId,
        part: u64,
    ) -> Result<Option<Value>, AppError> {
        let (ledger, _) = self.lesson_import_in(viewer, id).await?;
        let found = store::lesson_import_part(&self.store.read(), ledger.id(), id, part).await?;
        let found = found.ok_or_else(|| AppError::not_found("part"))?;
        let read = |text: String| serde_json::from_str(&text).map_err(|_| Corrupt { what: "results of a file" });
        Ok(found.results.map(read).transpose()?)
    }

    /// Records what waits of a file, part by part; to be repeated where it was cut off.
    ///
    /// # Errors
    /// Not found, denied; trouble of the database. What a rule refuses is the answer of its line.
    pub async fn lesson_import_run(&self, call: &Call, id: LessonImportId) -> Result<ImportProgress, AppError> {
        let (ledger, _) = self.lesson_import_in(call.principal.as_ref(), id).await?;
        let Some(principal) = call.principal.clone() else { return Err(AppError::NotSignedIn) };
        self.lesson_import_parts(&ledger, &principal, id, usize::MAX).await?;
        self.lesson_import(call.principal.as_ref(), id).await
    }

    async fn lesson_import_parts(
        &self,
        ledger: &Ledger,
        principal: &Principal,
        id: LessonImportId,
        most: usize,
    ) -> Result<u64, AppError> {
        let mut done = 0_u64;
        for _ in 0..most {
            let Some(part) = store::lesson_import_next(&self.store.read(), ledger.id(), id).await? else { break };
            self.lesson_import_part(ledger, principal, part).await?;
            done = done.saturating_add(1);
        }
        Ok(done)
    }

    /// Goes on with files that a stopped server left: those that have not moved since the last look, whoever
    /// had them. In the name of who handed them in, with the rights of today; a user who may no longer log
    /// in keeps theirs waiting. Returns how many parts were recorded.
    ///
    /// # Errors
    /// [`AppError`] of the database.
    pub(crate) async fn lesson_imports_resume(&self, ledger: &Ledger, now: Instant) -> Result<u64, AppError> {
        let open = store::lesson_imports_open(&self.store.read(), ledger.id()).await?;
        let (mut recorded, mut left) = (0_u64, PARTS_AT_ONCE);
        for import in self.lesson_imports.stalled(ledger.id(), &open) {
            if left == 0 {
                break;
            }
            let Some(principal) = self.principal_by_id(import.user, now).await? else { continue };
            let parts = self.lesson_import_parts(ledger, &principal, import.id, left).await?;
            left = left.saturating_sub(usize::try_from(parts).unwrap_or(usize::MAX));
            recorded = recorded.saturating_add(parts);
            if let Some(after) = store::lesson_import_by_id(&self.store.read(), ledger.id(), import.id).await? {
                self.lesson_imports.moved(ledger.id(), &after);
            }
        }
        Ok(recorded)
    }

    async fn lesson_import_part(
        &self,
        ledger: &Ledger,
        principal: &Principal,
        mut part: LessonImportPart,
    ) -> Result<(), AppError> {
        let lines: Vec<Line> =
            serde_json::from_str(&part.lines).map_err(|_| Corrupt { what: "lines of a file of lessons" })?;
        let now = self.effects.now();
        let mut results: Vec<Value> = Vec::with_capacity(lines.len());
        let mut commands: Vec<(Call, Box<dyn Verb>)> = Vec::with_capacity(lines.len());
        let mut asked = Vec::with_capacity(lines.len());
        for line in &lines {
            match line.claim(LessonId::new(new_uuid(&*self.effects, now))) {
                Ok(claim) => {
                    let name = format!("lesson-import:{}:{}", part.import, line.line);
                    let key = Key::new(&self.effects.lookup_key(), "import", &name, "lesson-import", &json!(line));
                    let call = Call { principal: Some(principal.clone()), now, key: Some(key), dry_run: false };
                    commands.push((call, Box::new(claim)));
                    asked.push(results.len());
                    results.push(json!({ "line": line.line }));
                }
                Err(field) => results.push(json!({ "line": line.line, "status": "refused", "field": field })),
            }
        }
        let answers = self.submit_all(ledger, commands).await;
        let (mut recorded, mut refused) =
            (0_u64, u64::try_from(results.len().saturating_sub(asked.len())).unwrap_or(0));
        for (place, answer) in asked.into_iter().zip(answers) {
            let Some(Value::Object(result)) = results.get_mut(place) else { continue };
            match answer {
                Ok(outcome) => {
                    recorded = recorded.saturating_add(1);
                    result.insert("status".to_owned(), json!("recorded"));
                    result.insert("lesson".to_owned(), outcome.answer.get("id").cloned().unwrap_or(Value::Null));
                }
                Err(AppError::Refused { refusal, .. }) => {
                    refused = refused.saturating_add(1);
                    result.insert("status".to_owned(), json!("refused"));
                    result.insert("refusal".to_owned(), serde_json::to_value(refusal).unwrap_or(Value::Null));
                }
                Err(AppError::Denied(denied)) => {
                    refused = refused.saturating_add(1);
                    result.insert("status".to_owned(), json!("refused"));
                    result.insert("denied".to_owned(), json!(denied.reason.as_str()));
                }
                // The part is tried again as a whole; what was recorded has its key.
                Err(error) => return Err(error),
            }
        }
        part.results = Some(Value::Array(results).to_string());
        let tx = self.store.begin().await?;
        store::lesson_import_done(&tx, ledger.id(), &part, (recorded, refused), self.effects.now()).await?;
        tx.commit().await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_by_its_headings() {
        let lines =
            lines_of("\u{feff}held_on, contract ,hours\n2026-12-05,a,1\n\"2026-12-06\",b\n".as_bytes()).unwrap();
        let seen: Vec<_> = lines.iter().map(|l| (l.line, l.contract.as_str(), l.hours.as_str())).collect();
        assert_eq!(seen, [(2, "a", "1"), (3, "b", "")]);
        for bad in ["", "contract,hours\n", "contract,hours,held_on,more\n1,2,3,4\n", "contract,hours,held_on\n"] {
            assert!(lines_of(bad.as_bytes()).is_err(), "{bad}");
        }
        let long = format!("contract,hours,held_on\n{}", "a,1,2026-12-05\n".repeat(LINES_MAX + 1));
        assert!(lines_of(long.as_bytes()).is_err());
    }
}
