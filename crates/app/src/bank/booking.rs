//! Lines of a statement held against what the ledger has: payments and payouts by reference, by text, by
//! amount and day; what the bank paid on order is confirmed, what came back is owed again, and the rest
//! is suspended.

use std::collections::{BTreeSet, HashMap, HashSet};

use escrow::bank::{AccountKind, LineKind, LineState};
use escrow::matching::{Candidate, LATER_DAYS_MAX, Line, Match, Rule, Thing, match_lines};
use escrow::{RefundState, SettlementState};
use kernel::{Fen, Instant, InstitutionId, RefundId, SettlementId};
use ledger::{Body, EntryType, tags};
use store::{BankLine, Statement, StoreError};
use uuid::Uuid;

use super::import::{line_context, was_first, way};
use super::moved::entries_of_types_since;
use super::movements::{lines_of, times, unseen};
use crate::context::{Secret, Verb};
use crate::error::AppError;
use crate::ledgers::{App, Call, Ledger};
use crate::refusal::Corrupt;
use crate::verbs::{
    BookedOn, Explanation, Found, LinesBook, RefundPayout, RefundReturn, SettlementPayout, SettlementReturn,
    SuspenseClear, SuspenseClearAndPay, named,
};

/// Entries whose money may be on a line.
const MOVES: [EntryType; 3] = [EntryType::FeePaid, EntryType::SettlementPaid, EntryType::RefundPaid];

/// Lines booked by one decision.
const CHUNK: usize = 500;

/// Lines of a statement that are matched together.
const LINES_AT_ONCE: u32 = 100_000;

/// Words of a remittance text that may be a reference.
const WORDS_MAX: usize = 24;

pub(super) fn digest(reference: &str) -> [u8; 32] {
    *ledger::digest(tags::BANK_REFERENCE, reference.as_bytes()).as_bytes()
}

/// An id as payment orders write it: 32 characters, because an end-to-end reference has at most 35.
pub(super) fn simple(id: Uuid) -> String {
    id.simple().to_string()
}

/// A payout that the bank was told to make.
fn order(thing: Thing, amount: Fen) -> Candidate {
    let references = vec![digest(&simple(named(thing).1))];
    Candidate { thing, direction: way(false), amount, on: None, references }
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

    /// Payments and payouts of the institution that these lines may be, none of them matched yet; each with
    /// how often its money moved this way, this time counted.
    async fn candidates(
        &self,
        ledger: &Ledger,
        institution: InstitutionId,
        lines: &[BankLine],
    ) -> Result<Vec<(Candidate, u32)>, AppError> {
        let read = self.store.read();
        let mut found: HashMap<Thing, Candidate> = HashMap::new();
        // What was recorded on the days of the lines or after them, and payouts that were recorded by hand before
        // the bank booked them.
        let first = lines.iter().map(|line| line.booked_on).min();
        let earliest = first.and_then(|day| day.plus_days(LATER_DAYS_MAX.saturating_neg()).ok());
        if let Some((first, since)) = first.zip(earliest.and_then(|day| Instant::start_of(day).ok())) {
            entries_of_types_since(&read, ledger.id(), institution, since, &MOVES, |entry| {
                let on = Some(entry.header.effective_on);
                let (thing, into, amount, reference) = match &entry.body {
                    Body::FeePaid(_) if entry.header.recorded_at.day() < first => return Ok(()),
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
        let owed = self.ordered(ledger, institution).await?;
        for (thing, amount) in &owed {
            found.entry(*thing).or_insert_with(|| order(*thing, *amount));
        }
        // A line names its payout by the end-to-end reference, however long ago that was recorded.
        let told = self.paid_by_name(ledger, institution, lines, &found).await?;
        let mut ids: Vec<Uuid> = found.keys().map(|thing| named(*thing).1).collect();
        ids.extend(told.keys().map(|thing| named(*thing).1));
        let matched = store::bank_lines_matched(&read, ledger.id(), &ids).await?;
        // A payment is one line. A payout that came back is paid again, and is as many lines.
        let seen: HashSet<Uuid> = matched.iter().filter_map(|line| line.matched).collect();
        let again = |thing: &Thing| !matches!(thing, Thing::Payment(_)) && seen.contains(&named(*thing).1);
        let mut again: BTreeSet<Thing> = found.keys().copied().filter(again).collect();
        again.extend(told.keys().copied());
        found.retain(|thing, _| !seen.contains(&named(*thing).1));
        let mut candidates: Vec<(Candidate, u32)> = found.into_values().map(|candidate| (candidate, 1)).collect();
        for (thing, movements) in self.movements(ledger, institution, &again).await? {
            let paid = times(&movements, way(false));
            let unseen = unseen(&movements, &lines_of(&matched, thing));
            match (unseen.first(), owed.get(&thing)) {
                (Some(payout), _) => {
                    let amount = matched.iter().find(|line| line.matched == Some(named(thing).1));
                    let amount = amount.map(|line| line.amount).or_else(|| told.get(&thing).copied());
                    let Some(amount) = amount else { continue };
                    let references = payout.reference.into_iter().chain([digest(&simple(named(thing).1))]).collect();
                    let on = Some(payout.on);
                    candidates.push((Candidate { thing, direction: way(false), amount, on, references }, paid));
                }
                (None, Some(amount)) => candidates.push((order(thing, *amount), paid.saturating_add(1))),
                (None, None) => {}
            }
        }
        candidates.sort_unstable_by_key(|(candidate, _)| candidate.thing);
        Ok(candidates)
    }

    /// Payouts of the institution that lines name by their end-to-end reference and that are not among those
    /// found, each with its amount.
    async fn paid_by_name(
        &self,
        ledger: &Ledger,
        institution: InstitutionId,
        lines: &[BankLine],
        found: &HashMap<Thing, Candidate>,
    ) -> Result<HashMap<Thing, Fen>, AppError> {
        let debits = lines.iter().filter(|line| line.direction == way(false));
        let named: BTreeSet<Uuid> =
            debits.filter_map(|line| Uuid::try_parse(line.end_to_end.as_deref()?).ok()).collect();
        let known = |thing: Thing| found.contains_key(&thing);
        let (settlements, refunds): (Vec<SettlementId>, Vec<RefundId>) = named
            .into_iter()
            .map(|id| (SettlementId::new(id), RefundId::new(id)))
            .filter(|(settlement, refund)| !known(Thing::Settlement(*settlement)) && !known(Thing::Refund(*refund)))
            .unzip();
        if settlements.is_empty() {
            return Ok(HashMap::new());
        }
        let read = self.store.read();
        let mut told = HashMap::new();
        for row in store::settlement_load(&read, ledger.id(), &settlements).await? {
            if row.institution == institution && row.state == SettlementState::Paid {
                told.insert(Thing::Settlement(row.id), row.amount);
            }
        }
        for row in store::refund_load(&read, ledger.id(), &refunds).await? {
            if row.institution == institution && row.state == RefundState::Paid {
                told.insert(Thing::Refund(row.id), row.amount);
            }
        }
        Ok(told)
    }

    /// What the bank was told to pay and has not confirmed.
    async fn ordered(&self, ledger: &Ledger, institution: InstitutionId) -> Result<HashMap<Thing, Fen>, AppError> {
        let read = self.store.read();
        let mut owed = HashMap::new();
        for state in [SettlementState::Ordered, SettlementState::Approved] {
            let page = store::settlements_page(&read, ledger.id(), Some(institution), Some(state), None, 1_000).await?;
            owed.extend(page.into_iter().map(|item| (Thing::Settlement(item.id), item.amount)));
        }
        let consented = Some(RefundState::Consented);
        let mut after = None;
        loop {
            let page =
                store::refunds_page(&read, ledger.id(), Some(institution), None, consented, after, 1_000).await?;
            let Some(last) = page.last() else { return Ok(owed) };
            after = Some(last.id);
            owed.extend(page.into_iter().map(|item| (Thing::Refund(item.id), item.amount)));
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
            let found = self.found(ledger, statement.institution, &lines).await?;
            let found = self.orders_paid(call, ledger, &lines, found).await?;
            // What came back was paid before: on the same statement the payout is confirmed first.
            let mut pairs = self.returns_book(call, ledger, lines, found).await?.into_iter().peekable();
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
        let (candidates, times): (Vec<Candidate>, Vec<u32>) =
            self.candidates(ledger, institution, lines).await?.into_iter().unzip();
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
            if let Some((cell, (candidate, times))) = cell.zip(candidates.get(candidate).zip(times.get(candidate))) {
                let (thing, times) = (candidate.thing, *times);
                let unpaid = candidate.on.is_none();
                *cell = if unpaid { Found::Order(thing, rule, times) } else { Found::Thing(thing, rule, times) };
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
            let Found::Order(thing, rule, times) = *cell else { continue };
            let reference_hash = ledger::digest(tags::BANK_REFERENCE, line.reference.as_bytes());
            let verb: Box<dyn Verb> = match thing {
                Thing::Settlement(settlement) => Box::new(SettlementPayout { settlement, reference_hash }),
                Thing::Refund(refund) => Box::new(RefundPayout { refund, reference_hash }),
                Thing::Payment(_) => continue,
            };
            let call = Call { key: None, dry_run: false, ..call.clone() };
            payouts.push((call, Box::new(BookedOn { verb, on: line.booked_on })));
            cells.push((cell, thing, rule, times));
        }
        for (answer, (cell, thing, rule, times)) in self.submit_all(ledger, payouts).await.into_iter().zip(cells) {
            match answer {
                Ok(_) => *cell = Found::Thing(thing, rule, times),
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

    /// Payouts that came back are owed again; the other lines are given back, and those that are returns which
    /// were said by hand.
    async fn returns_book(
        &self,
        call: &Call,
        ledger: &Ledger,
        lines: Vec<BankLine>,
        found: Vec<Found>,
    ) -> Result<Vec<(BankLine, Found)>, AppError> {
        let mut rest = Vec::with_capacity(lines.len());
        for (line, found) in lines.into_iter().zip(found) {
            let back = line.kind == LineKind::Returned && line.account == AccountKind::Custody;
            let named = line.end_to_end.as_deref().and_then(|id| Uuid::try_parse(id).ok());
            let Some(id) = named.filter(|_| back && line.direction == way(true)) else {
                rest.push((line, found));
                continue;
            };
            let read = self.store.read();
            let settlement = store::settlement_load(&read, ledger.id(), &[SettlementId::new(id)]).await?.pop();
            let refund = store::refund_load(&read, ledger.id(), &[RefundId::new(id)]).await?.pop();
            let reason: Secret = self.secret(&serde_json::json!({ "reason": "银行退汇", "reference": line.reference }));
            let (thing, verb): (Thing, Box<dyn Verb>) = match (settlement, refund) {
                (Some(settlement), _) if settlement.amount == line.amount => {
                    let verb = SettlementReturn { settlement: settlement.id, line: Some(line.clone()), reason };
                    (Thing::Settlement(settlement.id), Box::new(verb))
                }
                (None, Some(refund)) if refund.amount == line.amount => {
                    let verb = RefundReturn { refund: refund.id, line: Some(line.clone()), reason };
                    (Thing::Refund(refund.id), Box::new(verb))
                }
                _ => {
                    rest.push((line, found));
                    continue;
                }
            };
            let said = self.times_moved(ledger, line.institution, thing, way(true)).await?;
            let lines = store::bank_lines_matched(&read, ledger.id(), &[id]).await?;
            let seen = lines.iter().filter(|line| line.direction == way(true)).count();
            if u32::try_from(seen).unwrap_or(u32::MAX) < said {
                rest.push((line, Found::Thing(thing, Rule::ReferenceExact, said)));
                continue;
            }
            let asked = Call { key: None, dry_run: false, ..call.clone() };
            match self.submit(ledger, asked, BookedOn { verb, on: line.booked_on }).await {
                Ok(_) => {}
                Err(error) if was_first(&error) => rest.push((line, found)),
                Err(error) => return Err(error),
            }
        }
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
            let (thing, rule, times) = match found {
                Found::Thing(thing, rule, times) | Found::Order(thing, rule, times) => (thing, rule, times),
                Found::Nothing => continue,
            };
            let by = Explanation::Thing(thing);
            let clear = SuspenseClear { line: line.clone(), counter: None, by, times, rule, reason: None };
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
