//! The store on real databases: SQLite files always, PostgreSQL where there is one. Every test opens
//! databases of its own.

mod contracts;
mod ledger;
mod people;
mod registry;
mod samples;
mod schema;
