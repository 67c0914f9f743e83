//! The font that every printout carries: Noto Serif SC (SIL Open Font License, `fonts/OFL.txt`), the
//! characters of 通用规范汉字表 and GB 2312 with their punctuation; `fonts/README.md` says how it was made.

use std::io::Read;
use std::sync::LazyLock;

use flate2::read::GzDecoder;
use krilla::text::Font as PdfFont;
use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider};

const COMPRESSED: &[u8] = include_bytes!("../fonts/NotoSerifSC-subset.ttf.gz");

/// The font, unpacked once.
static FONT: LazyLock<Option<Font>> = LazyLock::new(load);

/// The font as it is drawn and measured.
pub(crate) struct Font {
    /// As it is embedded.
    pub pdf: PdfFont,
    bytes: Vec<u8>,
}

/// A character's drawing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Glyph {
    /// Its number in the font.
    pub id: u32,
    /// Its width, of the font's size.
    pub advance: f32,
}

fn load() -> Option<Font> {
    let mut bytes = Vec::new();
    GzDecoder::new(COMPRESSED).read_to_end(&mut bytes).ok()?;
    let pdf = PdfFont::new(bytes.clone().into(), 0)?;
    Some(Font { pdf, bytes })
}

/// The font; there always is one (a test loads it).
pub(crate) fn font() -> Option<&'static Font> {
    FONT.as_ref()
}

impl Font {
    /// A function that finds the drawing of a character; `None` for one that the font lacks.
    pub fn glyphs(&self) -> Option<impl Fn(char) -> Option<Glyph> + '_> {
        let font = FontRef::new(&self.bytes).ok()?;
        let charmap = font.charmap();
        let metrics = font.glyph_metrics(Size::unscaled(), LocationRef::default());
        let per_em = self.pdf.units_per_em();
        Some(move |c: char| {
            let id = charmap.map(c)?;
            Some(Glyph { id: id.to_u32(), advance: metrics.advance_width(id)? / per_em })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_font_has_what_names_need() {
        let glyphs = font().unwrap().glyphs().unwrap();
        let characters = include_str!("../fonts/characters.txt");
        let listed = characters.lines().filter_map(|line| u32::from_str_radix(line.strip_prefix("U+")?, 16).ok());
        let listed: Vec<char> = listed.filter_map(char::from_u32).collect();
        assert!(listed.len() > 8_500, "{}", listed.len());
        let han = |c: &char| ('\u{4e00}'..='\u{9fff}').contains(c);
        assert!(listed.iter().filter(|c| han(c)).count() > 7_900);
        for c in listed
            .iter()
            .filter(|c| han(c))
            .chain("，。：；（）《》“”、·—…■□※0123456789¥壹贰叁肆伍陆柒捌玖拾佰仟".chars().collect::<Vec<_>>().iter())
        {
            assert!(glyphs(*c).is_some(), "{c} U+{:04X}", u32::from(*c));
        }
        assert_eq!(glyphs('中').unwrap().advance, 1.0);
        assert_eq!(glyphs('𠮷'), None);
    }
}
