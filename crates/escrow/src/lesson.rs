//! A lesson (课): claimed by the institution, answered by the guardian or by silence.

use kernel::{CheckInId, ClassHours, ClassSessionId, ContractId, Day, InstitutionId, LessonId, words};
use registry::IllegalTransition;

use crate::{LotHours, Part};

words! {
    /// Where a lesson stands.
    LessonState {
        /// Claimed, waiting for the guardian.
        Claimed = "claimed" / "待确认",
        /// Confirmed by the guardian.
        Confirmed = "confirmed" / "已确认",
        /// Confirmed by silence.
        DeemedConfirmed = "deemed_confirmed" / "视为确认",
        /// Disputed; its money is frozen.
        Disputed = "disputed" / "争议中",
        /// Dispute decided for the institution.
        Upheld = "upheld" / "裁定机构",
        /// Dispute decided for the family.
        Rejected = "rejected" / "裁定家长",
    }
}

words! {
    /// What can happen to a lesson.
    LessonCommand {
        /// The guardian confirms.
        Confirm = "confirm" / "确认",
        /// The clock passes in silence.
        DeemConfirm = "deem_confirm" / "视为确认",
        /// The guardian disputes.
        Dispute = "dispute" / "异议",
        /// The regulator decides for the institution.
        DecideForInstitution = "decide_for_institution" / "裁定机构",
        /// The regulator decides for the family.
        DecideForFamily = "decide_for_family" / "裁定家长",
    }
}

impl LessonState {
    /// The state after a command.
    ///
    /// # Errors
    /// [`IllegalTransition`].
    pub fn apply(self, command: LessonCommand) -> Result<LessonState, IllegalTransition> {
        use {LessonCommand as C, LessonState as S};
        match (self, command) {
            (S::Claimed, C::Confirm) => Ok(S::Confirmed),
            (S::Claimed, C::DeemConfirm) => Ok(S::DeemedConfirmed),
            (S::Claimed, C::Dispute) => Ok(S::Disputed),
            (S::Disputed, C::DecideForInstitution) => Ok(S::Upheld),
            (S::Disputed, C::DecideForFamily) => Ok(S::Rejected),
            (S::Claimed, C::DecideForInstitution | C::DecideForFamily)
            | (S::Disputed, C::Confirm | C::DeemConfirm | C::Dispute)
            | (
                S::Confirmed | S::DeemedConfirmed | S::Upheld | S::Rejected,
                C::Confirm | C::DeemConfirm | C::Dispute | C::DecideForInstitution | C::DecideForFamily,
            ) => Err(IllegalTransition { state: self.as_str(), command: command.as_str() }),
        }
    }
}

/// A lesson.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lesson {
    /// Its id.
    pub id: LessonId,
    /// Of which contract.
    pub contract: ContractId,
    /// By whom.
    pub institution: InstitutionId,
    /// Hours taught.
    pub hours: ClassHours,
    /// Day it was held.
    pub held_on: Day,
    /// The last day for the guardian's answer; silence after it counts as confirmation. None while
    /// the working-day calendar of that year is not known.
    pub deemed_confirmed_on: Option<Day>,
    /// The session of a class that it was part of.
    pub class_session: Option<ClassSessionId>,
    /// The day on which it was claimed; none for lessons of before this was kept.
    pub claimed_on: Option<Day>,
    /// The last day for the decision of its dispute.
    pub decide_by_on: Option<Day>,
    /// Which lots the hours come from.
    pub lots: Vec<LotHours>,
    /// The money frozen by a dispute.
    pub frozen: Vec<Part>,
    /// Where it stands.
    pub state: LessonState,
}

impl Lesson {
    /// From which day the guardian's time to answer runs: the day of the lesson or of the record,
    /// whichever is later.
    pub fn asked_on(&self) -> Day {
        self.claimed_on.map_or(self.held_on, |claimed_on| claimed_on.max(self.held_on))
    }
}

/// The pupil's side was at a session (签到).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CheckIn {
    /// Its id.
    pub id: CheckInId,
    /// Of which contract.
    pub contract: ContractId,
    /// At which institution.
    pub institution: InstitutionId,
    /// At which session.
    pub class_session: ClassSessionId,
    /// Day of the session.
    pub held_on: Day,
    /// Day of the check-in.
    pub checked_in_on: Day,
}
