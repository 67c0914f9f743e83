//! Rows of payments, lessons, refunds, settlements and holds.

use escrow::{Hold, Lesson, LotHours, Part, Refund, Settlement};
use kernel::{
    ClassHours, ClassSessionId, ContractId, Fen, HoldId, Instant, InstitutionId, LedgerId, LessonId, PaymentId,
    RefundId, SettlementId,
};

use crate::StoreError;
use crate::connect::{Conn, Tx};
use crate::projection::projection;
use crate::row::{Row, Values};
use crate::sql::Table;

/// A payment into escrow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payment {
    /// Its id.
    pub id: PaymentId,
    /// For which contract.
    pub contract: ContractId,
    /// To whom.
    pub institution: InstitutionId,
    /// How much, fen.
    pub amount: Fen,
    /// When it was paid.
    pub paid_at: Instant,
    /// How it was paid: one of the words of `fee_paid`.
    pub method: String,
    /// Bank reference as printed; none when only the ledger is at hand.
    pub reference: Option<String>,
    /// Hash of the bank reference, as in the entry.
    pub reference_hash: [u8; 32],
    /// Entry that booked it.
    pub seq: u64,
}

pub(crate) struct Payments;

impl Table for Payments {
    type Item = Payment;
    const NAME: &'static str = "payment";
    const KEY: &'static [&'static str] = &["payment_id"];
    const COLUMNS: &'static [&'static str] = &[
        "payment_id",
        "contract_id",
        "institution_id",
        "amount_fen",
        "paid_at",
        "method",
        "reference",
        "reference_hash",
        "seq",
    ];
    // Not the reference: a rebuild from entries does not know it and must not lose it.
    const CHANGING: &'static [&'static str] =
        &["contract_id", "institution_id", "amount_fen", "paid_at", "method", "reference_hash", "seq"];
    // The others wait for a rebuild to reach their entry.
    const VISIBLE: &'static str = " AND seq IS NOT NULL";

    fn write(item: &Payment, values: &mut Values) {
        values
            .id(item.id.uuid())
            .id(item.contract.uuid())
            .id(item.institution.uuid())
            .fen(item.amount)
            .instant(item.paid_at)
            .text(&item.method)
            .text_opt(item.reference.as_deref())
            .hash(&item.reference_hash)
            .count("seq", item.seq);
    }

    fn read(row: &mut Row<'_>) -> Result<Payment, StoreError> {
        Ok(Payment {
            id: PaymentId::new(row.get()?),
            contract: ContractId::new(row.get()?),
            institution: InstitutionId::new(row.get()?),
            amount: row.fen()?,
            paid_at: row.instant()?,
            method: row.get()?,
            reference: row.get()?,
            reference_hash: row.hash()?,
            seq: row.count_opt()?.ok_or_else(|| row.corrupt())?,
        })
    }
}

// Saving leaves a reference as printed alone that is already known.
projection!(Payments, Payment, PaymentId, payment_load, payment_save, payment_all);

/// `[["<lot>", hundredths], …]`.
fn lot_hours_text(lots: &[LotHours]) -> String {
    let cells: Vec<String> = lots.iter().map(|lot| format!("[\"{}\",{}]", lot.lot, lot.hours.hundredths())).collect();
    format!("[{}]", cells.join(","))
}

fn lot_hours(row: &mut Row<'_>) -> Result<Vec<LotHours>, StoreError> {
    let text: String = row.get()?;
    let read = || {
        let cells: Vec<(String, i64)> = serde_json::from_str(&text).ok()?;
        cells
            .into_iter()
            .map(|(lot, hours)| {
                Some(LotHours { lot: lot.parse().ok()?, hours: ClassHours::try_from_hundredths(hours).ok()? })
            })
            .collect::<Option<Vec<_>>>()
    };
    read().ok_or_else(|| row.corrupt())
}

/// `[["<lot>", hundredths, fen], …]`.
fn parts_text(parts: &[Part]) -> String {
    let cells: Vec<String> =
        parts.iter().map(|part| format!("[\"{}\",{},{}]", part.lot, part.hours.hundredths(), part.amount)).collect();
    format!("[{}]", cells.join(","))
}

fn parts(row: &mut Row<'_>) -> Result<Vec<Part>, StoreError> {
    let text: String = row.get()?;
    let read = || {
        let cells: Vec<(String, i64, i64)> = serde_json::from_str(&text).ok()?;
        cells
            .into_iter()
            .map(|(lot, hours, fen)| {
                let hours = ClassHours::try_from_hundredths(hours).ok()?;
                Some(Part { lot: lot.parse().ok()?, hours, amount: Fen::new(fen) })
            })
            .collect::<Option<Vec<_>>>()
    };
    read().ok_or_else(|| row.corrupt())
}

pub(crate) struct Lessons;

impl Table for Lessons {
    type Item = Lesson;
    const NAME: &'static str = "lesson";
    const KEY: &'static [&'static str] = &["lesson_id"];
    const COLUMNS: &'static [&'static str] = &[
        "lesson_id",
        "contract_id",
        "institution_id",
        "hours_hundredths",
        "held_on",
        "deemed_confirmed_on",
        "class_session_id",
        "claimed_on",
        "decide_by_on",
        "lots",
        "frozen",
        "state",
    ];
    const CHANGING: &'static [&'static str] = &["deemed_confirmed_on", "decide_by_on", "lots", "frozen", "state"];

    fn write(item: &Lesson, values: &mut Values) {
        values
            .id(item.id.uuid())
            .id(item.contract.uuid())
            .id(item.institution.uuid())
            .hours(item.hours)
            .text(item.held_on)
            .text_opt(item.deemed_confirmed_on)
            .id_opt(item.class_session.map(ClassSessionId::uuid))
            .text_opt(item.claimed_on)
            .text_opt(item.decide_by_on)
            .text(lot_hours_text(&item.lots))
            .text(parts_text(&item.frozen))
            .word(item.state.as_str());
    }

    fn read(row: &mut Row<'_>) -> Result<Lesson, StoreError> {
        Ok(Lesson {
            id: LessonId::new(row.get()?),
            contract: ContractId::new(row.get()?),
            institution: InstitutionId::new(row.get()?),
            hours: row.hours()?,
            held_on: row.parse()?,
            deemed_confirmed_on: row.day_opt()?,
            class_session: row.get::<Option<_>>()?.map(ClassSessionId::new),
            claimed_on: row.day_opt()?,
            decide_by_on: row.day_opt()?,
            lots: lot_hours(row)?,
            frozen: parts(row)?,
            state: row.parse()?,
        })
    }
}

projection!(Lessons, Lesson, LessonId, lesson_load, lesson_save, lesson_all);

pub(crate) struct Refunds;

impl Table for Refunds {
    type Item = Refund;
    const NAME: &'static str = "refund";
    const KEY: &'static [&'static str] = &["refund_id"];
    const COLUMNS: &'static [&'static str] = &[
        "refund_id",
        "contract_id",
        "institution_id",
        "cause",
        "lots",
        "amount_fen",
        "requested_on",
        "answer_by_on",
        "decide_by_on",
        "pay_by_on",
        "whole",
        "state",
    ];
    const CHANGING: &'static [&'static str] =
        &["lots", "amount_fen", "requested_on", "answer_by_on", "decide_by_on", "pay_by_on", "whole", "state"];

    fn write(item: &Refund, values: &mut Values) {
        values
            .id(item.id.uuid())
            .id(item.contract.uuid())
            .id(item.institution.uuid())
            .word(item.cause.as_str())
            .text(parts_text(&item.lots))
            .fen(item.amount)
            .text_opt(item.requested_on)
            .text_opt(item.answer_by_on)
            .text_opt(item.decide_by_on)
            .text_opt(item.pay_by_on)
            .put(item.whole)
            .word(item.state.as_str());
    }

    fn read(row: &mut Row<'_>) -> Result<Refund, StoreError> {
        Ok(Refund {
            id: RefundId::new(row.get()?),
            contract: ContractId::new(row.get()?),
            institution: InstitutionId::new(row.get()?),
            cause: row.parse()?,
            lots: parts(row)?,
            amount: row.fen()?,
            requested_on: row.day_opt()?,
            answer_by_on: row.day_opt()?,
            decide_by_on: row.day_opt()?,
            pay_by_on: row.day_opt()?,
            whole: row.get()?,
            state: row.parse()?,
        })
    }
}

projection!(Refunds, Refund, RefundId, refund_load, refund_save, refund_all);

pub(crate) struct Settlements;

impl Table for Settlements {
    type Item = Settlement;
    const NAME: &'static str = "settlement";
    const KEY: &'static [&'static str] = &["settlement_id"];
    const COLUMNS: &'static [&'static str] = &["settlement_id", "institution_id", "amount_fen", "state"];
    const CHANGING: &'static [&'static str] = &["state"];

    fn write(item: &Settlement, values: &mut Values) {
        values.id(item.id.uuid()).id(item.institution.uuid()).fen(item.amount).word(item.state.as_str());
    }

    fn read(row: &mut Row<'_>) -> Result<Settlement, StoreError> {
        Ok(Settlement {
            id: SettlementId::new(row.get()?),
            institution: InstitutionId::new(row.get()?),
            amount: row.fen()?,
            state: row.parse()?,
        })
    }
}

projection!(Settlements, Settlement, SettlementId, settlement_load, settlement_save, settlement_all);

pub(crate) struct Holds;

impl Table for Holds {
    type Item = Hold;
    const NAME: &'static str = "hold";
    const KEY: &'static [&'static str] = &["hold_id"];
    const COLUMNS: &'static [&'static str] = &["hold_id", "institution_id", "contract_id", "cause", "state"];
    const CHANGING: &'static [&'static str] = &["state"];

    fn write(item: &Hold, values: &mut Values) {
        values
            .id(item.id.uuid())
            .id(item.institution.uuid())
            .id_opt(item.contract.map(ContractId::uuid))
            .word(item.cause.as_str())
            .word(item.state.as_str());
    }

    fn read(row: &mut Row<'_>) -> Result<Hold, StoreError> {
        Ok(Hold {
            id: HoldId::new(row.get()?),
            institution: InstitutionId::new(row.get()?),
            contract: row.get::<Option<_>>()?.map(ContractId::new),
            cause: row.parse()?,
            state: row.parse()?,
        })
    }
}

projection!(Holds, Hold, HoldId, hold_load, hold_save, hold_all);
