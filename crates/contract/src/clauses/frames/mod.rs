//! Frames: what makes a term, as data. A frame names the things that must stand together in a clause
//! (who, does what, to what, when, with which number) by their concepts, in any order or in a chain,
//! and what must not stand there; so wording that nobody listed is found when it is made of known
//! concepts. The files are in `data/clauses/frames`, their language is that of `syntax`.

mod matching;
mod sets;
mod syntax;

use std::sync::LazyLock;

pub(super) use matching::Work;
pub(super) use sets::{Number as FrameNumber, Room};
pub(super) use syntax::{Fact, Head, number_of};

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

/// Frames that follow each other: the number of the first, and one past the last.
pub(super) type Frames = (FrameNumber, FrameNumber);

/// Words and frames.
#[derive(Debug)]
pub(super) struct Library {
    /// The words.
    pub words: Vocabulary,
    /// Frames, those with the same head side by side.
    frames: Vec<Frame>,
    /// Those that clear a sentence.
    pub clears: Frames,
    /// Those that refuse money back.
    pub denies: Frames,
    /// What frames ask for.
    pub sets: Sets,
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
    frames.sort_by_key(|frame| frame.head);
    let sets = Sets::of(&mut frames, &words);
    let mut library = Library { words, frames, clears: (0, 0), denies: (0, 0), sets, faults };
    library.clears = library.with(Head::Clears);
    library.denies = library.with(Head::Denies);
    library
});

impl Library {
    /// The frames with a head.
    pub fn with(&self, head: Head) -> Frames {
        let number = |at: usize| FrameNumber::try_from(at).unwrap_or(FrameNumber::MAX);
        let first = self.frames.partition_point(|frame| frame.head < head);
        (number(first), number(self.frames.partition_point(|frame| frame.head <= head)))
    }
}

/// The words of the first match of one of these frames.
pub(super) fn first(s: &Sentence<'_>, frames: Frames) -> Option<Vec<Span>> {
    let mut found = None;
    matches(s, frames, |words| {
        found = Some(words.to_vec());
        false
    });
    found
}

/// Does one of these frames match?
pub(super) fn any(s: &Sentence<'_>, frames: Frames) -> bool {
    let mut found = false;
    matches(s, frames, |_| {
        found = true;
        false
    });
    found
}

/// From the first to the last character of every match of the frames that refuse money back, one a frame.
pub(super) fn denials(s: &Sentence<'_>) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    matches(s, LIBRARY.denies, |words| {
        let first = words.iter().map(|span| span.start).min();
        let last = words.iter().map(|span| span.end).max();
        found.extend(first.zip(last));
        true
    });
    found
}

/// Tells the words of every match of these frames, as long as they are wanted.
fn matches(s: &Sentence<'_>, (begin, end): Frames, mut wanted: impl FnMut(&[Span]) -> bool) {
    let possible = s.frames.iter().skip_while(|number| **number < begin).take_while(|number| **number < end);
    let mut work = None;
    for frame in possible.filter_map(|number| LIBRARY.frames.get(usize::from(*number))) {
        let work = work.get_or_insert_with(|| s.work.take());
        if matching::matched(s, frame, work) && !wanted(work.found()) {
            break;
        }
    }
    if let Some(work) = work {
        s.work.set(work);
    }
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
