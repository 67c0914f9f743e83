//! Who may do what, where: one table of actions, roles and reach. No rule of the domain is here
//! (what a licence allows is in `registry` and `contract`) and no sessions. Beside it what a password
//! and a one-time code must be.
#![cfg_attr(not(test), deny(clippy::arithmetic_side_effects))]

mod action;
mod check;
mod password;
mod powers;
mod role;
mod table;
pub mod totp;

pub use action::Action;
pub use check::{Caller, Denied, Reason, Target, check, may_ever};
pub use password::{PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN, PasswordFault, check_password};
pub use powers::{Delegation, Powers, SecondFactor};
pub use role::{Department, Duty, Post, Principal, Role, RoleKind};
pub use table::{Grant, Reach, SECOND_FACTOR, TABLE, Who};
