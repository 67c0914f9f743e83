//! Jurisdiction parameters as dated data: what the regulations fix as a number, a term or a yes/no,
//! each once, with its source, and the calendars. The rules that use them are elsewhere.
//! All shipped data is compiled in; nothing is read at run time.
#![cfg_attr(not(test), deny(clippy::arithmetic_side_effects))]

mod calendar;
mod data;
mod error;
mod explain;
mod parameters;
mod pick;
pub mod release;
mod set;
mod setting;
mod shipped;
pub mod types;
mod value;

pub use calendar::{calendar, calendar_from_source};
pub use error::PolicyError;
pub use explain::Explanation;
pub use parameters::{Policy, Section};
pub use set::PolicySet;
pub use setting::{Also, AlsoInForce, InForce, InForceSource, Rule, Setting};
pub use value::Grade;
