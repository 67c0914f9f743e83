//! Jurisdiction parameters as dated data: what the regulations fix as a number, a term or a yes/no,
//! each once, with its source, and the working-day calendar. The rules that use them are elsewhere.
//! All data is compiled in; nothing is read at run time.
#![cfg_attr(not(test), deny(clippy::arithmetic_side_effects))]

mod calendar;
mod data;
mod error;
mod parameters;
mod set;
mod value;

pub use calendar::{calendar, calendar_from_source};
pub use error::PolicyError;
pub use parameters::Policy;
pub use set::{InForce, PolicySet, Rule};
pub use value::Grade;
