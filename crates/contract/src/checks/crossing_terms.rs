//! A charge does not reach over the end of a school term, where a place says so. School terms are
//! data; where they are not known this is said, not guessed.

use kernel::{RuleId, Violation};
use policy::Policy;

use super::fee::{FeeFacts, Warning};

/// First and last lesson against the terms of the pupil's stage.
pub(super) fn check(facts: &FeeFacts, policy: &Policy) -> Result<Option<Violation>, Warning> {
    let Some(rule) = policy.crossing_terms_allowed.in_force().filter(|rule| !rule.value) else { return Ok(None) };
    let terms = policy.school_terms.in_force().map(|terms| terms.value.terms.as_slice()).unwrap_or_default();
    let own = || terms.iter().filter(|term| term.stages.contains(&facts.stage));
    // A term that begins after the first lesson and not after the last was crossed into.
    let known = own().any(|term| term.first_on <= facts.first_lesson_on)
        && own().any(|term| facts.last_lesson_on <= term.last_on);
    if !known {
        return Err(Warning::of(
            RuleId::CrossingTerms,
            "所涉日期的学期安排没有数据，是否跨学期未能核对",
            "the school terms of these days are not known: whether the charge crosses terms was not checked",
            &rule.source,
        ));
    }
    let crossed = own().find(|term| {
        (facts.first_lesson_on < term.first_on && term.first_on <= facts.last_lesson_on)
            || (facts.first_lesson_on <= term.last_on && term.last_on < facts.last_lesson_on)
    });
    Ok(crossed.map(|term| {
        let limit = if facts.first_lesson_on <= term.last_on && term.first_on <= facts.first_lesson_on {
            term.last_on
        } else {
            term.first_on
        };
        Violation::of(RuleId::CrossingTerms)
            .with(limit, facts.last_lesson_on)
            .source(&rule.source)
            .field(facts.fields.last_lesson_on)
    }))
}
