//! Lines of a statement held against what the ledger has: payments and payouts by reference, by text, by
//! amount and day; what the bank paid on order is confirmed, what came back is owed again, and the rest
//! is suspended.

use std::collections::{BTreeSet, HashMap, HashSet};

use escrow::bank::{AccountKind, LineKind, LineState};
use escrow::matching::{Candidate, Line, Match, Thing, match_lines};
use escrow::{RefundState, SettlementState};
use kernel::{Instant, InstitutionId, RefundId, SettlementId};
use ledger::{Body, tags};
use store::{BankLine, Statement, StoreError};
use uuid::Uuid;

use super::import::{line_context, was_first, way};
use super::moved::entries_since;
use crate::context::{Secret, Verb};
use crate::error::AppError;
use crate::ledgers::{App, Call, Ledger};
use crate::refusal::Corrupt;
use crate::verbs::{
    BookedOn, Explanation, Found, LinesBook, RefundPayout, RefundReturn, SettlementPayout, SettlementReturn,
    SuspenseClear, SuspenseClearAndPay, named,
};

/// Lines booked by one decision.
const CHUNK: usize = 500;

/// Lines of a statement that are matched together.
const LINES_AT_ONCE: u32 = 100_000;

/// Words of a remittance text that may be a reference.
const WORDS_MAX: usize = 24;

fn digest(reference: &str) -> [u8; 32] {
    *ledger::digest(tags::BANK_REFERENCE, reference.as_bytes()).as_bytes()
}

/// An id as payment orders write it: 32 characters, because an end-to-end reference has at most 35.
pub(super) fn simple(id: Uuid) -> String {
    id.simple().to_string()
}

impl App {
    /// The name of the other party and the remittance text of a line.
    ///
    /// # Errors
    /// [`AppError`] of the seal.
    pub fn line_party(&self, ledger: &Ledger, line: &BankLine) -> Result<(Option<String>, Option<String>), AppError> {
        let Some(sealed) = &line.party_sealed else { return Ok((None, None)) };
        let plain = self.vault.open(&line_context(ledger.id(), line.id), sealed)?;
        let record: serde_json::Value =
            serde_json::from_slice(&plain).map_err(|_| Corrupt { what: "party of a bank line" })?;
        let text = |key: &str| record.get(key).and_then(serde_json::Value::as_str).map(str::to_owned);
        Ok((text("party"), text("text")))
    }

    fn matching_line(&self, ledger: &Ledger, line: &BankLine) -> Result<Line, AppError> {
        let (_, text) = self.line_party(ledger, line)?;
        let words = text.unwrap_or_default();
        let words = words
            .split(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_'))
            .filter(|word| (6..=64).contains(&word.len()))
            .take(WORDS_MAX)
            .map(digest)
            .collect();
        Ok(Line {
            direction: line.direction,
            amount: line.amount,
            booked_on: line.booked_on,
            references: std::iter::once(&line.reference).chain(&line.end_to_end).map(|text| digest(text)).collect(),
            words,
        })
    }

    /// Payments and payouts of the institution that these lines may be, none of them matched yet.
    async fn candidates(
        &self,
        ledger: &Ledger,
        institution: InstitutionId,
        lines: &[BankLine],
    ) -> Result<Vec<Candidate>, AppError> {
        let read = self.store.read();
        let mut found: HashMap<Thing, Candidate> = HashMap::new();
        // What was recorded on the days of the lines or after them.
        let first = lines.iter().map(|line| line.booked_on).min();
        if let Some(since) = first.and_then(|day| Instant::start_of(day).ok()) {
            entries_since(&read, ledger.id(), institution, since, |entry| {
                let on = Some(entry.header.effective_on);
                let (thing, into, amount, reference) = match &entry.body {
                    Body::FeePaid(d) => (Thing::Payment(d.payment), true, d.amount_fen, d.reference),
                    Body::SettlementPaid(d) => (Thing::Settlement(d.settlement), false, d.amount_fen, d.reference),
                    Body::RefundPaid(d) => (Thing::Refund(d.refund), false, d.amount_fen, d.reference),
                    _ => return Ok::<(), StoreError>(()),
                };
                let mut references = vec![*reference.as_bytes()];
                if !into {
                    references.push(digest(&simple(named(thing).1)));
                }
                found.insert(thing, Candidate { thing, direction: way(into), amount, on, references });
                Ok(())
            })
            .await?;
        }
        // Payments of earlier days that have the very reference.
        let printed: BTreeSet<(InstitutionId, &str)> =
            lines.iter().map(|line| (institution, line.reference.as_str())).collect();
        for payment in store::payments_by_reference(&read, ledger.id(), &printed).await? {
            let thing = Thing::Payment(payment.id);
            found.entry(thing).or_insert_with(|| Candidate {
                thing,
                direction: way(true),
                amount: payment.amount,
                on: Some(payment.paid_at.day()),
                references: vec![payment.reference_hash],
            });
        }
        self.ordered(ledger, institution, &mut found).await?;
        let ids: Vec<Uuid> = found.keys().map(|thing| named(*thing).1).collect();
        let taken = store::bank_lines_matched(&read, ledger.id(), &ids).await?;
        let taken: HashSet<Uuid> = taken.into_iter().filter_map(|line| line.matched).collect();
        let mut candidates: Vec<Candidate> =
            found.into_values().filter(|candidate| !taken.contains(&named(candidate.thing).1)).collect();
        candidates.sort_unstable_by_key(|candidate| candidate.thing);
        Ok(candidates)
    }

    /// What the bank was told to pay and has not confirmed.
    async fn ordered(
        &self,
        ledger: &Ledger,
        institution: InstitutionId,
        found: &mut HashMap<Thing, Candidate>,
    ) -> Result<(), AppError> {
        let read = self.store.read();
        let mut order = |thing: Thing, amount| {
            let references = vec![digest(&simple(named(thing).1))];
            found.entry(thing).or_insert(Candidate { thing, direction: way(false), amount, on: None, references });
        };
        for state in [SettlementState::Ordered, SettlementState::Approved] {
            let page = store::settlements_page(&read, ledger.id(), Some(institution), Some(state), None, 1_000).await?;
            page.into_iter().for_each(|item| order(Thing::Settlement(item.id), item.amount));
        }
        let consented = Some(RefundState::Consented);
        let mut after = None;
        loop {
            let page =
                store::refunds_page(&read, ledger.id(), Some(institution), None, consented, after, 1_000).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = Some(last.id);
            page.into_iter().for_each(|item| order(Thing::Refund(item.id), item.amount));
        }
    }

    /// Matches and books every open line of a statement.
    pub(super) async fn lines_book(
        &self,
        call: &Call,
        ledger: &Ledger,
        statement: &Statement,
        progress: &mut (impl FnMut(u64) + Send),
    ) -> Result<(), AppError> {
        let (mut after, mut done) = (0, 0_u64);
        loop {
            let read = self.store.read();
            let page = store::bank_lines_of_statement(&read, ledger.id(), statement.id, after, LINES_AT_ONCE).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = last.number;
            let lines: Vec<BankLine> = page.into_iter().filter(|line| line.state == LineState::Open).collect();
            let lines = self.returns_book(call, ledger, lines).await?;
            let found = self.found(ledger, statement.institution, &lines).await?;
            let found = self.orders_paid(call, ledger, &lines, found).await?;
            let mut pairs = lines.into_iter().zip(found).peekable();
            while pairs.peek().is_some() {
                let lines: Vec<(BankLine, Found)> = pairs.by_ref().take(CHUNK).collect();
                done = done.saturating_add(u64::try_from(lines.len()).unwrap_or(u64::MAX));
                let verb = LinesBook { institution: statement.institution, lines };
                self.submit(ledger, Call { key: None, dry_run: false, ..call.clone() }, verb).await?;
                progress(statement.lines.saturating_add(done) / 2);
            }
        }
    }

    /// What each line is.
    async fn found(
        &self,
        ledger: &Ledger,
        institution: InstitutionId,
        lines: &[BankLine],
    ) -> Result<Vec<Found>, AppError> {
        let mut found = vec![Found::Nothing; lines.len()];
        let candidates = self.candidates(ledger, institution, lines).await?;
        let twice = self.seen_before(ledger, institution, lines).await?;
        let mut plain = Vec::with_capacity(lines.len());
        let mut places = Vec::with_capacity(lines.len());
        for (place, line) in lines.iter().enumerate() {
            let special = line.kind != LineKind::Transfer || line.account == AccountKind::Deposit;
            if !special && !twice.contains(&line.id.uuid()) {
                plain.push(self.matching_line(ledger, line)?);
                places.push(place);
            }
        }
        for Match { line, candidate, rule } in match_lines(&plain, &candidates) {
            let cell = places.get(line).and_then(|place| found.get_mut(*place));
            if let Some((cell, candidate)) = cell.zip(candidates.get(candidate)) {
                let unpaid = candidate.on.is_none();
                *cell = if unpaid { Found::Order(candidate.thing, rule) } else { Found::Thing(candidate.thing, rule) };
            }
        }
        Ok(found)
    }

    /// Payouts that the bank made on order are confirmed.
    async fn orders_paid(
        &self,
        call: &Call,
        ledger: &Ledger,
        lines: &[BankLine],
        mut found: Vec<Found>,
    ) -> Result<Vec<Found>, AppError> {
        let mut payouts: Vec<(Call, Box<dyn Verb>)> = Vec::new();
        let mut cells = Vec::new();
        for (cell, line) in found.iter_mut().zip(lines) {
            let Found::Order(thing, rule) = *cell else { continue };
            let reference_hash = ledger::digest(tags::BANK_REFERENCE, line.reference.as_bytes());
            let verb: Box<dyn Verb> = match thing {
                Thing::Settlement(settlement) => Box::new(SettlementPayout { settlement, reference_hash }),
                Thing::Refund(refund) => Box::new(RefundPayout { refund, reference_hash }),
                Thing::Payment(_) => continue,
            };
            let call = Call { key: None, dry_run: false, ..call.clone() };
            payouts.push((call, Box::new(BookedOn { verb, on: line.booked_on })));
            cells.push((cell, thing, rule));
        }
        for (answer, (cell, thing, rule)) in self.submit_all(ledger, payouts).await.into_iter().zip(cells) {
            match answer {
                Ok(_) => *cell = Found::Thing(thing, rule),
                // The bank paid although it should not have: the line is suspended and seen.
                Err(error) if was_first(&error) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(found)
    }

    /// Lines whose reference another line has: money that moved twice under one reference is looked at
    /// by a person.
    async fn seen_before(
        &self,
        ledger: &Ledger,
        institution: InstitutionId,
        lines: &[BankLine],
    ) -> Result<HashSet<Uuid>, AppError> {
        let references: Vec<&str> =
            lines.iter().map(|line| line.reference.as_str()).collect::<BTreeSet<_>>().into_iter().collect();
        let kept = store::bank_lines_by_reference(&self.store.read(), ledger.id(), institution, &references).await?;
        let mut first: HashMap<(&str, &str), &BankLine> = HashMap::new();
        for line in &kept {
            let key = (line.reference.as_str(), line.direction.as_str());
            let earlier = first.entry(key).or_insert(line);
            if (line.booked_on, line.statement, line.number) < (earlier.booked_on, earlier.statement, earlier.number) {
                *earlier = line;
            }
        }
        let mut twice = HashSet::new();
        for line in lines {
            let key = (line.reference.as_str(), line.direction.as_str());
            if first.get(&key).is_some_and(|earlier| earlier.id != line.id) {
                twice.insert(line.id.uuid());
            }
        }
        Ok(twice)
    }

    /// Payouts that came back are owed again; the other lines are given back.
    async fn returns_book(
        &self,
        call: &Call,
        ledger: &Ledger,
        lines: Vec<BankLine>,
    ) -> Result<Vec<BankLine>, AppError> {
        let (returned, mut rest): (Vec<_>, Vec<_>) = lines.into_iter().partition(|line| {
            line.kind == LineKind::Returned && line.account == AccountKind::Custody && line.direction == way(true)
        });
        for line in returned {
            let named = line.end_to_end.as_deref().and_then(|id| Uuid::try_parse(id).ok());
            let Some(id) = named else {
                rest.push(line);
                continue;
            };
            let read = self.store.read();
            let settlement = store::settlement_load(&read, ledger.id(), &[SettlementId::new(id)]).await?.pop();
            let refund = store::refund_load(&read, ledger.id(), &[RefundId::new(id)]).await?.pop();
            let reason: Secret = self.secret(&serde_json::json!({ "reason": "银行退汇", "reference": line.reference }));
            let verb: Option<Box<dyn Verb>> = match (settlement, refund) {
                (Some(settlement), _) if settlement.amount == line.amount => {
                    Some(Box::new(SettlementReturn { settlement: settlement.id, line: Some(line.clone()), reason }))
                }
                (None, Some(refund)) if refund.amount == line.amount => {
                    Some(Box::new(RefundReturn { refund: refund.id, line: Some(line.clone()), reason }))
                }
                _ => None,
            };
            let Some(verb) = verb else {
                rest.push(line);
                continue;
            };
            let asked = Call { key: None, dry_run: false, ..call.clone() };
            match self.submit(ledger, asked, BookedOn { verb, on: line.booked_on }).await {
                Ok(_) => {}
                Err(error) if was_first(&error) => rest.push(line),
                Err(error) => return Err(error),
            }
        }
        rest.sort_unstable_by_key(|line| line.number);
        Ok(rest)
    }

    /// Explains those of these suspended lines that are payments or payouts by now.
    pub(super) async fn suspended_clear(
        &self,
        call: &Call,
        ledger: &Ledger,
        institution: InstitutionId,
        lines: &[BankLine],
    ) -> Result<u64, AppError> {
        let found = self.found(ledger, institution, lines).await?;
        let mut commands: Vec<(Call, Box<dyn Verb>)> = Vec::new();
        for (line, found) in lines.iter().zip(found) {
            let (thing, rule) = match found {
                Found::Thing(thing, rule) | Found::Order(thing, rule) => (thing, rule),
                Found::Nothing => continue,
            };
            let by = Explanation::Thing(thing);
            let clear = SuspenseClear { line: line.clone(), counter: None, by, rule, reason: None };
            let reference_hash = ledger::digest(tags::BANK_REFERENCE, line.reference.as_bytes());
            let verb: Box<dyn Verb> = match found {
                Found::Order(..) => Box::new(SuspenseClearAndPay { clear, reference_hash }),
                Found::Thing(..) | Found::Nothing => Box::new(clear),
            };
            commands.push((Call { key: None, dry_run: false, ..call.clone() }, verb));
        }
        let mut cleared = 0_u64;
        for answer in self.submit_all(ledger, commands).await {
            match answer {
                Ok(_) => cleared = cleared.saturating_add(1),
                Err(error) if was_first(&error) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(cleared)
    }
}
