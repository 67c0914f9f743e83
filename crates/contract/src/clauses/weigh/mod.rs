//! The scales: how much a sentence as a whole is like the unfair and the fair clauses that people
//! labelled. Every feature (`feature`) has a weight in thousandths in `data/clauses/weights.txt`,
//! learned from the labelled clauses for tuning by `learn` and by nothing else; the words that weighed
//! most are told with the finding. Frames and code say what a term is; the scales speak where these are
//! silent, and against them where everything else in the sentence is fair.

mod feature;
mod learn;

use std::sync::LazyLock;

pub use learn::learn;

use super::rule::Rule;
use super::sentence::Sentence;
use feature::{Key, Scene, Shown, Standing};

/// How many of its words a finding by weight names.
const NAMED: usize = 6;

/// A feature, its weight, and how it speaks for single rules.
#[derive(Debug)]
struct Weight {
    key: Key,
    written: &'static str,
    weight: i32,
    rules: Vec<(usize, i32)>,
}

/// All weights, in a table by their keys that is at most half full.
#[derive(Debug)]
struct Scales {
    bias: i32,
    rules: Vec<(&'static Rule, i32)>,
    weights: Vec<Weight>,
    /// Key, number and weight side by side; an empty place has a number that none has.
    table: Vec<(Key, u32, i32)>,
    /// A bit for every key, which it shares with few others: most of what a text shows has no weight.
    known: Vec<u64>,
    faults: Vec<&'static str>,
}

static SCALES: LazyLock<Scales> = LazyLock::new(|| Scales::read(include_str!("../../../data/clauses/weights.txt")));

/// How many words the bits of keys fill.
const KNOWN: usize = 4_096;

/// The word and the bit of a key.
fn bit(key: Key) -> (usize, u64) {
    let mixed = key.wrapping_mul(0xd6e8_feb8_6659_fd93) >> 40;
    (usize::try_from(mixed >> 6).unwrap_or(0) & KNOWN.saturating_sub(1), 1 << (mixed & 63))
}

/// Where the search for a key begins.
fn home(key: Key, size: usize) -> usize {
    let mixed = key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
    usize::try_from(mixed).unwrap_or(0) & size.saturating_sub(1)
}

impl Scales {
    fn read(file: &'static str) -> Scales {
        let mut scales = Scales {
            bias: 0,
            rules: Vec::new(),
            weights: Vec::new(),
            table: Vec::new(),
            known: vec![0; KNOWN],
            faults: Vec::new(),
        };
        let known = super::rules();
        for line in file.lines().filter(|line| !line.starts_with("//")) {
            let mut words = line.split(' ');
            let (Some(name), Some(Ok(weight))) = (words.next(), words.next().map(str::parse::<i32>)) else {
                scales.faults.push(line);
                continue;
            };
            if let Some(rule) = known.iter().find(|rule| rule.id == name) {
                scales.rules.push((*rule, weight));
            } else if name == "BIAS" {
                scales.bias = weight;
            } else if let Some(key) = feature::key_of(name) {
                let rules = words.filter_map(|word| {
                    let (rule, weight) = word.split_once('=')?;
                    Some((rule.parse::<usize>().ok()?.checked_sub(1)?, weight.parse().ok()?))
                });
                scales.weights.push(Weight { key, written: name, weight, rules: rules.collect() });
            } else {
                scales.faults.push(line);
            }
        }
        let size = scales.weights.len().saturating_mul(2).next_power_of_two().max(2);
        scales.table = vec![(0, u32::MAX, 0); size];
        for (number, weight) in (0_u32..).zip(&scales.weights) {
            let (word, bit) = bit(weight.key);
            if let Some(word) = scales.known.get_mut(word) {
                *word |= bit;
            }
            let mut at = home(weight.key, size);
            while scales.table.get(at).is_some_and(|taken| taken.1 != u32::MAX) {
                at = at.saturating_add(1) & size.saturating_sub(1);
            }
            if let Some(slot) = scales.table.get_mut(at) {
                *slot = (weight.key, number, weight.weight);
            }
        }
        scales
    }

    /// The number and the weight of a feature.
    fn find(&self, key: Key) -> Option<(u32, i32)> {
        let (word, bit) = bit(key);
        self.known.get(word).filter(|known| **known & bit != 0)?;
        let mut at = home(key, self.table.len());
        loop {
            let (known, number, weight) = *self.table.get(at)?;
            if number == u32::MAX {
                return None;
            }
            if known == key {
                return Some((number, weight));
            }
            at = at.saturating_add(1) & self.table.len().saturating_sub(1);
        }
    }
}

/// What lies on the scales, and room for it that is used again for every sentence.
#[derive(Debug, Default)]
pub(super) struct Room {
    characters: Vec<Standing>,
    /// Which features lie there.
    seen: Vec<bool>,
    /// Features with a weight, each where it stands first.
    on: Vec<(u32, Shown)>,
}

/// Long sentences show more; what counts is how they lean.
fn share(features: usize) -> f64 {
    3.0 / (f64::from(u32::try_from(features).unwrap_or(u32::MAX)) + 1.0).sqrt()
}

/// Weighs a sentence; in thousandths: above nothing it is more like the unfair clauses.
pub(super) fn weigh(s: &Sentence<'_>, room: &mut Room) -> f64 {
    let Room { characters, seen, on } = room;
    seen.resize(SCALES.weights.len(), false);
    let place = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
    for (number, _) in on.drain(..) {
        if let Some(slot) = seen.get_mut(place(number)) {
            *slot = false;
        }
    }
    let mut sum = 0_i32;
    let scene = Scene { chars: s.chars, range: s.range.clone(), breaks: &s.breaks, spans: &s.spans };
    feature::show(&scene, characters, |shown| {
        if let Some((number, weight)) = SCALES.find(shown.key)
            && let Some(slot @ false) = seen.get_mut(place(number))
        {
            *slot = true;
            sum = sum.saturating_add(weight);
            on.push((number, shown));
        }
    });
    f64::from(SCALES.bias) + f64::from(sum) * share(on.len())
}

fn weight(number: u32) -> Option<&'static Weight> {
    SCALES.weights.get(usize::try_from(number).ok()?)
}

/// What a finding by weight is told with: the rule, and the words that weighed most.
pub(super) type Likeness = (&'static Rule, Vec<(&'static str, usize, usize)>);

/// The rule that the sentence that was weighed last is most like a case of, and the words that say so.
pub(super) fn likeness(room: &mut Room) -> Option<Likeness> {
    let on = &mut room.on;
    on.sort_unstable_by_key(|(number, _)| *number);
    let mut votes: Vec<f64> = SCALES.rules.iter().map(|(_, bias)| f64::from(*bias)).collect();
    for (rule, vote) in on.iter().filter_map(|(number, _)| weight(*number)).flat_map(|weight| &weight.rules) {
        if let Some(votes) = votes.get_mut(*rule) {
            *votes += f64::from(*vote) * share(on.len());
        }
    }
    let (best, _) = votes.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1))?;
    let (rule, _) = SCALES.rules.get(best)?;
    let mut heavy: Vec<(&Weight, &Shown)> =
        on.iter().filter_map(|(number, shown)| Some((weight(*number)?, shown))).collect();
    // Only what people can read: no marks, no gaps, no single character.
    heavy.retain(|(weight, shown)| {
        let long = shown.end.saturating_sub(shown.start) > 1;
        weight.weight > 0 && long && !weight.written.contains(['^', '$', ',', '。', '_'])
    });
    heavy.sort_by_key(|(weight, shown)| (std::cmp::Reverse(weight.weight), shown.start));
    let words = heavy.into_iter().take(NAMED);
    let mut words: Vec<_> =
        words.map(|(weight, shown)| (weight.written.trim_start_matches('@'), shown.start, shown.end)).collect();
    words.sort_by_key(|(_, start, end)| (*start, *end));
    (!words.is_empty()).then_some((*rule, words))
}

#[cfg(test)]
mod tests {
    use super::SCALES;

    #[test]
    fn every_line_of_the_weights_is_read() {
        assert_eq!(SCALES.faults, Vec::<&str>::new());
        assert_eq!(SCALES.rules.len(), 40);
        assert!(SCALES.weights.len() > 1_000);
        for (number, weight) in (0_u32..).zip(&SCALES.weights) {
            assert_eq!(SCALES.find(weight.key), Some((number, weight.weight)), "{}", weight.written);
        }
    }
}
