//! The licence (办学许可证) and its life.

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
    }
}

words! {
    /// Where a licence stands. Expiry is a question of the day: [`Licence::in_force_on`].
    LicenceState {
        /// In force between its days.
        InForce = "in_force" / "有效",
        /// Suspended: nothing may be sold, releases are held.
        Suspended = "suspended" / "暂停",
        /// Revoked for fault.
        Revoked = "revoked" / "吊销",
        /// Ended without fault.
        Ended = "ended" / "终止",
    }
}

words! {
    /// What can happen to a licence.
    LicenceCommand {
        /// Suspend it.
        Suspend = "suspend" / "暂停",
        /// Lift the suspension.
        Reinstate = "reinstate" / "恢复",
        /// Propose to revoke it.
        ProposeRevocation = "propose_revocation" / "拟吊销",
        /// Revoke it.
        Revoke = "revoke" / "吊销",
        /// End it without fault.
        End = "end" / "终止",
    }
}

impl LicenceState {
    /// The state after a command.
    ///
    /// # Errors
    /// [`IllegalTransition`].
    pub fn apply(self, command: LicenceCommand) -> Result<LicenceState, IllegalTransition> {
        use {LicenceCommand as C, LicenceState as S};
        match (self, command) {
            (S::InForce, C::Suspend) => Ok(S::Suspended),
            (S::Suspended, C::Reinstate) => Ok(S::InForce),
            (S::InForce | S::Suspended, C::ProposeRevocation) => Ok(self),
            (S::InForce | S::Suspended, C::Revoke) => Ok(S::Revoked),
            (S::InForce | S::Suspended, C::End) => Ok(S::Ended),
            (S::InForce, C::Reinstate)
            | (S::Suspended, C::Suspend)
            | (S::Revoked | S::Ended, C::Suspend | C::Reinstate | C::ProposeRevocation | C::Revoke | C::End) => {
                Err(IllegalTransition { state: self.as_str(), command: command.as_str() })
            }
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
    /// First day of a decided revocation.
    pub revoked_from_on: Option<Day>,
}

impl Licence {
    /// May the holder teach and sell on this day?
    pub fn in_force_on(&self, day: Day) -> bool {
        let in_force = match self.state {
            LicenceState::InForce => true,
            // A revocation that takes effect later leaves the days before it.
            LicenceState::Revoked => self.revoked_from_on.is_some_and(|from| day < from),
            LicenceState::Suspended | LicenceState::Ended => false,
        };
        in_force && self.valid_from_on <= day && day <= self.valid_until_on
    }
}
