//! The pupil's side: the code that is shown in the room, check-ins, and what whoever decides a dispute
//! sees. Codes are made, not stored: of the server's own key, the session, and the minute.

use access::{Action, Target};
use kernel::{ClassSessionId, ContractId, Day, Instant, InstitutionId, LedgerId, LessonId};
use ledger::body::{DisputeDecision, DisputeReason, DisputeStance, SubmittedDocument};
use ledger::{Body, Party};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use store::ClassSession;

use super::target;
use crate::error::AppError;
use crate::identity::Counted;
use crate::ledgers::{App, Call, Ledger};
use crate::read::{Page, Paged, Thing, Viewer, allow};
use crate::refusal::Refusal;
use crate::verbs::LessonCheckIn;
use crate::writer::Outcome;

/// How long a code is shown, seconds.
const WINDOW_SECONDS: i64 = 60;
/// How long before the begin and after the end of a session its code is shown, minutes.
const AROUND_MINUTES: i64 = 30;

/// The code of a session as it is shown now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    /// Six digits.
    pub code: String,
    /// Until when it is shown; it is taken for one window more.
    pub shown_until: Instant,
}

/// What a party said in a dispute.
#[derive(Clone, Debug, PartialEq)]
pub struct Argument {
    /// Who.
    pub by: Party,
    /// What it holds to.
    pub stance: DisputeStance,
    /// The papers that it handed in.
    pub documents: Vec<SubmittedDocument>,
    /// What it said; none where it was erased or nothing was said.
    pub statement: Option<String>,
    /// When.
    pub said_at: Instant,
    /// The entry.
    pub seq: u64,
}

/// A dispute with all that stands beside it.
#[derive(Clone, Debug, PartialEq)]
pub struct DisputeView {
    /// The lesson.
    pub lesson: escrow::Lesson,
    /// Why the guardian disputes it.
    pub reason: DisputeReason,
    /// When.
    pub disputed_at: Instant,
    /// The session that it was claimed for.
    pub session: Option<ClassSession>,
    /// Day of the check-in of the pupil's side at that session.
    pub checked_in_on: Option<Day>,
    /// Is the decision late?
    pub overdue: bool,
    /// What the parties said.
    pub arguments: Vec<Argument>,
    /// The decision.
    pub decision: Option<DisputeDecision>,
}

/// How the lessons of a month were answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LessonFigures {
    /// Claimed at all.
    pub claimed: u64,
    /// Confirmed by the guardian, or by a check-in where that is enough.
    pub confirmed: u64,
    /// Confirmed by silence.
    pub deemed: u64,
    /// Disputed, decided or not.
    pub disputed: u64,
    /// Check-ins.
    pub checked_in: u64,
}

impl LessonFigures {
    /// Of the lessons that were answered, the share that silence confirmed, in hundredths of a per cent,
    /// rounded down; none where none was answered.
    pub fn deemed_rate(&self) -> Option<u64> {
        let answered = self.confirmed.checked_add(self.deemed)?.checked_add(self.disputed)?;
        self.deemed.checked_mul(10_000)?.checked_div(answered)
    }

    fn add(&mut self, other: &LessonFigures) {
        self.claimed = self.claimed.saturating_add(other.claimed);
        self.confirmed = self.confirmed.saturating_add(other.confirmed);
        self.deemed = self.deemed.saturating_add(other.deemed);
        self.disputed = self.disputed.saturating_add(other.disputed);
        self.checked_in = self.checked_in.saturating_add(other.checked_in);
    }
}

/// The code of a session in a window of time.
fn code_in(lookup_key: &[u8; 32], ledger: &LedgerId, session: ClassSessionId, window: i64) -> String {
    let secret = ledger::keyed(lookup_key, format!("tutela/class-code/1\n{ledger}\n{session}").as_bytes());
    let mac = ledger::keyed(secret.as_bytes(), &window.to_be_bytes());
    let [a, b, c, d, ..] = *mac.as_bytes();
    // A million divides 2^32 with so small a rest that no digit is likelier than another.
    format!("{:06}", u32::from_be_bytes([a, b, c, d]) % 1_000_000)
}

fn window(now: Instant) -> i64 {
    now.micros().div_euclid(1_000_000).div_euclid(WINDOW_SECONDS)
}

/// Is the code of a session shown now?
fn is_shown(session: &ClassSession, now: Instant) -> bool {
    let Ok(midnight) = Instant::start_of(session.held_on) else { return false };
    let minute = now.micros().saturating_sub(midnight.micros()).div_euclid(60_000_000);
    let (from, until) = (i64::from(session.from.minutes()), i64::from(session.until.minutes()));
    (from.saturating_sub(AROUND_MINUTES)..=until.saturating_add(AROUND_MINUTES)).contains(&minute)
}

impl App {
    async fn session_in(
        &self,
        viewer: Viewer<'_>,
        id: ClassSessionId,
    ) -> Result<(Arc<Ledger>, ClassSession), AppError> {
        viewer.ok_or(AppError::NotSignedIn)?;
        let ledger = self.ledger_with(viewer, Thing::ClassSession(id)).await?;
        let found = store::class_session_load(&self.store.read(), ledger.id(), &[id]).await?.pop();
        Ok((ledger, found.ok_or_else(|| AppError::not_found("class_session"))?))
    }

    /// A session, and the contracts of those who are in its class on that day.
    ///
    /// # Errors
    /// Not found, denied.
    pub async fn session_with_pupils(
        &self,
        viewer: Viewer<'_>,
        id: ClassSessionId,
    ) -> Result<(ClassSession, BTreeSet<ContractId>), AppError> {
        let (ledger, session) = self.session_in(viewer, id).await?;
        allow(viewer, &[Action::ClassRead], &target(&ledger, session.institution), "class_session")?;
        let enrolments = store::enrolments_of(&self.store.read(), ledger.id(), &[session.class]).await?;
        let held_on = session.held_on;
        let there = enrolments.iter().filter(|enrolment| enrolment.holds_on(held_on));
        Ok((session, there.map(|enrolment| enrolment.contract).collect()))
    }

    /// The code to be shown in the room now.
    ///
    /// # Errors
    /// Not found, denied; [`Refusal::State`] for a session that is cancelled, or not held now.
    pub async fn session_code(&self, viewer: Viewer<'_>, id: ClassSessionId, now: Instant) -> Result<Code, AppError> {
        let (ledger, session) = self.session_in(viewer, id).await?;
        allow(viewer, &[Action::ClassCodeShow], &target(&ledger, session.institution), "class_session")?;
        let state = match &session.cancelled_for {
            Some(_) => Some("cancelled"),
            None => (!is_shown(&session, now)).then_some("not_held_now"),
        };
        if let Some(state) = state {
            let (what, command) = ("class_session".into(), "show_code".into());
            return Err(AppError::refused(Refusal::State { what, state: state.into(), command }));
        }
        let window = window(now);
        let ends = window.saturating_add(1).saturating_mul(WINDOW_SECONDS).saturating_mul(1_000_000);
        Ok(Code {
            code: code_in(&self.effects.lookup_key(), ledger.id(), id, window),
            shown_until: Instant::try_from_micros(ends).unwrap_or(now),
        })
    }

    /// The guardian's side checks in at a session with the code that is shown there. Guessing gets slow.
    ///
    /// # Errors
    /// Not found, denied, refused; [`AppError::TooManyAttempts`].
    pub async fn check_in(
        &self,
        call: Call,
        session: ClassSessionId,
        contract: ContractId,
        code: String,
    ) -> Result<(Arc<Ledger>, Outcome), AppError> {
        let ledger = self.ledger_for(&call, Thing::Contract(contract)).await?;
        let window = window(call.now);
        let key = self.effects.lookup_key();
        let codes = [window, window.saturating_sub(1)].map(|window| code_in(&key, ledger.id(), session, window));
        let found = store::class_session_load(&self.store.read(), ledger.id(), &[session]).await?.pop();
        let in_time = found.is_some_and(|session| is_shown(&session, call.now));
        let counted = [Counted::check_in(contract)];
        let dry_run = call.dry_run;
        if !dry_run {
            self.attempt_begin(call.now, &counted).await?;
        }
        let verb = LessonCheckIn {
            check_in: self.new_id(&call, kernel::CheckInId::new),
            contract,
            class_session: session,
            code_fits: in_time && codes.contains(&code),
        };
        let done = self.submit_about(call, Action::LessonCheckIn, Thing::Contract(contract), verb).await;
        // Only a wrong code is a guess.
        let guessed = matches!(&done, Err(AppError::Refused { refusal: Refusal::Rules { violations }, .. })
            if violations.iter().any(|v| v.rule == kernel::RuleId::CheckInCode.as_str()));
        if !guessed && !dry_run {
            self.attempt_succeeded(&counted).await?;
        }
        done
    }

    /// A dispute with what the parties say and what else is known of the lesson.
    ///
    /// # Errors
    /// Not found (also for a lesson that was never disputed), denied.
    pub async fn dispute(&self, viewer: Viewer<'_>, id: LessonId, today: Day) -> Result<DisputeView, AppError> {
        let ledger = self.ledger_with(viewer, Thing::Lesson(id)).await?;
        let (read, missing) = (self.store.read(), || AppError::not_found("dispute"));
        let lesson = store::lesson_load(&read, ledger.id(), &[id]).await?.pop();
        let lesson = lesson.ok_or_else(|| AppError::not_found("lesson"))?;
        let account = store::account_load(&read, ledger.id(), &[lesson.contract]).await?.pop().ok_or_else(missing)?;
        let contract = Target::Contract {
            ledger: ledger.id().clone(),
            region: ledger.region(),
            institution: lesson.institution,
            guardian: account.terms.guardian,
        };
        allow(viewer, &[Action::DisputeRead], &contract, "lesson")?;
        let (mut disputed, mut arguments, mut decision, mut after) = (None, Vec::new(), None, 0_u64);
        loop {
            let rows = store::entries_of_contract(&read, ledger.id(), lesson.contract, after, 200).await?;
            let Some(last) = rows.last().and_then(|row| row.contract) else { break };
            after = last.1;
            for row in rows {
                let entry = ledger::decode(&row.bytes)?;
                match entry.body {
                    Body::LessonDisputed(d) if d.lesson == id => disputed = Some((d.reason, row.recorded_at)),
                    Body::DisputeDecided(d) if d.lesson == id => decision = Some(d.decision),
                    Body::DisputeArgued(d) if d.lesson == id => arguments.push(Argument {
                        by: d.by,
                        stance: d.stance,
                        documents: d.documents,
                        statement: None,
                        said_at: row.recorded_at,
                        seq: row.seq,
                    }),
                    _ => {}
                }
            }
        }
        let (reason, disputed_at) = disputed.ok_or_else(missing)?;
        let seqs: Vec<u64> = arguments.iter().map(|argument| argument.seq).collect();
        let mut said = self.opened(&ledger, &seqs).await?;
        for argument in &mut arguments {
            let record = said.remove(&argument.seq);
            let text = record.as_ref().and_then(|record| record.get("statement")).and_then(Value::as_str);
            argument.statement = text.map(str::to_owned);
        }
        let (mut session, mut checked_in_on) = (None, None);
        if let Some(of) = lesson.class_session {
            session = store::class_session_load(&read, ledger.id(), &[of]).await?.pop();
            let there = store::check_ins_of_sessions(&read, ledger.id(), &[of]).await?;
            let own = there.into_iter().find(|check_in| check_in.contract == lesson.contract);
            checked_in_on = own.map(|check_in| check_in.checked_in_on);
        }
        let waits = lesson.state == escrow::LessonState::Disputed;
        let overdue = waits && lesson.decide_by_on.is_some_and(|last| last < today);
        Ok(DisputeView { lesson, reason, disputed_at, session, checked_in_on, overdue, arguments, decision })
    }

    /// Lessons that are disputed and not decided, of the caller's county or institution; only those that
    /// are late where asked for.
    ///
    /// # Errors
    /// Denied.
    pub async fn disputes(
        &self,
        viewer: Viewer<'_>,
        overdue_on: Option<Day>,
        page: &Page,
    ) -> Result<Paged<escrow::Lesson>, AppError> {
        let principal = viewer.ok_or(AppError::NotSignedIn)?;
        let ledgers = self.ledgers_of_user(principal).await?;
        let institution = match &principal.role {
            access::Role::Institution { institution, .. } => Some(*institution),
            _ => None,
        };
        if ledgers.is_empty() {
            allow(viewer, &[Action::DisputeRead], &Target::Nothing, "dispute")?;
        }
        for ledger in &ledgers {
            let about = match institution {
                Some(institution) => target(ledger, institution),
                None => Target::Region(ledger.region()),
            };
            allow(viewer, &[Action::DisputeRead], &about, "dispute")?;
        }
        let read = self.store.read();
        crate::read::across!(
            ledgers,
            page,
            |ledger, after, limit| store::lessons_disputed(&read, ledger.id(), institution, overdue_on, after, limit)
                .await?,
            |lesson| lesson.id.to_string()
        )
    }

    /// How the lessons of an institution held between two days were answered: by month, and in all.
    ///
    /// # Errors
    /// Not found, denied.
    pub async fn lesson_figures(
        &self,
        viewer: Viewer<'_>,
        institution: InstitutionId,
        days: (Day, Day),
    ) -> Result<(BTreeMap<String, LessonFigures>, LessonFigures), AppError> {
        use escrow::LessonState as S;
        let ledger = self.ledger_of_allowed(viewer, &[Action::LessonFiguresRead], institution).await?;
        let counts = store::lesson_counts(&self.store.read(), ledger.id(), institution, days).await?;
        let mut months: BTreeMap<String, LessonFigures> = BTreeMap::new();
        for ((month, state), count) in counts.lessons {
            let figures = months.entry(month).or_default();
            figures.claimed = figures.claimed.saturating_add(count);
            let place = match state.parse::<S>() {
                Ok(S::Confirmed) => &mut figures.confirmed,
                Ok(S::DeemedConfirmed) => &mut figures.deemed,
                Ok(S::Disputed | S::Upheld | S::Rejected) => &mut figures.disputed,
                Ok(S::Claimed) | Err(_) => continue,
            };
            *place = place.saturating_add(count);
        }
        for (month, count) in counts.check_ins {
            months.entry(month).or_default().checked_in = count;
        }
        let mut total = LessonFigures::default();
        months.values().for_each(|figures| total.add(figures));
        Ok((months, total))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_of_its_session_and_minute() {
        let (ledger, session) = ("330502".parse().unwrap(), |n| ClassSessionId::new(uuid::Uuid::from_u128(n)));
        let code = |key: u8, n, window| code_in(&[key; 32], &ledger, session(n), window);
        let codes = [code(1, 1, 5), code(1, 1, 6), code(1, 2, 5), code(2, 1, 5)];
        for (i, code) in codes.iter().enumerate() {
            assert!(code.len() == 6 && code.bytes().all(|b| b.is_ascii_digit()), "{code}");
            assert!(codes.iter().skip(i + 1).all(|other| other != code), "{codes:?}");
        }
        assert_eq!(code(1, 1, 5), code(1, 1, 5));
    }

    #[test]
    fn the_share_of_silence() {
        let figures = LessonFigures { claimed: 10, confirmed: 5, deemed: 2, disputed: 1, checked_in: 3 };
        assert_eq!(figures.deemed_rate(), Some(2_500));
        assert_eq!(LessonFigures { claimed: 3, ..LessonFigures::default() }.deemed_rate(), None);
    }
}
