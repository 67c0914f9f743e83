//! The weights that ship are those that the labelled clauses for tuning teach; `UPDATE_WEIGHTS=1`
//! writes them anew.

use contract::clauses::evaluate::{Labelled, read};
use contract::clauses::learn;

/// The files that tuning may see: none of test, test2, blind3, blind4, nor the two newest blind ones.
const TUNING: &[&str] = &[
    include_str!("../data/clauses/train.tsv"),
    include_str!("../data/clauses/holdout.tsv"),
    include_str!("../data/clauses/holdout2.tsv"),
    include_str!("../data/clauses/holdout3.tsv"),
    include_str!("../data/clauses/tune2.tsv"),
    include_str!("../data/clauses/tune3.tsv"),
    include_str!("../data/clauses/tune4.tsv"),
    include_str!("../data/clauses/tune5.tsv"),
    include_str!("../data/clauses/tune6.tsv"),
    include_str!("../data/clauses/tune7.tsv"),
    include_str!("../data/clauses/tune8.tsv"),
    include_str!("../data/clauses/tune9.tsv"),
    include_str!("../data/clauses/tune10.tsv"),
    include_str!("../data/clauses/tune11.tsv"),
    include_str!("../data/clauses/tune12.tsv"),
    include_str!("../data/clauses/tune13.tsv"),
    include_str!("../data/clauses/blind5.tsv"),
    include_str!("../data/clauses/blind6.tsv"),
    include_str!("../data/clauses/blind7.tsv"),
];

#[test]
fn the_weights_that_ship_are_those_that_the_clauses_for_tuning_teach() {
    let mut clauses: Vec<_> = TUNING.iter().flat_map(|file| read(file).unwrap()).collect();
    // What every contract says is fair.
    let template = include_str!("../data/template/v1.txt").lines().filter(|line| line.chars().count() > 5);
    let fair = |text: &str| Labelled { id: text.to_owned(), text: text.to_owned(), ..Labelled::default() };
    clauses.extend(template.map(fair));
    let learned = learn(&clauses);
    if std::env::var_os("UPDATE_WEIGHTS").is_some() {
        std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/data/clauses/weights.txt"), &learned).unwrap();
        return;
    }
    let shipped = include_str!("../data/clauses/weights.txt");
    let differs = learned.lines().zip(shipped.lines()).find(|(a, b)| a != b);
    assert!(learned == shipped, "UPDATE_WEIGHTS=1 cargo test -p contract --test clause_weights: {differs:?}");
}
