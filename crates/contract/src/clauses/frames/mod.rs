//! Frames: what makes a term, as data. A frame names the things that must stand together in a clause
//! (who, does what, to what, when, with which number) by their concepts, in any order or in a chain,
//! and what must not stand there; so wording that nobody listed is found when it is made of known
//! concepts. The files are in `data/clauses/frames`, their language is that of `syntax`.

mod matching;
mod sets;
mod syntax;

use std::sync::LazyLock;

pub(super) use syntax::{Head, number_of};

use super::number::Number;
use super::sentence::Sentence;
use super::vocabulary::{Span, Vocabulary};
use sets::Sets;
use syntax::Frame;

const FILES: &[(&str, &str)] = &[
    ("fair.txt", include_str!("../../../data/clauses/frames/fair.txt")),
    ("refund.txt", include_str!("../../../data/clauses/frames/refund.txt")),
    ("change.txt", include_str!("../../../data/clauses/frames/change.txt")),
    ("liability.txt", include_str!("../../../data/clauses/frames/liability.txt")),
    ("money.txt", include_str!("../../../data/clauses/frames/money.txt")),
    ("rights.txt", include_str!("../../../data/clauses/frames/rights.txt")),
    ("more.txt", include_str!("../../../data/clauses/frames/more.txt")),
];

/// Words and frames.
#[derive(Debug)]
pub(super) struct Library {
    /// The words.
    pub words: Vocabulary,
    frames: Vec<Frame>,
    sets: Sets,
    #[cfg_attr(not(test), expect(dead_code, reason = "a test looks at it: data that ships must be readable"))]
    faults: Vec<String>,
}

/// What ships with the program.
pub(super) static LIBRARY: LazyLock<Library> = LazyLock::new(|| {
    let mut faults = Vec::new();
    let mut words = Vocabulary::read(&mut faults);
    let mut frames = Vec::new();
    for (_, content) in FILES {
        let lines = content.lines().filter(|line| !line.trim().is_empty() && !line.starts_with("//"));
        frames.extend(lines.filter_map(|line| syntax::frame(line, &mut words, &mut faults)));
    }
    words.finish();
    let sets = Sets::of(&mut frames, &words);
    Library { words, frames, sets, faults }
});

/// The frames for which a sentence has a word in every place that must be filled, by their numbers:
/// few of all, and only they are looked at.
pub(super) fn possible(spans: &[Span], numbers: &[Number]) -> Vec<usize> {
    LIBRARY.sets.possible(spans, numbers)
}

/// The first match of a frame with this head.
pub(super) fn first(s: &Sentence<'_>, head: Head) -> Option<Vec<Span>> {
    matches(s, head).next()
}

/// Every match of the frames that refuse money back, one a frame.
pub(super) fn denials(s: &Sentence<'_>) -> impl Iterator<Item = Vec<Span>> {
    matches(s, Head::Denies)
}

fn matches(s: &Sentence<'_>, head: Head) -> impl Iterator<Item = Vec<Span>> {
    let frames = s.frames.iter().filter_map(|number| LIBRARY.frames.get(*number));
    frames.filter(move |frame| frame.head == head).filter_map(|frame| matching::matched(s, frame))
}

#[cfg(test)]
mod tests {
    use super::LIBRARY;

    #[test]
    fn every_line_of_the_data_is_read() {
        assert_eq!(LIBRARY.faults, Vec::<String>::new());
        assert!(LIBRARY.words.len() > 100 && LIBRARY.frames.len() > 400);
    }
}
