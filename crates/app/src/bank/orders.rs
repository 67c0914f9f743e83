//! Orders for the bank: settlements and refunds that wait to be paid, as ISO 20022 pain.001.001.09 and
//! CSV; and the settlement runs that make them.

use std::collections::HashMap;
use std::fmt::Write;

use access::Action;
use contract::ContractState;
use escrow::matching::Thing;
use escrow::release::{ContractEarned, Mode};
use escrow::{RefundState, SettlementState};
use kernel::{ContractId, Day, Fen, Instant, InstitutionId, RefundId, SettlementId};
use ledger::Body;
use ledger::body::{DisputeDecision, RecordPart, parts_fen};
use quick_xml::escape::escape;
use registry::Institution;
use uuid::Uuid;

use super::booking::simple;
use super::moved::entries_since;
use crate::error::AppError;
use crate::ledgers::{App, Call, Ledger};
use crate::read::{Thing as Where, Viewer};
use crate::refusal::{Corrupt, Refusal};
use crate::verbs::{SettlementRun, named};
use crate::writer::Outcome;

/// Tries when another settlement comes in between.
const TRIES: u32 = 4;

/// Most orders of one file.
const ORDERS_MAX: u32 = 10_000;

/// Whom to pay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Payee {
    /// The institution, on its own account.
    Account {
        /// Its name at the bank.
        name: String,
        /// The bank.
        bank: String,
        /// The number; none where no account for settlements is registered.
        number: Option<String>,
    },
    /// Whoever paid, by the way by which the money came: the bank knows it by its own references.
    Original {
        /// The references of the payments.
        references: Vec<String>,
    },
}

/// An order that waits to be paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentOrder {
    /// What it pays.
    pub thing: Thing,
    /// Whose custody account pays.
    pub institution: InstitutionId,
    /// How much.
    pub amount: Fen,
    /// The reference that comes back on the statement.
    pub end_to_end: String,
    /// Whom.
    pub payee: Payee,
}

/// The account that pays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PayingAccount {
    /// Its name.
    pub name: String,
    /// The bank.
    pub bank: String,
    /// The number.
    pub number: String,
}

fn sum(_: kernel::fen::FenError) -> AppError {
    Corrupt { what: "sum of money" }.into()
}

impl App {
    /// The orders of an institution that the bank should pay, settlements first.
    ///
    /// # Errors
    /// Not found, denied.
    pub async fn payment_orders(
        &self,
        viewer: Viewer<'_>,
        institution: InstitutionId,
        today: Day,
    ) -> Result<(PayingAccount, Vec<PaymentOrder>), AppError> {
        let ledger = self.ledger_of_allowed(viewer, &[Action::PaymentOrderRead], institution).await?;
        let read = self.store.read();
        let policy = self.rulebook.on(ledger.region(), today)?.policy;
        let authority = policy::release::release_mode(&policy).1;
        let own = self.settlement_account(&ledger, institution, today).await?;
        let mut orders = Vec::new();
        for state in [SettlementState::Ordered, SettlementState::Approved] {
            if authority && state == SettlementState::Ordered {
                continue;
            }
            let page = store::settlements_page(&read, ledger.id(), Some(institution), Some(state), None, ORDERS_MAX);
            for item in page.await? {
                orders.push(order(Thing::Settlement(item.id), institution, item.amount, own.clone()));
            }
        }
        let consented = Some(RefundState::Consented);
        let page = store::refunds_page(&read, ledger.id(), Some(institution), None, consented, None, ORDERS_MAX);
        for item in page.await? {
            let payee = self.payer(&ledger, item.contract).await?;
            orders.push(order(Thing::Refund(item.id), institution, item.amount, payee));
        }
        Ok((self.paying_account(&ledger, institution).await?, orders))
    }

    /// One order, by the id of its settlement or refund.
    ///
    /// # Errors
    /// Not found, also when it does not wait to be paid.
    pub async fn payment_order(
        &self,
        viewer: Viewer<'_>,
        id: Uuid,
        today: Day,
    ) -> Result<(PayingAccount, PaymentOrder), AppError> {
        let missing = || AppError::not_found("payment_order");
        let (settlement, refund) = (SettlementId::new(id), RefundId::new(id));
        if viewer.is_none() {
            return Err(AppError::NotSignedIn);
        }
        let institution = match self.ledger_with(viewer, Where::Settlement(settlement)).await {
            Ok(ledger) => {
                let row = store::settlement_load(&self.store.read(), ledger.id(), &[settlement]).await?.pop();
                row.ok_or_else(missing)?.institution
            }
            Err(_) => {
                let ledger = self.ledger_with(viewer, Where::Refund(refund)).await.map_err(|_| missing())?;
                let row = store::refund_load(&self.store.read(), ledger.id(), &[refund]).await?.pop();
                row.ok_or_else(missing)?.institution
            }
        };
        let (account, orders) = self.payment_orders(viewer, institution, today).await?;
        let found = orders.into_iter().find(|order| named(order.thing).1 == id).ok_or_else(missing)?;
        Ok((account, found))
    }

    async fn paying_account(&self, ledger: &Ledger, institution: InstitutionId) -> Result<PayingAccount, AppError> {
        let profile = self.profile(ledger.id(), institution).await?;
        Ok(profile.custody_account.map_or_else(PayingAccount::default, |account| PayingAccount {
            name: account.account_name,
            bank: account.bank,
            number: account.account_number,
        }))
    }

    /// The institution's own account: one registered for settlements, else its basic account.
    async fn settlement_account(
        &self,
        ledger: &Ledger,
        institution: InstitutionId,
        today: Day,
    ) -> Result<Payee, AppError> {
        let record = self.record_in(ledger, institution, today).await?;
        let text = |record: &serde_json::Value, key: &str| {
            record.get(key).and_then(serde_json::Value::as_str).map(str::to_owned).unwrap_or_default()
        };
        let accounts = record.items.iter().filter(|item| item.part == RecordPart::Account);
        let mut accounts: Vec<&serde_json::Value> = accounts.filter_map(|item| item.record.as_ref()).collect();
        let rank = |record: &serde_json::Value| match text(record, "kind").as_str() {
            "settlement" => 0,
            "basic" => 1,
            _ => 2,
        };
        accounts.sort_by_key(|record| rank(record));
        let own = accounts.first().filter(|record| rank(record) < 2);
        Ok(match own {
            Some(record) => Payee::Account {
                name: text(record, "account_name"),
                bank: text(record, "bank"),
                number: Some(text(record, "account_number")).filter(|number| !number.is_empty()),
            },
            None => Payee::Account {
                name: self.profile(ledger.id(), institution).await?.name,
                bank: String::new(),
                number: None,
            },
        })
    }

    async fn payer(&self, ledger: &Ledger, contract: ContractId) -> Result<Payee, AppError> {
        let payments = store::payments_of_contract(&self.store.read(), ledger.id(), contract).await?;
        Ok(Payee::Original { references: payments.into_iter().filter_map(|payment| payment.reference).collect() })
    }

    /// Orders what the release mode of the place lets go today.
    ///
    /// # Errors
    /// Not found, denied, refused under a hold.
    pub async fn settlement_run(
        &self,
        call: Call,
        institution: InstitutionId,
    ) -> Result<(std::sync::Arc<Ledger>, Outcome), AppError> {
        let ledger = self.ledger_for(&call, Where::Institution(institution)).await?;
        let settlement = self.new_id(&call, SettlementId::new);
        let mut tries = 0;
        loop {
            let row = self.institution_in(&ledger, institution).await?;
            let policy = self.rulebook.on(ledger.region(), call.now.day())?.policy;
            let mode = policy::release::release_mode(&policy).0;
            let (contracts, settled) = self.earned(&ledger, &row, mode, call.now.day()).await?;
            let verb = SettlementRun { settlement, institution, contracts, settled, settling: row.settling };
            // A run that met another settlement is done again on what holds then, not remembered as refused.
            let asked = Call { key: call.key.clone().filter(|_| tries == 0), ..call.clone() };
            match self.submit(&ledger, asked, verb).await {
                Err(AppError::Refused { refusal: Refusal::Stale { .. }, .. }) if tries < TRIES => tries += 1,
                answer => return Ok((ledger, answer?)),
            }
        }
    }

    /// What the contracts earned, as far as the mode asks, and what was settled of it.
    async fn earned(
        &self,
        ledger: &Ledger,
        row: &Institution,
        mode: Mode,
        today: Day,
    ) -> Result<(Vec<ContractEarned>, Fen), AppError> {
        match mode {
            // All that is payable is let go: what was paid out before is on neither side.
            Mode::PerLesson | Mode::Batch | Mode::PayAfter => {
                let all = ContractEarned { lessons: vec![(today, row.payable)], ..ContractEarned::default() };
                Ok((vec![all], row.settling))
            }
            Mode::Weekly => {
                let monday = escrow::release::last_sunday(today).and_then(|sunday| sunday.plus_days(1).ok());
                let since = monday.and_then(|monday| Instant::start_of(monday).ok());
                let since = since.ok_or(Corrupt { what: "clock outside its range" })?;
                let mut late = Fen::ZERO;
                entries_since(&self.store.read(), ledger.id(), row.id, since, |entry| {
                    late = late.checked_add(earned_by(&entry.body)).map_err(|_| overflowed())?;
                    Ok(())
                })
                .await?;
                let before = row.payable.checked_sub(late).map_err(sum)?.max(Fen::ZERO);
                let sunday = escrow::release::last_sunday(today).unwrap_or(today);
                let all = ContractEarned { lessons: vec![(sunday, before)], ..ContractEarned::default() };
                Ok((vec![all], row.settling))
            }
            Mode::Monthly { .. } | Mode::OrderEnd { .. } => self.earned_by_contract(ledger, row).await,
        }
    }

    /// Every contract from the institution's whole chain.
    async fn earned_by_contract(
        &self,
        ledger: &Ledger,
        row: &Institution,
    ) -> Result<(Vec<ContractEarned>, Fen), AppError> {
        let mut contracts: HashMap<ContractId, ContractEarned> = HashMap::new();
        let (mut paid, mut last): (Fen, HashMap<ContractId, Day>) = (Fen::ZERO, HashMap::new());
        let begin = Instant::try_from_micros(631_152_000_000_000).map_err(|_| Corrupt { what: "instant" })?;
        entries_since(&self.store.read(), ledger.id(), row.id, begin, |entry| {
            let on = entry.header.effective_on;
            if let Some((contract, _)) = entry.body.contract() {
                let earned = contracts.entry(contract).or_default();
                let latest = last.entry(contract).or_insert(on);
                *latest = (*latest).max(on);
                match &entry.body {
                    Body::FeePaid(d) => earned.fee = earned.fee.checked_add(d.amount_fen).map_err(|_| overflowed())?,
                    Body::ContractSigned(d) => earned.first_lesson_on = Some(d.first_lesson_on),
                    body => {
                        let value = earned_by(body);
                        if value > Fen::ZERO {
                            earned.lessons.push((on, value));
                        }
                    }
                }
            }
            paid = match &entry.body {
                Body::SettlementPaid(d) => paid.checked_add(d.amount_fen),
                Body::SettlementReturned(d) => paid.checked_sub(d.amount_fen),
                _ => Ok(paid),
            }
            .map_err(|_| overflowed())?;
            Ok(())
        })
        .await?;
        let ids: Vec<ContractId> = contracts.keys().copied().collect();
        for account in store::account_load(&self.store.read(), ledger.id(), &ids).await? {
            let used_up = account.disputed == Fen::ZERO
                && account.remaining().is_ok_and(kernel::ClassHours::is_zero)
                && account.lots.iter().all(|lot| lot.claimed.is_zero());
            if (used_up || account.state == ContractState::Ended)
                && let Some(earned) = contracts.get_mut(&account.terms.id)
            {
                earned.consumed_on = last.get(&account.terms.id).copied();
            }
        }
        Ok((contracts.into_values().collect(), paid.checked_add(row.settling).map_err(sum)?))
    }

    /// The clock orders where a period or the end of an order lets money go; where lessons do, the
    /// institution asks. Returns how many settlements it ordered.
    ///
    /// # Errors
    /// [`AppError`] of the database.
    pub async fn settlement_clock(&self, ledger: &Ledger, now: Instant) -> Result<u64, AppError> {
        let policy = self.rulebook.on(ledger.region(), now.day())?.policy;
        if matches!(policy::release::release_mode(&policy).0, Mode::PerLesson | Mode::Batch | Mode::PayAfter) {
            return Ok(0);
        }
        let mut ordered = 0_u64;
        for institution in store::institutions_in_custody(&self.store.read(), ledger.id()).await? {
            let key = format!("settle:{institution}:{}", now.day());
            let key = crate::idempotency::Key::new(
                &self.effects.lookup_key(),
                "system",
                &key,
                "settlement-run",
                &serde_json::Value::Null,
            );
            match self.settlement_run(Call::system(now, key), institution).await {
                Ok((_, outcome)) if !outcome.replayed && !outcome.entries.is_empty() => ordered += 1,
                Ok(_) | Err(AppError::Refused { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(ordered)
    }
}

const fn overflowed() -> store::StoreError {
    store::StoreError::Corrupt { table: "entry", what: "postings" }
}

/// What an entry makes payable.
fn earned_by(body: &Body) -> Fen {
    match body {
        Body::LessonConfirmed(d) => parts_fen(&d.lots).unwrap_or(Fen::ZERO),
        Body::DisputeDecided(d) if d.decision == DisputeDecision::Institution => {
            parts_fen(&d.lots).unwrap_or(Fen::ZERO)
        }
        _ => Fen::ZERO,
    }
}

fn order(thing: Thing, institution: InstitutionId, amount: Fen, payee: Payee) -> PaymentOrder {
    PaymentOrder { thing, institution, amount, end_to_end: simple(named(thing).1), payee }
}

/// Fen as pain.001 writes them: yuan with two decimals.
fn yuan(fen: Fen) -> String {
    let (whole, part) = (fen.fen() / 100, (fen.fen() % 100).abs());
    format!("{whole}.{part:02}")
}

/// Text of ISO 20022: at most `most` characters.
fn cut(text: &str, most: usize) -> String {
    escape(text.chars().take(most).collect::<String>()).into_owned()
}

/// What the payee and the bank read.
fn remittance(order: &PaymentOrder) -> String {
    match (&order.thing, &order.payee) {
        (Thing::Refund(_), Payee::Original { references }) => {
            format!("退费原路退回 refund by the original way: {}", references.join(" "))
        }
        (Thing::Settlement(_) | Thing::Payment(_) | Thing::Refund(_), _) => {
            format!("结算 settlement {}", order.end_to_end)
        }
    }
}

/// The orders as a pain.001.001.09 message.
///
/// # Errors
/// A sum beyond all amounts.
pub fn pain_001(
    account: &PayingAccount,
    orders: &[PaymentOrder],
    now: Instant,
) -> Result<String, kernel::fen::FenError> {
    let total = yuan(Fen::try_sum(orders.iter().map(|order| order.amount))?);
    let count = orders.len();
    let seed: Vec<u8> = orders.iter().flat_map(|order| order.end_to_end.bytes()).collect();
    let id = ledger::digest(ledger::tags::BANK_FILE, &[seed, now.to_string().into_bytes()].concat()).to_string();
    let id = id.get(..32).unwrap_or_default();
    let (name, number, bank) = (cut(&account.name, 140), cut(&account.number, 34), cut(&account.bank, 140));
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.001.001.09\">\n\
         <CstmrCdtTrfInitn>\n<GrpHdr><MsgId>{id}</MsgId><CreDtTm>{now}</CreDtTm><NbOfTxs>{count}</NbOfTxs>\
         <CtrlSum>{total}</CtrlSum><InitgPty><Nm>{name}</Nm></InitgPty></GrpHdr>\n\
         <PmtInf><PmtInfId>{id}</PmtInfId><PmtMtd>TRF</PmtMtd><NbOfTxs>{count}</NbOfTxs><CtrlSum>{total}</CtrlSum>\
         <ReqdExctnDt><Dt>{}</Dt></ReqdExctnDt><Dbtr><Nm>{name}</Nm></Dbtr>\
         <DbtrAcct><Id><Othr><Id>{number}</Id></Othr></Id><Ccy>CNY</Ccy></DbtrAcct>\
         <DbtrAgt><FinInstnId><Nm>{bank}</Nm></FinInstnId></DbtrAgt>\n",
        now.day()
    );
    for order in orders {
        let (kind, _) = named(order.thing);
        // Writing to a String cannot fail.
        let _ = write!(
            xml,
            "<CdtTrfTxInf><PmtId><InstrId>{kind}</InstrId><EndToEndId>{}</EndToEndId></PmtId>\
             <Amt><InstdAmt Ccy=\"CNY\">{}</InstdAmt></Amt>",
            order.end_to_end,
            yuan(order.amount)
        );
        match &order.payee {
            Payee::Account { name, bank, number } => {
                if !bank.is_empty() {
                    let _ = write!(xml, "<CdtrAgt><FinInstnId><Nm>{}</Nm></FinInstnId></CdtrAgt>", cut(bank, 140));
                }
                let _ = write!(xml, "<Cdtr><Nm>{}</Nm></Cdtr>", cut(name, 140));
                if let Some(number) = number {
                    let number = cut(number, 34);
                    let _ = write!(xml, "<CdtrAcct><Id><Othr><Id>{number}</Id></Othr></Id></CdtrAcct>");
                }
            }
            Payee::Original { .. } => xml.push_str("<Cdtr><Nm>原付款人 original payer</Nm></Cdtr>"),
        }
        let _ = writeln!(xml, "<RmtInf><Ustrd>{}</Ustrd></RmtInf></CdtTrfTxInf>", cut(&remittance(order), 140));
    }
    xml.push_str("</PmtInf>\n</CstmrCdtTrfInitn>\n</Document>\n");
    Ok(xml)
}

/// The orders as rows of a table, the first with the names of the columns.
pub fn rows(account: &PayingAccount, orders: &[PaymentOrder]) -> Vec<Vec<String>> {
    let header = ["付款账号", "端到端编号", "种类", "金额（元）", "收款户名", "收款银行", "收款账号", "附言"];
    let mut rows = vec![header.map(str::to_owned).to_vec()];
    for order in orders {
        let (name, bank, number) = match &order.payee {
            Payee::Account { name, bank, number } => (name.clone(), bank.clone(), number.clone().unwrap_or_default()),
            Payee::Original { .. } => ("原付款人".to_owned(), String::new(), String::new()),
        };
        rows.push(vec![
            account.number.clone(),
            order.end_to_end.clone(),
            named(order.thing).0.to_owned(),
            yuan(order.amount),
            name,
            bank,
            number,
            remittance(order),
        ]);
    }
    rows
}
