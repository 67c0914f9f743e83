//! Text as the check reads it: width, case and script folded, decoration dropped, and for every kept
//! character the place in the original that it came from.

use std::ops::Range;

use super::variants::{ideograph, ideographs, simplified};

/// Breaks with the folded character that they stand before.
pub(super) type Breaks = Vec<(usize, Break)>;

/// Where a sentence may end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Break {
    /// Between the parts of a sentence: comma, colon, question mark.
    Part,
    /// Between the items of a list: 、 or a slash.
    Item,
    /// Between sentences.
    Sentence,
}

/// A text, folded.
#[derive(Debug, Default)]
pub(super) struct Folded {
    /// The folded characters.
    pub chars: Vec<char>,
    /// For each of them its index in the original, in Unicode scalar values.
    pub origin: Vec<u32>,
    /// The folded characters as a text.
    pub text: String,
    /// The byte of the text that each character begins at, and the end of the text.
    pub bytes: Vec<usize>,
    /// Breaks that stand before the folded character of that index, in order; the last of equal
    /// indices counts.
    pub breaks: Breaks,
}

/// Longest sentence that is looked at as one; a longer one is cut, so that work stays linear in text
/// without any punctuation.
const SENTENCE_MAX: usize = 400;

impl Folded {
    /// Folds a text.
    pub fn of(text: &str) -> Folded {
        let original: Vec<char> = text.chars().collect();
        let width = wrap_width(text);
        let mut folded = Folded {
            chars: Vec::with_capacity(original.len()),
            origin: Vec::with_capacity(original.len()),
            text: String::with_capacity(text.len()),
            bytes: Vec::with_capacity(original.len().saturating_add(1)),
            breaks: Vec::new(),
        };
        let ideographs = ideographs();
        let at = |index: usize| original.get(index).copied().map(narrow);
        for (index, c) in original.iter().copied().enumerate() {
            // Nearly all of a text is no mark, of no other width, a letter.
            if let Some(simplified) = ideograph(c).and_then(|at| ideographs.get(at)) {
                folded.push(*simplified, index);
                continue;
            }
            let c = narrow(c);
            let before = index.checked_sub(1).and_then(at);
            let after = at(index.saturating_add(1));
            let digits = before.is_some_and(|b| b.is_ascii_digit()) && after.is_some_and(|a| a.is_ascii_digit());
            match c {
                '\n' | '\r' => {
                    if let Some(kind) = line_end(&original, index, width) {
                        folded.cut(kind);
                    }
                }
                '.' | '/' | '-' if digits => folded.push(c, index),
                ',' if digits => {}
                '。' | ';' | '!' | '．' => folded.cut(Break::Sentence),
                '.' if before.is_some_and(|b| b.is_ascii_digit()) => folded.cut(Break::Sentence),
                ',' | ':' | '.' | '—' | '…' | '\u{2028}' | '\u{2029}' => folded.cut(Break::Part),
                '?' => {
                    folded.push(c, index);
                    folded.cut(Break::Part);
                }
                '、' | '/' | '|' => folded.cut(Break::Item),
                '%' | '+' | '¥' => folded.push(c, index),
                _ if c.is_alphanumeric() => folded.push(simplified(c), index),
                // Spaces, quotation marks, brackets, stars, emoji: nothing that changes a clause.
                _ => {}
            }
        }
        super::variants::mend(&mut folded.chars);
        for c in &folded.chars {
            folded.bytes.push(folded.text.len());
            folded.text.push(*c);
        }
        folded.bytes.push(folded.text.len());
        folded
    }

    fn push(&mut self, c: char, index: usize) {
        self.chars.push(c);
        self.origin.push(u32::try_from(index).unwrap_or(u32::MAX));
    }

    fn cut(&mut self, kind: Break) {
        let place = self.chars.len();
        match self.breaks.last_mut() {
            Some((last, known)) if *last == place => {
                if kind == Break::Sentence || *known == Break::Item {
                    *known = kind;
                }
            }
            _ if place == 0 => {}
            _ => self.breaks.push((place, kind)),
        }
    }

    /// The sentences, as ranges of folded characters with the breaks inside them.
    pub fn sentences(&self) -> Vec<(Range<usize>, Breaks)> {
        let mut sentences = Vec::new();
        let mut from = 0_usize;
        let mut inner = Vec::new();
        let end = (self.chars.len(), Break::Sentence);
        for (place, kind) in self.breaks.iter().copied().chain(std::iter::once(end)) {
            while place.saturating_sub(from) > SENTENCE_MAX {
                let cut = inner.last().map_or_else(|| from.saturating_add(SENTENCE_MAX), |(at, _)| *at);
                sentences.push((from..cut, std::mem::take(&mut inner)));
                from = cut;
            }
            if kind == Break::Sentence {
                if place > from {
                    sentences.push((from..place, std::mem::take(&mut inner)));
                }
                inner.clear();
                from = place;
            } else {
                inner.push((place, kind));
            }
        }
        sentences
    }
}

/// Full-width forms, and marks that mean the same, as one; lower case.
fn narrow(c: char) -> char {
    let c = match c {
        '\u{ff01}'..='\u{ff5e}' => u32::from(c).checked_sub(0xfee0).and_then(char::from_u32).unwrap_or(c),
        _ => c,
    };
    match c {
        'A'..='Z' => c.to_ascii_lowercase(),
        '，' | '﹐' | '︐' => ',',
        '；' | '﹔' => ';',
        '：' | '∶' | '﹕' => ':',
        '！' => '!',
        '？' | '﹖' => '?',
        '｡' | '﹒' => '。',
        '﹪' => '%',
        '–' | '−' | '‐' | '‑' | '﹣' => '-',
        '￥' => '¥',
        '․' => '.',
        _ => c,
    }
}

/// The width at which a text was wrapped: the longest line, if others are as long.
fn wrap_width(text: &str) -> Option<usize> {
    let lengths: Vec<usize> = text.lines().map(|line| line.trim().chars().count()).collect();
    let longest = lengths.iter().copied().max()?;
    let full = lengths.iter().filter(|length| length.saturating_add(2) >= longest).count();
    (full >= 2 && longest >= 15).then_some(longest)
}

/// What the end of a line is: nothing where a paragraph was only wrapped, a sentence where the next
/// line begins an item or is empty, a part where somebody writes a line for a comma.
fn line_end(original: &[char], index: usize, width: Option<usize>) -> Option<Break> {
    let rest = original.get(index.saturating_add(1)..).unwrap_or_default();
    let rest: Vec<char> = rest.iter().copied().map(narrow).filter(|c| *c != '\r').take(12).collect();
    let blank = |c: &char| c.is_whitespace() && *c != '\n';
    let start = rest.iter().position(|c| !blank(c))?;
    let next = rest.get(start..).unwrap_or_default();
    let numbered = match next.first() {
        Some('\n' | '第' | '(' | '•' | '●' | '◆' | '★' | '■' | '※' | '-' | '*' | '·' | '【' | '①'..='⑳') => {
            true
        }
        Some(_) => {
            let digits = next.iter().take_while(|c| c.is_ascii_digit() || "一二三四五六七八九十".contains(**c)).count();
            digits > 0 && next.get(digits).is_some_and(|c| matches!(c, '.' | '、' | ')' | ':' | '．' | ','))
        }
        None => true,
    };
    let line = original.get(..index).unwrap_or_default().iter().rev().take_while(|c| **c != '\n');
    let length = line.take(SENTENCE_MAX).filter(|c| !c.is_whitespace()).count();
    let full = width.is_some_and(|width| length.saturating_add(2) >= width);
    match length {
        _ if numbered => Some(Break::Sentence),
        _ if full => None,
        // 概不 / 退费: a word that somebody tore apart.
        0..6 => None,
        6..18 => Some(Break::Part),
        _ => Some(Break::Sentence),
    }
}
