//! Why policy data is refused, or has no answer. Data errors name the file and the key.

use kernel::{Day, RegionCode};

/// Why policy data cannot be loaded or resolved.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// The text is not TOML.
    #[error("{file}: not TOML, line {line}")]
    Syntax {
        /// Which file.
        file: String,
        /// Which line, from 1.
        line: usize,
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
    /// A period ends before it begins.
    #[error("{file}: {key}: the period from {from_on} ends before it begins, on {until_on}")]
    Reversed {
        /// Which file.
        file: String,
        /// Which parameter.
        key: String,
        /// Its first day.
        from_on: Day,
        /// Its last day.
        until_on: Day,
    },
    /// No price band covers a class size.
    #[error("{file}: {key}: no price band covers a class of {pupils}")]
    Uncovered {
        /// Which file.
        file: String,
        /// Which parameter.
        key: String,
        /// Pupils in the class.
        pupils: u32,
    },
    /// Two price bands cover a class size.
    #[error("{file}: {key}: two price bands cover a class of {pupils}")]
    BandsOverlap {
        /// Which file.
        file: String,
        /// Which parameter.
        key: String,
        /// Pupils in the class.
        pupils: u32,
    },
    /// Parts of a value contradict each other.
    #[error("{file}: {key}: expected: {expected}")]
    Inconsistent {
        /// Which file.
        file: String,
        /// Which parameter.
        key: String,
        /// What must hold.
        expected: &'static str,
    },
    /// A file leaves a parameter to a level above that does not have it.
    #[error("{file}: {key}: left to {region}, which is not a level above with this parameter")]
    LevelAboveMissing {
        /// Which file.
        file: String,
        /// Which parameter.
        key: String,
        /// To which level it is left.
        region: RegionCode,
    },
    /// A version is not for the region that adopts it.
    #[error("{file}: {key}: not {region}")]
    OtherRegion {
        /// Which file.
        file: String,
        /// Which key.
        key: String,
        /// The region that adopts.
        region: RegionCode,
    },
    /// A version changes days before it takes effect.
    #[error("{file}: {key}: begins on {day}, before the version takes effect on {from_on}")]
    Retroactive {
        /// Which file.
        file: String,
        /// Which parameter.
        key: String,
        /// First day of the parameter.
        day: Day,
        /// First day of the version.
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

impl PolicyError {
    /// The key that is refused, where the refusal is about one.
    pub fn key(&self) -> Option<&str> {
        match self {
            PolicyError::Syntax { .. } => None,
            PolicyError::BeforeData { key, .. } => Some(key),
            PolicyError::UnknownKey { key, .. }
            | PolicyError::Missing { key, .. }
            | PolicyError::WrongType { key, .. }
            | PolicyError::Overlap { key, .. }
            | PolicyError::Gap { key, .. }
            | PolicyError::Reversed { key, .. }
            | PolicyError::Uncovered { key, .. }
            | PolicyError::BandsOverlap { key, .. }
            | PolicyError::Inconsistent { key, .. }
            | PolicyError::LevelAboveMissing { key, .. }
            | PolicyError::OtherRegion { key, .. }
            | PolicyError::Retroactive { key, .. }
            | PolicyError::Ends { key, .. }
            | PolicyError::Twice { key, .. }
            | PolicyError::WrongDay { key, .. } => Some(key),
        }
    }
}
