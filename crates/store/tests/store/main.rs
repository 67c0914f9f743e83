//! The store on real databases: SQLite files always, PostgreSQL where there is one. Every test opens
//! databases of its own.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod contracts;
mod credentials;
mod days_of_before;
mod ledger;
mod locality;
mod people;
mod registry;
mod samples;
mod schema;
