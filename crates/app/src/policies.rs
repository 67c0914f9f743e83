//! Versions of a region's rules: an officer drafts one, another person adopts or rejects it, and
//! every ledger that it concerns says so in an entry that names the hash of the rules.

use access::{Action, Caller, Target};
use kernel::{Day, Instant, LedgerId, PolicyVersionId, RegionCode, RuleId, UserId, Violation, words};
use policy::PolicyError;
use store::PolicyVersion as Row;

use crate::effects::new_uuid;
use crate::error::AppError;
use crate::idempotency::Key;
use crate::ledgers::{App, Call, Ledger};
use crate::refusal::{BrokenRule, Corrupt, Refusal};
use crate::rulebook::file_name;
use crate::verbs::PolicyAdopt;
use crate::writer::{EntryRef, Outcome};

words! {
    /// State of a version.
    PolicyVersionState {
        /// Nobody has decided.
        Draft = "draft" / "草案",
        /// Adopted.
        Adopted = "adopted" / "已批准",
        /// Rejected.
        Rejected = "rejected" / "未批准",
    }
}

words! {
    /// A decision on a version.
    PolicyDecision {
        /// It takes effect on its day.
        Adopt = "adopt" / "批准",
        /// It does not.
        Reject = "reject" / "不批准",
    }
}

/// A version of a region's rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyVersion {
    /// Its id.
    pub id: PolicyVersionId,
    /// Whose rules.
    pub region: RegionCode,
    /// State.
    pub state: PolicyVersionState,
    /// First day of effect.
    pub effective_on: Day,
    /// The text, TOML.
    pub document: String,
    /// Tagged digest of the text.
    pub digest: ledger::Hash,
    /// Who drafted it.
    pub drafted_by: UserId,
    /// When.
    pub drafted_at: Instant,
    /// Who decided.
    pub decided_by: Option<UserId>,
    /// When.
    pub decided_at: Option<Instant>,
    /// Hash of the region's rules on the day of effect, under this version.
    pub policy: Option<ledger::Hash>,
}

/// An entry that tells a ledger of an adopted version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announcement {
    /// The ledger.
    pub ledger: LedgerId,
    /// Its entry.
    pub entry: EntryRef,
}

fn invalid(error: PolicyError) -> AppError {
    match error {
        // Not the draft's fault: the rules of the day are not known.
        error @ PolicyError::BeforeData { .. } => AppError::Policy(error),
        error => AppError::PolicyDraft(error),
    }
}

fn broken(violation: Violation) -> AppError {
    AppError::refused(Refusal::Rules { violations: vec![BrokenRule::from(violation)] })
}

fn not_past(effective_on: Day, today: Day) -> Result<(), AppError> {
    if effective_on >= today {
        return Ok(());
    }
    Err(broken(Violation::of(RuleId::PolicyNotRetroactive).with(today, effective_on).field("effective_on")))
}

impl App {
    fn allow_policy(call: &Call, action: Action, region: RegionCode) -> Result<UserId, AppError> {
        let principal = call.principal.as_ref().ok_or(AppError::NotSignedIn)?;
        access::check(Caller::User(principal), action, &Target::Region(region))?;
        Ok(principal.user)
    }

    fn version(&self, row: Row) -> Result<PolicyVersion, AppError> {
        let state = row.state.parse().map_err(|_| Corrupt { what: "state of a policy version" })?;
        let policy = match state {
            PolicyVersionState::Adopted => Some(self.rulebook.on(row.region, row.effective_on)?.hash),
            PolicyVersionState::Draft | PolicyVersionState::Rejected => None,
        };
        Ok(PolicyVersion {
            id: row.id,
            region: row.region,
            state,
            effective_on: row.effective_on,
            document: row.document,
            digest: ledger::Hash::new(row.digest),
            drafted_by: row.drafted_by,
            drafted_at: row.drafted_at,
            decided_by: row.decided_by,
            decided_at: row.decided_at,
            policy,
        })
    }

    /// May the caller draft a version for a region? Asked before the draft is read.
    ///
    /// # Errors
    /// Not signed in, denied.
    pub fn policy_draft_allowed(&self, call: &Call, region: RegionCode) -> Result<(), AppError> {
        Self::allow_policy(call, Action::PolicyDraft, region).map(|_| ())
    }

    /// May the caller replay a draft for a region? Asked before the draft is read.
    ///
    /// # Errors
    /// Not signed in, denied.
    pub fn policy_simulation_allowed(&self, call: &Call, region: RegionCode) -> Result<(), AppError> {
        Self::allow_policy(call, Action::PolicySimulate, region).map(|_| ())
    }

    /// Drafts a version. It is read as it will be when it is adopted; what cannot be read is refused.
    ///
    /// # Errors
    /// Denied; [`AppError::PolicyDraft`]; refused when it would take effect in the past.
    pub async fn policy_draft(
        &self,
        call: &Call,
        region: RegionCode,
        effective_on: Day,
        document: String,
    ) -> Result<PolicyVersion, AppError> {
        let user = Self::allow_policy(call, Action::PolicyDraft, region)?;
        not_past(effective_on, call.now.day())?;
        self.rulebook.refresh(&self.store.read()).await?;
        let id = PolicyVersionId::new(new_uuid(&*self.effects, call.now));
        let set = self.rulebook.set();
        let drafted = set.with_version("draft", &document, region, effective_on).map_err(invalid)?;
        drafted.resolve(region, effective_on).map_err(invalid)?;
        let digest = *ledger::digest(ledger::tags::POLICY_DOCUMENT, document.as_bytes()).as_bytes();
        let row = Row {
            id,
            region,
            state: PolicyVersionState::Draft.to_string(),
            effective_on,
            document,
            digest,
            drafted_by: user,
            drafted_at: call.now,
            decided_by: None,
            decided_at: None,
            adopted_no: None,
        };
        if !call.dry_run {
            let tx = self.store.begin().await?;
            store::policy_version_insert(&tx, &row).await?;
            tx.commit().await?;
        }
        self.version(row)
    }

    /// Adopts or rejects a draft. An adopted version is told to every ledger that it concerns; what
    /// a crash keeps from being told, the ledger's clock tells later.
    ///
    /// # Errors
    /// Denied; not found; refused when it is decided already, was drafted by the same person, or
    /// would take effect in the past; [`AppError::PolicyDraft`] when other versions adopted meanwhile
    /// make it unreadable.
    pub async fn policy_decide(
        &self,
        call: &Call,
        id: PolicyVersionId,
        decision: PolicyDecision,
    ) -> Result<(PolicyVersion, Vec<Announcement>), AppError> {
        let missing = || AppError::not_found("policy_version");
        let found = store::policy_version_by_id(&self.store.read(), id).await?.ok_or_else(missing)?;
        let user = Self::allow_policy(call, Action::PolicyDecide, found.region)?;
        if found.drafted_by == user && decision == PolicyDecision::Adopt {
            return Err(broken(Violation::of(RuleId::PolicyApprovalTwoPersons)));
        }
        let tx = self.store.begin().await?;
        let decided = self.decide_in(&tx, call, id, user, decision).await;
        let row = match decided {
            Ok(row) if !call.dry_run => {
                tx.commit().await?;
                row
            }
            Ok(row) => {
                tx.rollback().await?;
                return Ok((self.version(Row { state: found.state, ..row })?, Vec::new()));
            }
            Err(error) => {
                // The refusal is what matters; a rollback that fails ends with the connection.
                let _ = tx.rollback().await;
                return Err(error);
            }
        };
        self.rulebook.refresh(&self.store.read()).await?;
        let mut announced = Vec::new();
        if decision == PolicyDecision::Adopt {
            for ledger in self.all_ledgers().await.iter().filter(|ledger| row.region.contains(ledger.region())) {
                if let Some(entry) = self.announce(ledger, call.clone(), &row).await?.entries.into_iter().next() {
                    announced.push(Announcement { ledger: ledger.id().clone(), entry });
                }
            }
        }
        Ok((self.version(row)?, announced))
    }

    async fn decide_in(
        &self,
        tx: &store::Tx,
        call: &Call,
        id: PolicyVersionId,
        user: UserId,
        decision: PolicyDecision,
    ) -> Result<Row, AppError> {
        let found = store::policy_version_by_id(tx, id).await?;
        let mut row = found.ok_or_else(|| AppError::not_found("policy_version"))?;
        let illegal = |state: String| {
            let (what, command) = ("policy_version".into(), decision.as_str().into());
            AppError::refused(Refusal::State { what, state: state.into(), command })
        };
        if row.state != PolicyVersionState::Draft.as_str() {
            return Err(illegal(row.state));
        }
        row.decided_by = Some(user);
        row.decided_at = Some(call.now);
        match decision {
            PolicyDecision::Reject => row.state = PolicyVersionState::Rejected.to_string(),
            PolicyDecision::Adopt => {
                not_past(row.effective_on, call.now.day())?;
                self.rulebook.refresh(tx).await?;
                let set = self.rulebook.set();
                set.with_version(&file_name(id), &row.document, row.region, row.effective_on).map_err(invalid)?;
                row.state = PolicyVersionState::Adopted.to_string();
                row.adopted_no = Some(store::policy_versions_count(tx).await?.saturating_add(1));
            }
        }
        match store::policy_version_decide(tx, &row).await {
            Ok(true) => Ok(row),
            Ok(false) => Err(illegal("decided".to_owned())),
            // Another server adopted a version at the same moment.
            Err(store::StoreError::Constraint(_)) => Err(AppError::Busy),
            Err(error) => Err(error.into()),
        }
    }

    /// Tells one ledger of an adopted version, once.
    async fn announce(&self, ledger: &Ledger, call: Call, row: &Row) -> Result<Outcome, AppError> {
        let policy = self.rulebook.on(ledger.region(), row.effective_on)?.hash;
        let operation = format!("policy-adopt:{}", row.id);
        let key = Key::new(&self.effects.lookup_key(), "system", &operation, "policy-adopt", &serde_json::Value::Null);
        let verb = PolicyAdopt { region: row.region, effective_on: row.effective_on, policy };
        self.submit(ledger, Call { key: Some(key), ..call }, verb).await
    }

    /// Tells a ledger of the versions adopted since it was opened that it has not been told of; how
    /// many. Part of the ledger's clock.
    ///
    /// # Errors
    /// [`AppError`] of the database.
    pub(crate) async fn announce_policies(&self, ledger: &Ledger, now: Instant) -> Result<u64, AppError> {
        let read = self.store.read();
        self.rulebook.refresh(&read).await?;
        let opened_at = store::head_load(&read, ledger.id()).await?.map(|head| head.opened_at);
        let mut told = 0_u64;
        for row in store::policy_versions_adopted(&read).await? {
            let after_opening = row.decided_at.zip(opened_at).is_some_and(|(decided, opened)| opened <= decided);
            if !(row.region.contains(ledger.region()) && after_opening) {
                continue;
            }
            let call = Call { principal: None, now, key: None, dry_run: false };
            if !self.announce(ledger, call, &row).await?.replayed {
                told = told.saturating_add(1);
            }
        }
        Ok(told)
    }

    /// A version. Drafts are shown to whoever may read them.
    ///
    /// # Errors
    /// Not found, also for a draft that the caller may not see.
    pub async fn policy_version(&self, caller: Caller<'_>, id: PolicyVersionId) -> Result<PolicyVersion, AppError> {
        let read = self.store.read();
        self.rulebook.refresh(&read).await?;
        let row = store::policy_version_by_id(&read, id).await?;
        let row = row.filter(|row| row.state == PolicyVersionState::Adopted.as_str() || may_read(caller, row.region));
        self.version(row.ok_or_else(|| AppError::not_found("policy_version"))?)
    }

    /// The versions of a region, oldest draft first; adopted ones are public.
    ///
    /// # Errors
    /// [`AppError`] of the database.
    pub async fn policy_versions(
        &self,
        caller: Caller<'_>,
        region: RegionCode,
    ) -> Result<Vec<PolicyVersion>, AppError> {
        let read = self.store.read();
        self.rulebook.refresh(&read).await?;
        let all = may_read(caller, region);
        let rows = store::policy_versions_of(&read, region).await?.into_iter();
        rows.filter(|row| all || row.state == PolicyVersionState::Adopted.as_str())
            .map(|row| self.version(row))
            .collect()
    }

    /// All levels of the rules, after a look at what was adopted.
    ///
    /// # Errors
    /// [`AppError`] of the database.
    pub async fn policies_now(&self) -> Result<std::sync::Arc<policy::PolicySet>, AppError> {
        self.rulebook.refresh(&self.store.read()).await?;
        Ok(self.rulebook.set())
    }
}

fn may_read(caller: Caller<'_>, region: RegionCode) -> bool {
    access::check(caller, Action::PolicyDraftRead, &Target::Region(region)).is_ok()
}
