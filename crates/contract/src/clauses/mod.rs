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

use std::collections::BTreeSet;

pub use rule::{Rule, Severity};

use fold::Folded;
use frames::{Head, LIBRARY};
use sentence::Sentence;

/// A term found in a text.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The rule.
    pub rule: &'static Rule,
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
    for (range, breaks) in folded.sentences() {
        let sentence = Sentence::of(&folded, range, breaks);
        for (rule, evidence) in found(&sentence) {
            let first = evidence.iter().map(|(_, start, _)| *start).min().unwrap_or(sentence.range.start);
            let last = evidence.iter().map(|(_, _, end)| *end).max().unwrap_or(sentence.range.end);
            let place = |at: usize| folded.origin.get(at).and_then(|origin| usize::try_from(*origin).ok());
            let start = place(first).unwrap_or(0);
            let end = last.checked_sub(1).and_then(place).map_or(start, |at| at.saturating_add(1));
            let mut seen = BTreeSet::new();
            findings.push(Finding {
                rule,
                start,
                end,
                quote: original.get(start..end).unwrap_or_default().iter().collect(),
                concepts: evidence.iter().map(|(name, ..)| *name).filter(|name| seen.insert(*name)).collect(),
            });
        }
    }
    findings.sort_by_key(|finding| (finding.start, finding.end, finding.rule.id));
    findings
}

/// Rules about something else than paying back, which a refusal may stand beside.
const BESIDE: &[&str] =
    &["U11", "U12", "U14", "U18", "U21", "U22", "U23", "U26", "U30", "U32", "U34", "U35", "U36", "U37"];

/// The rules that a sentence breaks. A refusal to pay back is told once, by the rule that explains it
/// best: `U02` and `U03` (weak conditions) give way to a rule with a condition of its own, `U01` (no
/// condition) to every other.
fn found(sentence: &Sentence<'_>) -> Vec<(&'static Rule, Vec<Place>)> {
    let mut found: Vec<(&'static Rule, Vec<Place>)> = Vec::new();
    if frames::first(sentence, Head::Clears).is_some() {
        return found;
    }
    for tier in 0_u8..3 {
        let explained = found.iter().any(|(rule, _)| !BESIDE.contains(&rule.id));
        if tier > 0 && explained {
            break;
        }
        let rules = families::ALL.iter().flat_map(|family| family.iter()).filter(|rule| rule.tier() == tier);
        let more: Vec<_> = rules.filter_map(|rule| Some((rule, by(sentence, rule)?))).collect();
        found.extend(more);
    }
    found
}

/// What a concept is called, and where it stands.
type Place = (&'static str, usize, usize);

/// The words that a rule finds its term by, in code or by a frame.
fn by(sentence: &Sentence<'_>, rule: &Rule) -> Option<Vec<Place>> {
    let number = frames::number_of(rule.id)?;
    let coded = || {
        let mut evidence = (rule.find)(sentence)?;
        evidence.sort_by_key(|hit| hit.concept);
        Some(evidence.into_iter().map(|hit| (hit.concept.zh(), hit.start, hit.end)).collect::<Vec<_>>())
    };
    let framed = || {
        let spans = frames::first(sentence, Head::Finds(number))?;
        Some(spans.into_iter().map(|span| (LIBRARY.words.name(span.id), span.start, span.end)).collect())
    };
    let places = coded().or_else(framed)?;
    frames::first(sentence, Head::ClearsOf(number)).is_none().then_some(places)
}
