//! Learning the weights: from labelled clauses, in an order that their text alone decides, with sums,
//! products and roots only, so that the same clauses give the same file on every machine.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::feature::{self, Key, Scene};
use super::share;
use crate::clauses::evaluate::Labelled;
use crate::clauses::fold::Folded;
use crate::clauses::frames::LIBRARY;

/// How many features are kept, those that weigh most.
const KEPT: usize = 10_000;
/// How often every clause is looked at.
const ROUNDS: u32 = 60;
/// The same, for single rules.
const RULE_ROUNDS: u32 = 8;
/// For how many rules a feature may speak.
const RULES_KEPT: usize = 6;
/// What a weight loses every time it is used, so that nothing rests on a few clauses.
const DECAY: f64 = 3e-4;

/// A clause as numbers of its features.
struct Case<'a> {
    features: Vec<usize>,
    clause: &'a Labelled,
}

/// Between 0 and 1, as a logistic curve is, but exact on every machine.
fn squashed(z: f64) -> f64 {
    0.5 + 0.5 * z / (1.0 + z.abs())
}

/// A number that the text alone decides (FNV-1a).
fn hashed(text: &str, round: u32) -> u64 {
    let bytes = text.bytes().chain(round.to_le_bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// The features of a text, each once, in the order of their keys.
fn features_of(text: &str) -> Vec<Key> {
    let folded = Folded::of(text);
    let range = 0..folded.chars.len();
    let spans = LIBRARY.words.spans(&folded.chars, range.clone());
    let scene = Scene { chars: &folded.chars, range, breaks: &folded.breaks, spans: &spans };
    let mut keys: Vec<Key> = Vec::new();
    feature::show(&scene, &mut Vec::new(), |one| keys.push(one.key));
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// Weights of features that tell cases of one kind from the others, and what is added to all.
fn told_apart(cases: &[Case<'_>], count: usize, rounds: u32, is: impl Fn(&Labelled) -> bool) -> (Vec<f64>, f64) {
    let mut weights = vec![0.0; count];
    let mut bias = 0.0;
    let mut order: Vec<&Case<'_>> = cases.iter().collect();
    for round in 0..rounds {
        order.sort_by_cached_key(|case| hashed(&case.clause.text, round));
        let step = 0.2 / (1.0 + 0.5 * f64::from(round));
        for case in &order {
            let share = share(case.features.len());
            let sum: f64 = case.features.iter().filter_map(|feature| weights.get(*feature)).sum();
            let wanted = if is(case.clause) { 1.0 } else { 0.0 };
            let error = (wanted - squashed(bias + sum * share)) * step;
            bias += error;
            for feature in &case.features {
                if let Some(weight) = weights.get_mut(*feature) {
                    *weight = *weight * (1.0 - DECAY) + error * share;
                }
            }
        }
    }
    (weights, bias)
}

/// Cases with only the features of a list.
fn cases<'a>(clauses: &'a [Labelled], keys: &[Vec<Key>], kept: &[Key]) -> Vec<Case<'a>> {
    let number: BTreeMap<Key, usize> = kept.iter().copied().zip(0..).collect();
    let features = |keys: &Vec<Key>| keys.iter().filter_map(|key| number.get(key).copied()).collect();
    clauses.iter().zip(keys).map(|(clause, keys)| Case { features: features(keys), clause }).collect()
}

fn thousandths(weight: f64) -> String {
    format!("{:.0}", weight * 1_000.0)
}

/// The file of weights that these clauses teach. Clauses that can be read either way teach nothing.
pub fn learn(clauses: &[Labelled]) -> String {
    let clauses: Vec<Labelled> =
        clauses.iter().filter(|clause| !clause.broken.is_empty() || clause.tolerated.is_empty()).cloned().collect();
    let keys: Vec<Vec<Key>> = clauses.iter().map(|clause| features_of(&clause.text)).collect();
    let mut often: BTreeMap<Key, u32> = BTreeMap::new();
    for key in keys.iter().flatten() {
        let count = often.entry(*key).or_default();
        *count = count.saturating_add(1);
    }
    let mut kept: Vec<Key> = often.into_iter().filter(|(_, count)| *count > 1).map(|(key, _)| key).collect();
    let unfair = |clause: &Labelled| !clause.broken.is_empty();
    // First all that occur twice; then those that weigh most once more, alone.
    let (first, _) = told_apart(&cases(&clauses, &keys, &kept), kept.len(), ROUNDS, unfair);
    let mut by_weight: Vec<(Key, f64)> = kept.iter().copied().zip(first).collect();
    by_weight.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()).then(a.0.cmp(&b.0)));
    kept = by_weight.into_iter().take(KEPT).map(|(key, _)| key).collect();
    kept.sort_unstable();
    let all = cases(&clauses, &keys, &kept);
    let (weights, bias) = told_apart(&all, kept.len(), ROUNDS, unfair);

    let broken: Vec<Case<'_>> = all.into_iter().filter(|case| unfair(case.clause)).collect();
    let mut of_rules: Vec<Vec<(usize, f64)>> = vec![Vec::new(); kept.len()];
    let mut file = String::from("// Learned from the labelled clauses for tuning; see README.md. Thousandths.\n");
    // Writing to a string cannot fail.
    let _ = writeln!(file, "BIAS {}", thousandths(bias));
    for (number, rule) in (1_usize..).zip(crate::clauses::rules()) {
        let (votes, bias) = told_apart(&broken, kept.len(), RULE_ROUNDS, |clause| clause.broken.contains(rule.id));
        let _ = writeln!(file, "{} {}", rule.id, thousandths(bias));
        for (slot, vote) in of_rules.iter_mut().zip(votes) {
            slot.push((number, vote));
        }
    }
    for ((key, weight), mut votes) in kept.iter().zip(weights).zip(of_rules) {
        votes.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()).then(a.0.cmp(&b.0)));
        votes.truncate(RULES_KEPT);
        votes.retain(|(_, vote)| vote.abs() >= 0.01);
        let _ = write!(file, "{} {}", feature::written(*key), thousandths(weight));
        for (rule, vote) in votes {
            let _ = write!(file, " {rule}={}", thousandths(vote));
        }
        file.push('\n');
    }
    file
}
