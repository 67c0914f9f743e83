//! The books of one contract: its lots, lessons and refunds.

use std::collections::HashMap;

use kernel::{ClassHours, ContractId, Fen, HoldId, InstitutionId, LessonId, LotId, RefundId};

use super::{Fault, overflow, state, unknown};
use crate::body::{Account, Body, DisputeDecision, LotHours, LotPart, Party, parts_fen};
use crate::finding::{Detail, InvariantId};
use crate::hash::Hash;
use crate::seal::{self, SealError, SealLeaf, Sealed};

/// Hours and money of one lot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LotBooks {
    /// Hours bought, gift hours included.
    pub total: ClassHours,
    /// Price.
    pub price_fen: Fen,
    /// Paid so far.
    pub paid_fen: Fen,
    /// Of it still in `prepaid`.
    pub prepaid_fen: Fen,
    /// Hours of lessons claimed and not yet answered.
    pub claimed: ClassHours,
    /// Hours of lessons that count.
    pub used: ClassHours,
    /// Hours under dispute.
    pub disputed: ClassHours,
    /// Hours given back.
    pub returned: ClassHours,
}

impl LotBooks {
    /// Hours free to be taught or given back: what conservation leaves.
    pub fn remaining(&self) -> Option<ClassHours> {
        let taken = ClassHours::try_sum([self.claimed, self.used, self.disputed, self.returned]).ok()?;
        self.total.checked_sub(taken).ok()
    }
}

/// Where a lesson stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LessonBooks {
    /// Claimed, with the hours reserved.
    Claimed(Vec<LotHours>),
    /// Disputed, with hours and money frozen.
    Disputed(Vec<LotPart>),
    /// Over, one way or the other.
    Done,
}

/// Where a refund stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RefundBooks {
    /// Asked for, with hours and money.
    Requested(Vec<LotPart>),
    /// The institution objects; hours and money as asked for.
    Objected(Vec<LotPart>),
    /// Over without money: refused, or taken back.
    Over,
    /// Agreed; this much is owed.
    Consented(Fen),
    /// Paid: this much.
    Paid(Fen),
}

/// Everything about one contract.
#[derive(Clone, Debug)]
pub(super) struct ContractBooks {
    pub(super) institution: InstitutionId,
    pub(super) last_seq: u64,
    pub(super) prepaid: Fen,
    pub(super) disputed: Fen,
    pub(super) refund: Fen,
    /// In the order of the contract.
    pub(super) lots: Vec<(LotId, LotBooks)>,
    signed: bool,
    ended: bool,
    /// Leaf hash of the last entry.
    last_leaf: Hash,
    /// What hides the contract in seals, once it is signed; another, once it is handed on.
    blind: Option<Hash>,
    /// Digest of the document that was signed.
    document: Hash,
    /// As the last seal counted it, until the next entry.
    sealed: Option<Sealed>,
    signature: Option<(Party, Hash)>,
    lessons: HashMap<LessonId, LessonBooks>,
    refunds: HashMap<RefundId, RefundBooks>,
    /// Holds on this contract alone; true while it stands.
    holds: HashMap<HoldId, bool>,
}

fn hours_fault() -> Fault {
    (InvariantId::HoursConserved, Detail::Plain)
}

fn add(hours: &mut ClassHours, more: ClassHours) -> Result<(), Fault> {
    *hours = hours.checked_add(more).map_err(|_| hours_fault())?;
    Ok(())
}

fn take(hours: &mut ClassHours, less: ClassHours) -> Result<(), Fault> {
    let detail = Detail::Hours { expected: *hours, actual: less };
    *hours = hours.checked_sub(less).map_err(|_| (InvariantId::HoursConserved, detail))?;
    Ok(())
}

fn same_hours(promised: &[LotHours], parts: &[LotPart]) -> bool {
    promised.len() == parts.len()
        && promised.iter().zip(parts).all(|(p, part)| p.lot == part.lot && p.hours == part.hours)
}

impl ContractBooks {
    pub(super) fn new(institution: InstitutionId) -> ContractBooks {
        ContractBooks {
            institution,
            last_seq: 0,
            prepaid: Fen::ZERO,
            disputed: Fen::ZERO,
            refund: Fen::ZERO,
            lots: Vec::new(),
            signed: false,
            ended: false,
            last_leaf: Hash::ZERO,
            blind: None,
            document: Hash::ZERO,
            sealed: None,
            signature: None,
            lessons: HashMap::new(),
            refunds: HashMap::new(),
            holds: HashMap::new(),
        }
    }

    /// Its next entry.
    pub(super) fn entry(&mut self, seq: u64, leaf: Hash) {
        self.last_seq = seq;
        self.last_leaf = leaf;
        self.sealed = None;
    }

    /// What a seal states of it now; `None` before it is signed.
    pub(super) fn seal_leaf(&self, contract: ContractId) -> Option<SealLeaf> {
        let hours = self.hours_left()?;
        Some(SealLeaf {
            blind: self.blind?,
            contract,
            disputed_fen: self.disputed,
            entries: self.last_seq,
            hours_left_hundredths: hours,
            last_leaf: self.last_leaf,
            prepaid_fen: self.prepaid,
            refund_fen: self.refund,
        })
    }

    /// Hours that are free, in hundredths.
    pub(super) fn hours_left(&self) -> Option<u64> {
        self.lots
            .iter()
            .try_fold(0_u64, |sum, (_, lot)| sum.checked_add(u64::try_from(lot.remaining()?.hundredths()).ok()?))
    }

    /// As a seal counts it now; `None` before it is signed.
    pub(super) fn sealed(&mut self, contract: ContractId) -> Result<Option<Sealed>, SealError> {
        if self.sealed.is_none() {
            self.sealed = self.seal_leaf(contract).map(|leaf| leaf.sealed()).transpose()?;
        }
        Ok(self.sealed)
    }

    /// The balance behind an account of this contract.
    pub(super) const fn balance_mut(&mut self, account: Account) -> &mut Fen {
        match account {
            Account::Prepaid(_) => &mut self.prepaid,
            Account::Disputed(_) => &mut self.disputed,
            Account::Refund(_)
            | Account::BankCustody
            | Account::Payable
            | Account::BankDeposit
            | Account::Deposit
            | Account::Interest
            | Account::Suspense => &mut self.refund,
        }
    }

    fn lot(&mut self, id: LotId) -> Result<&mut LotBooks, Fault> {
        let found = self.lots.iter_mut().find(|(lot, _)| *lot == id);
        found.map(|(_, books)| books).ok_or_else(|| unknown("lot", id.uuid()))
    }

    /// Reserves hours that are free.
    fn reserve(&mut self, id: LotId, hours: ClassHours) -> Result<(), Fault> {
        let lot = self.lot(id)?;
        let free = lot.remaining().ok_or_else(hours_fault)?;
        if hours > free {
            return Err((InvariantId::HoursConserved, Detail::Hours { expected: free, actual: hours }));
        }
        Ok(())
    }

    /// Takes money of a lot out of `prepaid`.
    fn release(&mut self, part: &LotPart) -> Result<(), Fault> {
        let lot = self.lot(part.lot)?;
        if part.fen > lot.prepaid_fen {
            return Err((InvariantId::LotMoney, Detail::Amount { expected: lot.prepaid_fen, actual: part.fen }));
        }
        lot.prepaid_fen = lot.prepaid_fen.checked_sub(part.fen).map_err(|_| overflow())?;
        Ok(())
    }

    fn lesson(&mut self, id: LessonId) -> Result<&mut LessonBooks, Fault> {
        self.lessons.get_mut(&id).ok_or_else(|| unknown("lesson", id.uuid()))
    }

    pub(super) fn play(&mut self, contract: ContractId, body: &Body) -> Result<(), Fault> {
        let signing = matches!(body, Body::ContractSignatureGiven(_) | Body::ContractSigned(_));
        if signing == self.signed {
            return Err(state("contract", contract.uuid()));
        }
        // What was taught before the notice is still settled, nothing new begins.
        let begins = matches!(
            body,
            Body::ContractEnded(_) | Body::ContractTransferred(_) | Body::FeePaid(_) | Body::LessonClaimed(_)
        );
        if self.ended && begins {
            return Err(state("contract", contract.uuid()));
        }
        let leaves = match body {
            Body::LessonConfirmed(_) | Body::RefundPaid(_) => true,
            Body::DisputeDecided(d) => d.decision == DisputeDecision::Institution,
            _ => false,
        };
        if leaves && self.holds.values().any(|&stands| stands) {
            return Err((InvariantId::Hold, super::thing("contract", contract.uuid())));
        }
        match body {
            Body::ContractSignatureGiven(d) => {
                self.signature = Some((d.party, d.document));
                Ok(())
            }
            Body::ContractSigned(d) => {
                match self.signature {
                    Some((party, document)) if party != d.party && document == d.document => {}
                    Some((_, expected)) if expected != d.document => {
                        return Err((InvariantId::Amounts, Detail::Hash { expected, actual: d.document }));
                    }
                    Some(_) | None => return Err(state("contract", contract.uuid())),
                }
                (self.signed, self.document) = (true, d.document);
                self.blind = Some(seal::blind(contract, d.guardian, d.pupil, &d.document));
                for lot in &d.lots {
                    let total = lot.paid_hours.checked_add(lot.gift_hours).map_err(|_| hours_fault())?;
                    let books = LotBooks {
                        total,
                        price_fen: lot.price_fen,
                        paid_fen: Fen::ZERO,
                        prepaid_fen: Fen::ZERO,
                        claimed: ClassHours::ZERO,
                        used: ClassHours::ZERO,
                        disputed: ClassHours::ZERO,
                        returned: ClassHours::ZERO,
                    };
                    self.lots.push((lot.lot, books));
                }
                Ok(())
            }
            Body::FeePaid(d) => {
                for part in &d.lots {
                    let lot = self.lot(part.lot)?;
                    lot.paid_fen = lot.paid_fen.checked_add(part.fen).map_err(|_| overflow())?;
                    lot.prepaid_fen = lot.prepaid_fen.checked_add(part.fen).map_err(|_| overflow())?;
                    if lot.paid_fen > lot.price_fen {
                        let detail = Detail::Amount { expected: lot.price_fen, actual: lot.paid_fen };
                        return Err((InvariantId::LotMoney, detail));
                    }
                }
                Ok(())
            }
            Body::LessonClaimed(d) => {
                for part in &d.lots {
                    self.reserve(part.lot, part.hours)?;
                    add(&mut self.lot(part.lot)?.claimed, part.hours)?;
                }
                self.lessons.insert(d.lesson, LessonBooks::Claimed(d.lots.clone()));
                Ok(())
            }
            Body::LessonConfirmed(d) => {
                self.answer(d.lesson, &d.lots)?;
                for part in &d.lots {
                    add(&mut self.lot(part.lot)?.used, part.hours)?;
                }
                *self.lesson(d.lesson)? = LessonBooks::Done;
                Ok(())
            }
            Body::LessonDisputed(d) => {
                self.answer(d.lesson, &d.lots)?;
                for part in &d.lots {
                    add(&mut self.lot(part.lot)?.disputed, part.hours)?;
                }
                *self.lesson(d.lesson)? = LessonBooks::Disputed(d.lots.clone());
                Ok(())
            }
            Body::DisputeArgued(d) => match self.lesson(d.lesson)? {
                LessonBooks::Disputed(_) => Ok(()),
                LessonBooks::Claimed(_) | LessonBooks::Done => Err(state("lesson", d.lesson.uuid())),
            },
            Body::DisputeDecided(d) => {
                match self.lesson(d.lesson)? {
                    LessonBooks::Disputed(frozen) if *frozen == d.lots => {}
                    LessonBooks::Disputed(_) => return Err((InvariantId::Amounts, Detail::Plain)),
                    LessonBooks::Claimed(_) | LessonBooks::Done => return Err(state("lesson", d.lesson.uuid())),
                }
                for part in &d.lots {
                    let lot = self.lot(part.lot)?;
                    take(&mut lot.disputed, part.hours)?;
                    match d.decision {
                        DisputeDecision::Institution => add(&mut lot.used, part.hours)?,
                        DisputeDecision::Family => {
                            lot.prepaid_fen = lot.prepaid_fen.checked_add(part.fen).map_err(|_| overflow())?;
                        }
                    }
                }
                *self.lesson(d.lesson)? = LessonBooks::Done;
                Ok(())
            }
            Body::ContractEnded(_) => {
                self.ended = true;
                Ok(())
            }
            Body::ContractTransferred(d) => {
                self.blind = Some(seal::blind(contract, d.guardian, d.pupil, &self.document));
                Ok(())
            }
            Body::RefundRequested(d) => {
                for part in &d.lots {
                    self.reserve(part.lot, part.hours)?;
                }
                self.refunds.insert(d.refund, RefundBooks::Requested(d.lots.clone()));
                Ok(())
            }
            Body::RefundConsented(d) => {
                match self.refunds.get(&d.refund) {
                    Some(RefundBooks::Requested(lots) | RefundBooks::Objected(lots)) if *lots == d.lots => {}
                    Some(RefundBooks::Requested(_) | RefundBooks::Objected(_)) => {
                        return Err((InvariantId::Amounts, Detail::Plain));
                    }
                    Some(RefundBooks::Consented(_) | RefundBooks::Paid(_) | RefundBooks::Over) => {
                        return Err(state("refund", d.refund.uuid()));
                    }
                    None => return Err(unknown("refund", d.refund.uuid())),
                }
                for part in &d.lots {
                    self.reserve(part.lot, part.hours)?;
                    add(&mut self.lot(part.lot)?.returned, part.hours)?;
                    self.release(part)?;
                }
                let owed = parts_fen(&d.lots).map_err(|_| overflow())?;
                self.refunds.insert(d.refund, RefundBooks::Consented(owed));
                Ok(())
            }
            Body::RefundPaid(d) => match self.refunds.get_mut(&d.refund) {
                Some(RefundBooks::Consented(owed)) if *owed != d.amount_fen => {
                    Err((InvariantId::Amounts, Detail::Amount { expected: *owed, actual: d.amount_fen }))
                }
                Some(refund @ RefundBooks::Consented(_)) => {
                    *refund = RefundBooks::Paid(d.amount_fen);
                    Ok(())
                }
                Some(
                    RefundBooks::Requested(_) | RefundBooks::Objected(_) | RefundBooks::Paid(_) | RefundBooks::Over,
                ) => Err(state("refund", d.refund.uuid())),
                None => Err(unknown("refund", d.refund.uuid())),
            },
            Body::RefundReturned(d) => match self.refunds.get_mut(&d.refund) {
                Some(refund @ RefundBooks::Paid(_)) if *refund == RefundBooks::Paid(d.amount_fen) => {
                    *refund = RefundBooks::Consented(d.amount_fen);
                    Ok(())
                }
                Some(RefundBooks::Paid(expected)) => {
                    Err((InvariantId::Amounts, Detail::Amount { expected: *expected, actual: d.amount_fen }))
                }
                Some(
                    RefundBooks::Requested(_)
                    | RefundBooks::Objected(_)
                    | RefundBooks::Consented(_)
                    | RefundBooks::Over,
                ) => Err(state("refund", d.refund.uuid())),
                None => Err(unknown("refund", d.refund.uuid())),
            },
            Body::InterestAllotted(d) => {
                self.refunds.insert(d.refund, RefundBooks::Consented(d.amount_fen));
                Ok(())
            }
            Body::RefundObjected(d) => {
                let lots = self.refund_in(d.refund, false)?;
                self.refunds.insert(d.refund, RefundBooks::Objected(lots));
                Ok(())
            }
            Body::RefundDecided(d) => {
                let lots = self.refund_in(d.refund, true)?;
                let next = match d.decision {
                    DisputeDecision::Family => RefundBooks::Requested(lots),
                    DisputeDecision::Institution => RefundBooks::Over,
                };
                self.refunds.insert(d.refund, next);
                Ok(())
            }
            Body::RefundWithdrawn(d) => {
                self.refund_in(d.refund, false).or_else(|_| self.refund_in(d.refund, true))?;
                self.refunds.insert(d.refund, RefundBooks::Over);
                Ok(())
            }
            Body::ContractFrozen(d) => {
                self.holds.insert(d.hold, true);
                Ok(())
            }
            Body::ContractUnfrozen(d) => match self.holds.get_mut(&d.hold) {
                Some(stands @ true) => {
                    *stands = false;
                    Ok(())
                }
                Some(false) => Err(state("hold", d.hold.uuid())),
                None => Err(unknown("hold", d.hold.uuid())),
            },
            _ => Ok(()),
        }
    }

    /// The parts of a refund that is asked for, or objected to.
    fn refund_in(&self, id: RefundId, objected: bool) -> Result<Vec<LotPart>, Fault> {
        match self.refunds.get(&id) {
            Some(RefundBooks::Requested(lots)) if !objected => Ok(lots.clone()),
            Some(RefundBooks::Objected(lots)) if objected => Ok(lots.clone()),
            Some(_) => Err(state("refund", id.uuid())),
            None => Err(unknown("refund", id.uuid())),
        }
    }

    /// A claimed lesson is answered with these parts: the hours claimed, and money that is there.
    fn answer(&mut self, lesson: LessonId, parts: &[LotPart]) -> Result<(), Fault> {
        match self.lesson(lesson)? {
            LessonBooks::Claimed(promised) if same_hours(promised, parts) => {}
            LessonBooks::Claimed(_) => return Err((InvariantId::Amounts, Detail::Plain)),
            LessonBooks::Disputed(_) | LessonBooks::Done => return Err(state("lesson", lesson.uuid())),
        }
        for part in parts {
            take(&mut self.lot(part.lot)?.claimed, part.hours)?;
            self.release(part)?;
        }
        Ok(())
    }
}

/// The books of one contract alone, for whoever has no other entries.
#[derive(Clone, Debug)]
pub struct ContractReplay {
    contract: ContractId,
    books: ContractBooks,
}

impl ContractReplay {
    /// Before the first entry.
    pub fn new(institution: InstitutionId, contract: ContractId) -> ContractReplay {
        ContractReplay { contract, books: ContractBooks::new(institution) }
    }

    /// Plays the next entry of the contract with its leaf hash. After an error the books must not be
    /// used further.
    ///
    /// # Errors
    /// What does not fit.
    pub fn apply(&mut self, body: &Body, leaf: Hash) -> Result<(), Fault> {
        let Some((contract, actual)) = body.contract() else {
            return Err(unknown("contract", self.contract.uuid()));
        };
        let expected = self.books.last_seq.saturating_add(1);
        if contract != self.contract {
            return Err(unknown("contract", contract.uuid()));
        }
        if actual != expected {
            return Err((InvariantId::ContractSequence, Detail::Number { expected, actual }));
        }
        self.books.entry(actual, leaf);
        self.books.play(contract, body)?;
        for posting in body.postings().map_err(|_| overflow())? {
            if posting.account.contract().is_some() {
                let balance = self.books.balance_mut(posting.account);
                *balance = balance.checked_sub(posting.fen).map_err(|_| overflow())?;
                if balance.is_negative() {
                    let detail = Detail::Balance { account: posting.account, fen: *balance };
                    return Err((InvariantId::NoNegative, detail));
                }
            }
        }
        Ok(())
    }

    /// What a seal states of the contract now; `None` before it is signed.
    pub fn seal_leaf(&self) -> Option<SealLeaf> {
        self.books.seal_leaf(self.contract)
    }
}
