//! Standards for premises, capital and staff.

use std::collections::BTreeMap;

use kernel::words;

use crate::value::{Fault, Value, record_values};

words! {
    /// For which kind of institution or room a standard holds.
    PremisesKind {
        /// Any for which no other is named.
        Any = "any" / "一般",
        /// Culture and arts.
        Arts = "arts" / "文化艺术类",
        /// Dance and drama.
        Dance = "dance" / "舞蹈、戏剧类",
        /// A branch.
        Branch = "branch" / "分支教学点",
        /// A training school, larger than a centre.
        School = "school" / "培训学校",
    }
}

record_values! {
    /// A share.
    Share [check = share] {
        /// Of this many parts…
        numerator: u16,
        /// …out of this many.
        denominator: u16,
    }
    /// Highest floors.
    HighestFloor {
        /// For primary pupils.
        primary: u16,
        /// For secondary pupils.
        secondary: u16,
    }
}

fn share(share: &Share) -> Result<(), Fault> {
    if (1..=share.denominator).contains(&share.numerator) {
        Ok(())
    } else {
        Err(Fault::Inconsistent("a share lies between 0 and 1"))
    }
}

/// A standard for each kind that has its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standards<T>(pub BTreeMap<PremisesKind, T>);

impl<T> Standards<T> {
    /// The standard for a kind: its own, else the general one.
    pub fn of(&self, kind: PremisesKind) -> Option<&T> {
        self.0.get(&kind).or_else(|| self.0.get(&PremisesKind::Any))
    }
}

impl<T: Value> Value for Standards<T> {
    const EXPECTED: &'static str = "a table of kinds (any, arts, dance, branch, school) and whole numbers";
    fn read(value: &toml::Value) -> Result<Self, Fault> {
        let table = value.as_table().filter(|table| !table.is_empty()).ok_or(Fault::Type)?;
        let read = |(kind, value): (&String, &toml::Value)| {
            Ok((kind.parse::<PremisesKind>().map_err(|_| Fault::Type)?, T::read(value)?))
        };
        table.iter().map(read).collect::<Result<_, _>>().map(Standards)
    }
    fn text(&self) -> String {
        let kinds: Vec<String> = self.0.iter().map(|(kind, value)| format!("{kind}={}", value.text())).collect();
        format!("({})", kinds.join(", "))
    }
}
