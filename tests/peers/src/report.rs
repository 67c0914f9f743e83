//! What was measured, as a table for people and as JSON.

use std::time::Duration;

use serde_json::{Value, json};

use crate::load::{BATCH_MAX, CONTRACTS, INSTITUTIONS, Interface, Measured};

/// A peer as it was measured.
pub struct Subject {
    /// As for `--only`.
    pub name: &'static str,
    /// Crate and version.
    pub library: String,
    /// Database and version.
    pub engine: String,
    /// What a confirmed transfer survives.
    pub durability: String,
    /// Most connections to the database.
    pub connections: u32,
    /// The call for one transfer.
    pub single: &'static str,
    /// The call for many.
    pub batch: &'static str,
}

/// One measurement.
pub struct Row {
    /// The peer.
    pub name: &'static str,
    /// By which call.
    pub interface: Interface,
    /// Callers at a time.
    pub callers: u16,
    /// What came out.
    pub measured: Measured,
    /// Calls that were repeated.
    pub retries: u64,
}

/// Everything.
#[derive(Default)]
pub struct Report {
    /// The peers.
    pub subjects: Vec<Subject>,
    /// In the order of measuring.
    pub rows: Vec<Row>,
}

/// The version of a crate that this was built with.
pub fn locked(name: &str) -> &'static str {
    let lock = include_str!("../Cargo.lock");
    let entry = lock.split_once(&format!("\nname = \"{name}\"\nversion = \""));
    entry.and_then(|(_, rest)| rest.split('"').next()).unwrap_or("?")
}

fn millis(time: Duration) -> String {
    format!("{:.2}", time.as_secs_f64() * 1e3)
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(0, usize::from)
}

/// `text` set right in `width` columns; Chinese characters take two.
fn right(text: &str, width: usize) -> String {
    let taken: usize = text.chars().map(|c| if c >= '\u{2e80}' { 2 } else { 1 }).sum();
    format!("{}{text}", " ".repeat(width.saturating_sub(taken)))
}

fn print(cells: [&str; 8]) {
    let widths = [20, 7, 8, 10, 8, 9, 9, 8];
    let line: Vec<String> = cells.iter().zip(widths).map(|(cell, width)| right(cell, width)).collect();
    println!("{}", line.join(" "));
}

impl Report {
    /// For people.
    pub fn as_table(&self) {
        let load = format!("zipf · {CONTRACTS} 份合同 contracts · {INSTITUTIONS} 个机构 institutions");
        println!("{load} · {} 核 cores", cores());
        for subject in &self.subjects {
            println!("{}: {} · {}", subject.name, subject.library, subject.engine);
            println!("  落盘 durability: {}", subject.durability);
            println!("  连接 connections: {}", subject.connections);
            println!("  single: {}，逐笔调用 one call per transfer", subject.single);
            println!(
                "  batch: {}，由本程序汇集等候者的转账，每次至多 {BATCH_MAX} 笔，全成或全败 \
                 transfers of those who wait, gathered by this program, at most {BATCH_MAX} a call, all or none",
                subject.batch
            );
        }
        print(["账本", "接口", "并发", "入账", "每秒", "p50 毫秒", "p99 毫秒", "重试"]);
        print(["ledger", "call", "callers", "accepted", "per s", "p50 ms", "p99 ms", "retries"]);
        for row in &self.rows {
            let m = &row.measured;
            print([
                row.name,
                row.interface.as_str(),
                &row.callers.to_string(),
                &m.transfers.to_string(),
                &format!("{:.0}", m.per_second()),
                &millis(m.p50),
                &millis(m.p99),
                &row.retries.to_string(),
            ]);
        }
    }

    /// For programs.
    pub fn as_json(&self) {
        let peers: Vec<Value> = self
            .subjects
            .iter()
            .map(|subject| {
                json!({
                    "ledger": subject.name,
                    "library": subject.library,
                    "engine": subject.engine,
                    "durability": subject.durability,
                    "connections": subject.connections,
                    "single": subject.single,
                    "batch": subject.batch,
                })
            })
            .collect();
        let runs: Vec<Value> = self
            .rows
            .iter()
            .map(|row| {
                json!({
                    "ledger": row.name,
                    "call": row.interface.as_str(),
                    "callers": row.callers,
                    "accepted": row.measured.transfers,
                    "seconds": format!("{:.2}", row.measured.took.as_secs_f64()),
                    "per_second": format!("{:.0}", row.measured.per_second()),
                    "p50_ms": millis(row.measured.p50),
                    "p99_ms": millis(row.measured.p99),
                    "retries": row.retries,
                })
            })
            .collect();
        println!("{}", json!({ "load": "zipf", "cores": cores(), "peers": peers, "runs": runs }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_those_of_the_lock_file() {
        assert!(locked("doubleentry").starts_with("0.8."));
        assert!(locked("cala-ledger").starts_with("0.33."));
    }

    #[test]
    fn columns_line_up() {
        assert_eq!(right("并发", 8), "    并发");
        assert_eq!(right("per s", 8), "   per s");
    }
}
