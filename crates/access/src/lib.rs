//! Who may do what, where: one table of actions, roles and reach. No rule of the domain is here
//! (what a licence allows is in `registry` and `contract`), no sessions, no passwords.
#![cfg_attr(not(test), deny(clippy::arithmetic_side_effects))]

mod action;
mod check;
mod role;
mod table;

pub use action::Action;
pub use check::{Caller, Denied, Reason, Target, check};
pub use role::{Department, Duty, Post, Principal, Role, RoleKind};
pub use table::{Grant, Reach, TABLE, Who};
