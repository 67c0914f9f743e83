//! Which line of a bank statement is which payment or payout. Each match names the rule by which it was
//! made, the surest rule first; a thing is matched once, a line is matched once, and what could be two
//! things is left to a person.

use std::collections::{BTreeMap, HashMap, HashSet};

use kernel::{Day, Fen, PaymentId, RefundId, SettlementId, words};

use crate::bank::Direction;

words! {
    /// By which rule a line was matched.
    Rule {
        /// The reference and the amount are the same.
        ReferenceExact = "reference_exact" / "流水号与金额一致",
        /// The reference stands in the text of the line, and the amount is the same.
        ReferenceInText = "reference_in_text" / "附言含流水号且金额一致",
        /// One open thing alone has this amount on this day.
        AmountAndDay = "amount_and_day" / "金额与日期唯一对应",
        /// A payout recorded days before is alone with this amount, and so is the line.
        AmountLater = "amount_later" / "金额唯一对应先前登记的付款",
        /// A person matched it and said why.
        Manual = "manual" / "人工匹配",
    }
}

/// How many days after a payout was recorded by hand the bank may book it: longer than any public holiday
/// with the weekends around it.
pub const LATER_DAYS_MAX: i32 = 10;

/// What a line can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Thing {
    /// A family's payment.
    Payment(PaymentId),
    /// A settlement paid out.
    Settlement(SettlementId),
    /// A refund paid out.
    Refund(RefundId),
}

impl Thing {
    /// Its kind, as rows and answers name it.
    pub const fn kind(self) -> &'static str {
        match self {
            Thing::Payment(_) => "payment",
            Thing::Settlement(_) => "settlement",
            Thing::Refund(_) => "refund",
        }
    }
}

/// A line, as matching sees it. References are digests: the ledger has no others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Which way the money went.
    pub direction: Direction,
    /// How much, fen.
    pub amount: Fen,
    /// Day on which the bank booked it.
    pub booked_on: Day,
    /// Digests of the references that the bank gives: its own, and the one that came along.
    pub references: Vec<[u8; 32]>,
    /// Digests of the words in the remittance text that could be a reference.
    pub words: Vec<[u8; 32]>,
}

/// A payment or payout that a line may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// What it is.
    pub thing: Thing,
    /// Which way its money goes.
    pub direction: Direction,
    /// How much, fen.
    pub amount: Fen,
    /// The day it is known to have happened on; none while the bank has not paid.
    pub on: Option<Day>,
    /// Digests of what may stand for it as a reference.
    pub references: Vec<[u8; 32]>,
}

/// A line and what it is: places in the lists given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Match {
    /// Place of the line.
    pub line: usize,
    /// Place of the candidate.
    pub candidate: usize,
    /// By which rule.
    pub rule: Rule,
}

struct Open<'a> {
    lines: &'a [Line],
    candidates: &'a [Candidate],
    line_done: Vec<bool>,
    candidate_done: Vec<bool>,
    found: Vec<Match>,
}

impl Open<'_> {
    fn fits(&self, line: usize, candidate: usize) -> bool {
        let pair = self.lines.get(line).zip(self.candidates.get(candidate));
        pair.is_some_and(|(l, c)| l.direction == c.direction && l.amount == c.amount)
            && self.line_done.get(line) == Some(&false)
            && self.candidate_done.get(candidate) == Some(&false)
    }

    fn take(&mut self, line: usize, candidate: usize, rule: Rule) {
        if let (Some(l), Some(c)) = (self.line_done.get_mut(line), self.candidate_done.get_mut(candidate)) {
            (*l, *c) = (true, true);
            self.found.push(Match { line, candidate, rule });
        }
    }

    /// The candidates by what stands for them; a digest that stands for two is no reference. What a line
    /// can be is looked at before any line is taken, and of several lines that can be one thing alone the
    /// one under its very own reference is it, then the one that the bank booked first: the order in which
    /// lines are listed decides nothing.
    fn by_reference(&mut self, known: &HashMap<[u8; 32], usize>, rule: Rule, of: impl Fn(&Line) -> &[[u8; 32]]) {
        let mut wanted: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for line in 0..self.lines.len() {
            let named = self.lines.get(line).map(&of).unwrap_or_default();
            let fitting: HashSet<usize> =
                named.iter().filter_map(|digest| known.get(digest).copied()).filter(|&c| self.fits(line, c)).collect();
            let mut fitting = fitting.into_iter();
            if let (Some(candidate), None) = (fitting.next(), fitting.next()) {
                wanted.entry(candidate).or_default().push(line);
            }
        }
        for (candidate, lines) in wanted {
            let first = lines.into_iter().min_by_key(|line| {
                let line = self.lines.get(*line)?;
                // The bank's own reference stands first.
                let meant = self.candidates.get(candidate)?.references.first();
                let own = line.references.first().is_some_and(|own| meant == Some(own));
                Some((!own, line.booked_on, &line.references, &line.words))
            });
            if let Some(line) = first {
                self.take(line, candidate, rule);
            }
        }
    }

    /// What is alone with its direction, amount and day on both sides.
    fn by_amount_and_day(&mut self) {
        type Key = (Direction, Fen, Day);
        let mut lines: HashMap<Key, Vec<usize>> = HashMap::new();
        for (at, line) in self.lines.iter().enumerate() {
            if self.line_done.get(at) == Some(&false) {
                lines.entry((line.direction, line.amount, line.booked_on)).or_default().push(at);
            }
        }
        let mut candidates: HashMap<Key, Vec<usize>> = HashMap::new();
        let mut undated: HashMap<(Direction, Fen), Vec<usize>> = HashMap::new();
        let mut recorded: HashMap<(Direction, Fen), Vec<Day>> = HashMap::new();
        for (at, candidate) in self.candidates.iter().enumerate() {
            if self.candidate_done.get(at) == Some(&false) {
                match candidate.on {
                    Some(on) => {
                        recorded.entry((candidate.direction, candidate.amount)).or_default().push(on);
                        candidates.entry((candidate.direction, candidate.amount, on)).or_default().push(at);
                    }
                    None => undated.entry((candidate.direction, candidate.amount)).or_default().push(at),
                }
            }
        }
        // A payout recorded by hand before a line may be that line too.
        let before = |key: &Key| {
            let recorded = recorded.get(&(key.0, key.1)).map(Vec::as_slice).unwrap_or_default();
            key.0 == Direction::Debit && recorded.iter().any(|on| (1..=LATER_DAYS_MAX).contains(&on.days_until(key.2)))
        };
        // On how many days there are lines of an amount.
        let mut days: HashMap<(Direction, Fen), u32> = HashMap::new();
        for (direction, amount, _) in lines.keys() {
            let count = days.entry((*direction, *amount)).or_default();
            *count = count.saturating_add(1);
        }
        let mut alone: Vec<(usize, usize)> = Vec::new();
        for (key, at) in &lines {
            let dated = candidates.get(key).map(Vec::as_slice).unwrap_or_default();
            let undated = undated.get(&(key.0, key.1)).map(Vec::as_slice).unwrap_or_default();
            // An order that the bank has not paid may be this line on any day: two lines of its amount on
            // two days leave it open.
            let days = days.get(&(key.0, key.1)).copied().unwrap_or_default();
            match (at.as_slice(), dated, undated) {
                ([line], [candidate], []) => alone.push((*line, *candidate)),
                ([line], [], [candidate]) if days == 1 && !before(key) => alone.push((*line, *candidate)),
                _ => {}
            }
        }
        alone.sort_unstable();
        for (line, candidate) in alone {
            self.take(line, candidate, Rule::AmountAndDay);
        }
    }
}

impl Open<'_> {
    /// Payouts that were recorded by hand before the bank booked them: alone with their amount on both sides,
    /// whatever the days, and booked no later than [`LATER_DAYS_MAX`] days after.
    fn by_amount_later(&mut self) {
        let mut lines: HashMap<Fen, Vec<usize>> = HashMap::new();
        for (at, line) in self.lines.iter().enumerate() {
            if line.direction == Direction::Debit && self.line_done.get(at) == Some(&false) {
                lines.entry(line.amount).or_default().push(at);
            }
        }
        let mut candidates: HashMap<Fen, Vec<usize>> = HashMap::new();
        for (at, candidate) in self.candidates.iter().enumerate() {
            if candidate.direction == Direction::Debit && self.candidate_done.get(at) == Some(&false) {
                candidates.entry(candidate.amount).or_default().push(at);
            }
        }
        for (amount, at) in lines {
            let ([line], Some([candidate])) = (at.as_slice(), candidates.get(&amount).map(Vec::as_slice)) else {
                continue;
            };
            let booked_on = self.lines.get(*line).map(|line| line.booked_on);
            let recorded_on = self.candidates.get(*candidate).and_then(|candidate| candidate.on);
            let days = recorded_on.zip(booked_on).map(|(recorded, booked)| recorded.days_until(booked));
            if days.is_some_and(|days| (1..=LATER_DAYS_MAX).contains(&days)) {
                self.take(*line, *candidate, Rule::AmountLater);
            }
        }
    }
}

/// Matches lines with what they may be, in the order of the rules; the result is in the order of the
/// lines. Which of several that fit is meant is never guessed.
pub fn match_lines(lines: &[Line], candidates: &[Candidate]) -> Vec<Match> {
    let mut known: HashMap<[u8; 32], usize> = HashMap::new();
    let mut twice: HashSet<[u8; 32]> = HashSet::new();
    for (at, candidate) in candidates.iter().enumerate() {
        for digest in candidate.references.iter().collect::<HashSet<_>>() {
            if known.insert(*digest, at).is_some() {
                twice.insert(*digest);
            }
        }
    }
    known.retain(|digest, _| !twice.contains(digest));
    let mut open = Open {
        lines,
        candidates,
        line_done: vec![false; lines.len()],
        candidate_done: vec![false; candidates.len()],
        found: Vec::new(),
    };
    open.by_reference(&known, Rule::ReferenceExact, |line| &line.references);
    open.by_reference(&known, Rule::ReferenceInText, |line| &line.words);
    open.by_amount_and_day();
    open.by_amount_later();
    open.found.sort_unstable_by_key(|found| found.line);
    open.found
}
