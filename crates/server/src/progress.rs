//! Progress of long work: a bar on a terminal, plain lines elsewhere, on standard error, so that
//! what a command answers can be piped.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// How often a plain line is written.
const LINE_EVERY: Duration = Duration::from_secs(2);

/// Progress of one piece of work.
pub struct Progress {
    what: &'static str,
    bar: Option<ProgressBar>,
    quiet: bool,
    total: u64,
    last_line: Instant,
}

impl Progress {
    /// Of `total` steps.
    pub fn new(what: &'static str, total: u64) -> Progress {
        let terminal = std::io::stderr().is_terminal();
        let bar = terminal.then(|| {
            let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr());
            if let Ok(style) = ProgressStyle::with_template("{prefix} [{wide_bar}] {pos}/{len} {msg} {eta}") {
                bar.set_style(style.progress_chars("=> "));
            }
            bar.set_prefix(what);
            bar
        });
        Progress { what, bar, quiet: false, total, last_line: Instant::now() }
    }

    /// Shows nothing: for tests and for output that is read by machines.
    pub fn silent() -> Progress {
        Progress { quiet: true, ..Progress::new("", 0) }
    }

    /// Where the work stands.
    pub fn at(&mut self, done: u64, message: &str) {
        if self.quiet {
            return;
        }
        if let Some(bar) = &self.bar {
            bar.set_position(done);
            bar.set_message(message.to_owned());
        } else if self.last_line.elapsed() >= LINE_EVERY {
            self.last_line = Instant::now();
            eprintln!("{}: {done}/{} {message}", self.what, self.total);
        }
    }

    /// Where the work stands, of a total that may not have been known before.
    pub fn of(&mut self, done: u64, total: u64) {
        self.total = total;
        if let Some(bar) = &self.bar {
            bar.set_length(total);
        }
        self.at(done, "");
    }

    /// The work is done; the bar goes away.
    pub fn finish(self) {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
    }
}
