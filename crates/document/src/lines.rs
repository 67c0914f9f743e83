//! Breaking Chinese text into lines: between any two characters, but no line begins with a closing
//! mark or ends with an opening one, and numbers and words stay whole where they fit.

use std::collections::BTreeSet;

use crate::font::Glyph;

/// A character as it is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Drawn {
    /// The character.
    pub c: char,
    /// How it is drawn.
    pub glyph: Glyph,
}

/// Text as it is drawn, and the characters that the font lacks.
pub(crate) struct Setter<F> {
    glyphs: F,
    /// Printed as code points.
    pub missing: BTreeSet<char>,
}

fn closes(c: char) -> bool {
    "，。、；：！？）》」』”’〕】％%".contains(c)
}

fn opens(c: char) -> bool {
    "（《「『“‘〔【".contains(c)
}

fn is_word(c: char) -> bool {
    c.is_ascii() && !c.is_ascii_whitespace()
}

impl<F: Fn(char) -> Option<Glyph>> Setter<F> {
    pub const fn new(glyphs: F) -> Setter<F> {
        Setter { glyphs, missing: BTreeSet::new() }
    }

    /// The characters of a text. One that the font lacks is printed as its code point between
    /// brackets: it must not vanish.
    pub fn set(&mut self, text: &str) -> Vec<Drawn> {
        let mut drawn = Vec::with_capacity(text.len());
        for c in text.chars() {
            if let Some(glyph) = (self.glyphs)(c) {
                drawn.push(Drawn { c, glyph });
            } else {
                self.missing.insert(c);
                let code = format!("〔U+{:04X}〕", u32::from(c));
                drawn.extend(code.chars().filter_map(|c| Some(Drawn { c, glyph: (self.glyphs)(c)? })));
            }
        }
        drawn
    }

    /// The lines of a text that are at most `width` long at a size of one.
    pub fn lines(&mut self, text: &str, width: f32) -> Vec<Vec<Drawn>> {
        let drawn = self.set(text);
        let mut lines: Vec<Vec<Drawn>> = Vec::new();
        let mut line: Vec<Drawn> = Vec::new();
        let mut used = 0.0;
        for unit in units(&drawn) {
            let length = length(unit);
            if used + length > width && !line.is_empty() {
                lines.push(trimmed(std::mem::take(&mut line)));
                used = 0.0;
            }
            // A word longer than a line is broken where it must be.
            for piece in pieces(unit, width) {
                if !line.is_empty() && used + self::length(piece) > width {
                    lines.push(trimmed(std::mem::take(&mut line)));
                    used = 0.0;
                }
                used += self::length(piece);
                line.extend_from_slice(piece);
            }
        }
        if !line.is_empty() || lines.is_empty() {
            lines.push(trimmed(line));
        }
        lines
    }
}

/// Without the spaces at the end.
fn trimmed(mut line: Vec<Drawn>) -> Vec<Drawn> {
    while line.last().is_some_and(|drawn| drawn.c == ' ') {
        line.pop();
    }
    line
}

/// How long a text is at a size of one.
pub(crate) fn length(text: &[Drawn]) -> f32 {
    text.iter().map(|drawn| drawn.glyph.advance).sum()
}

/// What stays on one line.
fn units(text: &[Drawn]) -> Vec<&[Drawn]> {
    text.chunk_by(|a, b| (is_word(a.c) && is_word(b.c)) || closes(b.c) || opens(a.c)).collect()
}

/// A unit in pieces that each fit.
fn pieces(unit: &[Drawn], width: f32) -> Vec<&[Drawn]> {
    if length(unit) <= width {
        return vec![unit];
    }
    let mut pieces = Vec::new();
    let (mut from, mut used) = (0_usize, 0.0);
    for (at, drawn) in unit.iter().enumerate() {
        if used + drawn.glyph.advance > width && at > from {
            pieces.extend(unit.get(from..at));
            (from, used) = (at, 0.0);
        }
        used += drawn.glyph.advance;
    }
    pieces.extend(unit.get(from..));
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broken(text: &str, width: f32) -> Vec<String> {
        let advance = |c: char| if c.is_ascii() { 0.5 } else { 1.0 };
        let mut setter = Setter::new(|c| (c != '𠮷').then(|| Glyph { id: 1, advance: advance(c) }));
        setter.lines(text, width).iter().map(|line| line.iter().map(|drawn| drawn.c).collect()).collect()
    }

    #[test]
    fn marks_keep_to_their_words() {
        assert_eq!(broken("甲乙丙丁。戊己", 4.0), ["甲乙丙", "丁。戊己"]);
        assert_eq!(broken("甲乙丙（丁）戊", 4.0), ["甲乙丙", "（丁）戊"]);
        assert_eq!(broken("共2026年", 2.5), ["共", "2026", "年"].map(str::to_owned).to_vec());
        assert_eq!(broken("abcdefghij", 2.0), ["abcd", "efgh", "ij"]);
        assert_eq!(broken("", 4.0), [""]);
    }

    #[test]
    fn a_character_that_the_font_lacks_is_printed_as_its_code_point() {
        assert_eq!(broken("姓𠮷", 40.0), ["姓〔U+20BB7〕"]);
    }
}
