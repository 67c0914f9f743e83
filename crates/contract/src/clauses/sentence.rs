//! One sentence as the rules see it: concepts and numbers with their places, and the questions that
//! rules ask about order, distance and polarity.

use std::cell::Cell;
use std::ops::Range;

use super::concept::Concept;
use super::fold::{Break, Breaks, Folded};
use super::frames::{Fact, FrameNumber, LIBRARY, Work};
use super::number::{Number, Unit, numbers};
use super::scan::{Hit, read_hits};
use super::vocabulary::{Id, Span};
use super::{frames, vocabulary};

/// What a rule was found by.
pub(super) type Evidence = Vec<Hit>;

/// A sentence.
pub(super) struct Sentence<'a> {
    /// The folded characters of the whole text.
    pub chars: &'a [char],
    folded: &'a Folded,
    words: &'a str,
    letters: [u64; 8],
    /// A bit for every concept that is spoken of.
    concepts: [u64; 4],
    /// Its folded characters.
    pub range: Range<usize>,
    /// The breaks inside it.
    pub breaks: Breaks,
    /// Its words, by id, then by place.
    pub spans: Vec<Span>,
    hits: Vec<Hit>,
    /// Where the words of every id begin and end among the others.
    index: Vec<(u32, u32)>,
    /// Its numbers.
    pub numbers: Vec<Number>,
    /// The frames that it may match, by their numbers.
    pub frames: Vec<FrameNumber>,
    /// Where it refuses to pay money back.
    pub denials: Evidence,
    /// What code found already, once its denials are known.
    facts: [Cell<Option<bool>>; 6],
    /// Room to match frames in.
    pub work: Cell<Work>,
}

/// Room for the words of a sentence, used again for every sentence of a text.
#[derive(Debug, Default)]
pub(super) struct Room {
    words: vocabulary::Room,
    sets: frames::Room,
    spans: Vec<Span>,
    hits: Vec<Hit>,
    index: Vec<(u32, u32)>,
    frames: Vec<FrameNumber>,
    work: Work,
}

/// The bit that stands for a character, which it shares with some others.
fn slot(c: char) -> (usize, u64) {
    let code = u32::from(c);
    (usize::try_from(code >> 6 & 7).unwrap_or(0), 1 << (code & 63))
}

impl<'a> Sentence<'a> {
    /// Reads a sentence.
    pub fn of(folded: &'a Folded, range: Range<usize>, breaks: Breaks, room: &mut Room) -> Sentence<'a> {
        let mut spans = std::mem::take(&mut room.spans);
        LIBRARY.words.read_spans(&folded.chars, range.clone(), &mut room.words, &mut spans);
        let mut hits = std::mem::take(&mut room.hits);
        read_hits(&spans, &mut hits);
        let mut index = std::mem::take(&mut room.index);
        index.resize(LIBRARY.words.len(), (0, 0));
        LIBRARY.sets.clear(&mut room.sets);
        let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let (mut at, mut concepts) = (0_usize, [0_u64; 4]);
        for same in spans.chunk_by(|a, b| a.id == b.id) {
            let end = at.saturating_add(same.len());
            if let Some(first) = same.first() {
                if let Some(slot) = index.get_mut(usize::from(first.id)) {
                    *slot = (place(at), place(end));
                }
                if let Some(bits) = concepts.get_mut(usize::from(first.id >> 6)) {
                    *bits |= 1 << (first.id & 63);
                }
                LIBRARY.sets.tell(first.id, &mut room.sets);
            }
            at = end;
        }
        let numbers = numbers(&folded.chars, range.clone());
        let mut letters = [0; 8];
        for c in folded.chars.get(range.clone()).unwrap_or_default() {
            let (block, bit) = slot(*c);
            if let Some(bits) = letters.get_mut(block) {
                *bits |= bit;
            }
        }
        let mut frames = std::mem::take(&mut room.frames);
        LIBRARY.sets.possible(&numbers, &mut room.sets, &mut frames);
        let mut sentence = Sentence {
            chars: &folded.chars,
            folded,
            words: "",
            letters,
            concepts,
            range,
            breaks,
            spans,
            hits,
            index,
            numbers,
            frames,
            denials: Vec::new(),
            facts: Default::default(),
            work: Cell::new(std::mem::take(&mut room.work)),
        };
        sentence.words = sentence.slice(sentence.range.start, sentence.range.end);
        sentence.denials = super::denial::denials(&sentence);
        sentence.facts = Default::default();
        sentence
    }

    /// Gives back the room that it was read into.
    pub fn leave(mut self, room: &mut Room) {
        for span in &self.spans {
            if let Some(slot) = self.index.get_mut(usize::from(span.id)) {
                *slot = (0, 0);
            }
        }
        room.work = self.work.take();
        (room.spans, room.hits, room.index, room.frames) = (self.spans, self.hits, self.index, self.frames);
    }

    /// Where the words of an id begin and end among the others.
    fn place(&self, id: usize) -> Range<usize> {
        let (from, to) = self.index.get(id).copied().unwrap_or_default();
        usize::try_from(from).unwrap_or(0)..usize::try_from(to).unwrap_or(0)
    }

    /// Every hit of a concept, in order.
    pub fn all(&self, concept: Concept) -> &[Hit] {
        if !self.has(concept) {
            return &[];
        }
        // Hits are the first of the words.
        self.hits.get(self.place(concept as usize)).unwrap_or_default()
    }

    /// Every word of an id, in order.
    pub fn spans(&self, id: Id) -> &[Span] {
        self.spans.get(self.place(usize::from(id))).unwrap_or_default()
    }

    /// Is it spoken of?
    pub fn has(&self, concept: Concept) -> bool {
        let number = concept as usize;
        self.concepts.get(number >> 6).is_some_and(|bits| bits >> (number & 63) & 1 != 0)
    }

    /// Is any of them spoken of?
    pub fn has_any(&self, concepts: &[Concept]) -> bool {
        concepts.iter().any(|concept| self.has(*concept))
    }

    /// The first hit of a concept.
    pub fn first(&self, concept: Concept) -> Option<Hit> {
        self.all(concept).first().copied()
    }

    /// The words of a hit.
    pub fn text(&self, hit: Hit) -> &'a str {
        self.slice(hit.start, hit.end)
    }

    /// The characters between two places.
    pub fn slice(&self, from: usize, to: usize) -> &'a str {
        let folded = self.folded;
        let bytes = folded.bytes.get(from).zip(folded.bytes.get(to));
        bytes.and_then(|(from, to)| folded.text.get(*from..*to)).unwrap_or_default()
    }

    /// Does the sentence contain a run of characters that is worth no concept of its own?
    pub fn says(&self, words: &[&str]) -> bool {
        words.iter().any(|word| word.chars().all(|c| self.may_have(c)) && self.words.contains(word))
    }

    /// Not surely without a character: what most words fail at, at little cost.
    fn may_have(&self, c: char) -> bool {
        let (block, bit) = slot(c);
        self.letters.get(block).is_some_and(|bits| bits & bit != 0)
    }

    /// Is there a comma or the like between two places?
    pub fn broken(&self, from: usize, to: usize) -> bool {
        self.breaks.iter().any(|(at, kind)| *kind == Break::Part && from < *at && *at <= to)
    }

    /// Are there so many commas between two places that they are hardly one thought?
    pub fn broken_far(&self, from: usize, to: usize) -> bool {
        self.breaks.iter().filter(|(at, kind)| *kind == Break::Part && from < *at && *at <= to).count() > 2
    }

    /// Is there more than one comma between two places?
    pub fn split_far(&self, from: usize, to: usize) -> bool {
        self.breaks.iter().filter(|(at, kind)| *kind == Break::Part && from < *at && *at <= to).count() > 1
    }

    /// Is there any break, also one between items of a list?
    pub fn split(&self, from: usize, to: usize) -> bool {
        self.breaks.iter().any(|(at, _)| from < *at && *at <= to)
    }

    /// The part of the sentence that a place is in.
    pub fn part(&self, place: usize) -> Range<usize> {
        let parts = || self.breaks.iter().filter(|(_, kind)| *kind == Break::Part).map(|(at, _)| *at);
        let from = parts().take_while(|at| *at <= place).last().unwrap_or(self.range.start);
        let to = parts().find(|at| *at > place).unwrap_or(self.range.end);
        from..to
    }

    /// Hits of a concept in a range.
    pub fn within(&self, concept: Concept, range: Range<usize>) -> impl Iterator<Item = Hit> + '_ {
        let all = self.all(concept);
        let first = all.partition_point(|hit| hit.start < range.start);
        all.get(first..)
            .unwrap_or_default()
            .iter()
            .copied()
            .take_while(move |hit| hit.start < range.end)
            .filter(move |hit| hit.end <= range.end)
    }

    /// `a`, then `b` at most `gap` characters later.
    pub fn then(&self, a: Concept, b: Concept, gap: usize) -> Option<Evidence> {
        self.pairs(a, b, gap).next().map(|(x, y)| vec![x, y])
    }

    /// All pairs of `a`, then `b` at most `gap` characters later.
    pub fn pairs(&self, a: Concept, b: Concept, gap: usize) -> impl Iterator<Item = (Hit, Hit)> + '_ {
        self.all(a).iter().copied().flat_map(move |x| {
            self.within(b, x.end..self.range.end)
                .take_while(move |y| y.start.saturating_sub(x.end) <= gap)
                .map(move |y| (x, y))
        })
    }

    /// The two near each other, in either order.
    pub fn near(&self, a: Concept, b: Concept, gap: usize) -> Option<Evidence> {
        self.then(a, b, gap).or_else(|| self.then(b, a, gap))
    }

    /// The first of several concepts that is there.
    pub fn any(&self, concepts: &[Concept]) -> Option<Hit> {
        concepts.iter().find_map(|concept| self.first(*concept))
    }

    /// Is what a hit speaks of forbidden, denied or excluded: 机构不得…, 不…, 未经…不得…?
    pub fn negated(&self, hit: Hit) -> bool {
        let before = hit.start.checked_sub(1).and_then(|at| self.chars.get(at));
        if before.is_some_and(|c| "不未无非没勿".contains(*c)) && hit.start > self.range.start {
            return true;
        }
        let part = self.part(hit.start);
        let from = hit.start.saturating_sub(10).max(part.start);
        self.within(Concept::Prohibit, from..hit.start).any(|p| !self.split(p.end, hit.start))
    }

    /// Is it, looking as far back as the part goes?
    pub fn negated_far(&self, hit: Hit) -> bool {
        let part = self.part(hit.start);
        self.negated(hit) || self.within(Concept::Prohibit, part.start..hit.start).next().is_some()
    }

    /// Hits of a concept that are neither forbidden nor denied.
    pub fn affirmed(&self, concept: Concept) -> Option<Hit> {
        self.all(concept).iter().copied().find(|hit| !self.negated(*hit))
    }

    /// A number of a unit that a test holds for.
    pub fn number(&self, unit: Unit, test: impl Fn(u64) -> bool) -> Option<Number> {
        self.numbers.iter().copied().find(|number| number.unit == unit && test(number.value))
    }

    /// Is a party named that can only be the family (甲方 and 乙方 can be either)?
    pub fn names_family(&self, range: Range<usize>) -> bool {
        self.within(Concept::Consumer, range).any(|hit| !matches!(self.text(hit), "甲方" | "乙方"))
    }

    /// Is a party named that can only be the institution?
    pub fn names_institution(&self, range: Range<usize>) -> bool {
        self.within(Concept::Institution, range).any(|hit| !matches!(self.text(hit), "甲方" | "乙方"))
    }

    /// Must somebody's consent be had: 经…同意, 征得…同意, 协商一致, and not 无须征得同意?
    pub fn asks_consent(&self) -> bool {
        let asked = self.pairs(Concept::ConsentVerb, Concept::Consent, 10).any(|(verb, consent)| {
            !self.broken(verb.end, consent.start) && !self.unneeded(verb) && !self.negated(consent)
        });
        // 未经同意…不得 asks; 未经同意…可 does not.
        let without = self.says(&["未经", "未征得", "未取得"]);
        (asked && (!without || self.has(Concept::Prohibit)))
            || (self.says(&["协商一致", "双方协商", "征求", "沟通一致", "共同商定"])
                && !self.says(&["无需协商", "无须协商", "不经协商", "不必协商"]))
    }

    /// Is a word said to be unnecessary: 无须, 无需, 不必?
    fn unneeded(&self, hit: Hit) -> bool {
        let from = hit.start.saturating_sub(4).max(self.range.start);
        self.within(Concept::NoNeed, from..hit.end).next().is_some()
    }

    /// Does the sentence promise money back or another way out?
    pub fn offers_exit(&self) -> bool {
        let denied =
            |hit: &Hit| self.denials.iter().any(|d| d.start <= hit.start && hit.end <= d.end) || self.negated(*hit);
        self.all(Concept::Exit).iter().any(|hit| !denied(hit))
            && self.denials.is_empty()
            && !self.has(Concept::NoObject)
    }

    /// Does it hold what code finds?
    pub fn holds(&self, fact: Fact) -> bool {
        let known = self.facts.get(fact as usize);
        if let Some(held) = known.and_then(Cell::get) {
            return held;
        }
        let held = match fact {
            Fact::Consent => self.asks_consent(),
            Fact::Exit => self.offers_exit(),
            Fact::Refusal => !self.denials.is_empty(),
            Fact::Family => self.names_family(self.range.clone()),
            Fact::Institution => self.names_institution(self.range.clone()),
            Fact::Question => self.asks(),
        };
        if let Some(known) = known {
            known.set(Some(held));
        }
        held
    }

    /// Is it a question?
    pub fn asks(&self) -> bool {
        let length = self.range.len();
        let last = self.range.end.checked_sub(1).and_then(|at| self.chars.get(at));
        length < 30
            && (last.is_some_and(|c| "吗么呢?".contains(*c)) || self.says(&["请问", "怎么退", "如何退", "能退吗"]))
    }
}
