//! What the parties add has no void or unfair term (民法典 497, 消保法 26; instruction 3 of the model
//! contract). A term that only must be looked at does not stop a signature.

use kernel::{RuleId, Violation};

use crate::clauses::{Severity, check as findings};

/// Every void or unfair term of what the parties wrote, in the order of the text; `field` is where the
/// request has it. What is found is named by its rule and its place, never by its words: they may name
/// people.
pub fn unfair_terms(text: &str, field: &'static str) -> Vec<Violation> {
    findings(text)
        .into_iter()
        .filter(|finding| finding.severity != Severity::Check)
        .map(|finding| {
            let found = format!("{} {}: {}-{}", finding.rule.id, finding.rule.zh, finding.start, finding.end);
            let mut violation = Violation::of(RuleId::UnfairTerm).source(&finding.rule.law.join("; ")).field(field);
            violation.actual = Some(found);
            violation
        })
        .collect()
}

/// Terms of a supplement that somebody should look at before signing.
pub fn doubtful_terms(supplement: &str) -> Vec<&'static str> {
    let doubtful = findings(supplement).into_iter().filter(|finding| finding.severity == Severity::Check);
    doubtful.map(|finding| finding.rule.id).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn void_terms_stop_a_contract_and_doubtful_ones_do_not() {
        let unfair_terms = |text| unfair_terms(text, "supplementary_terms");
        let broken = unfair_terms("课程一经售出，概不退款。");
        assert_eq!(broken.len(), 1, "{broken:?}");
        assert_eq!(broken[0].actual.as_deref(), Some("U01 概不退费: 2-11"));
        assert!(unfair_terms("退费时按课程原价扣除已上课时费用。").is_empty());
        assert_eq!(doubtful_terms("退费时按课程原价扣除已上课时费用。"), ["U08"]);
        assert!(unfair_terms("每周六上午九点上课，迟到请电话告知。").is_empty());
    }
}
