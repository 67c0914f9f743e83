//! The console's own mechanics: tables, words and templates fit each other; forms, cookies and
//! log-in keep what they promise. The pages over the real API are in `tests/tests/console`.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod demo;
mod forms;
mod rights;
mod sampled;
mod upstream;
mod words;
