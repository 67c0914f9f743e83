//! Versions of the model contract's text: an officer loads one, another person adopts or rejects it,
//! and every ledger of the region says so in an entry that names the hash of the text.

use std::sync::Arc;

use access::{Action, Caller, Target};
use contract::model::{BUILT_IN, Template, TemplateError, built_in};
use kernel::{ContractTemplateId, Day, Instant, RegionCode, RuleId, UserId, Violation};
use ledger::Hash;
use store::ContractTemplate as Row;

use crate::effects::new_uuid;
use crate::error::AppError;
use crate::idempotency::Key;
use crate::ledgers::{App, Call, Ledger};
use crate::policies::{Announcement, PolicyDecision, PolicyVersionState};
use crate::refusal::{BrokenRule, Corrupt, Refusal};
use crate::verbs::TemplateAdopt;
use crate::writer::Outcome;

/// Name of the text that ships with the program.
const BUILT_IN_NAME: &str = "系统自带文本（结构依照GF-2021-2604，文字自拟）";

/// A template and the hash of its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateText {
    /// Tagged digest of the file.
    pub hash: Hash,
    /// What it says.
    pub template: Arc<Template>,
}

impl TemplateText {
    /// Reads a file.
    ///
    /// # Errors
    /// [`TemplateError`].
    pub fn read(bytes: &[u8]) -> Result<TemplateText, TemplateError> {
        let hash = ledger::digest(ledger::tags::CONTRACT_TEMPLATE, bytes);
        Ok(TemplateText { hash, template: Arc::new(Template::parse(bytes)?) })
    }

    /// The text that ships with the program.
    ///
    /// # Errors
    /// [`Corrupt`]; a test reads it, so there is none.
    pub fn built_in() -> Result<TemplateText, Corrupt> {
        let template = built_in().cloned().ok_or(Corrupt { what: "built-in template" })?;
        Ok(TemplateText { hash: built_in_hash(), template: Arc::new(template) })
    }
}

fn built_in_hash() -> Hash {
    ledger::digest(ledger::tags::CONTRACT_TEMPLATE, BUILT_IN.as_bytes())
}

/// A version of the model contract's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateVersion {
    /// Its id; none of the text that ships with the program.
    pub id: Option<ContractTemplateId>,
    /// Where it holds; everywhere for the text that ships with the program.
    pub region: Option<RegionCode>,
    /// State.
    pub state: PolicyVersionState,
    /// First day of effect; none of the text that ships with the program.
    pub effective_on: Option<Day>,
    /// Its name, for people.
    pub name: String,
    /// The text with its blanks.
    pub document: String,
    /// Tagged digest of the text.
    pub hash: Hash,
    /// Who loaded it.
    pub drafted_by: Option<UserId>,
    /// When.
    pub drafted_at: Option<Instant>,
    /// Who decided.
    pub decided_by: Option<UserId>,
    /// When.
    pub decided_at: Option<Instant>,
}

fn version(row: Row) -> Result<TemplateVersion, AppError> {
    Ok(TemplateVersion {
        id: Some(row.id),
        region: Some(row.region),
        state: row.state.parse().map_err(|_| Corrupt { what: "state of a template" })?,
        effective_on: Some(row.effective_on),
        name: row.name,
        document: row.document,
        hash: Hash::new(row.digest),
        drafted_by: Some(row.drafted_by),
        drafted_at: Some(row.drafted_at),
        decided_by: row.decided_by,
        decided_at: row.decided_at,
    })
}

fn shipped() -> TemplateVersion {
    TemplateVersion {
        id: None,
        region: None,
        state: PolicyVersionState::Adopted,
        effective_on: None,
        name: BUILT_IN_NAME.to_owned(),
        document: BUILT_IN.to_owned(),
        hash: built_in_hash(),
        drafted_by: None,
        drafted_at: None,
        decided_by: None,
        decided_at: None,
    }
}

fn broken(violation: Violation) -> AppError {
    AppError::refused(Refusal::Rules { violations: vec![BrokenRule::from(violation)] })
}

fn not_past(effective_on: Day, today: Day) -> Result<(), AppError> {
    if effective_on >= today {
        return Ok(());
    }
    Err(broken(Violation::of(RuleId::TemplateNotRetroactive).with(today, effective_on).field("effective_on")))
}

fn may_read(caller: Caller<'_>, region: RegionCode) -> bool {
    access::check(caller, Action::PolicyDraftRead, &Target::Region(region)).is_ok()
}

impl App {
    fn allow_template(call: &Call, action: Action, region: RegionCode) -> Result<UserId, AppError> {
        let principal = call.principal.as_ref().ok_or(AppError::NotSignedIn)?;
        access::check(Caller::User(principal), action, &Target::Region(region))?;
        Ok(principal.user)
    }

    /// Loads a version. What cannot be read is refused.
    ///
    /// # Errors
    /// Denied; [`AppError::TemplateDraft`]; refused when it would take effect in the past.
    pub async fn template_draft(
        &self,
        call: &Call,
        region: RegionCode,
        effective_on: Day,
        name: String,
        document: String,
    ) -> Result<TemplateVersion, AppError> {
        let user = Self::allow_template(call, Action::TemplateDraft, region)?;
        not_past(effective_on, call.now.day())?;
        let read = TemplateText::read(document.as_bytes()).map_err(AppError::TemplateDraft)?;
        let row = Row {
            id: ContractTemplateId::new(new_uuid(&*self.effects, call.now)),
            region,
            state: PolicyVersionState::Draft.to_string(),
            effective_on,
            name,
            document,
            digest: *read.hash.as_bytes(),
            drafted_by: user,
            drafted_at: call.now,
            decided_by: None,
            decided_at: None,
        };
        if !call.dry_run {
            let tx = self.store.begin().await?;
            store::contract_template_insert(&tx, &row).await?;
            tx.commit().await?;
        }
        version(row)
    }

    /// Adopts or rejects a draft. An adopted version is told to every ledger of its region; what a
    /// crash keeps from being told, the ledger's clock tells later.
    ///
    /// # Errors
    /// Denied; not found; refused when it is decided already, was loaded by the same person, or would
    /// take effect in the past.
    pub async fn template_decide(
        &self,
        call: &Call,
        id: ContractTemplateId,
        decision: PolicyDecision,
    ) -> Result<(TemplateVersion, Vec<Announcement>), AppError> {
        let missing = || AppError::not_found("contract_template");
        let mut row = store::contract_template_by_id(&self.store.read(), id).await?.ok_or_else(missing)?;
        let user = Self::allow_template(call, Action::TemplateDecide, row.region)?;
        let illegal = |state: &str| {
            let (what, command) = ("contract_template".into(), decision.as_str().into());
            AppError::refused(Refusal::State { what, state: state.to_owned().into(), command })
        };
        if row.state != PolicyVersionState::Draft.as_str() {
            return Err(illegal(&row.state));
        }
        row.state = match decision {
            PolicyDecision::Reject => PolicyVersionState::Rejected.to_string(),
            PolicyDecision::Adopt if row.drafted_by == user => {
                return Err(broken(Violation::of(RuleId::TemplateApprovalTwoPersons)));
            }
            PolicyDecision::Adopt => {
                not_past(row.effective_on, call.now.day())?;
                PolicyVersionState::Adopted.to_string()
            }
        };
        row.decided_by = Some(user);
        row.decided_at = Some(call.now);
        let mut announced = Vec::new();
        if !call.dry_run {
            let tx = self.store.begin().await?;
            if !store::contract_template_decide(&tx, &row).await? {
                // The refusal is what matters; a rollback that fails ends with the connection.
                let _ = tx.rollback().await;
                return Err(illegal("decided"));
            }
            tx.commit().await?;
            if decision == PolicyDecision::Adopt {
                for ledger in self.all_ledgers().await.iter().filter(|ledger| row.region.contains(ledger.region())) {
                    if let Some(entry) =
                        self.announce_template(ledger, call.clone(), &row).await?.entries.into_iter().next()
                    {
                        announced.push(Announcement { ledger: ledger.id().clone(), entry });
                    }
                }
            }
        }
        Ok((version(row)?, announced))
    }

    /// Tells one ledger of an adopted version, once.
    async fn announce_template(&self, ledger: &Ledger, call: Call, row: &Row) -> Result<Outcome, AppError> {
        let operation = format!("template-adopt:{}", row.id);
        let key =
            Key::new(&self.effects.lookup_key(), "system", &operation, "template-adopt", &serde_json::Value::Null);
        let verb =
            TemplateAdopt { region: row.region, effective_on: row.effective_on, template: Hash::new(row.digest) };
        self.submit(ledger, Call { key: Some(key), ..call }, verb).await
    }

    /// Tells a ledger of the versions adopted since it was opened that it has not been told of; how
    /// many. Part of the ledger's clock.
    ///
    /// # Errors
    /// [`AppError`] of the database.
    pub(crate) async fn announce_templates(&self, ledger: &Ledger, now: Instant) -> Result<u64, AppError> {
        let read = self.store.read();
        let opened_at = store::head_load(&read, ledger.id()).await?.map(|head| head.opened_at);
        let regions: Vec<RegionCode> = ledger.region().and_above().collect();
        let mut told = 0_u64;
        for row in store::contract_templates_adopted(&read, &regions).await? {
            if row.decided_at.zip(opened_at).is_some_and(|(decided, opened)| opened <= decided) {
                let call = Call { principal: None, now, key: None, dry_run: false };
                if !self.announce_template(ledger, call, &row).await?.replayed {
                    told = told.saturating_add(1);
                }
            }
        }
        Ok(told)
    }

    /// The versions that the caller may see, the one that ships with the program first. Adopted ones
    /// are public.
    ///
    /// # Errors
    /// [`AppError`] of the database.
    pub async fn templates(
        &self,
        caller: Caller<'_>,
        region: Option<RegionCode>,
    ) -> Result<Vec<TemplateVersion>, AppError> {
        let rows = store::contract_templates_all(&self.store.read()).await?.into_iter();
        let rows = rows.filter(|row| region.is_none_or(|region| row.region.contains(region)));
        let seen = rows.filter(|row| row.state == PolicyVersionState::Adopted.as_str() || may_read(caller, row.region));
        std::iter::once(Ok(shipped())).chain(seen.map(version)).collect()
    }

    /// A version. Drafts are shown to whoever may read them.
    ///
    /// # Errors
    /// Not found, also for a draft that the caller may not see.
    pub async fn template(&self, caller: Caller<'_>, id: ContractTemplateId) -> Result<TemplateVersion, AppError> {
        let row = store::contract_template_by_id(&self.store.read(), id).await?;
        let row = row.filter(|row| row.state == PolicyVersionState::Adopted.as_str() || may_read(caller, row.region));
        version(row.ok_or_else(|| AppError::not_found("contract_template"))?)
    }

    /// The version whose text has this hash.
    ///
    /// # Errors
    /// Not found.
    pub async fn template_by_hash(&self, hash: Hash) -> Result<TemplateVersion, AppError> {
        if hash == built_in_hash() {
            return Ok(shipped());
        }
        let rows = store::contract_templates_by_digest(&self.store.read(), hash.as_bytes()).await?;
        version(rows.into_iter().next().ok_or_else(|| AppError::not_found("contract_template"))?)
    }

    /// The text of the version with this hash, read.
    ///
    /// # Errors
    /// Not found; [`Corrupt`] when what is kept cannot be read any more.
    pub async fn template_text(&self, hash: Hash) -> Result<TemplateText, AppError> {
        if hash == built_in_hash() {
            return Ok(TemplateText::built_in()?);
        }
        let found = self.template_by_hash(hash).await?;
        let text = TemplateText::read(found.document.as_bytes()).map_err(|_| Corrupt { what: "contract template" })?;
        if text.hash == hash { Ok(text) } else { Err(Corrupt { what: "contract template" }.into()) }
    }

    /// The version in force in a county on a day: of the nearest region above that has one the last
    /// to take effect; else the text that ships with the program.
    ///
    /// # Errors
    /// [`AppError`] of the database.
    pub async fn template_in_force(&self, region: RegionCode, on: Day) -> Result<TemplateText, AppError> {
        let regions: Vec<RegionCode> = region.and_above().collect();
        let rows = store::contract_templates_adopted(&self.store.read(), &regions).await?;
        let level = |row: &Row| regions.iter().position(|region| *region == row.region).unwrap_or(usize::MAX);
        let in_force = rows.into_iter().filter(|row| row.effective_on <= on);
        // Of the same region the later day, of the same day the later decision.
        let best = in_force
            .min_by_key(|row| (level(row), std::cmp::Reverse(row.effective_on), std::cmp::Reverse(row.decided_at)));
        let Some(best) = best else { return Ok(TemplateText::built_in()?) };
        TemplateText::read(best.document.as_bytes()).map_err(|_| Corrupt { what: "contract template" }.into())
    }
}
