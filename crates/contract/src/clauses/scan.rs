//! The words of a sentence that rules in code ask for, as hits of a concept.

use super::concept::Concept;
use super::vocabulary::Span;

/// A word of a concept, found; places are folded characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Hit {
    /// The concept.
    pub concept: Concept,
    /// First character.
    pub start: usize,
    /// One past the last character.
    pub end: usize,
}

impl Hit {
    /// A place, whatever the word there is called.
    pub const fn at(span: Span) -> Hit {
        Hit { concept: Concept::Mask, start: span.start, end: span.end }
    }
}

/// The hits among the words, in their order: by concept, then by place.
pub(super) fn read_hits(spans: &[Span], hits: &mut Vec<Hit>) {
    hits.clear();
    let known = spans.iter().map_while(|span| Some((Concept::ALL.get(usize::from(span.id))?, span)));
    hits.extend(known.map(|(concept, span)| Hit { concept: *concept, start: span.start, end: span.end }));
}
