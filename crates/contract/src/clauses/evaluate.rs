//! How good the check is, on clauses that people labelled.
//!
//! A labelled file has a head line and then lines of id, labels and text, separated by tabs. Labels
//! are rules separated by commas, or `fair`. A rule with a question mark may be found or not: the
//! clause can be read either way. `\n` in a text is a line end.

use std::collections::{BTreeMap, BTreeSet};

/// A clause with what people say of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Labelled {
    /// Its id.
    pub id: String,
    /// The rules that it breaks; none when it is fair.
    pub broken: BTreeSet<String>,
    /// Rules that may also be found.
    pub tolerated: BTreeSet<String>,
    /// The clause.
    pub text: String,
}

/// What is wrong with a labelled file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LabelError {
    /// Not three columns.
    #[error("第{line}行不是三列；line {line} has not three columns")]
    Columns {
        /// Which line, from 1.
        line: usize,
    },
    /// A label that is no rule and not `fair`.
    #[error("第{line}行的标签“{label}”不是规则；label {label:?} of line {line} is no rule")]
    Label {
        /// Which line, from 1.
        line: usize,
        /// The label.
        label: String,
    },
}

/// Reads a labelled file.
///
/// # Errors
/// [`LabelError`] of the first line that cannot be read.
pub fn read(file: &str) -> Result<Vec<Labelled>, LabelError> {
    let known: BTreeSet<&str> = super::rules().into_iter().map(|rule| rule.id).collect();
    let mut clauses = Vec::new();
    for (line, content) in (1_usize..).zip(file.lines()).skip(1).filter(|(_, content)| !content.trim().is_empty()) {
        let mut columns = content.splitn(3, '\t');
        let (Some(id), Some(labels), Some(text)) = (columns.next(), columns.next(), columns.next()) else {
            return Err(LabelError::Columns { line });
        };
        let mut clause = Labelled {
            id: id.to_owned(),
            broken: BTreeSet::new(),
            tolerated: BTreeSet::new(),
            text: text.replace("\\n", "\n"),
        };
        for label in labels.split(',').map(str::trim).filter(|label| *label != "fair") {
            let (rule, tolerated) = label.strip_suffix('?').map_or((label, false), |rule| (rule, true));
            if !known.contains(rule) {
                return Err(LabelError::Label { line, label: label.to_owned() });
            }
            let set = if tolerated { &mut clause.tolerated } else { &mut clause.broken };
            set.insert(rule.to_owned());
        }
        clauses.push(clause);
    }
    Ok(clauses)
}

/// Counts of one rule, or of all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Score {
    /// Found, and it is so.
    pub hits: u32,
    /// Found, and it is not so.
    pub false_alarms: u32,
    /// Not found, and it is so.
    pub misses: u32,
}

impl Score {
    /// Share of the findings that are right; none when nothing was found.
    pub fn precision(self) -> Option<f64> {
        ratio(self.hits, self.false_alarms)
    }

    /// Share of what there is that was found; none when there is nothing to find.
    pub fn recall(self) -> Option<f64> {
        ratio(self.hits, self.misses)
    }
}

fn ratio(good: u32, bad: u32) -> Option<f64> {
    let all = good.saturating_add(bad);
    (all > 0).then(|| f64::from(good) / f64::from(all))
}

/// How the check did.
#[derive(Clone, Debug, Default)]
pub struct Evaluation {
    /// Clauses, fair ones among them.
    pub clauses: u32,
    /// Fair clauses.
    pub fair: u32,
    /// Is a clause unfair at all: any finding against any label.
    pub any: Score,
    /// Pairs of clause and rule.
    pub pairs: Score,
    /// The same, by rule.
    pub rules: BTreeMap<&'static str, Score>,
    /// Clauses that were judged wrongly: id, what was missed, what was found too much.
    pub errors: Vec<(String, Vec<String>, Vec<String>)>,
}

/// Holds the check against labelled clauses.
pub fn evaluate(clauses: &[Labelled]) -> Evaluation {
    let mut result = Evaluation::default();
    for clause in clauses {
        let found: BTreeSet<&'static str> =
            super::check(&clause.text).into_iter().map(|finding| finding.rule.id).collect();
        let (unfair, flagged) = (!clause.broken.is_empty(), !found.is_empty());
        result.clauses = result.clauses.saturating_add(1);
        result.fair = result.fair.saturating_add(u32::from(!unfair));
        count(&mut result.any, flagged, unfair);
        let (mut missed, mut extra) = (Vec::new(), Vec::new());
        for rule in super::rules() {
            let (is, said) = (clause.broken.contains(rule.id), found.contains(rule.id));
            if said && clause.tolerated.contains(rule.id) {
                continue;
            }
            count(&mut result.pairs, said, is);
            count(result.rules.entry(rule.id).or_default(), said, is);
            if is && !said {
                missed.push(rule.id.to_owned());
            }
            if said && !is {
                extra.push(rule.id.to_owned());
            }
        }
        if !missed.is_empty() || !extra.is_empty() {
            result.errors.push((clause.id.clone(), missed, extra));
        }
    }
    result
}

fn count(score: &mut Score, said: bool, is: bool) {
    let counter = match (said, is) {
        (true, true) => &mut score.hits,
        (true, false) => &mut score.false_alarms,
        (false, true) => &mut score.misses,
        (false, false) => return,
    };
    *counter = counter.saturating_add(1);
}
