//! The use cases on real databases. One binary; every test has a database of its own.

#![expect(clippy::unwrap_used, clippy::panic, reason = "setting up a case may stop the test")]

mod common;
mod custody;
mod family;
mod flow;
mod mutation;
mod overlap;
mod seal;
mod simulation;
mod tamper;
mod trouble;
mod two_phase;
