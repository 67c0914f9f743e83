//! The types that a parameter may have: how each is written in the data and in canonical text.

use kernel::{ClassHours, DayCount, Fen, words};

words! {
    /// How well a value's source was seen.
    Grade {
        /// The primary text was read in full or in the cited articles.
        Primary = "P" / "原文已读",
        /// The official page was read in part; the fact stands in that part.
        Excerpt = "X" / "官方页面节选",
        /// A report, summary or reprint was read.
        News = "N" / "转载或报道",
        /// Background knowledge, not re-read.
        Known = "K" / "背景知识，待核",
    }
}

/// A type of parameter.
pub(crate) trait Value: Clone {
    /// What the data must hold, for the error.
    const EXPECTED: &'static str;
    /// From the data.
    fn read(value: &toml::Value) -> Option<Self>;
    /// Canonical text, the same on every machine and in every version.
    fn text(&self) -> String;
}

impl Value for bool {
    const EXPECTED: &'static str = "true or false";
    fn read(value: &toml::Value) -> Option<Self> {
        value.as_bool()
    }
    fn text(&self) -> String {
        self.to_string()
    }
}

/// A count of months.
impl Value for u16 {
    const EXPECTED: &'static str = "a whole number from 0 to 65535";
    fn read(value: &toml::Value) -> Option<Self> {
        value.as_integer().and_then(|n| u16::try_from(n).ok())
    }
    fn text(&self) -> String {
        self.to_string()
    }
}

impl Value for Fen {
    const EXPECTED: &'static str = "a whole number of fen from 0";
    fn read(value: &toml::Value) -> Option<Self> {
        value.as_integer().and_then(|n| Fen::try_non_negative(n).ok())
    }
    fn text(&self) -> String {
        self.to_string()
    }
}

impl Value for ClassHours {
    const EXPECTED: &'static str = "class hours as a text, as in \"17.5\"";
    fn read(value: &toml::Value) -> Option<Self> {
        value.as_str().and_then(|s| s.parse().ok())
    }
    fn text(&self) -> String {
        self.to_string()
    }
}

impl Value for DayCount {
    const EXPECTED: &'static str = "one of { days = n }, { working_days = n }, { months = n }";
    fn read(value: &toml::Value) -> Option<Self> {
        let table = value.as_table().filter(|t| t.len() == 1)?;
        let (kind, n) = table.iter().next()?;
        let n = u16::try_from(n.as_integer()?).ok()?;
        match kind.as_str() {
            "days" => Some(DayCount::Days(n)),
            "working_days" => Some(DayCount::WorkingDays(n)),
            "months" => Some(DayCount::Months(n)),
            _ => None,
        }
    }
    fn text(&self) -> String {
        match self {
            DayCount::Days(n) => format!("{n} days"),
            DayCount::WorkingDays(n) => format!("{n} working_days"),
            DayCount::Months(n) => format!("{n} months"),
        }
    }
}
