//! A refusal: the answer of the writer to a command that the state or a rule does not allow. It is
//! remembered under the command's key, so it can be written down and read back.

use std::borrow::Cow;

use kernel::Violation;
use registry::IllegalTransition;
use serde::{Deserialize, Serialize};

type Word = Cow<'static, str>;

/// Why a command was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Refusal {
    /// The thing does not exist, or the caller may not know of it.
    NotFound {
        /// What was looked for.
        what: Word,
    },
    /// The thing is in a state that does not allow it.
    State {
        /// Which kind of thing.
        what: Word,
        /// Its state.
        state: Word,
        /// The command tried.
        command: Word,
    },
    /// Something with this unique value exists already.
    Exists {
        /// Which kind of thing.
        what: Word,
        /// The request field that must be unique.
        field: Word,
    },
    /// The thing changed since the caller read it.
    Stale {
        /// Which kind of thing.
        what: Word,
        /// The version that the caller read.
        expected: String,
        /// Its version now.
        actual: String,
    },
    /// Rules are broken: all of them, in the order of `RuleId`.
    Rules {
        /// What is broken; never empty.
        violations: Vec<BrokenRule>,
    },
}

/// A broken rule in written form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BrokenRule {
    /// The rule's id.
    pub rule: Word,
    /// What is allowed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<String>,
    /// What was found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actual: Option<String>,
    /// The legal source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The request field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<Word>,
}

impl From<Violation> for BrokenRule {
    fn from(v: Violation) -> BrokenRule {
        BrokenRule {
            rule: v.rule.as_str().into(),
            limit: v.limit,
            actual: v.actual,
            source: v.source,
            field: v.field.map(Into::into),
        }
    }
}

/// Why a verb stops before it decided anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The caller may not do this. Not remembered: rights may change.
    Denied(access::Denied),
    /// Refused for the state or a rule. Remembered.
    Refused(Refusal),
    /// The stored state contradicts itself; the ledger stops accepting writes.
    Corrupt(Corrupt),
}

/// A stored state that cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("stored state does not fit: {what}")]
pub struct Corrupt {
    /// Where.
    pub what: &'static str,
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Stop {
        Stop::Refused(refusal)
    }
}

impl From<access::Denied> for Stop {
    fn from(denied: access::Denied) -> Stop {
        Stop::Denied(denied)
    }
}

impl From<Corrupt> for Stop {
    fn from(corrupt: Corrupt) -> Stop {
        Stop::Corrupt(corrupt)
    }
}

/// One broken rule.
impl From<Violation> for Stop {
    fn from(violation: Violation) -> Stop {
        Stop::Refused(Refusal::Rules { violations: vec![violation.into()] })
    }
}

/// Refuses when any rule is broken.
///
/// # Errors
/// All of the violations.
pub fn all_hold(violations: Vec<Violation>) -> Result<(), Stop> {
    if violations.is_empty() {
        Ok(())
    } else {
        Err(Refusal::Rules { violations: violations.into_iter().map(BrokenRule::from).collect() }.into())
    }
}

/// Not there.
pub fn not_found(what: &'static str) -> Stop {
    Refusal::NotFound { what: what.into() }.into()
}

/// In the wrong state.
pub fn illegal(what: &'static str) -> impl Fn(IllegalTransition) -> Stop {
    move |t| Refusal::State { what: what.into(), state: t.state.into(), command: t.command.into() }.into()
}
