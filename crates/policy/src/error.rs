//! Why policy data is refused, or has no answer. Data errors name the file and the key.

use kernel::{Day, RegionCode};

/// Why policy data cannot be loaded or resolved.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// The text is not TOML.
    #[error("{file}: not TOML, byte {at}")]
    Syntax {
        /// Which file.
        file: String,
        /// Where, in bytes from the start.
        at: usize,
    },
    /// A key that no parameter and no field has.
    #[error("{file}: {key}: unknown key")]
    UnknownKey {
        /// Which file.
        file: String,
        /// Which key.
        key: String,
    },
    /// A required field or, at national level, a parameter is missing.
    #[error("{file}: {key}: missing")]
    Missing {
        /// Which file.
        file: String,
        /// Which key.
        key: String,
    },
    /// A value that is not what the key takes.
    #[error("{file}: {key}: expected {expected}")]
    WrongType {
        /// Which file.
        file: String,
        /// Which key.
        key: String,
        /// What the key takes.
        expected: &'static str,
    },
    /// Two periods of a parameter share a day, or are not in order.
    #[error("{file}: {key}: the period from {from_on} overlaps the one before it")]
    Overlap {
        /// Which file.
        file: String,
        /// Which parameter.
        key: String,
        /// Start of the later period.
        from_on: Day,
    },
    /// Days between two periods have no value.
    #[error("{file}: {key}: no value between the period from {from_on} and the one before it")]
    Gap {
        /// Which file.
        file: String,
        /// Which parameter.
        key: String,
        /// Start of the later period.
        from_on: Day,
    },
    /// The national value ends: some day there would be none.
    #[error("{file}: {key}: the last national value must not end")]
    Ends {
        /// Which file.
        file: String,
        /// Which parameter.
        key: String,
    },
    /// Two files describe the same region, or two tables the same year.
    #[error("{file}: {key}: given twice")]
    Twice {
        /// Which file.
        file: String,
        /// Which region or year.
        key: String,
    },
    /// A day of the calendar lies outside its year, or a make-up day is no weekend day.
    #[error("{file}: {key}: {day} cannot be right")]
    WrongDay {
        /// Which file.
        file: String,
        /// Which year and list.
        key: String,
        /// Which day.
        day: Day,
    },
    /// No level has a value on this day: it is before the data begins.
    #[error("no value of {key} for {region} on {on}: before the policy data begins")]
    BeforeData {
        /// Which parameter.
        key: &'static str,
        /// For which region.
        region: RegionCode,
        /// On which day.
        on: Day,
    },
}
