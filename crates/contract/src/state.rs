//! The life of a contract.

use kernel::words;
use registry::IllegalTransition;

words! {
    /// The parties who sign.
    Party {
        /// Party A (甲方).
        Institution = "institution" / "培训机构",
        /// Party B (乙方).
        Guardian = "guardian" / "监护人",
    }
}

words! {
    /// Where a contract stands.
    ContractState {
        /// Drawn up, nobody signed.
        Draft = "draft" / "草稿",
        /// Party A signed.
        SignedByInstitution = "signed_by_institution" / "甲方已签",
        /// Party B signed.
        SignedByGuardian = "signed_by_guardian" / "乙方已签",
        /// In force.
        Signed = "signed" / "已生效",
        /// Ended by refund; lessons already claimed are still settled.
        Ended = "ended" / "已解除",
    }
}

words! {
    /// What can happen to a contract.
    ContractCommand {
        /// Party A signs.
        SignInstitution = "sign_institution" / "甲方签署",
        /// Party B signs.
        SignGuardian = "sign_guardian" / "乙方签署",
        /// End it.
        End = "end" / "解除",
    }
}

impl ContractState {
    /// The state after a command.
    ///
    /// # Errors
    /// [`IllegalTransition`].
    pub fn apply(self, command: ContractCommand) -> Result<ContractState, IllegalTransition> {
        use {ContractCommand as C, ContractState as S};
        match (self, command) {
            (S::Draft, C::SignInstitution) => Ok(S::SignedByInstitution),
            (S::Draft, C::SignGuardian) => Ok(S::SignedByGuardian),
            (S::SignedByGuardian, C::SignInstitution) | (S::SignedByInstitution, C::SignGuardian) => Ok(S::Signed),
            // A second refund (hours won back in a dispute) finds the contract ended already.
            (S::Signed | S::Ended, C::End) => Ok(S::Ended),
            (S::SignedByInstitution, C::SignInstitution)
            | (S::SignedByGuardian, C::SignGuardian)
            | (S::Draft | S::SignedByInstitution | S::SignedByGuardian, C::End)
            | (S::Signed | S::Ended, C::SignInstitution | C::SignGuardian) => {
                Err(IllegalTransition { state: self.as_str(), command: command.as_str() })
            }
        }
    }
}

impl ContractCommand {
    /// The command by which a party signs.
    pub const fn sign(party: Party) -> ContractCommand {
        match party {
            Party::Institution => ContractCommand::SignInstitution,
            Party::Guardian => ContractCommand::SignGuardian,
        }
    }
}
