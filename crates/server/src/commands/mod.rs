//! The commands, one file each.

pub mod bench;
pub mod config;
pub mod demo;
pub mod export;
pub mod migrate;
pub mod serve;
pub mod user;
pub mod verify;
pub mod witness;
