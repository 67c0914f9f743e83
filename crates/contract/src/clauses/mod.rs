//! The clause check: finds terms of a contract, a notice or a chat that are void or unfair (the forty
//! patterns of U01 to U40), says which law they break and what to do, and shows by which concepts
//! each was found. No model and no network: a text is folded (`fold`), cut into sentences, read into
//! concepts and numbers (`vocabulary`, `number`), and every rule asks how these stand to each other,
//! in code (`families`) or as a frame of data (`frames`). Time is linear in the text.

mod concept;
mod denial;
pub mod evaluate;
mod families;
mod fold;
mod frames;
mod number;
mod rule;
mod scan;
mod sentence;
mod variants;
mod vocabulary;
mod weigh;

use std::collections::BTreeSet;
use std::sync::LazyLock;

pub use rule::{Rule, Severity};
pub use weigh::learn;

use fold::Folded;
use frames::{Frames, Head, LIBRARY};
use sentence::{Room, Sentence};

/// A term found in a text.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The rule.
    pub rule: &'static Rule,
    /// How bad it is: as the rule says, but only to be checked where the sentence is like a case of the
    /// rule and no frame says why.
    pub severity: Severity,
    /// First character of the words that it was found by, in Unicode scalar values of the text.
    pub start: usize,
    /// One past the last.
    pub end: usize,
    /// These words, as the text has them.
    pub quote: String,
    /// The concepts that it was found by, in Chinese, each once.
    pub concepts: Vec<&'static str>,
}

/// All rules, `U01` first.
pub fn rules() -> Vec<&'static Rule> {
    let mut rules: Vec<&'static Rule> = families::ALL.iter().flat_map(|family| family.iter()).collect();
    rules.sort_by_key(|rule| rule.id);
    rules
}

/// Every unfair term of a text, in the order of their places, then of the rules.
pub fn check(text: &str) -> Vec<Finding> {
    let folded = Folded::of(text);
    let original: Vec<char> = text.chars().collect();
    let mut findings = Vec::new();
    let (mut room, mut scales) = (Room::default(), weigh::Room::default());
    for (range, breaks) in folded.sentences() {
        let sentence = Sentence::of(&folded, range, breaks, &mut room);
        for (rule, severity, evidence) in told(&sentence, &mut scales) {
            let first = evidence.iter().map(|(_, start, _)| *start).min().unwrap_or(sentence.range.start);
            let last = evidence.iter().map(|(_, _, end)| *end).max().unwrap_or(sentence.range.end);
            let place = |at: usize| folded.origin.get(at).and_then(|origin| usize::try_from(*origin).ok());
            let start = place(first).unwrap_or(0);
            let end = last.checked_sub(1).and_then(place).map_or(start, |at| at.saturating_add(1));
            let mut seen = BTreeSet::new();
            findings.push(Finding {
                rule,
                severity,
                start,
                end,
                quote: original.get(start..end).unwrap_or_default().iter().collect(),
                concepts: evidence.iter().map(|(name, ..)| *name).filter(|name| seen.insert(*name)).collect(),
            });
        }
        sentence.leave(&mut room);
    }
    findings.sort_by_key(|finding| (finding.start, finding.end, finding.rule.id));
    findings
}

/// What a sentence is found by when no frame says it.
const LIKENESS: &str = "与已知的不公平条款相近";
/// How unfair a sentence must look, in thousandths, to be told although no rule finds anything.
const LOOKS_UNFAIR: f64 = 3_500.0;
/// The same, when a frame says that the sentence is fair.
const LOOKS_UNFAIR_AFTER_ALL: f64 = 4_500.0;
/// The shortest sentence, in characters, that the scales are asked about.
const SAYS_SOMETHING: usize = 9;
/// How fair it must look for the finding of a rule to be dropped.
const LOOKS_FAIR: f64 = -1_500.0;

/// What rules and scales say of a sentence together.
fn told(sentence: &Sentence<'_>, scales: &mut weigh::Room) -> Vec<(&'static Rule, Severity, Vec<Place>)> {
    let cleared = frames::any(sentence, LIBRARY.clears);
    let found = if cleared { Vec::new() } else { found(sentence) };
    // A heading or a name says too little to be like anything.
    if found.is_empty() && sentence.range.len() < SAYS_SOMETHING {
        return Vec::new();
    }
    let score = weigh::weigh(sentence, scales);
    if !found.is_empty() {
        let kept = found.into_iter().filter(|_| score > LOOKS_FAIR);
        return kept.map(|(rule, places)| (rule, rule.severity, places)).collect();
    }
    let threshold = if cleared { LOOKS_UNFAIR_AFTER_ALL } else { LOOKS_UNFAIR };
    let like = (score > threshold).then(|| weigh::likeness(scales)).flatten();
    let like = like.map(|(rule, mut places)| {
        let (first, last) = (places.first().map_or(0, |p| p.1), places.iter().map(|p| p.2).max().unwrap_or(0));
        places.insert(0, (LIKENESS, first, last));
        (rule, Severity::Check, places)
    });
    like.into_iter().collect()
}

/// How much each sentence of a text looks unfair on the scales, in thousandths, and whether rules find
/// something in it, or clear it: what the thresholds were chosen by.
pub fn leanings(text: &str) -> Vec<(f64, bool, bool)> {
    let folded = Folded::of(text);
    let (mut room, mut scales) = (Room::default(), weigh::Room::default());
    let mut leanings = Vec::new();
    for (range, breaks) in folded.sentences() {
        let sentence = Sentence::of(&folded, range, breaks, &mut room);
        let cleared = frames::any(&sentence, LIBRARY.clears);
        leanings.push((weigh::weigh(&sentence, &mut scales), !cleared && !found(&sentence).is_empty(), cleared));
        sentence.leave(&mut room);
    }
    leanings
}

/// Rules about something else than paying back, which a refusal may stand beside.
const BESIDE: &[&str] =
    &["U11", "U12", "U14", "U18", "U21", "U22", "U23", "U26", "U30", "U32", "U34", "U35", "U36", "U37"];

/// A rule, what finds it and what clears of it, and whether a refusal may stand beside what it finds.
struct Ranked {
    rule: &'static Rule,
    finds: Frames,
    clears: Frames,
    beside: bool,
}

/// The rules by their tiers.
static TIERS: LazyLock<[Vec<Ranked>; 3]> = LazyLock::new(|| {
    [0, 1, 2].map(|tier| {
        let rules = families::ALL.iter().flat_map(|family| family.iter()).filter(|rule| rule.tier() == tier);
        let ranked = |rule: &'static Rule| {
            let number = frames::number_of(rule.id)?;
            let (finds, clears) = (LIBRARY.with(Head::Finds(number)), LIBRARY.with(Head::ClearsOf(number)));
            Some(Ranked { rule, finds, clears, beside: BESIDE.contains(&rule.id) })
        };
        rules.filter_map(ranked).collect()
    })
});

/// The rules that a sentence breaks which no frame clears. A refusal to pay back is told once, by the
/// rule that explains it best: `U02` and `U03` (weak conditions) give way to a rule with a condition of
/// its own, `U01` (no condition) to every other.
fn found(sentence: &Sentence<'_>) -> Vec<(&'static Rule, Vec<Place>)> {
    let mut found: Vec<(&'static Rule, Vec<Place>)> = Vec::new();
    let mut explained = false;
    for tier in TIERS.iter() {
        if explained {
            break;
        }
        for ranked in tier {
            if let Some(places) = by(sentence, ranked) {
                explained |= !ranked.beside;
                found.push((ranked.rule, places));
            }
        }
    }
    found
}

/// What a concept is called, and where it stands.
type Place = (&'static str, usize, usize);

/// The words that a rule finds its term by, in code or by a frame.
fn by(sentence: &Sentence<'_>, ranked: &Ranked) -> Option<Vec<Place>> {
    let coded = || {
        let mut evidence = (ranked.rule.find)(sentence)?;
        evidence.sort_by_key(|hit| hit.concept);
        Some(evidence.into_iter().map(|hit| (hit.concept.zh(), hit.start, hit.end)).collect::<Vec<_>>())
    };
    let framed = || {
        let spans = frames::first(sentence, ranked.finds)?;
        Some(spans.into_iter().map(|span| (LIBRARY.words.name(span.id), span.start, span.end)).collect())
    };
    let places = coded().or_else(framed)?;
    (!frames::any(sentence, ranked.clears)).then_some(places)
}
