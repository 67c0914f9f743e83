//! Which places of frames a sentence can fill at all, found in one walk over its words: places that ask
//! for the same words share a number.

use std::collections::BTreeMap;

use super::syntax::{Atom, Frame};
use crate::clauses::number::{Number as Counted, Unit};
use crate::clauses::vocabulary::{Id, Vocabulary};

/// The number of a frame, or of a set.
pub(in crate::clauses) type Number = u16;

/// The sets of words and numbers that places ask for.
#[derive(Debug)]
pub(in crate::clauses) struct Sets {
    /// Sets of each id, as bits of a word of [`Room`].
    of_word: Lists<(Number, u64)>,
    /// Numbers, with bounds, and their set.
    of_number: Vec<(Unit, u64, u64, Number)>,
    /// Frames, by the rarest of the sets that they need.
    frames: Lists<Entry>,
    /// The sets that frames are found by.
    rarest: Vec<u64>,
    /// Frames that need none.
    always: Vec<Number>,
}

/// Many short lists, one after the other.
#[derive(Debug)]
struct Lists<T> {
    ends: Vec<usize>,
    items: Vec<T>,
}

impl<T> Lists<T> {
    fn of(lists: Vec<Vec<T>>) -> Lists<T> {
        let mut flat = Lists { ends: Vec::with_capacity(lists.len()), items: Vec::new() };
        for list in lists {
            flat.items.extend(list);
            flat.ends.push(flat.items.len());
        }
        flat
    }

    fn get(&self, at: usize) -> &[T] {
        let begin = at.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        self.ends.get(at).and_then(|end| self.items.get(begin..*end)).unwrap_or_default()
    }
}

/// A frame and the first sets that it needs beside its rarest; a frame with more finds out by matching.
#[derive(Clone, Copy, Debug)]
struct Entry {
    frame: Number,
    needs: [Number; 7],
}

/// Room for what a sentence fills, used again for every sentence.
#[derive(Debug, Default)]
pub(in crate::clauses) struct Room {
    /// A bit for every set.
    present: Vec<u64>,
}

/// The word and the bit of a set.
fn bit(set: Number) -> (usize, u64) {
    (usize::from(set >> 6), 1 << (set & 63))
}

impl Room {
    fn mark(&mut self, word: usize, bits: u64) {
        if let Some(word) = self.present.get_mut(word) {
            *word |= bits;
        }
    }

    fn has(&self, set: Number) -> bool {
        let (word, bit) = bit(set);
        self.present.get(word).is_some_and(|word| word & bit != 0)
    }
}

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
    pub(super) fn of(frames: &mut [Frame], words: &Vocabulary) -> Sets {
        let mut known: BTreeMap<Vec<Atom>, Number> = BTreeMap::new();
        let mut weights: Vec<u32> = Vec::new();
        let mut of_word: Vec<Vec<(Number, u64)>> = vec![Vec::new(); words.len()];
        let mut of_number = Vec::new();
        for frame in frames.iter_mut() {
            let links = frame.slots.iter().filter(|slot| !slot.forbidden).flat_map(|slot| &slot.links);
            let mut needs = Vec::new();
            for link in links.filter(|link| !link.atoms.iter().any(|atom| matches!(atom, Atom::Fact(_)))) {
                let fresh = Number::try_from(known.len()).unwrap_or(Number::MAX);
                let set = *known.entry(link.atoms.clone()).or_insert(fresh);
                if set == fresh {
                    weights.push(link.atoms.iter().map(|atom| weight(words, *atom)).fold(0, u32::saturating_add));
                    for atom in &link.atoms {
                        match atom {
                            Atom::Word(id) => {
                                let (word, bit) = (set >> 6, bit(set).1);
                                let Some(sets) = of_word.get_mut(usize::from(*id)) else { continue };
                                match sets.last_mut() {
                                    Some((last, bits)) if *last == word => *bits |= bit,
                                    _ => sets.push((word, bit)),
                                }
                            }
                            Atom::Number(unit, least, most) => of_number.push((*unit, *least, *most, set)),
                            Atom::Fact(_) => {}
                        }
                    }
                }
                needs.push(set);
            }
            needs.dedup();
            // The rarest first: most sentences fail there.
            needs.sort_by_key(|need| weights.get(usize::from(*need)).copied());
            frame.needs = needs;
        }
        let mut by_rarest = vec![Vec::new(); known.len()];
        let mut always = Vec::new();
        for (number, frame) in (0..).zip(frames.iter()) {
            let Some((rarest, others)) = frame.needs.split_first() else {
                always.push(number);
                continue;
            };
            // A need that is there anyway asks for nothing.
            let mut needs = [*rarest; 7];
            needs.iter_mut().zip(others).for_each(|(slot, need)| *slot = *need);
            if let Some(entries) = by_rarest.get_mut(usize::from(*rarest)) {
                entries.push(Entry { frame: number, needs });
            }
        }
        let mut rarest = vec![0; known.len().div_ceil(64)];
        for (set, _) in (0..).zip(&by_rarest).filter(|(_, entries)| !entries.is_empty()) {
            let (word, bit) = bit(set);
            if let Some(word) = rarest.get_mut(word) {
                *word |= bit;
            }
        }
        Sets { of_word: Lists::of(of_word), of_number, frames: Lists::of(by_rarest), rarest, always }
    }

    /// To be called before the words of a sentence are told.
    pub fn clear(&self, room: &mut Room) {
        room.present.clear();
        room.present.resize(self.rarest.len(), 0);
    }

    /// A sentence has a word of this id.
    pub fn tell(&self, id: Id, room: &mut Room) {
        for (word, bits) in self.of_word.get(usize::from(id)) {
            room.mark(usize::from(*word), *bits);
        }
    }

    /// The frames for which every set that they need is filled by the words that were told and the
    /// numbers, in their order: few of all, and only they are looked at.
    pub fn possible(&self, numbers: &[Counted], room: &mut Room, possible: &mut Vec<Number>) {
        for (unit, least, most, set) in self.of_number.iter().filter(|_| !numbers.is_empty()) {
            if numbers.iter().any(|n| n.unit == *unit && (*least..=*most).contains(&n.value)) {
                let (word, bit) = bit(*set);
                room.mark(word, bit);
            }
        }
        possible.clear();
        possible.extend_from_slice(&self.always);
        for (at, (present, rarest)) in room.present.iter().zip(&self.rarest).enumerate() {
            let mut both = present & rarest;
            while both != 0 {
                let set = (at << 6).saturating_add(usize::try_from(both.trailing_zeros()).unwrap_or(0));
                both &= both.wrapping_sub(1);
                let entries = self.frames.get(set).iter();
                possible
                    .extend(entries.filter(|entry| entry.needs.iter().all(|need| room.has(*need))).map(|e| e.frame));
            }
        }
        possible.sort_unstable();
    }
}
