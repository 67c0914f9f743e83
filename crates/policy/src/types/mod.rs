//! The types of parameters that are more than a number, by subject.

pub mod caps;
pub mod custody;
pub mod licence;
pub mod premises;
pub mod price;
pub mod refund;
pub mod time;
pub mod warning;

pub use caps::*;
pub use custody::*;
pub use licence::*;
pub use premises::*;
pub use price::*;
pub use refund::*;
pub use time::*;
pub use warning::*;
