//! Which places of frames a sentence can fill at all, found in one walk over its words: places that ask
//! for the same words share a number.

use std::collections::BTreeMap;

use super::syntax::{Atom, Frame};
use crate::clauses::number::{Number, Unit};
use crate::clauses::vocabulary::{Span, Vocabulary};

/// The sets of words and numbers that places ask for.
#[derive(Debug)]
pub(super) struct Sets {
    /// Sets of each id.
    of_word: Vec<Vec<usize>>,
    /// Numbers, with bounds, and their set.
    of_number: Vec<(Unit, u64, u64, usize)>,
    /// Frames, by the rarest of the sets that they need.
    frames: Vec<Vec<Entry>>,
    /// Frames that need none.
    always: Vec<Entry>,
}

/// A frame and the first sets that it needs, side by side for the sake of speed; a frame with more
/// finds out by matching.
type Entry = (usize, [u16; 8]);

/// How common what fills a place is; numbers are less common than single characters.
fn weight(words: &Vocabulary, atom: Atom) -> u32 {
    match atom {
        Atom::Word(id) => words.weight(id),
        Atom::Number(..) => 300,
        Atom::Fact(_) => 0,
    }
}

impl Sets {
    /// Numbers the sets and tells every frame which ones it needs.
    pub fn of(frames: &mut [Frame], words: &Vocabulary) -> Sets {
        let mut known: BTreeMap<Vec<Atom>, usize> = BTreeMap::new();
        let mut weights: Vec<u32> = Vec::new();
        let mut sets = Sets {
            of_word: vec![Vec::new(); words.len()],
            of_number: Vec::new(),
            frames: Vec::new(),
            always: Vec::new(),
        };
        for frame in frames.iter_mut() {
            let links = frame.slots.iter().filter(|slot| !slot.forbidden).flat_map(|slot| &slot.links);
            let mut needs = Vec::new();
            for link in links.filter(|link| !link.atoms.iter().any(|atom| matches!(atom, Atom::Fact(_)))) {
                let fresh = known.len();
                let number = *known.entry(link.atoms.clone()).or_insert(fresh);
                if number == fresh {
                    sets.add(&link.atoms, number);
                    weights.push(link.atoms.iter().map(|atom| weight(words, *atom)).fold(0, u32::saturating_add));
                }
                needs.push(number);
            }
            needs.dedup();
            // The rarest first: most sentences fail there.
            needs.sort_by_key(|need| weights.get(*need).copied());
            frame.needs = needs;
        }
        sets.frames = vec![Vec::new(); known.len()];
        for (number, frame) in frames.iter().enumerate() {
            let mut needs = [u16::MAX; 8];
            for (slot, need) in needs.iter_mut().zip(&frame.needs) {
                *slot = u16::try_from(*need).unwrap_or(u16::MAX);
            }
            let by = frame.needs.first().and_then(|need| sets.frames.get_mut(*need));
            by.unwrap_or(&mut sets.always).push((number, needs));
        }
        sets
    }

    fn add(&mut self, atoms: &[Atom], set: usize) {
        for atom in atoms {
            match atom {
                Atom::Word(id) => {
                    if let Some(sets) = self.of_word.get_mut(usize::from(*id)) {
                        sets.push(set);
                    }
                }
                Atom::Number(unit, least, most) => self.of_number.push((*unit, *least, *most, set)),
                Atom::Fact(_) => {}
            }
        }
    }

    /// The frames for which every set that they need is filled by the words and numbers of a sentence,
    /// in their order; words sorted by id.
    pub fn possible(&self, spans: &[Span], numbers: &[Number]) -> Vec<usize> {
        let mut present = vec![false; self.frames.len()];
        let mut filled = Vec::new();
        let mut mark = |set: usize| {
            if let Some(slot @ false) = present.get_mut(set) {
                *slot = true;
                filled.push(set);
            }
        };
        let mut last = None;
        for span in spans.iter().filter(|span| last.replace(span.id) != Some(span.id)) {
            self.of_word.get(usize::from(span.id)).into_iter().flatten().for_each(|set| mark(*set));
        }
        for (unit, least, most, set) in self.of_number.iter().filter(|_| !numbers.is_empty()) {
            if numbers.iter().any(|n| n.unit == *unit && (*least..=*most).contains(&n.value)) {
                mark(*set);
            }
        }
        let there = |set: &u16| *set == u16::MAX || present.get(usize::from(*set)).copied().unwrap_or(false);
        let mut possible: Vec<usize> = self.always.iter().map(|(number, _)| *number).collect();
        for (number, needs) in filled.iter().filter_map(|set| self.frames.get(*set)).flatten() {
            if needs.iter().all(there) {
                possible.push(*number);
            }
        }
        possible.sort_unstable();
        possible
    }
}
