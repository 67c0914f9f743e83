//! A family hands its contract to another (转让): it takes effect when the institution is told and needs
//! nobody's consent, as long as nothing is owed to the institution.

use kernel::{ClassHours, ContractId, Fen, RuleId, SubjectId, TransferId, Violation};

/// A claim is handed on by notice; a debt only with the creditor's consent.
const PAID: &str = "法释〔2025〕4号第11条；民法典第546条、第551条、第555条";
/// Whoever was taught knows whether the lesson took place.
const SETTLED: &str = "法释〔2025〕4号第11条、第25条";

/// A contract that was handed on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transfer {
    /// Its id.
    pub id: TransferId,
    /// The contract.
    pub contract: ContractId,
    /// Number of its entry within the contract.
    pub contract_seq: u64,
    /// The guardian before.
    pub from_guardian: SubjectId,
    /// The pupil before.
    pub from_pupil: SubjectId,
    /// The guardian from then on.
    pub guardian: SubjectId,
    /// The pupil from then on.
    pub pupil: SubjectId,
}

/// What decides whether a contract in force may be handed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TransferFacts {
    /// Its price, fen.
    pub price: Fen,
    /// What is paid of it, fen.
    pub paid: Fen,
    /// Hours recorded and not answered yet.
    pub claimed: ClassHours,
    /// Hours in dispute.
    pub disputed: ClassHours,
}

/// What a transfer breaks, in the order of the rules.
pub fn transfer_violations(facts: &TransferFacts) -> Vec<Violation> {
    let mut violations = Vec::new();
    if facts.paid < facts.price {
        let violation = Violation::of(RuleId::TransferPaid).with(facts.price, facts.paid);
        violations.push(violation.source(PAID));
    }
    if let Some(open) = [facts.claimed, facts.disputed].into_iter().find(|hours| !hours.is_zero()) {
        let violation = Violation::of(RuleId::TransferSettled).with(ClassHours::ZERO, open);
        violations.push(violation.source(SETTLED));
    }
    violations
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(paid: i64, claimed: i64, disputed: i64) -> Vec<RuleId> {
        let hours = |hundredths| ClassHours::try_from_hundredths(hundredths).unwrap();
        let (price, paid) = (Fen::new(200_000), Fen::new(paid));
        let facts = TransferFacts { price, paid, claimed: hours(claimed), disputed: hours(disputed) };
        transfer_violations(&facts).into_iter().map(|violation| violation.rule).collect()
    }

    #[test]
    fn only_what_is_paid_and_settled_is_handed_on() {
        assert_eq!(facts(200_000, 0, 0), []);
        assert_eq!(facts(199_999, 0, 0), [RuleId::TransferPaid]);
        assert_eq!(facts(200_000, 50, 0), [RuleId::TransferSettled]);
        assert_eq!(facts(200_000, 0, 50), [RuleId::TransferSettled]);
        assert_eq!(facts(0, 50, 50), [RuleId::TransferPaid, RuleId::TransferSettled]);
    }
}
