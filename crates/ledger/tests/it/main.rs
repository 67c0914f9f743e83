//! Tests of the ledger's bytes from outside: what a second implementation would have to agree on.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod bank;
mod books;
mod c2sp;
mod c2sp_witness;
mod common;
mod desk;
mod ending;
mod evidence;
mod files;
mod fuzz;
mod merkle;
mod refuse;
mod seal;
mod spec;
mod statement;
mod story;
mod tamper;
mod transfer;
mod watch;
