//! Does a frame stand in a sentence? The first slot is tried at each of its places, the others must be
//! near it: a clause, not a page.

use super::syntax::{Atom, Fact, Frame, Link, Slot};
use crate::clauses::number::Number;
use crate::clauses::scan::Hit;
use crate::clauses::sentence::Sentence;
use crate::clauses::vocabulary::{Id, Span};

/// How far from the first slot the others may stand, in characters.
const WINDOW: usize = 45;
/// What a number is called in a finding: the id of no word.
const NUMBER: Id = Id::MAX;

/// The words that a frame was found by.
pub(super) fn matched(s: &Sentence<'_>, frame: &Frame) -> Option<Vec<Span>> {
    let (anchor, rest) = frame.slots.split_first()?;
    let rest = || rest.iter().filter(|slot| !slot.forbidden);
    let found = anchors(s, anchor).into_iter().find_map(|mut evidence| {
        let near = evidence.first().zip(evidence.last()).map(|(first, last)| (first.start, last.end));
        for slot in rest() {
            evidence.extend(chain(s, slot, near)?);
        }
        Some(evidence)
    })?;
    let barred = frame.slots.iter().filter(|slot| slot.forbidden).any(|slot| chain(s, slot, None).is_some());
    (!barred).then_some(found)
}

fn anchors(s: &Sentence<'_>, slot: &Slot) -> Vec<Vec<Span>> {
    let Some((first, rest)) = slot.links.split_first() else { return Vec::new() };
    candidates(s, first).into_iter().filter_map(|span| continued(s, span, rest)).collect()
}

fn chain(s: &Sentence<'_>, slot: &Slot, near: Option<(usize, usize)>) -> Option<Vec<Span>> {
    let (first, rest) = slot.links.split_first()?;
    if let [Atom::Fact(fact)] = first.atoms.as_slice() {
        return holds(s, *fact).then(Vec::new);
    }
    candidates(s, first)
        .into_iter()
        .filter(|span| {
            near.is_none_or(|(start, end)| {
                span.start <= end.saturating_add(WINDOW) && start <= span.end.saturating_add(WINDOW)
            })
        })
        .find_map(|span| continued(s, span, rest))
}

fn continued(s: &Sentence<'_>, first: Span, rest: &[Link]) -> Option<Vec<Span>> {
    let Some((link, later)) = rest.split_first() else { return Some(vec![first]) };
    let follows = |span: &Span| {
        span.start >= first.end
            && span.start.saturating_sub(first.end) <= link.gap
            && (link.across || !s.broken(first.end, span.start))
    };
    candidates(s, link).into_iter().filter(follows).find_map(|span| {
        let mut chain = vec![first];
        chain.extend(continued(s, span, later)?);
        Some(chain)
    })
}

/// Every place that fills a link, in the order of the text.
fn candidates(s: &Sentence<'_>, link: &Link) -> Vec<Span> {
    let mut found = Vec::new();
    for atom in &link.atoms {
        match atom {
            Atom::Word(id) => found.extend_from_slice(s.spans(*id)),
            Atom::Number(unit, least, most) => {
                let fits = |n: &&Number| n.unit == *unit && (*least..=*most).contains(&n.value);
                found.extend(s.numbers.iter().filter(fits).map(|n| Span { id: NUMBER, start: n.start, end: n.end }));
            }
            Atom::Fact(_) => {}
        }
    }
    if link.affirmed {
        found.retain(|span| !s.negated(Hit::at(*span)));
    }
    if link.atoms.len() > 1 {
        found.sort_unstable_by_key(|span| (span.start, span.end));
    }
    found
}

fn holds(s: &Sentence<'_>, fact: Fact) -> bool {
    match fact {
        Fact::Consent => s.asks_consent(),
        Fact::Exit => s.offers_exit(),
        Fact::Refusal => !s.denials.is_empty(),
        Fact::Family => s.names_family(s.range.clone()),
        Fact::Institution => s.names_institution(s.range.clone()),
        Fact::Question => s.asks(),
    }
}
