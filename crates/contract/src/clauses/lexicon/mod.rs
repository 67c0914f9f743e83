//! The words of each concept. Words are separated by spaces; a word is a run of folded characters,
//! without punctuation. Longer and shorter words may overlap: all of them are found.

mod acts;
mod people;
mod refund;

use super::concept::Concept;

/// Every word list.
pub(super) const LISTS: &[&[(Concept, &str)]] = &[people::WORDS, refund::WORDS, acts::WORDS];
