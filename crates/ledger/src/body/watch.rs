//! Entries of refunds that are contested, of frozen contracts, of inspections, warnings and closures.
//! None of them moves money.

use kernel::{AlertId, ClosureId, ContractId, Day, Fen, HoldId, InspectionId, RefundId};

use super::words::{AlertLevel, AlertStep, DisputeDecision, HoldCause, InspectionFinding, RefundObjection};
use crate::hash::Hash;
use crate::wire::{Code, record};

record! {
    /// The institution objects to a refund; silence consents no more. `commit`: the objection.
    RefundObjected {
        contract: ContractId = "the contract",
        contract_seq: u64 = "number of this entry within the contract",
        decide_by_on: Option<Day> = "last day for the decision",
        reason: RefundObjection = "on which ground",
        refund: RefundId = "the refund",
    }
}

record! {
    /// The regulator decides on an objection. `commit`: the reason.
    RefundDecided {
        contract: ContractId = "the contract",
        contract_seq: u64 = "number of this entry within the contract",
        decision: DisputeDecision = "for whom",
        refund: RefundId = "the refund",
    }
}

record! {
    /// The family takes its request back.
    RefundWithdrawn {
        contract: ContractId = "the contract",
        contract_seq: u64 = "number of this entry within the contract",
        refund: RefundId = "the refund",
    }
}

record! {
    /// Nothing of this contract's money moves out of escrow. `commit`: the reason.
    ContractFrozen {
        cause: HoldCause = "why",
        contract: ContractId = "the contract",
        contract_seq: u64 = "number of this entry within the contract",
        hold: HoldId = "the hold",
    }
}

record! {
    /// The money of the contract moves again.
    ContractUnfrozen {
        contract: ContractId = "the contract",
        contract_seq: u64 = "number of this entry within the contract",
        hold: HoldId = "the hold",
    }
}

record! {
    /// Officers were at a site. `commit`: what they wrote down.
    InspectionRecorded {
        finding: InspectionFinding = "what was found",
        inspected_on: Day = "the day",
        inspection: InspectionId = "the inspection",
        problems: u64 = "items on the list of problems",
    }
}

record! {
    /// A rule of early warning found facts. Computed from entries alone; no person decided it.
    AlertRaised {
        alert: AlertId = "the alert",
        facts: Hash = "tagged digest of the facts listed",
        level: AlertLevel = "how pressing",
        rule: Code = "the rule",
        rule_version: u64 = "its version",
        watched_on: Day = "the day that was looked at",
    }
}

record! {
    /// What was done about an alert. `commit`: what was said.
    AlertStepTaken {
        alert: AlertId = "the alert",
        step: AlertStep = "what was done",
    }
}

record! {
    /// A closure pack was made of the books as all entries before this one leave them.
    ClosurePacked {
        closure: ClosureId = "the closure",
        contracts: u64 = "contracts with anything owed",
        hours_left_hundredths: u64 = "class hours left, in hundredths",
        manifest: Hash = "SHA-256 of the manifest of the pack",
        owed_fen: Fen = "owed to families",
    }
}

type Two = (String, String);

impl RefundObjected {
    pub(super) fn sentence(&self) -> Two {
        (
            format!("合同 {}：机构对退费 {} 提出异议（{}）。", self.contract, self.refund, self.reason.zh()),
            format!("Contract {}: the institution objects to refund {}: {}.", self.contract, self.refund, self.reason),
        )
    }
}

impl RefundDecided {
    pub(super) fn sentence(&self) -> Two {
        (
            format!("合同 {}：对退费 {} 的异议裁决为{}。", self.contract, self.refund, self.decision.zh()),
            format!(
                "Contract {}: the objection to refund {} is decided for the {}.",
                self.contract, self.refund, self.decision
            ),
        )
    }
}

impl RefundWithdrawn {
    pub(super) fn sentence(&self) -> Two {
        (
            format!("合同 {}：家长撤回退费申请 {}。", self.contract, self.refund),
            format!("Contract {}: the family takes refund {} back.", self.contract, self.refund),
        )
    }
}

impl ContractFrozen {
    pub(super) fn sentence(&self) -> Two {
        (
            format!("合同 {}：资金冻结 {}（{}）。", self.contract, self.hold, self.cause.zh()),
            format!("Contract {}: its money is frozen, {} (cause: {}).", self.contract, self.hold, self.cause),
        )
    }
}

impl ContractUnfrozen {
    pub(super) fn sentence(&self) -> Two {
        (
            format!("合同 {}：解除冻结 {}。", self.contract, self.hold),
            format!("Contract {}: hold {} is released.", self.contract, self.hold),
        )
    }
}

impl InspectionRecorded {
    pub(super) fn sentence(&self) -> Two {
        (
            format!(
                "{} 检查 {}：{}，问题 {} 项。",
                self.inspected_on,
                self.inspection,
                self.finding.zh(),
                self.problems
            ),
            format!(
                "Inspection {} on {}: {}; {} problems.",
                self.inspection, self.inspected_on, self.finding, self.problems
            ),
        )
    }
}

impl AlertRaised {
    pub(super) fn sentence(&self) -> Two {
        (
            format!(
                "{} 预警 {}（{}）：规则 {}，版本 {}。",
                self.watched_on,
                self.alert,
                self.level.zh(),
                self.rule,
                self.rule_version
            ),
            format!(
                "Warning {} for {} ({}): rule {}, version {}.",
                self.alert, self.watched_on, self.level, self.rule, self.rule_version
            ),
        )
    }
}

impl AlertStepTaken {
    pub(super) fn sentence(&self) -> Two {
        (format!("预警 {}：{}。", self.alert, self.step.zh()), format!("Warning {}: {}.", self.alert, self.step))
    }
}

impl ClosurePacked {
    pub(super) fn sentence(&self) -> Two {
        let hours = super::hours_text(self.hours_left_hundredths);
        let owed = self.owed_fen.to_yuan();
        (
            format!("关停清算包 {}：合同 {} 份，剩余 {hours} 课时，应退 {owed}。", self.closure, self.contracts),
            format!(
                "Closure pack {}: {} contracts, {hours} class hours left, {owed} owed to families.",
                self.closure, self.contracts
            ),
        )
    }
}
