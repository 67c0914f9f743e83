//! The licence (办学许可证) and its life, from its grant until it is struck from the register.

use kernel::{Day, InstitutionId, LicenceId, Scope, UserId, words};

use crate::IllegalTransition;

words! {
    /// Why a licence ended without fault.
    EndCause {
        /// A renewal took its place.
        Renewed = "renewed" / "延续换证",
        /// A change of scope took its place.
        Changed = "changed" / "变更换证",
        /// A conversion took its place.
        Converted = "converted" / "转型换证",
        /// The institution closed.
        Closed = "closed" / "终止办学",
        /// Its term is over.
        Expired = "expired" / "有效期届满",
        /// The holder gave it back.
        Surrendered = "surrendered" / "交回许可证",
    }
}

words! {
    /// Where a licence stands. Its term is a question of the day: [`Licence::in_force_on`].
    LicenceState {
        /// In force between its days.
        InForce = "in_force" / "有效",
        /// Ordered to put something right; teaches and sells.
        Rectifying = "rectifying" / "限期整改",
        /// No new pupils; teaches those it has.
        EnrolmentSuspended = "enrolment_suspended" / "停止招生",
        /// Suspended: nothing may be sold, releases are held.
        Suspended = "suspended" / "暂停",
        /// About to close: nothing new is sold, families are refunded first.
        Closing = "closing" / "终止程序中",
        /// Revoked for fault.
        Revoked = "revoked" / "吊销",
        /// Its term is over.
        Expired = "expired" / "已到期",
        /// Given back.
        Surrendered = "surrendered" / "已交回",
        /// Ended without fault.
        Ended = "ended" / "终止",
        /// Struck from the register.
        Deregistered = "deregistered" / "已注销",
    }
}

words! {
    /// What can happen to a licence.
    LicenceCommand {
        /// Warn its holder.
        Warn = "warn" / "警告",
        /// Note the result of the annual inspection.
        Inspect = "inspect" / "年检",
        /// Order to put something right.
        OrderRectification = "order_rectification" / "责令改正",
        /// It was put right.
        LiftRectification = "lift_rectification" / "整改验收",
        /// Stop enrolment.
        SuspendEnrolment = "suspend_enrolment" / "停止招生",
        /// Allow enrolment again.
        ResumeEnrolment = "resume_enrolment" / "恢复招生",
        /// Suspend it.
        Suspend = "suspend" / "暂停",
        /// Lift the suspension.
        Reinstate = "reinstate" / "恢复",
        /// Propose to revoke it.
        ProposeRevocation = "propose_revocation" / "拟吊销",
        /// Hear the holder, or note that it does not want to be heard; drop the proposal.
        HearRevocation = "hear_revocation" / "听证",
        /// Revoke it.
        Revoke = "revoke" / "吊销",
        /// It holds longer.
        Extend = "extend" / "延期",
        /// Begin to close.
        BeginClosing = "begin_closing" / "进入终止程序",
        /// The application to close came to nothing.
        StopClosing = "stop_closing" / "退出终止程序",
        /// Its term is over.
        Expire = "expire" / "到期",
        /// Its holder gives it back.
        Surrender = "surrender" / "交回",
        /// End it without fault.
        End = "end" / "终止",
        /// Strike it from the register.
        Deregister = "deregister" / "注销",
    }
}

words! {
    /// What the regulator orders short of suspension (监管措施).
    LicenceMeasure {
        /// A warning.
        Warning = "warning" / "警告",
        /// To put things right.
        Rectification = "rectification" / "责令改正",
        /// No new pupils.
        EnrolmentSuspension = "enrolment_suspension" / "停止招生",
    }
}

impl LicenceMeasure {
    /// What taking it does to the licence.
    pub const fn taken(self) -> LicenceCommand {
        match self {
            LicenceMeasure::Warning => LicenceCommand::Warn,
            LicenceMeasure::Rectification => LicenceCommand::OrderRectification,
            LicenceMeasure::EnrolmentSuspension => LicenceCommand::SuspendEnrolment,
        }
    }

    /// What lifting it does; a warning stays.
    pub const fn lifted(self) -> Option<LicenceCommand> {
        match self {
            LicenceMeasure::Warning => None,
            LicenceMeasure::Rectification => Some(LicenceCommand::LiftRectification),
            LicenceMeasure::EnrolmentSuspension => Some(LicenceCommand::ResumeEnrolment),
        }
    }
}

words! {
    /// Result of the annual inspection (年检结论).
    InspectionGrade {
        /// Qualified.
        Qualified = "qualified" / "合格",
        /// Qualified in the main.
        BasicallyQualified = "basically_qualified" / "基本合格",
        /// Not qualified.
        Unqualified = "unqualified" / "不合格",
    }
}

words! {
    /// Where the hearing about a proposed revocation stands.
    Hearing {
        /// The holder may still ask for one.
        Open = "open" / "可申请听证",
        /// It asked.
        Asked = "asked" / "已申请听证",
        /// It does not want one.
        Waived = "waived" / "放弃听证",
        /// Its day is told.
        Set = "set" / "已告知听证日期",
        /// It was held.
        Held = "held" / "已举行听证",
    }
}

words! {
    /// A step between the proposal of a revocation and its decision (吊销程序).
    RevocationStep {
        /// The institution asks to be heard.
        HearingAsked = "hearing_asked" / "申请听证",
        /// It does not ask to be heard.
        HearingWaived = "hearing_waived" / "放弃听证",
        /// The day of the hearing is told.
        HearingSet = "hearing_set" / "告知听证日期",
        /// The hearing was held.
        HearingHeld = "hearing_held" / "举行听证",
        /// The proposal is dropped.
        Dropped = "dropped" / "撤回吊销建议",
    }
}

impl Hearing {
    /// After a step; none: the proposal is dropped.
    ///
    /// # Errors
    /// [`IllegalTransition`].
    pub fn apply(self, step: RevocationStep) -> Result<Option<Hearing>, IllegalTransition> {
        use {Hearing as H, RevocationStep as R};
        match (self, step) {
            (H::Open, R::HearingAsked) => Ok(Some(H::Asked)),
            (H::Open | H::Asked, R::HearingWaived) => Ok(Some(H::Waived)),
            // The day may be moved.
            (H::Asked | H::Set, R::HearingSet) => Ok(Some(H::Set)),
            (H::Set, R::HearingHeld) => Ok(Some(H::Held)),
            (H::Open | H::Asked | H::Waived | H::Set | H::Held, R::Dropped) => Ok(None),
            (H::Open, R::HearingSet | R::HearingHeld)
            | (H::Asked, R::HearingAsked | R::HearingHeld)
            | (H::Set, R::HearingAsked | R::HearingWaived)
            | (H::Waived | H::Held, R::HearingAsked | R::HearingWaived | R::HearingSet | R::HearingHeld) => {
                Err(IllegalTransition { state: self.as_str(), command: step.as_str() })
            }
        }
    }

    /// May the revocation be decided: the holder was heard, does not want to be, or let its time pass?
    pub fn lets_decide(self, hearing_by_on: Option<Day>, today: Day) -> bool {
        match self {
            Hearing::Held | Hearing::Waived => true,
            Hearing::Open => hearing_by_on.is_none_or(|last| last < today),
            Hearing::Asked | Hearing::Set => false,
        }
    }
}

impl LicenceState {
    /// The state after a command.
    ///
    /// # Errors
    /// [`IllegalTransition`].
    pub fn apply(self, command: LicenceCommand) -> Result<LicenceState, IllegalTransition> {
        use {LicenceCommand as C, LicenceState as S};
        let next = match (self, command) {
            // What leaves a living licence as it is.
            (
                S::InForce | S::Rectifying | S::EnrolmentSuspended | S::Suspended | S::Closing,
                C::Warn | C::Inspect | C::ProposeRevocation | C::HearRevocation,
            ) => self,
            (S::InForce | S::Rectifying | S::EnrolmentSuspended, C::Extend) => self,
            (S::InForce, C::OrderRectification) | (S::Rectifying, C::OrderRectification) => S::Rectifying,
            // The stricter measure stays.
            (S::EnrolmentSuspended | S::Suspended, C::OrderRectification) => self,
            (S::Rectifying, C::LiftRectification) => S::InForce,
            (S::InForce | S::Rectifying, C::SuspendEnrolment) => S::EnrolmentSuspended,
            (S::EnrolmentSuspended, C::ResumeEnrolment) => S::InForce,
            (S::InForce | S::Rectifying | S::EnrolmentSuspended | S::Closing, C::Suspend) => S::Suspended,
            (S::Suspended, C::Reinstate) => S::InForce,
            (S::InForce | S::Rectifying | S::EnrolmentSuspended, C::BeginClosing) => S::Closing,
            (S::Suspended, C::BeginClosing) => S::Suspended,
            (S::Closing, C::StopClosing) => S::InForce,
            (S::Suspended, C::StopClosing) => S::Suspended,
            (S::InForce | S::Rectifying | S::EnrolmentSuspended | S::Suspended | S::Closing, C::Revoke) => S::Revoked,
            (S::InForce | S::Rectifying | S::EnrolmentSuspended | S::Suspended | S::Closing, C::Expire) => S::Expired,
            (S::InForce | S::Rectifying | S::EnrolmentSuspended | S::Suspended | S::Closing, C::Surrender) => {
                S::Surrendered
            }
            (S::InForce | S::Rectifying | S::EnrolmentSuspended | S::Suspended | S::Closing, C::End) => S::Ended,
            (S::Revoked | S::Expired | S::Surrendered | S::Ended, C::Deregister) => S::Deregistered,
            (S::InForce, C::LiftRectification | C::ResumeEnrolment | C::Reinstate | C::StopClosing | C::Deregister)
            | (S::Rectifying, C::ResumeEnrolment | C::Reinstate | C::StopClosing | C::Deregister)
            | (
                S::EnrolmentSuspended,
                C::LiftRectification | C::SuspendEnrolment | C::Reinstate | C::StopClosing | C::Deregister,
            )
            | (
                S::Suspended,
                C::LiftRectification
                | C::SuspendEnrolment
                | C::ResumeEnrolment
                | C::Suspend
                | C::Extend
                | C::Deregister,
            )
            | (
                S::Closing,
                C::OrderRectification
                | C::LiftRectification
                | C::SuspendEnrolment
                | C::ResumeEnrolment
                | C::Reinstate
                | C::Extend
                | C::BeginClosing
                | C::Deregister,
            )
            | (
                S::Revoked | S::Expired | S::Surrendered | S::Ended,
                C::Warn
                | C::Inspect
                | C::OrderRectification
                | C::LiftRectification
                | C::SuspendEnrolment
                | C::ResumeEnrolment
                | C::Suspend
                | C::Reinstate
                | C::ProposeRevocation
                | C::HearRevocation
                | C::Revoke
                | C::Extend
                | C::BeginClosing
                | C::StopClosing
                | C::Expire
                | C::Surrender
                | C::End,
            )
            | (S::Deregistered, _) => {
                return Err(IllegalTransition { state: self.as_str(), command: command.as_str() });
            }
        };
        Ok(next)
    }

    /// Is the licence alive: may anything be ordered of it?
    pub const fn is_alive(self) -> bool {
        use LicenceState as S;
        match self {
            S::InForce | S::Rectifying | S::EnrolmentSuspended | S::Suspended | S::Closing => true,
            S::Revoked | S::Expired | S::Surrendered | S::Ended | S::Deregistered => false,
        }
    }
}

/// A licence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Licence {
    /// Its id.
    pub id: LicenceId,
    /// Whose.
    pub institution: InstitutionId,
    /// Number printed on it, unique in the ledger.
    pub number: String,
    /// What it permits.
    pub scope: Scope,
    /// First day.
    pub valid_from_on: Day,
    /// Last day, included.
    pub valid_until_on: Day,
    /// Where it stands.
    pub state: LicenceState,
    /// Who proposed to revoke it, while a proposal stands.
    pub revocation_proposed_by: Option<UserId>,
    /// Last day on which the holder may ask to be heard about it.
    pub hearing_by_on: Option<Day>,
    /// Where the hearing about it stands, while a proposal stands.
    pub hearing: Option<Hearing>,
    /// Day of the hearing.
    pub hearing_on: Option<Day>,
    /// First day of a decided revocation.
    pub revoked_from_on: Option<Day>,
    /// Last day to put right what was ordered.
    pub rectify_by_on: Option<Day>,
    /// First day on which it may close, while it is closing.
    pub close_from_on: Option<Day>,
    /// The last annual inspection.
    pub inspected: Option<(u16, InspectionGrade)>,
}

impl Licence {
    /// May the holder sell on this day?
    pub fn in_force_on(&self, day: Day) -> bool {
        use LicenceState as S;
        let in_force = match self.state {
            S::InForce | S::Rectifying => true,
            // A revocation that takes effect later leaves the days before it.
            S::Revoked => self.revoked_from_on.is_some_and(|from| day < from),
            S::EnrolmentSuspended
            | S::Suspended
            | S::Closing
            | S::Expired
            | S::Surrendered
            | S::Ended
            | S::Deregistered => false,
        };
        in_force && self.covers(day)
    }

    /// May the holder teach, on this day, those who are already its pupils?
    pub fn may_teach_on(&self, day: Day) -> bool {
        use LicenceState as S;
        self.in_force_on(day) || (matches!(self.state, S::EnrolmentSuspended | S::Closing) && self.covers(day))
            // What was taught within the term may be booked after it.
            || (matches!(self.state, S::Expired) && self.covers(day))
    }

    fn covers(&self, day: Day) -> bool {
        self.valid_from_on <= day && day <= self.valid_until_on
    }
}
