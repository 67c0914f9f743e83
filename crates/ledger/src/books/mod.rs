//! An independent replay of money and hours from the bodies alone. It knows no policy and computes
//! no price: it says whether what the entries claim fits together.

mod bank;
mod contract;
mod lists;
mod registry;
mod seal;

use std::collections::{BTreeMap, HashMap};

use kernel::{AlertId, ContractId, Day, Fen, HoldId, InstitutionId, LotId, SettlementId};
use uuid::Uuid;

use crate::body::{Account, AlertStep, Body, HoldCause};
use crate::entry::{Entry, InstitutionLink};
use crate::finding::{Detail, InvariantId};
use crate::hash::Hash;
use bank::BankBooks;
use contract::ContractBooks;
pub use contract::{ContractReplay, LessonBooks, LotBooks, RefundBooks};
use registry::RegistryBooks;

/// What is wrong, without the entry's number.
pub type Fault = (InvariantId, Detail);

fn thing(kind: &'static str, id: Uuid) -> Detail {
    Detail::Thing { kind, id }
}

fn unknown(kind: &'static str, id: Uuid) -> Fault {
    (InvariantId::Known, thing(kind, id))
}

fn state(kind: &'static str, id: Uuid) -> Fault {
    (InvariantId::State, thing(kind, id))
}

fn overflow() -> Fault {
    (InvariantId::NoNegative, Detail::Plain)
}

/// How far a settlement came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SettlementStage {
    /// Ordered.
    Ordered,
    /// Paid by the bank.
    Paid,
    /// Never paid, or paid and come back.
    Over,
}

/// Where a settlement stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SettlementBooks {
    /// What was ordered.
    pub amount_fen: Fen,
    /// How far it came.
    pub stage: SettlementStage,
}

/// The books of one institution. Liabilities are kept as what is owed.
#[derive(Clone, Debug)]
pub struct InstitutionBooks {
    /// `bank:custody`.
    pub custody: Fen,
    /// `payable`.
    pub payable: Fen,
    /// `interest`.
    pub interest: Fen,
    /// `suspense`.
    pub suspense: Fen,
    /// Sum of all liabilities in custody: payable, interest, suspense and the three accounts of every
    /// contract.
    pub owed: Fen,
    /// `bank:deposit`.
    pub bank_deposit: Fen,
    /// `deposit`.
    pub deposit: Fen,
    /// Settlements by id.
    pub settlements: HashMap<SettlementId, SettlementBooks>,
    /// Holds by id; true while it stands.
    pub holds: HashMap<HoldId, bool>,
    /// Those of them on the whole custody account that stand.
    account_holds: std::collections::HashSet<HoldId>,
    /// Alerts by id; the last step about it, if there was one.
    alerts: HashMap<AlertId, Option<AlertStep>>,
    /// Contracts in force or ended, in the order of their signing.
    pub contracts: Vec<ContractId>,
    /// The day sealed last.
    pub sealed_on: Option<Day>,
    bank: BankBooks,
    registry: RegistryBooks,
}

impl InstitutionBooks {
    fn new() -> InstitutionBooks {
        InstitutionBooks {
            custody: Fen::ZERO,
            payable: Fen::ZERO,
            interest: Fen::ZERO,
            suspense: Fen::ZERO,
            owed: Fen::ZERO,
            bank_deposit: Fen::ZERO,
            deposit: Fen::ZERO,
            settlements: HashMap::new(),
            holds: HashMap::new(),
            account_holds: std::collections::HashSet::new(),
            alerts: HashMap::new(),
            contracts: Vec::new(),
            sealed_on: None,
            bank: BankBooks::default(),
            registry: RegistryBooks::default(),
        }
    }

    /// Does any hold stand?
    pub fn held(&self) -> bool {
        self.holds.values().any(|&stands| stands)
    }
}

/// All books of a ledger.
#[derive(Clone, Debug, Default)]
pub struct Books {
    institutions: HashMap<InstitutionId, InstitutionBooks>,
    contracts: HashMap<ContractId, ContractBooks>,
    lists: lists::ListBooks,
    /// Every id that names a thing made once, so that none is made twice.
    ids: std::collections::HashSet<Uuid>,
}

impl Books {
    /// Empty.
    pub fn new() -> Books {
        Books::default()
    }

    /// Balances of all accounts that were ever touched, in a fixed order; assets and liabilities
    /// both positive when there is something.
    pub fn balances(&self) -> BTreeMap<(InstitutionId, Account), Fen> {
        let mut out = BTreeMap::new();
        for (&id, books) in &self.institutions {
            out.insert((id, Account::BankCustody), books.custody);
            out.insert((id, Account::Payable), books.payable);
            for (account, fen) in [
                (Account::BankDeposit, books.bank_deposit),
                (Account::Deposit, books.deposit),
                (Account::Interest, books.interest),
                (Account::Suspense, books.suspense),
            ] {
                if fen != Fen::ZERO {
                    out.insert((id, account), fen);
                }
            }
        }
        for (&id, books) in &self.contracts {
            out.insert((books.institution, Account::Prepaid(id)), books.prepaid);
            out.insert((books.institution, Account::Disputed(id)), books.disputed);
            out.insert((books.institution, Account::Refund(id)), books.refund);
        }
        out
    }

    /// The books of an institution.
    pub fn institution(&self, id: InstitutionId) -> Option<&InstitutionBooks> {
        self.institutions.get(&id)
    }

    /// All lots in a fixed order.
    pub fn lots(&self) -> BTreeMap<(ContractId, LotId), LotBooks> {
        let lots = self.contracts.iter().flat_map(|(&contract, books)| {
            books.lots.iter().map(move |(lot, books)| ((contract, *lot), books.clone()))
        });
        lots.collect()
    }

    /// How many contracts there are, signed or about to be.
    pub fn contracts(&self) -> u64 {
        u64::try_from(self.contracts.len()).unwrap_or(u64::MAX)
    }

    /// Number of the last entry of a contract; 0 when there is none.
    pub fn contract_seq(&self, id: ContractId) -> u64 {
        self.contracts.get(&id).map_or(0, |books| books.last_seq)
    }

    /// Marks an id as used.
    fn make(&mut self, kind: &'static str, id: Uuid) -> Result<(), Fault> {
        if self.ids.insert(id) { Ok(()) } else { Err(unknown(kind, id)) }
    }

    /// Plays one entry with its leaf hash. After an error the books are half changed and must not be
    /// used further.
    ///
    /// # Errors
    /// What does not fit.
    pub fn apply(&mut self, entry: &Entry, leaf: Hash) -> Result<(), Fault> {
        self.lists.play(entry)?;
        let Some(link) = &entry.header.institution else { return Ok(()) };
        let InstitutionLink { institution, seq, .. } = *link;
        if let Body::InstitutionRegistered(_) = &entry.body {
            self.make("institution", institution.uuid())?;
            self.institutions.insert(institution, InstitutionBooks::new());
        } else if !self.institutions.contains_key(&institution) || seq == 1 {
            return Err(unknown("institution", institution.uuid()));
        }
        if let Some((contract, contract_seq)) = entry.body.contract() {
            self.contract_entry(institution, contract, contract_seq, leaf)?;
            self.play_contract(contract, &entry.body)?;
            if let (Body::ContractSigned(_), Some(books)) = (&entry.body, self.institutions.get_mut(&institution)) {
                books.contracts.push(contract);
            }
        } else if let Body::DaySealed(d) = &entry.body {
            self.check_seal(institution, entry.header.recorded_at.day(), d)?;
        } else {
            self.play_institution(institution, &entry.body)?;
        }
        self.post(institution, &entry.body)?;
        self.bank_entry(institution, entry.header.effective_on, &entry.body)
    }

    fn contract_entry(
        &mut self,
        institution: InstitutionId,
        contract: ContractId,
        contract_seq: u64,
        leaf: Hash,
    ) -> Result<(), Fault> {
        if !self.contracts.contains_key(&contract) {
            self.make("contract", contract.uuid())?;
        }
        let books = self.contracts.entry(contract).or_insert_with(|| ContractBooks::new(institution));
        if books.institution != institution {
            return Err(unknown("contract", contract.uuid()));
        }
        let expected = books.last_seq.saturating_add(1);
        if contract_seq != expected {
            return Err((InvariantId::ContractSequence, Detail::Number { expected, actual: contract_seq }));
        }
        books.entry(contract_seq, leaf);
        Ok(())
    }

    fn play_institution(&mut self, institution: InstitutionId, body: &Body) -> Result<(), Fault> {
        match body {
            Body::ApplicationSubmitted(d) => self.make("application", d.application.uuid())?,
            Body::LicenceGranted(d) => self.make("licence", d.licence.uuid())?,
            Body::ListingChanged(d) => self.make("listing", d.listing.uuid())?,
            Body::CoursePublished(d) => self.make("course", d.course.uuid())?,
            Body::SettlementOrdered(d) => self.make("settlement", d.settlement.uuid())?,
            Body::BankStatementRecorded(d) => self.make("bank_statement", d.statement.uuid())?,
            Body::BankLineSuspended(d) => self.make("bank_line", d.line.uuid())?,
            Body::InterestCredited(d) => self.make("bank_line", d.line.uuid())?,
            Body::HoldPlaced(d) => self.make("hold", d.hold.uuid())?,
            Body::InspectionRecorded(d) => self.make("inspection", d.inspection.uuid())?,
            Body::AlertRaised(d) => self.make("alert", d.alert.uuid())?,
            Body::ClosurePacked(d) => self.make("closure", d.closure.uuid())?,
            _ => {}
        }
        let Some(books) = self.institutions.get_mut(&institution) else {
            return Err(unknown("institution", institution.uuid()));
        };
        match body {
            Body::SettlementOrdered(d) => {
                if books.held() {
                    return Err((InvariantId::Hold, thing("settlement", d.settlement.uuid())));
                }
                if d.amount_fen > books.payable {
                    let detail = Detail::Amount { expected: books.payable, actual: d.amount_fen };
                    return Err((InvariantId::Amounts, detail));
                }
                let settlement = SettlementBooks { amount_fen: d.amount_fen, stage: SettlementStage::Ordered };
                books.settlements.insert(d.settlement, settlement);
                Ok(())
            }
            Body::SettlementPaid(d) => {
                if books.held() {
                    return Err((InvariantId::Hold, thing("settlement", d.settlement.uuid())));
                }
                let Some(settlement) = books.settlements.get_mut(&d.settlement) else {
                    return Err(unknown("settlement", d.settlement.uuid()));
                };
                if settlement.stage != SettlementStage::Ordered {
                    return Err(state("settlement", d.settlement.uuid()));
                }
                if settlement.amount_fen != d.amount_fen {
                    let detail = Detail::Amount { expected: settlement.amount_fen, actual: d.amount_fen };
                    return Err((InvariantId::Amounts, detail));
                }
                settlement.stage = SettlementStage::Paid;
                Ok(())
            }
            Body::SettlementApproved(d) => {
                books.settlement_step(d.settlement, SettlementStage::Ordered, SettlementStage::Ordered).map(|_| ())
            }
            Body::SettlementFailed(d) => {
                books.settlement_step(d.settlement, SettlementStage::Ordered, SettlementStage::Over).map(|_| ())
            }
            Body::SettlementReturned(d) => {
                let expected = books.settlement_step(d.settlement, SettlementStage::Paid, SettlementStage::Over)?;
                if expected == d.amount_fen {
                    Ok(())
                } else {
                    Err((InvariantId::Amounts, Detail::Amount { expected, actual: d.amount_fen }))
                }
            }
            Body::HoldPlaced(d) => {
                books.holds.insert(d.hold, true);
                if d.cause == HoldCause::Account {
                    books.account_holds.insert(d.hold);
                }
                Ok(())
            }
            Body::HoldReleased(d) => match books.holds.get_mut(&d.hold) {
                Some(stands @ true) => {
                    *stands = false;
                    books.account_holds.remove(&d.hold);
                    Ok(())
                }
                Some(false) => Err(state("hold", d.hold.uuid())),
                None => Err(unknown("hold", d.hold.uuid())),
            },
            Body::AlertRaised(d) => {
                books.alerts.insert(d.alert, None);
                Ok(())
            }
            Body::AlertStepTaken(d) => match books.alerts.get_mut(&d.alert) {
                Some(Some(AlertStep::Closed)) => Err(state("alert", d.alert.uuid())),
                Some(last) => {
                    *last = Some(d.step);
                    Ok(())
                }
                None => Err(unknown("alert", d.alert.uuid())),
            },
            body => books.registry.play(body),
        }
    }

    fn play_contract(&mut self, contract: ContractId, body: &Body) -> Result<(), Fault> {
        match body {
            Body::ContractSigned(d) => {
                for lot in &d.lots {
                    self.make("lot", lot.lot.uuid())?;
                }
            }
            Body::FeePaid(d) => self.make("payment", d.payment.uuid())?,
            Body::LessonClaimed(d) => self.make("lesson", d.lesson.uuid())?,
            Body::RefundRequested(d) => self.make("refund", d.refund.uuid())?,
            Body::ContractFrozen(d) => self.make("hold", d.hold.uuid())?,
            Body::RefundPaid(d) => {
                let books = self.contracts.get(&contract).and_then(|books| self.institutions.get(&books.institution));
                if books.is_some_and(|books| !books.account_holds.is_empty()) {
                    return Err((InvariantId::Hold, thing("refund", d.refund.uuid())));
                }
            }
            Body::InterestAllotted(d) => self.make("refund", d.refund.uuid())?,
            _ => {}
        }
        match self.contracts.get_mut(&contract) {
            Some(books) => books.play(contract, body),
            None => Err(unknown("contract", contract.uuid())),
        }
    }

    /// Adds the postings to the balances and checks what they leave.
    fn post(&mut self, institution: InstitutionId, body: &Body) -> Result<(), Fault> {
        let postings = body.postings().map_err(|_| overflow())?;
        if postings.is_empty() {
            return Ok(());
        }
        let Some(books) = self.institutions.get_mut(&institution) else {
            return Err(unknown("institution", institution.uuid()));
        };
        for posting in postings {
            let balance = match posting.account {
                Account::BankCustody => &mut books.custody,
                Account::Payable => &mut books.payable,
                Account::BankDeposit => &mut books.bank_deposit,
                Account::Deposit => &mut books.deposit,
                Account::Interest => &mut books.interest,
                Account::Suspense => &mut books.suspense,
                Account::Prepaid(id) | Account::Disputed(id) | Account::Refund(id) => {
                    let contract = self.contracts.get_mut(&id).ok_or_else(|| unknown("contract", id.uuid()))?;
                    contract.balance_mut(posting.account)
                }
            };
            *balance = if posting.account.is_asset() {
                balance.checked_add(posting.fen)
            } else {
                if !posting.account.is_of_deposit() {
                    books.owed = books.owed.checked_sub(posting.fen).map_err(|_| overflow())?;
                }
                balance.checked_sub(posting.fen)
            }
            .map_err(|_| overflow())?;
            if balance.is_negative() && posting.account.is_never_negative() {
                return Err((InvariantId::NoNegative, Detail::Balance { account: posting.account, fen: *balance }));
            }
        }
        for (expected, actual) in [(books.owed, books.custody), (books.deposit, books.bank_deposit)] {
            if expected != actual {
                return Err((InvariantId::CustodyCovers, Detail::Amount { expected, actual }));
            }
        }
        Ok(())
    }

    /// Adds everything up again from the single accounts: custody against what is owed, for each
    /// institution.
    ///
    /// # Errors
    /// [`InvariantId::CustodyCovers`] with the sums of the first institution that does not fit.
    pub fn sweep(&self) -> Result<(), Fault> {
        // The risk deposit and what is in custody cover each their own.
        let mut owed: BTreeMap<(InstitutionId, bool), Fen> = BTreeMap::new();
        let mut held: BTreeMap<(InstitutionId, bool), Fen> = BTreeMap::new();
        for ((institution, account), fen) in self.balances() {
            let sums = if account.is_asset() { &mut held } else { &mut owed };
            let sum = sums.entry((institution, account.is_of_deposit())).or_insert(Fen::ZERO);
            *sum = sum.checked_add(fen).map_err(|_| overflow())?;
        }
        for (key, expected) in owed {
            let actual = held.get(&key).copied().unwrap_or(Fen::ZERO);
            if expected != actual {
                return Err((InvariantId::CustodyCovers, Detail::Amount { expected, actual }));
            }
        }
        Ok(())
    }
}
