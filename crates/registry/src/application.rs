//! Applications for a licence (办学许可申请): submitted, accepted, decided.

use kernel::{ApplicationId, Day, InstitutionId, Scope, words};

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
    }
}

words! {
    /// Where an application stands.
    ApplicationState {
        /// Handed in.
        Submitted = "submitted" / "已提交",
        /// Accepted for decision; the statutory clock runs.
        Accepted = "accepted" / "已受理",
        /// Granted.
        Granted = "granted" / "准予许可",
        /// Refused.
        Refused = "refused" / "不予许可",
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
        /// Accept it.
        Accept = "accept" / "受理",
        /// Grant it.
        Grant = "grant" / "准予",
        /// Refuse it.
        Refuse = "refuse" / "不予",
    }
}

impl ApplicationState {
    /// The state after a command.
    ///
    /// # Errors
    /// [`IllegalTransition`] when the application is not waiting for it.
    pub fn apply(self, command: ApplicationCommand) -> Result<ApplicationState, IllegalTransition> {
        use {ApplicationCommand as C, ApplicationState as S};
        match (self, command) {
            (S::Submitted, C::Accept) => Ok(S::Accepted),
            (S::Accepted, C::Grant) => Ok(S::Granted),
            (S::Accepted, C::Refuse) => Ok(S::Refused),
            (S::Submitted, C::Grant | C::Refuse)
            | (S::Accepted, C::Accept)
            | (S::Granted | S::Refused, C::Accept | C::Grant | C::Refuse) => {
                Err(IllegalTransition { state: self.as_str(), command: command.as_str() })
            }
        }
    }

    /// Still under way?
    pub const fn is_open(self) -> bool {
        matches!(self, ApplicationState::Submitted | ApplicationState::Accepted)
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
    /// Last day for the decision; none where the working-day calendar of that year is not known.
    pub decide_by_on: Option<Day>,
}
