//! Applications for a licence (办学许可申请): handed in, corrected once at most, accepted, checked on
//! site, reviewed, decided by another person.

use kernel::{ApplicationId, Day, InstitutionId, Scope, UserId, words};

use crate::IllegalTransition;

words! {
    /// What is asked for.
    ApplicationKind {
        /// A first licence.
        New = "new" / "新设",
        /// The same licence for a further term.
        Renewal = "renewal" / "延续",
        /// Another scope within the same category.
        Change = "change" / "变更",
        /// From subject-type to non-subject-type.
        Conversion = "conversion" / "转型",
        /// To close and return the licence.
        Closure = "closure" / "终止办学",
        /// Another name.
        ChangeName = "change_name" / "名称变更",
        /// Another address.
        ChangeSite = "change_site" / "办学地址变更",
        /// Another promoter.
        ChangePromoter = "change_promoter" / "举办者变更",
        /// Another legal representative.
        ChangeRepresentative = "change_representative" / "法定代表人变更",
        /// Other capital.
        ChangeCapital = "change_capital" / "开办资金变更",
        /// A branch at another address, under a licence of its own.
        Branch = "branch" / "设立分支机构",
    }
}

impl ApplicationKind {
    /// Does a grant end the licence held and issue another?
    pub const fn replaces_licence(self) -> bool {
        use ApplicationKind as K;
        match self {
            K::New | K::Renewal | K::Change | K::Conversion => true,
            K::Closure
            | K::ChangeName
            | K::ChangeSite
            | K::ChangePromoter
            | K::ChangeRepresentative
            | K::ChangeCapital
            | K::Branch => false,
        }
    }

    /// A change of who controls the institution, of its name or its place: nothing new is sold until it
    /// is decided (民办教育促进法 54, 55).
    pub const fn is_control_change(self) -> bool {
        use ApplicationKind as K;
        match self {
            K::ChangeName | K::ChangeSite | K::ChangePromoter | K::ChangeRepresentative | K::ChangeCapital => true,
            K::New | K::Renewal | K::Change | K::Conversion | K::Closure | K::Branch => false,
        }
    }
}

words! {
    /// Where an application stands.
    ApplicationState {
        /// Handed in.
        Submitted = "submitted" / "已提交",
        /// The applicant is to correct it; the clock stands still.
        Correcting = "correcting" / "待补正",
        /// Corrected; no second notice is possible.
        Corrected = "corrected" / "已补正",
        /// Accepted for decision; the statutory clock runs.
        Accepted = "accepted" / "已受理",
        /// Its site was checked.
        SiteChecked = "site_checked" / "已核查",
        /// An officer advised on it.
        Reviewed = "reviewed" / "已审查",
        /// Granted.
        Granted = "granted" / "准予许可",
        /// Refused.
        Refused = "refused" / "不予许可",
        /// Ended without a decision.
        Ended = "ended" / "已终结",
    }
}

words! {
    /// The two decisions.
    Decision {
        /// Yes.
        Grant = "grant" / "准予",
        /// No.
        Refuse = "refuse" / "不予",
    }
}

words! {
    /// What can happen to an application.
    ApplicationCommand {
        /// Ask for corrections, once.
        AskCorrection = "ask_correction" / "告知补正",
        /// Hand in the corrections.
        Correct = "correct" / "补正",
        /// Accept it.
        Accept = "accept" / "受理",
        /// Check its site.
        CheckSite = "check_site" / "现场核查",
        /// Advise on it.
        Review = "review" / "审查",
        /// Grant it.
        Grant = "grant" / "准予",
        /// Refuse it.
        Refuse = "refuse" / "不予",
        /// End it without a decision: taken back, not corrected, not accepted.
        End = "end" / "终结",
    }
}

words! {
    /// Why an application ended without a decision (申请终结原因).
    ApplicationEndCause {
        /// Taken back.
        Withdrawn = "withdrawn" / "申请人撤回",
        /// Not corrected in time.
        NotCorrected = "not_corrected" / "逾期未补正",
        /// Not accepted.
        NotAccepted = "not_accepted" / "不予受理",
    }
}

words! {
    /// What a site check found (现场核查结果).
    SiteCheckResult {
        /// Fit.
        Passed = "passed" / "核查合格",
        /// Not fit.
        Failed = "failed" / "核查不合格",
    }
}

impl ApplicationState {
    /// The state after a command. Whether a site check and a review have to come before the decision is
    /// a rule of the place, not of the state.
    ///
    /// # Errors
    /// [`IllegalTransition`] when the application is not waiting for it.
    pub fn apply(self, command: ApplicationCommand) -> Result<ApplicationState, IllegalTransition> {
        use {ApplicationCommand as C, ApplicationState as S};
        match (self, command) {
            (S::Submitted, C::AskCorrection) => Ok(S::Correcting),
            (S::Correcting, C::Correct) => Ok(S::Corrected),
            (S::Submitted | S::Corrected, C::Accept) => Ok(S::Accepted),
            // A second look at the site is a new fact, and asks for a new review.
            (S::Accepted | S::SiteChecked | S::Reviewed, C::CheckSite) => Ok(S::SiteChecked),
            (S::Accepted | S::SiteChecked | S::Reviewed, C::Review) => Ok(S::Reviewed),
            (S::Accepted | S::SiteChecked | S::Reviewed, C::Grant) => Ok(S::Granted),
            (S::Accepted | S::SiteChecked | S::Reviewed, C::Refuse) => Ok(S::Refused),
            (S::Submitted | S::Correcting | S::Corrected | S::Accepted | S::SiteChecked | S::Reviewed, C::End) => {
                Ok(S::Ended)
            }
            (S::Submitted, C::Correct | C::CheckSite | C::Review | C::Grant | C::Refuse)
            | (S::Correcting, C::AskCorrection | C::Accept | C::CheckSite | C::Review | C::Grant | C::Refuse)
            | (S::Corrected, C::AskCorrection | C::Correct | C::CheckSite | C::Review | C::Grant | C::Refuse)
            | (S::Accepted | S::SiteChecked | S::Reviewed, C::AskCorrection | C::Correct | C::Accept)
            | (
                S::Granted | S::Refused | S::Ended,
                C::AskCorrection | C::Correct | C::Accept | C::CheckSite | C::Review | C::Grant | C::Refuse | C::End,
            ) => Err(IllegalTransition { state: self.as_str(), command: command.as_str() }),
        }
    }

    /// Still under way?
    pub const fn is_open(self) -> bool {
        use ApplicationState as S;
        match self {
            S::Submitted | S::Correcting | S::Corrected | S::Accepted | S::SiteChecked | S::Reviewed => true,
            S::Granted | S::Refused | S::Ended => false,
        }
    }

    /// Does the authority's time to decide run?
    pub const fn is_accepted(self) -> bool {
        matches!(self, ApplicationState::Accepted | ApplicationState::SiteChecked | ApplicationState::Reviewed)
    }
}

/// An application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Application {
    /// Its id.
    pub id: ApplicationId,
    /// Who asks.
    pub institution: InstitutionId,
    /// For what.
    pub kind: ApplicationKind,
    /// For which scope.
    pub scope: Scope,
    /// Where it stands.
    pub state: ApplicationState,
    /// Day it was handed in.
    pub submitted_on: Day,
    /// Day the corrected papers came in.
    pub corrected_on: Option<Day>,
    /// Day of acceptance; the day the papers came in where silence accepts.
    pub accepted_on: Option<Day>,
    /// Last day for acceptance or the notice to correct, while it waits for one.
    pub accept_by_on: Option<Day>,
    /// Last day for the applicant's corrections, while they are awaited.
    pub correct_by_on: Option<Day>,
    /// Last day for the decision; none while the applicant corrects, and where the working-day calendar
    /// of that year is not known. Before acceptance: if it is accepted as late as may be.
    pub decide_by_on: Option<Day>,
    /// Who handed it in.
    pub submitted_by: Option<UserId>,
    /// The officers who checked the site.
    pub site_checked_by: Option<(UserId, UserId)>,
    /// What they found.
    pub site_check: Option<SiteCheckResult>,
    /// Who advised on it last.
    pub reviewed_by: Option<UserId>,
    /// The advice.
    pub advice: Option<Decision>,
    /// How many entries it has: what an officer read must be what is decided upon.
    pub version: u32,
}

impl Application {
    /// The day that the clock now running ends on.
    pub const fn due_on(&self) -> Option<Day> {
        match self.state {
            ApplicationState::Submitted | ApplicationState::Corrected => self.accept_by_on,
            ApplicationState::Correcting => self.correct_by_on,
            ApplicationState::Accepted | ApplicationState::SiteChecked | ApplicationState::Reviewed => {
                self.decide_by_on
            }
            ApplicationState::Granted | ApplicationState::Refused | ApplicationState::Ended => None,
        }
    }

    /// The day on which the papers came in as they are now.
    pub const fn received_on(&self) -> Day {
        match self.corrected_on {
            Some(day) => day,
            None => self.submitted_on,
        }
    }

    /// Has this person worked on it, so that another one must decide?
    pub fn has_worked_on_it(&self, user: UserId) -> bool {
        self.reviewed_by == Some(user)
            || self.submitted_by == Some(user)
            || self.site_checked_by.is_some_and(|(first, second)| first == user || second == user)
    }
}
