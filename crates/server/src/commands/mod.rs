//! The commands, one file each.

pub mod alerts;
pub mod bank;
pub mod bench;
pub mod clauses;
pub mod closure;
pub mod config;
pub mod demo;
pub mod export;
pub mod import;
pub mod migrate;
pub mod policy;
pub mod registry;
pub mod retention;
pub mod serve;
pub mod user;
pub mod verify;
pub mod witness;
