//! How a parameter is written in the data and in canonical text: the trait, the numbers and terms,
//! and the macros by which the types of `types/` read themselves.

use std::collections::BTreeSet;

use kernel::{ClassHours, Day, DayCount, Fen, Mode, Stage, TimeOfDay, words};

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
        /// The texts conflict or leave it open; this is one reading.
        Open = "?" / "存疑或文本冲突",
    }
}

/// Why a value cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Not of the shape that the key takes.
    Type,
    /// No price band covers this head count.
    Uncovered(u32),
    /// Two price bands cover this head count, and the text is not said to overlap.
    Overlapping(u32),
    /// Parts that contradict each other or stand in the wrong order.
    Inconsistent(&'static str),
}

/// A type of parameter.
pub(crate) trait Value: Clone {
    /// What the data must hold, for the error.
    const EXPECTED: &'static str;
    /// From the data.
    fn read(value: &toml::Value) -> Result<Self, Fault>;
    /// Canonical text, the same on every machine and in every version.
    fn text(&self) -> String;
    /// What an absent field means; none where it must be there.
    fn absent() -> Option<Self> {
        None
    }
    /// Is it left out of the canonical text of a record?
    fn is_left_out(&self) -> bool {
        false
    }
}

impl Value for bool {
    const EXPECTED: &'static str = "true or false";
    fn read(value: &toml::Value) -> Result<Self, Fault> {
        value.as_bool().ok_or(Fault::Type)
    }
    fn text(&self) -> String {
        self.to_string()
    }
}

/// A count: months, minutes, per cent, years.
impl Value for u16 {
    const EXPECTED: &'static str = "a whole number from 0 to 65535";
    fn read(value: &toml::Value) -> Result<Self, Fault> {
        value.as_integer().and_then(|n| u16::try_from(n).ok()).ok_or(Fault::Type)
    }
    fn text(&self) -> String {
        self.to_string()
    }
}

/// A count of heads or square metres.
impl Value for u32 {
    const EXPECTED: &'static str = "a whole number from 0 to 4294967295";
    fn read(value: &toml::Value) -> Result<Self, Fault> {
        value.as_integer().and_then(|n| u32::try_from(n).ok()).ok_or(Fault::Type)
    }
    fn text(&self) -> String {
        self.to_string()
    }
}

impl Value for Fen {
    const EXPECTED: &'static str = "a whole number of fen from 0";
    fn read(value: &toml::Value) -> Result<Self, Fault> {
        value.as_integer().and_then(|n| Fen::try_non_negative(n).ok()).ok_or(Fault::Type)
    }
    fn text(&self) -> String {
        self.to_string()
    }
}

impl Value for ClassHours {
    const EXPECTED: &'static str = "class hours as a text, as in \"17.5\"";
    fn read(value: &toml::Value) -> Result<Self, Fault> {
        value.as_str().and_then(|s| s.parse().ok()).ok_or(Fault::Type)
    }
    fn text(&self) -> String {
        self.to_string()
    }
}

impl Value for TimeOfDay {
    const EXPECTED: &'static str = "a time of day as a text, as in \"20:30\"";
    fn read(value: &toml::Value) -> Result<Self, Fault> {
        value.as_str().and_then(|s| s.parse().ok()).ok_or(Fault::Type)
    }
    fn text(&self) -> String {
        self.to_string()
    }
}

impl Value for Day {
    const EXPECTED: &'static str = "a day as in 2026-11-22, without quotes";
    fn read(value: &toml::Value) -> Result<Self, Fault> {
        value.as_datetime().and_then(|day| day.to_string().parse().ok()).ok_or(Fault::Type)
    }
    fn text(&self) -> String {
        self.to_string()
    }
}

impl Value for DayCount {
    const EXPECTED: &'static str = "one of { days = n }, { working_days = n }, { months = n }";
    fn read(value: &toml::Value) -> Result<Self, Fault> {
        let table = value.as_table().filter(|t| t.len() == 1).ok_or(Fault::Type)?;
        let (kind, n) = table.iter().next().ok_or(Fault::Type)?;
        let n = u16::read(n)?;
        match kind.as_str() {
            "days" => Ok(DayCount::Days(n)),
            "working_days" => Ok(DayCount::WorkingDays(n)),
            "months" => Ok(DayCount::Months(n)),
            _ => Err(Fault::Type),
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

/// A field that may be absent.
impl<T: Value> Value for Option<T> {
    const EXPECTED: &'static str = T::EXPECTED;
    fn read(value: &toml::Value) -> Result<Self, Fault> {
        T::read(value).map(Some)
    }
    fn text(&self) -> String {
        self.as_ref().map_or_else(String::new, Value::text)
    }
    fn absent() -> Option<Self> {
        Some(None)
    }
    fn is_left_out(&self) -> bool {
        self.is_none()
    }
}

/// At least one item, in the order of the data.
impl<T: Value> Value for Vec<T> {
    const EXPECTED: &'static str = "an array of at least one item";
    fn read(value: &toml::Value) -> Result<Self, Fault> {
        let items = value.as_array().filter(|items| !items.is_empty()).ok_or(Fault::Type)?;
        items.iter().map(T::read).collect()
    }
    fn text(&self) -> String {
        let items: Vec<String> = self.iter().map(Value::text).collect();
        format!("[{}]", items.join("; "))
    }
}

/// At least one word, each once; canonical in the order of the list.
impl<T: Value + Ord> Value for BTreeSet<T> {
    const EXPECTED: &'static str = "an array of at least one of the known words, each once";
    fn read(value: &toml::Value) -> Result<Self, Fault> {
        let items = value.as_array().filter(|items| !items.is_empty()).ok_or(Fault::Type)?;
        let set: BTreeSet<T> = items.iter().map(T::read).collect::<Result<_, _>>()?;
        if set.len() == items.len() { Ok(set) } else { Err(Fault::Type) }
    }
    fn text(&self) -> String {
        let items: Vec<String> = self.iter().map(Value::text).collect();
        items.join("+")
    }
}

/// Makes values of closed lists of words.
macro_rules! word_values {
    ($($name:ty = $expected:literal;)*) => {$(
        impl $crate::value::Value for $name {
            const EXPECTED: &'static str = $expected;
            fn read(value: &toml::Value) -> Result<Self, $crate::value::Fault> {
                value.as_str().and_then(|s| s.parse().ok()).ok_or($crate::value::Fault::Type)
            }
            fn text(&self) -> String {
                self.as_str().to_owned()
            }
        }
    )*};
}
pub(crate) use word_values;

word_values! {
    Mode = "offline or online";
    Stage = "preschool, primary, junior or senior";
}

/// Declares a record that reads itself from a TOML table with exactly its fields. `check` names a
/// function that the whole must pass.
macro_rules! record_values {
    ($($(#[$doc:meta])* $name:ident $([check = $check:path])? {
        $($(#[$fdoc:meta])* $field:ident: $type:ty,)*
    })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name { $($(#[$fdoc])* pub $field: $type,)* }

        impl $crate::value::Value for $name {
            const EXPECTED: &'static str = concat!("a table {", $(" ", stringify!($field),)* " }");
            fn read(value: &toml::Value) -> Result<Self, $crate::value::Fault> {
                use $crate::value::{Fault, Value};
                let table = value.as_table().ok_or(Fault::Type)?;
                const FIELDS: &[&str] = &[$(stringify!($field)),*];
                if table.keys().any(|key| !FIELDS.contains(&key.as_str())) {
                    return Err(Fault::Type);
                }
                let read = $name {
                    $($field: match table.get(stringify!($field)) {
                        Some(value) => <$type as Value>::read(value)?,
                        None => <$type as Value>::absent().ok_or(Fault::Type)?,
                    },)*
                };
                $($check(&read)?;)?
                Ok(read)
            }
            fn text(&self) -> String {
                let mut fields = Vec::new();
                $(if !$crate::value::Value::is_left_out(&self.$field) {
                    let text = $crate::value::Value::text(&self.$field);
                    fields.push(format!("{}={text}", stringify!($field)));
                })*
                format!("({})", fields.join(", "))
            }
        }
    )*};
}
pub(crate) use record_values;
