//! What a contract says otherwise than its template, and the changes that lighten what the
//! institution owes by law: instruction 3 of the model contract lets the parties change, add and
//! delete, but not so.

use std::collections::BTreeMap;

use kernel::{Percent, RuleId, Violation};

use super::field::Owner;
use super::print::{Block, LEFT_OUT, PrintError, Values, blocks, supplement_of};
use super::template::Template;
use crate::checks::unfair_terms;

const INSTRUCTION: &str = "GF-2021-2604使用说明第3条；民法典第497条；消费者权益保护法第26条";
const SYMMETRY: &str = "民法典第497条、第585条；消费者权益保护法第26条";

/// Changes of printed clauses that the parties agreed on, by the clause's number: another text, or
/// none where the clause is left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes(BTreeMap<String, Option<String>>);

impl Changes {
    /// These changes.
    pub fn new(changes: BTreeMap<String, Option<String>>) -> Changes {
        Changes(changes)
    }

    /// All of them.
    pub const fn all(&self) -> &BTreeMap<String, Option<String>> {
        &self.0
    }

    /// The numbers of the changed clauses.
    pub fn clauses(&self) -> impl Iterator<Item = &String> {
        self.0.keys()
    }

    /// The change of a clause.
    pub(super) fn of(&self, clause: &str) -> Option<&Option<String>> {
        self.0.get(clause)
    }
}

/// A difference between a contract and its template filled with the same values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// The parties added this.
    Added {
        /// What the contract says.
        text: String,
    },
    /// A clause says something else.
    Changed {
        /// Its number.
        clause: String,
        /// Who decides what it says.
        owner: Owner,
        /// What the template says.
        template: String,
        /// What the contract says.
        text: String,
    },
    /// A clause does not apply.
    Removed {
        /// Its number.
        clause: String,
        /// Who decides what it says.
        owner: Owner,
        /// What the template says.
        template: String,
    },
}

/// How a printed text differs from its template filled with the same values, in the order of the
/// text.
///
/// # Errors
/// [`PrintError`] when the values do not fill the template.
pub fn differences(template: &Template, values: &Values, text: &str) -> Result<Vec<Difference>, PrintError> {
    let model = template.print(values, &Changes::default())?;
    let clauses = |text: &'_ str| -> BTreeMap<String, String> {
        let clauses = blocks(text).filter_map(|block| match block {
            Block::Clause(id, said) => Some((id.to_owned(), said.to_owned())),
            _ => None,
        });
        clauses.collect()
    };
    let (model, actual) = (clauses(&model), clauses(text));
    let mut found = Vec::new();
    for clause in template.clauses() {
        let (id, owner) = (&clause.id, clause.owner);
        let said = model.get(id).cloned().unwrap_or_default();
        match actual.get(id) {
            Some(text) if *text == said => {}
            Some(text) if text != LEFT_OUT => {
                found.push(Difference::Changed { clause: id.clone(), owner, template: said, text: text.clone() })
            }
            Some(_) | None => found.push(Difference::Removed { clause: id.clone(), owner, template: said }),
        }
    }
    let added = supplement_of(text);
    found.extend(added.lines().map(|line| Difference::Added { text: line.to_owned() }));
    Ok(found)
}

/// Every rule that the text of a contract breaks: void and unfair terms in what the parties wrote,
/// and changes that lighten what the institution owes.
///
/// # Errors
/// [`PrintError`] when the values do not fill the template.
pub fn document_violations(template: &Template, values: &Values, text: &str) -> Result<Vec<Violation>, PrintError> {
    let mut broken = unfair_terms(&supplement_of(text), "supplementary_terms");
    for difference in differences(template, values, text)? {
        match difference {
            Difference::Added { .. } => {}
            Difference::Removed { clause, owner, .. } => {
                broken.extend(is_set(owner).then(|| lightened(&clause, "删除", "clause_changes")));
            }
            Difference::Changed { clause, owner, template, text } => {
                if is_set(owner) && !only_adds(&template, &text) {
                    broken.push(lightened(&clause, "改动", "clause_changes"));
                }
                broken.extend(unfair_terms(&text, "clause_changes"));
            }
        }
    }
    for field in super::FIELDS.iter().filter(|field| matches!(field.kind, super::Kind::Line(_))) {
        if field.filled_by == super::FilledBy::Parties
            && let Some(value) = values.get(field.name)
        {
            broken.extend(unfair_terms(value, "values"));
        }
    }
    broken.extend(one_sided_penalty(values));
    Ok(broken)
}

/// Set by a law or by the place: the parties may only improve on it for the family.
const fn is_set(owner: Owner) -> bool {
    matches!(owner, Owner::Law | Owner::Locality)
}

fn lightened(clause: &str, how: &str, field: &'static str) -> Violation {
    Violation::of(RuleId::LiabilityKept)
        .with(format!("{clause} 保留原文"), format!("{clause} {how}"))
        .source(INSTRUCTION)
        .field(field)
}

/// Does a text keep every sentence of the original, and take nothing of it back in what it adds?
fn only_adds(original: &str, text: &str) -> bool {
    const TAKES_BACK: &[&str] = &[
        "但",
        "除外",
        "不适用",
        "例外",
        "另有约定",
        "不受",
        "免除",
        "除非",
        "减轻",
        "放弃",
        "视为",
        "不再",
        "无效",
        "不予",
        "优先适用",
        "为准",
    ];
    let mut rest = text;
    let mut added = String::new();
    for sentence in sentences(original) {
        let Some((before, after)) = rest.split_once(sentence) else { return false };
        added.push_str(before);
        rest = after;
    }
    added.push_str(rest);
    !TAKES_BACK.iter().any(|word| added.contains(word))
}

fn sentences(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive(['。', '；']).map(str::trim).filter(|sentence| !sentence.is_empty())
}

/// A family that pays late does not owe more than an institution that refunds late.
fn one_sided_penalty(values: &Values) -> Option<Violation> {
    let percent = |name: &str| values.get(name).and_then(|value| value.parse::<Percent>().ok());
    let family = percent("late_payment_percent_per_day")?;
    let institution = percent("late_refund_percent_per_day");
    (Some(family) > institution).then(|| {
        Violation::of(RuleId::LiabilityKept)
            .with(institution.map_or_else(|| "0".to_owned(), |percent| percent.to_string()), family)
            .source(SYMMETRY)
            .field("values.late_payment_percent_per_day")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_addition_that_takes_back_is_no_addition() {
        let original = "甲方应当开具发票。退款退回原付款账户。";
        assert!(only_adds(original, "甲方应当开具发票。退款退回原付款账户。甲方另赠教材一册。"));
        assert!(only_adds(original, "甲方应当开具发票。并寄送乙方。退款退回原付款账户。"));
        for worse in [
            "甲方应当开具发票。",
            "退款退回原付款账户。甲方应当开具发票。",
            "甲方应当开具发票。退款退回原付款账户。但优惠课程除外。",
            "甲方应当开具发票。退款退回原付款账户，或者转为课时。",
        ] {
            assert!(!only_adds(original, worse), "{worse}");
        }
    }
}
