//! What a sentence lays on the scales: runs of one to three characters, pairs around one character,
//! and the classes of words that it has. Marks and figures count as one character each.

use std::ops::Range;

use crate::clauses::fold::Break;
use crate::clauses::frames::LIBRARY;
use crate::clauses::vocabulary::{Id, Span};

/// A feature as a number: up to three characters of 21 bits, or a class of words.
pub(super) type Key = u64;

/// The bit of classes of words.
const CLASS: Key = 1 << 63;
/// Stands for the character between two others; folded text has none such.
const BETWEEN: char = '_';
const BEGIN: char = '^';
const END: char = '$';

/// A feature with the folded characters that show it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shown {
    /// Which.
    pub key: Key,
    /// First character.
    pub start: usize,
    /// One past the last.
    pub end: usize,
}

/// The key of up to three characters.
fn key(chars: impl Iterator<Item = char>) -> Key {
    [0, 21, 42].into_iter().zip(chars).fold(0, |key, (shift, c)| key | Key::from(u32::from(c)) << shift)
}

/// The key of a written feature: `@class`, or the characters themselves.
pub(super) fn key_of(written: &str) -> Option<Key> {
    match written.strip_prefix('@') {
        Some(class) => LIBRARY.words.find(class).map(of_class),
        None => (1..=3).contains(&written.chars().count()).then(|| key(written.chars())),
    }
}

fn of_class(id: Id) -> Key {
    CLASS | Key::from(id)
}

/// How a feature is written.
pub(super) fn written(key: Key) -> String {
    if key & CLASS != 0 {
        let id = Id::try_from(key & !CLASS).unwrap_or(Id::MAX);
        return format!("@{}", LIBRARY.words.name(id));
    }
    let chars = [0, 21, 42].map(|shift| u32::try_from(key >> shift & 0x1f_ffff).ok().filter(|code| *code > 0));
    chars.into_iter().flatten().filter_map(char::from_u32).collect()
}

/// A character of a sentence, with the folded characters that it stands for.
pub(super) type Standing = (char, usize, usize);

/// The characters of a range with marks between its parts, figures as one `0`, and what each stands for.
fn sequence(chars: &[char], range: &Range<usize>, breaks: &[(usize, Break)], sequence: &mut Vec<Standing>) {
    sequence.clear();
    sequence.push((BEGIN, range.start, range.start));
    let mut marks = breaks.iter().filter(|(_, kind)| *kind != Break::Item).peekable();
    for (at, c) in range.clone().zip(chars.get(range.clone()).unwrap_or_default()) {
        while let Some((_, kind)) = marks.next_if(|(place, _)| *place <= at) {
            sequence.push((if *kind == Break::Sentence { '。' } else { ',' }, at, at));
        }
        let end = at.saturating_add(1);
        match (c, sequence.last_mut()) {
            ('0'..='9', Some(('0', _, last))) => *last = end,
            ('0'..='9', _) => sequence.push(('0', at, end)),
            // The few marks that folding keeps.
            ('.' | '/' | '-' | '+' | '¥' | '?', _) => {}
            _ => sequence.push((*c, at, end)),
        }
    }
    sequence.push((END, range.end, range.end));
}

/// What is to be shown: characters, their range and breaks, and words.
pub(super) struct Scene<'a> {
    /// The folded characters of the whole text.
    pub chars: &'a [char],
    /// Those that are looked at.
    pub range: Range<usize>,
    /// The breaks in the range.
    pub breaks: &'a [(usize, Break)],
    /// The words in the range, by id.
    pub spans: &'a [Span],
}

/// Shows everything that a range has, a feature as often as it is there, from the first character on.
pub(super) fn show(scene: &Scene<'_>, room: &mut Vec<Standing>, mut shown: impl FnMut(Shown)) {
    sequence(scene.chars, &scene.range, scene.breaks, room);
    let mut rest = room.as_slice();
    while let Some(((first, start, mut end), after)) = rest.split_first().map(|(first, after)| (*first, after)) {
        let (start, mut key) = (start, Key::from(u32::from(first)));
        shown(Shown { key, start, end });
        if let Some((second, _, last)) = after.first() {
            (key, end) = (key | Key::from(u32::from(*second)) << 21, *last);
            shown(Shown { key, start, end });
        }
        if let Some((third, _, end)) = after.get(1) {
            let third = Key::from(u32::from(*third)) << 42;
            shown(Shown { key: key | third, start, end: *end });
            let between = Key::from(u32::from(BETWEEN)) << 21;
            shown(Shown { key: Key::from(u32::from(first)) | between | third, start, end: *end });
        }
        rest = after;
    }
    let mut last = None;
    for span in scene.spans.iter().take_while(|span| LIBRARY.words.is_class(span.id)) {
        if last.replace(span.id) != Some(span.id) {
            shown(Shown { key: of_class(span.id), start: span.start, end: span.end });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clauses::fold::Folded;

    #[test]
    fn features_are_written_as_they_are_read() {
        let folded = Folded::of("第30天起，概不退款");
        let range = 0..folded.chars.len();
        let spans = LIBRARY.words.spans(&folded.chars, range.clone());
        let mut shown = Vec::new();
        let scene = Scene { chars: &folded.chars, range, breaks: &folded.breaks, spans: &spans };
        show(&scene, &mut Vec::new(), |one| shown.push(one));
        let written: Vec<String> = shown.iter().map(|one| written(one.key)).collect();
        for expected in ["^", "^第", "第0天", "第_天", "起,概", "不退款", "退款$", "@退款"] {
            assert!(written.iter().any(|one| one == expected), "{expected}: {written:?}");
        }
        assert!(shown.iter().all(|one| key_of(&super::written(one.key)) == Some(one.key)));
        let run = shown.iter().find(|one| super::written(one.key) == "0天").unwrap();
        assert_eq!((run.start, run.end), (1, 4));
    }
}
