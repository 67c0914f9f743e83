//! What a user has or lacks beside the role: duties that a colleague delegated, the scope of an API
//! key, and whether the session was confirmed with a second factor.

use std::collections::BTreeSet;

use kernel::{Day, UserId, words};

use crate::{Action, Role};

words! {
    /// Was the caller confirmed with a second factor (动态口令)?
    SecondFactor {
        /// Nobody asks for one.
        NotAsked = "not_asked" / "不要求",
        /// It was given within the last minutes.
        Given = "given" / "已验证",
        /// The user has one and it was not given lately.
        Missing = "missing" / "未验证",
        /// It is demanded and the user has none.
        NotEnrolled = "not_enrolled" / "未设置",
    }
}

/// Duties of one officer, lent to another until a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delegation {
    /// Whose they are.
    pub from: UserId,
    /// The lender's role with the duties lent.
    pub role: Role,
    /// The last day.
    pub until_on: Day,
    /// Does it hold today?
    pub in_force: bool,
}

/// What a user has or lacks beside the role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Powers {
    /// Duties lent by colleagues, in force or ended lately.
    pub delegations: Vec<Delegation>,
    /// Only these actions: the scope of an API key. None: everything that the role may.
    pub scope: Option<BTreeSet<Action>>,
    /// The second factor.
    pub second_factor: SecondFactor,
}

impl Default for Powers {
    fn default() -> Powers {
        Powers { delegations: Vec::new(), scope: None, second_factor: SecondFactor::NotAsked }
    }
}
