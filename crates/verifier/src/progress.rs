//! Progress on standard error: a bar on a terminal, plain lines elsewhere.

use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressStyle};

/// Entries below which nothing is shown.
const QUIET_BELOW: u64 = 100_000;

/// Where a long check stands.
pub struct Progress {
    bar: Option<ProgressBar>,
    terminal: bool,
    told: u64,
}

impl Progress {
    /// Nothing shown yet.
    pub fn new() -> Progress {
        Progress { bar: None, terminal: std::io::stderr().is_terminal(), told: 0 }
    }

    /// `done` of `all` entries are checked.
    pub fn tell(&mut self, done: u64, all: u64) {
        if all < QUIET_BELOW {
            return;
        }
        if self.terminal {
            let bar = self.bar.get_or_insert_with(|| {
                let style = ProgressStyle::with_template("{bar:40} {pos}/{len} {per_sec} {eta}");
                ProgressBar::new(all).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
            });
            bar.set_position(done);
        } else {
            let tenth = done.saturating_mul(10).checked_div(all).unwrap_or(0);
            if tenth > self.told {
                self.told = tenth;
                eprintln!("已核验 checked {done} / {all}");
            }
        }
    }

    /// Takes the bar away.
    pub fn end(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
