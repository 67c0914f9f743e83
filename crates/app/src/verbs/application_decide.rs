//! The decision on an application, by another person than those who worked on it: a licence is granted,
//! renewed, changed, converted or returned, a change is approved, or the application is refused with
//! its reason. And the renewal that the law grants where nothing is decided in time.

use access::Action;
use kernel::{ApplicationId, Day, LicenceId, RuleId, Violation};
use ledger::body::{ApplicationDecided, LicenceEnded, LicenceExtended, LicenceGranted, NoticeGiven, NoticeKind};
use policy::types::SiteCheckFor;
use registry::{
    Application, ApplicationCommand, ApplicationKind, ApplicationState, Decision as Verdict, EndCause, Institution,
    LicenceCommand, SiteCheckResult,
};
use serde_json::json;

use super::application_submit::application_answer;
use super::{RecordEdit, application, clock_only, current, fits};
use crate::context::{Context, Decision, Secret, Verb};
use crate::convert;
use crate::refusal::{Refusal, Stop, all_hold, illegal};
use crate::working_set::{Wanted, WorkingSet};

/// The licence that a grant issues.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrantedLicence {
    /// Its id.
    pub licence: LicenceId,
    /// Its number, unused in this ledger.
    pub number: ledger::wire::Line,
    /// First day.
    pub valid_from_on: Day,
    /// Last day.
    pub valid_until_on: Day,
}

/// A decision on an application.
pub struct ApplicationDecide {
    /// Which.
    pub application: ApplicationId,
    /// The version that the officer read, if the client says.
    pub expected: Option<u32>,
    /// Yes or no.
    pub verdict: Verdict,
    /// The licence, for a grant that issues one.
    pub licence: Option<GrantedLicence>,
    /// The reasons.
    pub reason: Secret,
    /// What a grant changes in the institution's record.
    pub record: Vec<RecordEdit>,
    /// What the recorded premises, capital and staff lack; a grant is refused for it.
    pub lacking: Vec<Violation>,
}

/// Grants a renewal by law; only the ledger's own clock does.
pub struct RenewalDeemGranted {
    /// Which.
    pub application: ApplicationId,
}

impl ApplicationDecide {
    fn checked_licence(&self, state: &WorkingSet) -> Result<&GrantedLicence, Stop> {
        let granted = self.licence.as_ref().ok_or_else(|| Refusal::State {
            what: "decision".into(),
            state: "without licence_number, valid_from_on, valid_until_on".into(),
            command: "grant".into(),
        })?;
        if state.licence_numbers.contains(granted.number.as_str()) {
            return Err(Violation::of(RuleId::LicenceNumberUnique).field("licence_number").into());
        }
        if granted.valid_until_on < granted.valid_from_on {
            return Err(Violation::of(RuleId::LicenceValidityOrder)
                .with(granted.valid_from_on, granted.valid_until_on)
                .field("valid_until_on")
                .into());
        }
        Ok(granted)
    }

    /// The steps that must have been taken, and by whom.
    fn steps_taken(&self, application: &Application, context: &Context<'_>) -> Result<(), Stop> {
        let policy = context.policy;
        let mut broken = Vec::new();
        let checked = application.site_check == Some(SiteCheckResult::Passed);
        let checks = &policy.site_check_for;
        if self.verdict == Verdict::Grant && !checked && checks.is(|kinds| needs_check(kinds, application.kind)) {
            let found = application.site_check.map_or("none", SiteCheckResult::as_str);
            broken.push(
                Violation::of(RuleId::SiteCheckFirst)
                    .with(SiteCheckResult::Passed, found)
                    .source(checks.source())
                    .field("decision"),
            );
        }
        let review = &policy.decision_review_required;
        if review.is(|required| *required) && application.state != ApplicationState::Reviewed {
            broken.push(
                Violation::of(RuleId::ReviewFirst)
                    .with(ApplicationState::Reviewed, application.state)
                    .source(review.source())
                    .field("decision"),
            );
        }
        let apart = &policy.decision_two_persons;
        let worked = context.principal.is_some_and(|principal| application.has_worked_on_it(principal.user));
        if apart.is(|required| *required) && worked {
            broken.push(Violation::of(RuleId::DecisionTwoPersons).source(apart.source()));
        }
        if self.verdict == Verdict::Grant {
            broken.extend(self.lacking.iter().cloned());
        }
        broken.sort_by_key(|violation| violation.rule);
        all_hold(broken)
    }
}

fn needs_check(kinds: &std::collections::BTreeSet<SiteCheckFor>, kind: ApplicationKind) -> bool {
    kinds.iter().any(|checked| checked.as_str() == kind.as_str())
}

/// Families first, and not before the notice has run.
fn may_close(institution: &Institution, close_from_on: Option<Day>, context: &Context<'_>) -> Result<(), Stop> {
    if let Some(from) = close_from_on.filter(|from| context.today < *from) {
        let source = context.policy.exit_notice_authority.source();
        return Err(Violation::of(RuleId::ClosureNotice).with(from, context.today).source(source).into());
    }
    // 民办教育促进法 art. 59 puts the refunds before everything else.
    let owed = kernel::Fen::try_sum([institution.prepaid, institution.disputed, institution.refund])
        .map_err(super::overflow)?;
    if owed > kernel::Fen::ZERO {
        return Err(Violation::of(RuleId::ClosureAfterRefunds).with(0, owed).source("民办教育促进法 59").into());
    }
    Ok(())
}

impl Verb for ApplicationDecide {
    fn wants(&self, wanted: &mut Wanted) {
        wanted.applications.insert(self.application);
        wanted.licence_numbers.extend(self.licence.iter().map(|l| l.number.as_str().to_owned()));
    }

    fn decide(&self, state: &WorkingSet, context: &Context<'_>) -> Result<Decision, Stop> {
        let (application, institution) = application(state, self.application)?;
        context.allow(Action::ApplicationDecide, institution)?;
        current(application, self.expected)?;
        let command = match self.verdict {
            Verdict::Grant => ApplicationCommand::Grant,
            Verdict::Refuse => ApplicationCommand::Refuse,
        };
        let next = application.state.apply(command).map_err(illegal("licence_application"))?;
        self.steps_taken(application, context)?;
        let today = context.today;
        let mut answer = application_answer(application, next.as_str(), application.version.saturating_add(1));
        let decided = ApplicationDecided { application: application.id, decision: convert::decision(self.verdict) };
        let mut decision =
            Decision::new(201, json!(null)).entry(institution.id, today, decided, Some(self.reason.clone()));
        let held = match institution.licence {
            Some(id) => Some(fits(state.licences.get(id), "institution without its licence")?),
            None => None,
        };
        if self.verdict == Verdict::Grant {
            if application.kind == ApplicationKind::Closure {
                may_close(institution, held.and_then(|licence| licence.close_from_on), context)?;
                if let Some(held) = held {
                    held.state.apply(LicenceCommand::End).map_err(illegal("licence"))?;
                    let ended = LicenceEnded { cause: convert::end_cause(EndCause::Closed), licence: held.id };
                    decision = decision.entry(institution.id, today, ended, None);
                }
            } else if application.kind.replaces_licence() {
                if let Some(held) = held.filter(|held| held.state.is_alive()) {
                    let cause = match application.kind {
                        ApplicationKind::Change => EndCause::Changed,
                        ApplicationKind::Conversion => EndCause::Converted,
                        ApplicationKind::New
                        | ApplicationKind::Renewal
                        | ApplicationKind::Closure
                        | ApplicationKind::ChangeName
                        | ApplicationKind::ChangeSite
                        | ApplicationKind::ChangePromoter
                        | ApplicationKind::ChangeRepresentative
                        | ApplicationKind::ChangeCapital
                        | ApplicationKind::Branch => EndCause::Renewed,
                    };
                    held.state.apply(LicenceCommand::End).map_err(illegal("licence"))?;
                    let ended = LicenceEnded { cause: convert::end_cause(cause), licence: held.id };
                    decision = decision.entry(institution.id, today, ended, None);
                }
                let granted = self.checked_licence(state)?;
                let scope = &application.scope;
                let body = LicenceGranted {
                    application: application.id,
                    category: scope.category,
                    licence: granted.licence,
                    licence_number: granted.number.clone(),
                    modes: scope.modes.clone(),
                    stages: scope.stages.clone(),
                    valid_from_on: granted.valid_from_on,
                    valid_until_on: granted.valid_until_on,
                };
                decision = decision.entry(institution.id, granted.valid_from_on, body, None);
                answer["licence"] = json!({
                    "id": granted.licence.to_string(),
                    "institution": institution.id.to_string(),
                    "number": granted.number.as_str(),
                    "state": "in_force",
                    "scope": {
                        "category": scope.category.as_str(),
                        "modes": scope.modes.iter().map(|m| m.as_str()).collect::<Vec<_>>(),
                        "stages": scope.stages.iter().map(|s| s.as_str()).collect::<Vec<_>>(),
                    },
                    "valid_from_on": granted.valid_from_on.to_string(),
                    "valid_until_on": granted.valid_until_on.to_string(),
                });
            }
            for edit in &self.record {
                decision = edit.append_to(decision, institution.id, today);
            }
        }
        if application.kind.is_control_change() {
            let told = NoticeGiven {
                application: Some(application.id),
                kind: NoticeKind::ChangeOver,
                licence: institution.licence,
            };
            decision = decision.entry(institution.id, today, told, None);
        }
        decision.answer = answer;
        Ok(decision)
    }
}

impl Verb for RenewalDeemGranted {
    fn wants(&self, wanted: &mut Wanted) {
        wanted.applications.insert(self.application);
    }

    fn decide(&self, state: &WorkingSet, context: &Context<'_>) -> Result<Decision, Stop> {
        let (application, institution) = application(state, self.application)?;
        clock_only(context, Action::ApplicationDecide)?;
        let refuse = |state: &'static str| {
            let (state, command) = (state.into(), "deem".into());
            Stop::from(Refusal::State { what: "licence_application".into(), state, command })
        };
        let held = institution.licence.and_then(|id| state.licences.get(id)).ok_or_else(|| refuse("unlicensed"))?;
        let policy = context.policy;
        let next = application.state.apply(ApplicationCommand::Grant).map_err(illegal("licence_application"))?;
        held.state.apply(LicenceCommand::Extend).map_err(illegal("licence"))?;
        if !deemed(application, held, context) {
            return Err(refuse(application.state.as_str()));
        }
        // For the years of the place; where it fixes none, for as long as it held.
        let valid_until_on = match policy.licence_years.in_force() {
            Some(years) => held.valid_until_on.plus_months(i32::from(years.value).saturating_mul(12)),
            None => held.valid_until_on.plus_days(held.valid_from_on.days_until(held.valid_until_on).saturating_add(1)),
        };
        let valid_until_on = valid_until_on.map_err(|_| refuse("too_long"))?;
        let answer = application_answer(application, next.as_str(), application.version.saturating_add(1));
        let decided = ApplicationDecided { application: application.id, decision: convert::decision(Verdict::Grant) };
        let extended = LicenceExtended { application: application.id, licence: held.id, valid_until_on };
        let on = held.valid_until_on;
        Ok(Decision::new(201, answer).entry(institution.id, on, decided, None).entry(
            institution.id,
            on,
            extended,
            None,
        ))
    }
}

/// Was the renewal asked for in time, and the licence's last day let pass without a decision?
pub(super) fn deemed(application: &Application, held: &registry::Licence, context: &Context<'_>) -> bool {
    let policy = context.policy;
    let in_time = policy.licence_renewal_before_end.in_force().is_none_or(|rule| {
        context.deadline(application.submitted_on, rule.value).is_some_and(|first| first <= held.valid_until_on)
    });
    application.kind == ApplicationKind::Renewal
        && application.state.is_accepted()
        && policy.renewal_deemed_granted.is(|deemed| *deemed)
        && in_time
        && held.valid_until_on < context.today
}
