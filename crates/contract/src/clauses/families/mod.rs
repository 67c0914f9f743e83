//! The unfair terms, one family of rules a file. A rule says which concepts, in which relation, make
//! the term; the words of the concepts are in the lexicon.

mod balance;
mod change;
mod charges;
mod disputes;
mod liability;
mod paying;
mod records;
mod refusal;
mod transfer;

use super::rule::Rule;

/// Every rule, by families.
pub(super) const ALL: &[&[Rule]] = &[
    refusal::RULES,
    balance::RULES,
    transfer::RULES,
    change::RULES,
    liability::RULES,
    charges::RULES,
    disputes::RULES,
    records::RULES,
    paying::RULES,
];
