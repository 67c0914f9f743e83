//! Entries about contracts, prepaid fees, lessons, refunds, settlements and holds.

use kernel::{
    Category, ClassHours, ClassSessionId, ContractId, CourseId, Day, Fen, HoldId, Instant, LessonId, LotId, Mode,
    PaymentId, RefundId, SettlementId, Stage, SubjectId, TransferId,
};

use super::words::{
    ConfirmedBy, ConsentedBy, ContractEndGround, DisputeDecision, DisputeReason, HoldCause, Party, PaymentMethod,
    RefundCause,
};
use crate::hash::Hash;
use crate::wire::{record, record_value};

record! {
    /// Hours of one lot with the money they stand for.
    LotPart {
        fen: Fen = "value of these hours",
        hours: ClassHours = "hours",
        lot: LotId = "the lot",
    }
}
record_value!(LotPart, "lot_part");

record! {
    /// Hours of one lot.
    LotHours {
        hours: ClassHours = "hours",
        lot: LotId = "the lot",
    }
}
record_value!(LotHours, "lot_hours");

record! {
    /// Money for one lot.
    LotMoney {
        fen: Fen = "amount",
        lot: LotId = "the lot",
    }
}
record_value!(LotMoney, "lot_money");

record! {
    /// A lot as the contract sells it. Lots are consumed in this order.
    LotSold {
        gift_hours: ClassHours = "hours given free",
        list_price_per_hour_fen: Option<Fen> = "list price of one hour",
        lot: LotId = "the lot",
        paid_hours: ClassHours = "hours paid for",
        price_fen: Fen = "price of the lot",
    }
}
record_value!(LotSold, "lot_sold");

record! {
    /// The first party signs a contract document.
    ContractSignatureGiven {
        contract: ContractId = "the contract",
        contract_seq: u64 = "number of this entry within the contract",
        document: Hash = "tagged digest of the document",
        party: Party = "who signed",
    }
}

record! {
    /// The second party signs: the contract binds.
    ContractSigned {
        category: Category = "category",
        contract: ContractId = "the contract",
        contract_seq: u64 = "number of this entry within the contract",
        course: CourseId = "the course sold",
        document: Hash = "tagged digest of the document",
        first_lesson_on: Day = "first day of lessons",
        full_refund_days_after_start: u32 = "days after the first lesson with full refund",
        full_refund_days_before_start: u32 = "days before the first lesson with full refund",
        guardian: SubjectId = "the guardian, pseudonymous",
        last_lesson_on: Day = "last day of lessons",
        lots: Vec<LotSold> = "what is sold, in the order of consumption",
        mode: Mode = "mode",
        party: Party = "who signed second",
        pay_back_days: u32 = "days to pay a refund back",
        pupil: SubjectId = "the pupil, pseudonymous",
        stage: Stage = "stage",
    }
}

record! {
    /// Money of a family reached the custody account.
    FeePaid {
        amount_fen: Fen = "amount",
        contract: ContractId = "the contract",
        contract_seq: u64 = "number of this entry within the contract",
        lots: Vec<LotMoney> = "which lots it pays; sums to the amount",
        method: PaymentMethod = "how",
        paid_at: Instant = "when the bank booked it",
        payment: PaymentId = "the payment",
        reference: Hash = "tagged digest of the bank's reference",
    }
}

record! {
    /// The institution says that a lesson was held; its hours are reserved.
    LessonClaimed {
        class_session: Option<ClassSessionId> = "session of a class that it was part of",
        contract: ContractId = "the contract",
        contract_seq: u64 = "number of this entry within the contract",
        deemed_confirmed_on: Option<Day> = "day from which silence confirms",
        held_on: Day = "day of the lesson",
        hours: ClassHours = "hours",
        lesson: LessonId = "the lesson",
        lots: Vec<LotHours> = "lots it consumes; sums to the hours",
    }
}

record! {
    /// The lesson counts: its value is earned.
    LessonConfirmed {
        by: ConfirmedBy = "who confirmed",
        contract: ContractId = "the contract",
        contract_seq: u64 = "number of this entry within the contract",
        lesson: LessonId = "the lesson",
        lots: Vec<LotPart> = "hours and value by lot",
    }
}

record! {
    /// The family disputes the lesson: its value is frozen.
    LessonDisputed {
        contract: ContractId = "the contract",
        contract_seq: u64 = "number of this entry within the contract",
        decide_by_on: Option<Day> = "last day for the decision",
        lesson: LessonId = "the lesson",
        lots: Vec<LotPart> = "hours and value by lot",
        reason: DisputeReason = "why",
    }
}

record! {
    /// A dispute is decided: earned, or given back to the contract. `commit`: the reason.
    DisputeDecided {
        contract: ContractId = "the contract",
        contract_seq: u64 = "number of this entry within the contract",
        decision: DisputeDecision = "for whom",
        lesson: LessonId = "the lesson",
        lots: Vec<LotPart> = "hours and value by lot, as disputed",
    }
}

record! {
    /// The family asks its money back. `commit`: the reason.
    RefundRequested {
        amount_fen: Fen = "amount",
        answer_by_on: Option<Day> = "last day for the institution's answer",
        cause: RefundCause = "on whose side the reason lies",
        contract: ContractId = "the contract",
        contract_seq: u64 = "number of this entry within the contract",
        lots: Vec<LotPart> = "hours and value by lot; sums to the amount",
        refund: RefundId = "the refund",
    }
}

record! {
    /// The refund is agreed: hours return, the money is owed to the family.
    RefundConsented {
        by: ConsentedBy = "who agreed",
        contract: ContractId = "the contract",
        contract_seq: u64 = "number of this entry within the contract",
        lots: Vec<LotPart> = "hours and value by lot",
        pay_by_on: Option<Day> = "last day to pay",
        refund: RefundId = "the refund",
    }
}

record! {
    /// A party ends the contract; a refund of what escrow holds follows. `commit`: the reason.
    ContractEnded {
        by: Party = "who ended it",
        contract: ContractId = "the contract",
        contract_seq: u64 = "number of this entry within the contract",
        ground: ContractEndGround = "on which ground",
        outside_escrow_fen: Fen = "what the institution gives back beside escrow",
    }
}

record! {
    /// The family hands the contract to another: what it may ask of the institution is from here on the
    /// other's. `commit`: the notice to the institution, with who they are.
    ContractTransferred {
        contract: ContractId = "the contract",
        contract_seq: u64 = "number of this entry within the contract",
        guardian: SubjectId = "the guardian from now on, a pseudonym",
        pupil: SubjectId = "the pupil from now on, a pseudonym",
        transfer: TransferId = "the transfer",
    }
}

record! {
    /// The bank paid the refund out.
    RefundPaid {
        amount_fen: Fen = "amount",
        contract: ContractId = "the contract",
        contract_seq: u64 = "number of this entry within the contract",
        reference: Hash = "tagged digest of the bank's reference",
        refund: RefundId = "the refund",
    }
}

record! {
    /// Earned money shall be paid out to the institution.
    SettlementOrdered {
        amount_fen: Fen = "amount",
        settlement: SettlementId = "the settlement",
    }
}

record! {
    /// The bank paid the settlement out.
    SettlementPaid {
        amount_fen: Fen = "amount",
        reference: Hash = "tagged digest of the bank's reference",
        settlement: SettlementId = "the settlement",
    }
}

record! {
    /// Releases to the institution stop. `commit`: the reason.
    HoldPlaced {
        cause: HoldCause = "why",
        hold: HoldId = "the hold",
    }
}

record! {
    /// Releases may go on.
    HoldReleased {
        hold: HoldId = "the hold",
    }
}
