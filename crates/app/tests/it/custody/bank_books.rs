//! A custody bank for the property of custody: it keeps its own books and writes a statement a day.

use std::collections::BTreeSet;
use std::fmt::Write;

use kernel::{ContractId, Day};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// A line of its books.
struct Line {
    credit: bool,
    fen: i64,
    reference: String,
    end_to_end: String,
    kind: &'static str,
}

/// The bank.
#[derive(Default)]
pub struct Bank {
    /// What is there, fen.
    pub balance: i64,
    opening: i64,
    sequence: u32,
    references: u32,
    today: Vec<Line>,
    /// Statements that were not handed in, the earliest first.
    pub waiting: Vec<String>,
    /// Those that were.
    pub imported: Vec<String>,
    /// End-to-end references of orders that it paid and that did not come back.
    pub paid: BTreeSet<String>,
    /// What it paid: fen and end-to-end reference.
    payouts: Vec<(i64, String)>,
    /// Payments that came and were not recorded.
    pub unrecorded: Vec<(ContractId, i64, String)>,
    /// Amounts of credits that nobody knows.
    unknown: Vec<i64>,
}

fn yuan(fen: i64) -> String {
    format!("{}.{:02}", fen / 100, fen % 100)
}

impl Bank {
    /// A reference that no line had.
    pub fn reference(&mut self) -> String {
        self.references += 1;
        format!("B{:06}", self.references)
    }

    fn book(&mut self, line: Line) {
        self.balance += if line.credit { line.fen } else { -line.fen };
        self.today.push(line);
    }

    /// Money comes in; its reference.
    pub fn credit(&mut self, _: Day, fen: i64, kind: &'static str) -> String {
        let reference = self.reference();
        self.book(Line { credit: true, fen, reference: reference.clone(), end_to_end: String::new(), kind });
        reference
    }

    /// An order is paid.
    pub fn pay(&mut self, _: Day, fen: i64, reference: String, end_to_end: String) {
        self.paid.insert(end_to_end.clone());
        self.payouts.push((fen, end_to_end.clone()));
        self.book(Line { credit: false, fen, reference, end_to_end, kind: "" });
    }

    /// A payout comes back; its end-to-end reference.
    pub fn give_back(&mut self, random: &mut ChaCha8Rng) -> Option<String> {
        if self.payouts.is_empty() {
            return None;
        }
        let (fen, end_to_end) = self.payouts.swap_remove(random.random_range(0..self.payouts.len()));
        self.paid.remove(&end_to_end);
        let reference = self.reference();
        self.book(Line { credit: true, fen, reference, end_to_end: end_to_end.clone(), kind: "退汇" });
        Some(end_to_end)
    }

    /// Money that is not for this account, or leaves it by mistake; sometimes an earlier mistake is undone.
    pub fn misdirect(&mut self, day: Day, random: &mut ChaCha8Rng) {
        if random.random_bool(0.5) {
            let fen = random.random_range(1..30_000);
            self.unknown.push(fen);
            self.credit(day, fen, "");
            return;
        }
        let back = self.unknown.pop().filter(|_| random.random_bool(0.7));
        let fen = back.unwrap_or_else(|| random.random_range(1..5_000));
        if fen <= self.balance {
            let reference = self.reference();
            self.book(Line { credit: false, fen, reference, end_to_end: String::new(), kind: "" });
        }
    }

    /// The day is over: its statement is written.
    pub fn close(&mut self, on: Day) {
        self.sequence += 1;
        let mut file = String::from("账号,对账单号,对账日,期初余额,期末余额,记账日,收付,金额,流水号,端到端编号,种类\n");
        let head = format!("6200000000000001,{},{on},{},{}", self.sequence, yuan(self.opening), yuan(self.balance));
        for line in &self.today {
            let way = if line.credit { "收入" } else { "支出" };
            let (fen, reference) = (yuan(line.fen), &line.reference);
            writeln!(file, "{head},{on},{way},{fen},{reference},{},{}", line.end_to_end, line.kind).unwrap();
        }
        if self.today.is_empty() {
            writeln!(file, "{head},,,,,,").unwrap();
        }
        self.today.clear();
        self.opening = self.balance;
        self.waiting.push(file);
    }
}
