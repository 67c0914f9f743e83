//! The custody bank's statements become entries: a statement that continues the last, lines that are
//! payments or payouts, lines that nothing explains, and lines explained later.

use std::collections::{BTreeMap, HashSet};

use access::Action;
use escrow::bank::{AccountKind, Direction, LineKind, LineState};
use escrow::matching::{Rule, Thing};
use kernel::{BankLineId, BankStatementId, Day, Fen, InstitutionId, RuleId, Violation};
use ledger::Hash;
use ledger::body::{BankLineSuspended, BankStatementRecorded, DepositPaid, InterestCredited, SuspenseCleared};
use serde_json::{Value, json};
use store::{BankLine, Statement};

use super::{institution, overflow};
use crate::context::{Context, Decision, EntryDraft, Secret, Side, Verb};
use crate::convert;
use crate::refusal::{Refusal, Stop, all_hold, not_found};
use crate::working_set::{Wanted, WorkingSet};

/// Records a statement, whose lines are kept already.
pub struct StatementRecord {
    /// Its id, made from its content.
    pub statement: BankStatementId,
    /// Whose account.
    pub institution: InstitutionId,
    /// Which account.
    pub account: AccountKind,
    /// Its number at the bank.
    pub sequence: u64,
    /// Its day.
    pub on: Day,
    /// Balance at the beginning.
    pub opening: Fen,
    /// Balance at the end.
    pub closing: Fen,
    /// Lines on it.
    pub lines: u32,
    /// Digest of the statement.
    pub file: Hash,
    /// Digest of the account's number.
    pub account_number: Hash,
}

impl StatementRecord {
    /// A statement begins where the one before ended, has the next number, or 1 in a new year, and a
    /// later day.
    fn continues(&self, last: &Statement) -> Vec<Violation> {
        let mut violations = Vec::new();
        let next = last.sequence.saturating_add(1);
        let anew = self.sequence == 1 && self.on.year() > last.on.year();
        if self.sequence != next && !anew {
            violations.push(Violation::of(RuleId::BankStatementSequence).with(next, self.sequence).field("sequence"));
        }
        if self.opening != last.closing {
            violations
                .push(Violation::of(RuleId::BankStatementContinues).with(last.closing, self.opening).field("opening"));
        }
        if self.on <= last.on {
            violations.push(Violation::of(RuleId::BankStatementDay).with(last.on, self.on).field("statement_on"));
        }
        violations
    }
}

impl Verb for StatementRecord {
    fn wants(&self, wanted: &mut Wanted) {
        wanted.statements.insert(self.institution);
    }

    fn decide(&self, state: &WorkingSet, context: &Context<'_>) -> Result<Decision, Stop> {
        let institution = institution(state, self.institution)?;
        context.allow(Action::BankStatementImport, institution)?;
        let own = state.statements.rows().values().filter(|statement| statement.institution == self.institution);
        let last = own.filter(|statement| statement.account == self.account).max_by_key(|statement| statement.on);
        let mut violations = last.map(|last| self.continues(last)).unwrap_or_default();
        if self.on > context.today {
            violations.push(Violation::of(RuleId::BankStatementDay).with(context.today, self.on).field("statement_on"));
        }
        violations.sort_by_key(|violation| violation.rule);
        all_hold(violations)?;
        let answer = json!({ "id": self.statement.to_string(), "institution": self.institution.to_string() });
        let body = BankStatementRecorded {
            account: convert::account_kind(self.account),
            account_number: self.account_number,
            closing_fen: self.closing,
            file: self.file,
            lines: self.lines,
            opening_fen: self.opening,
            sequence: self.sequence,
            statement: self.statement,
            statement_on: self.on,
        };
        Ok(Decision::new(201, answer).entry(institution.id, self.on, body, None))
    }
}

/// What a line turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// A payment or payout that the ledger has, or one that came back; and how often the ledger has it: a
    /// payout that came back is paid again.
    Thing(Thing, Rule, u32),
    /// A payout that was ordered, and that the ledger does not know to be paid; how often, once it is.
    Order(Thing, Rule, u32),
    /// Nothing that is known.
    Nothing,
}

/// The kind and the id of a thing, as rows name it.
pub(crate) fn named(thing: Thing) -> (&'static str, uuid::Uuid) {
    let id = match thing {
        Thing::Payment(id) => id.uuid(),
        Thing::Settlement(id) => id.uuid(),
        Thing::Refund(id) => id.uuid(),
    };
    (thing.kind(), id)
}

/// How many lines one way are a thing by now.
fn seen(state: &WorkingSet, thing: Thing, direction: Direction) -> u32 {
    state.bank_matched.get(&(named(thing).1, direction)).copied().unwrap_or_default()
}

/// Writes down what lines of a statement are: those that are payments or payouts post nothing more,
/// interest is credited, the others are suspended. A debit that custody does not cover stays open.
pub struct LinesBook {
    /// Whose account.
    pub institution: InstitutionId,
    /// The lines, open, each with what it is.
    pub lines: Vec<(BankLine, Found)>,
}

impl LinesBook {
    fn entry(&self, on: Day, body: impl Into<ledger::Body>) -> EntryDraft {
        EntryDraft {
            body: body.into(),
            institution: Some(self.institution),
            effective_on: on,
            secret: None,
            policy: None,
        }
    }
}

impl Verb for LinesBook {
    fn wants(&self, wanted: &mut Wanted) {
        wanted.institutions.insert(self.institution);
        if self.lines.iter().any(|(line, _)| line.account == AccountKind::Deposit) {
            wanted.deposits.insert(self.institution);
        }
        for (_, found) in &self.lines {
            if let Found::Thing(thing, ..) = found {
                wanted.bank_things.insert(named(*thing).1);
            }
        }
    }

    fn decide(&self, state: &WorkingSet, context: &Context<'_>) -> Result<Decision, Stop> {
        let institution = institution(state, self.institution)?;
        context.allow(Action::BankStatementImport, institution)?;
        let mut custody = institution.custody;
        let (mut taken, mut deposits) = (BTreeMap::<_, u32>::new(), HashSet::new());
        let (mut counts, mut entries, mut side) = (BTreeMap::<&str, u64>::new(), Vec::new(), Vec::new());
        for (line, found) in &self.lines {
            let mut row = line.clone();
            match *found {
                Found::Thing(thing, rule, times)
                    if seen(state, thing, line.direction)
                        .saturating_add(taken.get(&(thing, line.direction)).copied().unwrap_or_default())
                        < times =>
                {
                    let count = taken.entry((thing, line.direction)).or_default();
                    *count = count.saturating_add(1);
                    let (kind, id) = named(thing);
                    // What came back is told apart from what was paid.
                    let back = line.direction == Direction::Credit && !matches!(thing, Thing::Payment(_));
                    let kind = if back { format!("{kind}_return") } else { kind.to_owned() };
                    row.state = LineState::Matched;
                    (row.rule, row.matched_kind, row.matched) = (Some(rule.as_str().to_owned()), Some(kind), Some(id));
                }
                Found::Thing(..) | Found::Order(..) | Found::Nothing => {
                    let credit = line.direction == Direction::Credit;
                    if line.account == AccountKind::Deposit {
                        // Money that reaches the deposit account is deposit; what leaves it is decided first.
                        if credit {
                            let reference = ledger::digest(ledger::tags::BANK_REFERENCE, line.reference.as_bytes());
                            // Recorded by hand before: the line is that payment.
                            let known = state.references.contains(&(self.institution, *reference.as_bytes()));
                            if !known && deposits.insert(*reference.as_bytes()) {
                                let body = DepositPaid { amount_fen: line.amount, reference };
                                entries.push(self.entry(line.booked_on, body));
                            }
                            (row.state, row.matched_kind) = (LineState::Matched, Some("deposit".to_owned()));
                        }
                    } else if line.kind == LineKind::Interest && credit {
                        let body =
                            InterestCredited { amount_fen: line.amount, booked_on: line.booked_on, line: line.id };
                        entries.push(self.entry(line.booked_on, body));
                        custody = custody.checked_add(line.amount).map_err(overflow)?;
                        (row.state, row.matched_kind) = (LineState::Matched, Some("interest".to_owned()));
                    } else if credit || line.amount <= custody {
                        custody = match line.direction {
                            Direction::Credit => custody.checked_add(line.amount),
                            Direction::Debit => custody.checked_sub(line.amount),
                        }
                        .map_err(overflow)?;
                        let body = BankLineSuspended {
                            amount_fen: line.amount,
                            booked_on: line.booked_on,
                            direction: convert::direction(line.direction),
                            line: line.id,
                            statement: line.statement,
                        };
                        entries.push(self.entry(line.booked_on, body));
                        row.state = LineState::Suspended;
                    }
                }
            }
            let count = counts.entry(row.state.as_str()).or_default();
            *count = count.saturating_add(1);
            side.push(Side::BankLine(Box::new(row)));
        }
        let answer: serde_json::Map<String, Value> =
            counts.into_iter().map(|(state, count)| (state.to_owned(), count.into())).collect();
        Ok(Decision { entries, side, ..Decision::new(200, Value::Object(answer)) })
    }
}

/// By what a suspended line is explained.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Explanation {
    /// A payment or payout that the ledger has.
    Thing(Thing),
    /// A line the other way: both are explained by each other.
    Counter(BankLineId),
}

/// Explains a suspended line.
pub struct SuspenseClear {
    /// The line as it is kept.
    pub line: BankLine,
    /// The line the other way, where that explains it.
    pub counter: Option<BankLine>,
    /// By what.
    pub by: Explanation,
    /// How often money of that thing moved this way: it explains as many lines.
    pub times: u32,
    /// By which rule.
    pub rule: Rule,
    /// Why a person thinks so.
    pub reason: Option<Secret>,
}

impl SuspenseClear {
    /// Entry and row of one line that is explained.
    fn clear(&self, line: &BankLine, by: Explanation, on: Day, decision: &mut Decision) {
        let mut body = SuspenseCleared {
            amount_fen: line.amount,
            counter: None,
            direction: convert::direction(line.direction),
            line: line.id,
            payment: None,
            refund: None,
            rule: convert::match_rule(self.rule),
            settlement: None,
        };
        let (kind, id) = match by {
            Explanation::Counter(counter) => {
                body.counter = Some(counter);
                ("line", counter.uuid())
            }
            Explanation::Thing(thing) => {
                match thing {
                    Thing::Payment(id) => body.payment = Some(id),
                    Thing::Settlement(id) => body.settlement = Some(id),
                    Thing::Refund(id) => body.refund = Some(id),
                }
                named(thing)
            }
        };
        decision.entries.push(EntryDraft {
            body: body.into(),
            institution: Some(line.institution),
            effective_on: on,
            secret: self.reason.clone(),
            policy: None,
        });
        decision.side.push(Side::BankLine(Box::new(BankLine {
            state: LineState::Cleared,
            rule: Some(self.rule.as_str().to_owned()),
            matched_kind: Some(kind.to_owned()),
            matched: Some(id),
            ..line.clone()
        })));
    }
}

impl Verb for SuspenseClear {
    fn wants(&self, wanted: &mut Wanted) {
        wanted.institutions.insert(self.line.institution);
        wanted.suspended.insert(self.line.id);
        wanted.suspended.extend(self.counter.as_ref().map(|line| line.id));
        if let Explanation::Thing(thing) = self.by {
            wanted.bank_things.insert(named(thing).1);
        }
    }

    fn decide(&self, state: &WorkingSet, context: &Context<'_>) -> Result<Decision, Stop> {
        let institution = institution(state, self.line.institution)?;
        context.allow(Action::BankLineMatch, institution)?;
        for line in std::iter::once(&self.line).chain(&self.counter) {
            let suspended = state.suspended.get(line.id).ok_or_else(|| not_found("bank_line"))?;
            if suspended.cleared {
                let state = LineState::Cleared.as_str().into();
                return Err(Refusal::State { what: "bank_line".into(), state, command: "match".into() }.into());
            }
        }
        let mut decision = Decision::new(200, json!({ "id": self.line.id.to_string(), "state": "cleared" }));
        match (self.by, &self.counter) {
            (Explanation::Thing(thing), _) => {
                if seen(state, thing, self.line.direction) >= self.times {
                    return Err(Violation::of(RuleId::BankLineMatchesOnce).field("matched_id").into());
                }
                // Lines that nothing explains may have taken what it is: it waits until custody has it again.
                if self.line.direction == Direction::Credit {
                    all_hold(super::payouts::covered(institution, self.line.amount).into_iter().collect())?;
                }
                // As if it had been known on the day of the line; but while debits are unexplained the days behind
                // may not have held it, and it counts from today.
                let lost = self.line.direction == Direction::Credit && institution.suspended_out > Fen::ZERO;
                let on = if lost { context.today } else { self.line.booked_on };
                self.clear(&self.line, self.by, on, &mut decision);
            }
            (Explanation::Counter(_), Some(counter)) => {
                let opposite = counter.direction != self.line.direction
                    && counter.amount == self.line.amount
                    && counter.institution == self.line.institution;
                if !opposite {
                    let violation = Violation::of(RuleId::BankLineAmount).with(self.line.amount, counter.amount);
                    return Err(violation.field("matched_id").into());
                }
                // The debit first, so that custody never seems to hold less than nothing.
                let (first, second) =
                    if counter.direction == Direction::Debit { (counter, &self.line) } else { (&self.line, counter) };
                self.clear(first, Explanation::Counter(second.id), first.booked_on, &mut decision);
                self.clear(second, Explanation::Counter(first.id), second.booked_on, &mut decision);
            }
            (Explanation::Counter(_), None) => return Err(not_found("bank_line")),
        }
        Ok(decision)
    }
}

/// Another verb whose entries take effect on the day on which the bank booked the money.
pub struct BookedOn {
    /// The verb.
    pub verb: Box<dyn Verb>,
    /// The day.
    pub on: Day,
}

impl Verb for BookedOn {
    fn wants(&self, wanted: &mut Wanted) {
        self.verb.wants(wanted);
    }

    fn decide(&self, state: &WorkingSet, context: &Context<'_>) -> Result<Decision, Stop> {
        let mut decision = self.verb.decide(state, context)?;
        let on = self.on.min(context.today);
        decision.entries.iter_mut().for_each(|entry| entry.effective_on = on);
        Ok(decision)
    }
}
