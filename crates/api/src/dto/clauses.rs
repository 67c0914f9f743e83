//! Bodies of the clause check.

use contract::clauses::Finding;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::language::Language;
use crate::problem::Problem;
use crate::problem_type::ProblemType;
use crate::wire::Expected;

/// Longest text that is checked in one request, characters.
const CHARACTERS_MAX: usize = 100_000;

/// A text to be checked: a contract, a notice, a chat.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContractCheckRequest {
    /// The text as it stands, 1 to 100,000 characters. Nothing of it is kept.
    #[schema(min_length = 1, max_length = 100_000)]
    pub text: String,
}

impl ContractCheckRequest {
    /// The text, if it is of a length that can be checked.
    ///
    /// # Errors
    /// Empty, or too long.
    pub fn text(&self) -> Result<&str, Problem> {
        let length = self.text.chars().count();
        if (1..=CHARACTERS_MAX).contains(&length) {
            return Ok(&self.text);
        }
        let detail = Expected::of(
            format!("文本须为 1 至 {CHARACTERS_MAX} 个字符。"),
            format!("The text must have 1 to {CHARACTERS_MAX} characters."),
        );
        let facts = (Some(CHARACTERS_MAX.to_string()), Some(length.to_string()));
        Err(Problem::of(ProblemType::InvalidField).field("text").detail(detail).facts(facts.0, facts.1))
    }
}

/// A term that was found.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FindingBody {
    /// Rule, `U01` to `U40`.
    #[schema(value_type = String, example = "U01")]
    pub rule: &'static str,
    /// What the rule is about.
    pub title: &'static str,
    /// `void`, `unfair`, or `check` where it depends on what the text does not show.
    #[schema(value_type = String, example = "void")]
    pub severity: &'static str,
    /// First character of the words concerned, in Unicode scalar values from 0.
    pub start: usize,
    /// One past the last.
    pub end: usize,
    /// These words.
    pub quote: String,
    /// The concepts by which it was found, in Chinese.
    #[schema(value_type = Vec<String>)]
    pub concepts: Vec<&'static str>,
    /// What it breaks.
    #[schema(value_type = Vec<String>)]
    pub law: Vec<&'static str>,
    /// What to do.
    pub advice: &'static str,
}

/// What was found in a text.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ContractCheckBody {
    /// In the order of their places. None found does not make a contract fair.
    pub findings: Vec<FindingBody>,
}

impl ContractCheckBody {
    /// In a language.
    pub fn of(findings: Vec<Finding>, language: Language) -> ContractCheckBody {
        let body = |found: Finding| FindingBody {
            rule: found.rule.id,
            title: language.pick(found.rule.zh, found.rule.en),
            severity: found.severity.as_str(),
            start: found.start,
            end: found.end,
            quote: found.quote,
            concepts: found.concepts,
            law: found.rule.law.to_vec(),
            advice: language.pick(found.rule.advice_zh, found.rule.advice_en),
        };
        ContractCheckBody { findings: findings.into_iter().map(body).collect() }
    }
}
