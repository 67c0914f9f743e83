//! Does a frame stand in a sentence? The first slot is tried at each of its places, the others must be
//! near it: a clause, not a page. Nothing is allocated: most frames fail.

use super::syntax::{Atom, Frame, Link, Slot};
use crate::clauses::scan::Hit;
use crate::clauses::sentence::Sentence;
use crate::clauses::vocabulary::{Id, Span};

/// How far from the first slot the others may stand, in characters.
const WINDOW: usize = 45;
/// What a number is called in a finding: the id of no word.
const NUMBER: Id = Id::MAX;

/// Room to match in, used again for every frame.
#[derive(Debug, Default)]
pub(in crate::clauses) struct Work {
    /// Places that fill the links that are being tried.
    filling: Vec<Span>,
    found: Vec<Span>,
}

impl Work {
    /// The words that the last frame was found by.
    pub fn found(&self) -> &[Span] {
        &self.found
    }
}

/// Every place that fills a link, in the order of the text.
enum Fill<'a> {
    /// Those of one word.
    Word(&'a [Span]),
    /// Those of several, gathered.
    Gathered(usize, usize),
}

/// Does a frame match? Its words are then in `work`.
pub(super) fn matched(s: &Sentence<'_>, frame: &Frame, work: &mut Work) -> bool {
    work.filling.clear();
    work.found.clear();
    let Some((anchor, rest)) = frame.slots.split_first() else { return false };
    let Some((first, later)) = anchor.links.split_first() else { return false };
    let fill = work.fill(s, first);
    let mut at = 0_usize;
    loop {
        let Some(span) = work.filling(&fill, at) else { return false };
        at = at.saturating_add(1);
        if first.affirmed && s.negated(Hit::at(span)) || !work.continued(s, span, later) {
            continue;
        }
        let near = work.found.first().zip(work.found.last()).map(|(first, last)| (first.start, last.end));
        if rest.iter().filter(|slot| !slot.forbidden).all(|slot| work.chain(s, slot, near)) {
            break;
        }
        work.found.clear();
    }
    let found = work.found.len();
    let barred = frame.slots.iter().filter(|slot| slot.forbidden).any(|slot| work.chain(s, slot, None));
    work.found.truncate(found);
    !barred
}

impl Work {
    /// Is a slot filled, near a place if one is given? Its words are added to those found.
    fn chain(&mut self, s: &Sentence<'_>, slot: &Slot, near: Option<(usize, usize)>) -> bool {
        let Some((first, rest)) = slot.links.split_first() else { return false };
        if let [Atom::Fact(fact)] = first.atoms.as_slice() {
            return s.holds(*fact);
        }
        let begin = self.filling.len();
        let fill = self.fill(s, first);
        let mut at = 0_usize;
        let mut filled = false;
        while let Some(span) = self.filling(&fill, at) {
            at = at.saturating_add(1);
            let close = near.is_none_or(|(start, end)| {
                span.start <= end.saturating_add(WINDOW) && start <= span.end.saturating_add(WINDOW)
            });
            if close && !(first.affirmed && s.negated(Hit::at(span))) && self.continued(s, span, rest) {
                filled = true;
                break;
            }
        }
        self.filling.truncate(begin);
        filled
    }

    /// Can a chain that begins with a word go on to its end? Its words are added to those found.
    fn continued(&mut self, s: &Sentence<'_>, first: Span, rest: &[Link]) -> bool {
        let found = self.found.len();
        self.found.push(first);
        let Some((link, later)) = rest.split_first() else { return true };
        let begin = self.filling.len();
        let fill = self.fill(s, link);
        let mut at = 0_usize;
        let mut filled = false;
        while let Some(span) = self.filling(&fill, at) {
            at = at.saturating_add(1);
            let follows = span.start >= first.end
                && span.start.saturating_sub(first.end) <= link.gap
                && (link.across || !s.broken(first.end, span.start))
                && !(link.affirmed && s.negated(Hit::at(span)));
            if follows && self.continued(s, span, later) {
                filled = true;
                break;
            }
        }
        self.filling.truncate(begin);
        if !filled {
            self.found.truncate(found);
        }
        filled
    }

    fn fill<'a>(&mut self, s: &'a Sentence<'_>, link: &Link) -> Fill<'a> {
        if let [Atom::Word(id)] = link.atoms.as_slice() {
            return Fill::Word(s.spans(*id));
        }
        let begin = self.filling.len();
        for atom in &link.atoms {
            match atom {
                Atom::Word(id) => self.filling.extend_from_slice(s.spans(*id)),
                Atom::Number(unit, least, most) => {
                    let fits = s.numbers.iter().filter(|n| n.unit == *unit && (*least..=*most).contains(&n.value));
                    self.filling.extend(fits.map(|n| Span { id: NUMBER, start: n.start, end: n.end }));
                }
                Atom::Fact(_) => {}
            }
        }
        if let Some(gathered) = self.filling.get_mut(begin..) {
            gathered.sort_unstable_by_key(|span| (span.start, span.end));
        }
        Fill::Gathered(begin, self.filling.len())
    }

    fn filling(&self, fill: &Fill<'_>, at: usize) -> Option<Span> {
        match fill {
            Fill::Word(spans) => spans.get(at).copied(),
            Fill::Gathered(begin, end) => self.filling.get(*begin..*end)?.get(at).copied(),
        }
    }
}
