//! Values that cannot be wrong: money, class hours, ids, days, codes, rule ids.
//! No serde, no database, no clock, no randomness: every value is checked when it is made.
#![cfg_attr(not(test), deny(clippy::arithmetic_side_effects))]

pub mod calendar;
pub mod category;
pub mod class_hours;
pub mod credit_code;
pub mod exact;
pub mod fen;
pub mod id;
pub mod percent;
pub mod region;
pub mod rounding;
pub mod rule;
pub mod text;
pub mod time;

pub use calendar::{Calendar, CalendarError, DayCount, DayKind};
pub use category::{Category, Mode, Scope, Stage};
pub use class_hours::ClassHours;
pub use credit_code::CreditCode;
pub use exact::Exact;
pub use fen::Fen;
pub use id::*;
pub use percent::Percent;
pub use region::RegionCode;
pub use rule::{RuleId, Violation};
pub use time::{Day, Instant, TimeOfDay};
