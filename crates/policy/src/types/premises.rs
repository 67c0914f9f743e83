//! Standards for premises, capital and staff.

use kernel::{Fen, words};

use crate::value::{Fault, record_values, word_values};

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

word_values! {
    PremisesKind = "any, arts, dance, branch or school";
}

record_values! {
    /// An area for a kind.
    AreaStandard {
        /// For which kind.
        kind: PremisesKind,
        /// Square metres at the least.
        square_metres: u32,
    }
    /// A sum for a kind.
    SumStandard {
        /// For which kind.
        kind: PremisesKind,
        /// Fen at the least.
        fen: Fen,
    }
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

/// The standard for a kind: its own, else the general one.
pub fn standard_for<T>(standards: &[T], kind: PremisesKind, kind_of: impl Fn(&T) -> PremisesKind) -> Option<&T> {
    let of = |wanted| standards.iter().find(|s| kind_of(s) == wanted);
    of(kind).or_else(|| of(PremisesKind::Any))
}
