//! One sentence as the rules see it: concepts and numbers with their places, and the questions that
//! rules ask about order, distance and polarity.

use std::ops::Range;

use super::concept::Concept;
use super::fold::{Break, Breaks, Folded};
use super::frames::{self, LIBRARY};
use super::number::{Number, Unit, numbers};
use super::scan::{Hit, hits};
use super::vocabulary::{Id, Span};

/// What a rule was found by.
pub(super) type Evidence = Vec<Hit>;

/// A sentence.
#[derive(Debug)]
pub(super) struct Sentence<'a> {
    /// The folded characters of the whole text.
    pub chars: &'a [char],
    words: String,
    letters: [u64; 8],
    /// Its folded characters.
    pub range: Range<usize>,
    /// The breaks inside it.
    pub breaks: Breaks,
    /// Its words, by id, then by place.
    pub spans: Vec<Span>,
    hits: Vec<Hit>,
    index: Vec<(usize, usize)>,
    /// Its numbers.
    pub numbers: Vec<Number>,
    /// The frames that it may match, by their numbers.
    pub frames: Vec<usize>,
    /// Where it refuses to pay money back.
    pub denials: Evidence,
}

/// The bit that stands for a character, which it shares with some others.
fn slot(c: char) -> (usize, u64) {
    let code = u32::from(c);
    (usize::try_from(code >> 6 & 7).unwrap_or(0), 1 << (code & 63))
}

impl<'a> Sentence<'a> {
    /// Reads a sentence.
    pub fn of(folded: &'a Folded, range: Range<usize>, breaks: Breaks) -> Sentence<'a> {
        let spans = LIBRARY.words.spans(&folded.chars, range.clone());
        let hits = hits(&spans);
        let mut index = vec![(0, 0); Concept::COUNT];
        let mut at = 0_usize;
        while let Some(first) = hits.get(at) {
            let end = hits.partition_point(|hit| hit.concept <= first.concept);
            if let Some(slot) = index.get_mut(first.concept as usize) {
                *slot = (at, end);
            }
            at = end;
        }
        let numbers = numbers(&folded.chars, range.clone());
        let words = folded.chars.get(range.clone()).unwrap_or_default().iter().collect();
        let mut letters = [0; 8];
        for c in folded.chars.get(range.clone()).unwrap_or_default() {
            let (block, bit) = slot(*c);
            if let Some(bits) = letters.get_mut(block) {
                *bits |= bit;
            }
        }
        let frames = frames::possible(&spans, &numbers);
        let mut sentence = Sentence {
            chars: &folded.chars,
            words,
            letters,
            range,
            breaks,
            spans,
            hits,
            index,
            numbers,
            frames,
            denials: Vec::new(),
        };
        sentence.denials = super::denial::denials(&sentence);
        sentence
    }

    /// Every hit of a concept, in order.
    pub fn all(&self, concept: Concept) -> &[Hit] {
        let (from, to) = self.index.get(concept as usize).copied().unwrap_or_default();
        self.hits.get(from..to).unwrap_or_default()
    }

    /// Every word of an id, in order.
    pub fn spans(&self, id: Id) -> &[Span] {
        let from = self.spans.partition_point(|span| span.id < id);
        let rest = self.spans.get(from..).unwrap_or_default();
        rest.get(..rest.partition_point(|span| span.id == id)).unwrap_or_default()
    }

    /// Is it spoken of?
    pub fn has(&self, concept: Concept) -> bool {
        !self.all(concept).is_empty()
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
    pub fn text(&self, hit: Hit) -> String {
        self.slice(hit.start, hit.end)
    }

    /// The characters between two places.
    pub fn slice(&self, from: usize, to: usize) -> String {
        self.chars.get(from..to).unwrap_or_default().iter().collect()
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
        self.within(Concept::Consumer, range).any(|hit| !matches!(self.text(hit).as_str(), "甲方" | "乙方"))
    }

    /// Is a party named that can only be the institution?
    pub fn names_institution(&self, range: Range<usize>) -> bool {
        self.within(Concept::Institution, range).any(|hit| !matches!(self.text(hit).as_str(), "甲方" | "乙方"))
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

    /// Is it a question?
    pub fn asks(&self) -> bool {
        let length = self.range.len();
        let last = self.range.end.checked_sub(1).and_then(|at| self.chars.get(at));
        length < 30
            && (last.is_some_and(|c| "吗么呢?".contains(*c)) || self.says(&["请问", "怎么退", "如何退", "能退吗"]))
    }
}
