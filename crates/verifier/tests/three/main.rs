//! Three verifiers that share no code (this program, `docs/verify/tutela_verify.py`,
//! `docs/verify/verify.html`) give the same answer. Python and Chromium are needed where `CI` is
//! set; elsewhere a line says which of them is missing.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod agree;
mod cases;
mod page;
mod policy;
mod python;
mod run;
