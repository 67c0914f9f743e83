//! The pages as a PDF: text that can be selected and copied, tagged for screen readers, the font's used
//! characters embedded, and the same bytes for the same printout.

use std::collections::BTreeSet;
use std::num::NonZeroU16;

use krilla::color::luma;
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::metadata::Metadata;
use krilla::num::NormalizedF32;
use krilla::page::PageSettings;
use krilla::paint::{Fill, FillRule, Stroke};
use krilla::surface::Surface;
use krilla::tagging::{
    Artifact, ArtifactType, ContentTag, Identifier, SpanTag, TableHeaderScope, Tag, TagGroup, TagTree,
};
use krilla::text::{GlyphId, KrillaGlyph};
use krilla::{Document, SerializeSettings};

use crate::Printout;
use crate::font::{Font, font};
use crate::layout::{HEIGHT, Mark, Pages, Role, WIDTH};
use crate::lines::Drawn;

/// A PDF.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Characters that the font lacks; they are printed as `〔U+20BB7〕`.
    pub missing: BTreeSet<char>,
    /// Pages.
    pub pages: usize,
}

/// A fault of ours: the font that ships with the program, or a page that cannot be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RenderError {
    /// The font cannot be read.
    #[error("the embedded font cannot be read")]
    Font,
    /// The PDF could not be written.
    #[error("the PDF could not be written: {0}")]
    Write(String),
}

/// How dark a table's head is.
const HEAD_GREY: u8 = 240;
/// Width of borders, points.
const BORDER: f32 = 0.5;
/// How much bold letters are thickened, of their size.
const BOLD: f32 = 0.03;

/// A printout as a PDF.
///
/// # Errors
/// [`RenderError`].
pub fn pdf(printout: &Printout<'_>) -> Result<Rendered, RenderError> {
    let font = font().ok_or(RenderError::Font)?;
    let laid = Pages::of(printout, font.glyphs().ok_or(RenderError::Font)?);
    let mut document = Document::new_with(SerializeSettings::default());
    let mut tags = Tags::default();
    let page_count = laid.pages.len();
    for marks in &laid.pages {
        let settings = PageSettings::from_wh(WIDTH, HEIGHT).ok_or(RenderError::Font)?;
        let mut page = document.start_page_with(settings);
        let mut surface = page.surface();
        for mark in marks {
            draw(&mut surface, font, mark, &mut tags);
        }
        surface.finish();
        page.finish();
    }
    document.set_tag_tree(tags.tree());
    let title = printout.text.lines().next().unwrap_or_default();
    document.set_metadata(
        Metadata::new()
            .title(format!("{title} {}", printout.number))
            .language("zh-CN".to_owned())
            .document_id(printout.id.to_owned()),
    );
    let bytes = document.finish().map_err(|error| RenderError::Write(format!("{error:?}")))?;
    Ok(Rendered { bytes, missing: laid.setter.missing, pages: page_count })
}

fn fill(grey: u8) -> Fill {
    Fill { paint: luma::Color::new(grey).into(), opacity: NormalizedF32::ONE, rule: FillRule::default() }
}

fn stroke(width: f32) -> Stroke {
    Stroke { paint: luma::Color::new(0).into(), width, ..Stroke::default() }
}

fn draw(surface: &mut Surface<'_>, font: &Font, mark: &Mark, tags: &mut Tags) {
    let layout = || ContentTag::Artifact(Artifact::with_kind(ArtifactType::Layout));
    match mark {
        Mark::Text { x, y, size, bold, role, part, text } => {
            let at = Point::from_xy(*x, *y);
            let line = Line { at, size: *size, bold: *bold, text };
            if *role == Role::Foot {
                surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::PaginationOther)));
                line.draw(surface, font);
            } else {
                let id = surface.start_tagged(ContentTag::Span(SpanTag::empty()));
                line.draw(surface, font);
                tags.add(*role, *part, id);
            }
            surface.end_tagged();
        }
        Mark::Box { x, y, width, height, filled } => {
            let Some(rect) = Rect::from_xywh(*x, *y, *width, *height) else { return };
            surface.start_tagged(layout());
            surface.set_fill(filled.then(|| fill(HEAD_GREY)));
            surface.set_stroke((!filled).then(|| stroke(BORDER)));
            rectangles(surface, [rect]);
            surface.end_tagged();
        }
        Mark::Code { x, y, side, code } => {
            surface.start_tagged(layout());
            surface.set_fill(Some(fill(0)));
            surface.set_stroke(None);
            let runs = code.runs();
            // No code has more than 177 modules and the white around them.
            let number = |count: usize| f32::from(u16::try_from(count).unwrap_or(u16::MAX));
            let module = side / number(code.side());
            rectangles(
                surface,
                runs.into_iter().filter_map(|(column, row, length)| {
                    let (left, top) = (x + number(column) * module, y + number(row) * module);
                    Rect::from_xywh(left, top, number(length) * module, module)
                }),
            );
            surface.end_tagged();
        }
    }
}

fn rectangles(surface: &mut Surface<'_>, rectangles: impl IntoIterator<Item = Rect>) {
    let mut path = PathBuilder::new();
    rectangles.into_iter().for_each(|rect| path.push_rect(rect));
    if let Some(path) = path.finish() {
        surface.draw_path(&path);
    }
}

/// A line of text to be drawn.
struct Line<'a> {
    at: Point,
    size: f32,
    bold: bool,
    text: &'a [Drawn],
}

impl Line<'_> {
    fn draw(&self, surface: &mut Surface<'_>, font: &Font) {
        let mut text = String::new();
        let mut glyphs = Vec::with_capacity(self.text.len());
        for drawn in self.text {
            let from = text.len();
            text.push(drawn.c);
            glyphs.push(KrillaGlyph {
                glyph_id: GlyphId::new(drawn.glyph.id),
                text_range: from..text.len(),
                x_advance: drawn.glyph.advance,
                x_offset: 0.0,
                y_offset: 0.0,
                y_advance: 0.0,
                location: None,
            });
        }
        surface.set_fill(Some(fill(0)));
        surface.set_stroke(self.bold.then(|| stroke(self.size * BOLD)));
        surface.draw_glyphs(self.at, &glyphs, font.pdf.clone(), &text, self.size, false);
    }
}

/// The parts of the text in their order, each with the pieces of the pages that belong to it.
#[derive(Default)]
struct Tags(Vec<(Role, usize, Vec<Identifier>)>);

impl Tags {
    fn add(&mut self, role: Role, part: usize, id: Identifier) {
        match self.0.last_mut() {
            Some((_, last, ids)) if *last == part => ids.push(id),
            _ => self.0.push((role, part, vec![id])),
        }
    }

    fn tree(self) -> TagTree {
        let mut tree = TagTree::new().with_lang(Some("zh-CN".to_owned()));
        let mut table: Option<(usize, TagGroup)> = None;
        let mut row: Option<(usize, TagGroup)> = None;
        for (role, _, ids) in self.0 {
            let place = match role {
                Role::Cell { table, row, .. } => Some((table, row)),
                Role::Title | Role::Heading | Role::Paragraph | Role::Foot => None,
            };
            // A row ends where another begins, a table likewise.
            if row.as_ref().map(|(number, _)| *number) != place.map(|(_, row)| row)
                || table.as_ref().map(|(number, _)| *number) != place.map(|(table, _)| table)
            {
                if let (Some((_, row)), Some((_, table))) = (row.take(), table.as_mut()) {
                    table.push(row);
                }
                if table.as_ref().map(|(number, _)| *number) != place.map(|(table, _)| table)
                    && let Some((_, table)) = table.take()
                {
                    tree.push(table);
                }
            }
            let mut group = match role {
                Role::Title => TagGroup::new(heading(1)),
                Role::Heading => TagGroup::new(heading(2)),
                Role::Paragraph | Role::Foot => TagGroup::new(Tag::P),
                Role::Cell { head: true, row: 0, column, .. } if column > 0 => {
                    TagGroup::new(Tag::TH(TableHeaderScope::Column))
                }
                Role::Cell { head: true, .. } => TagGroup::new(Tag::TH(TableHeaderScope::Row)),
                Role::Cell { .. } => TagGroup::new(Tag::TD),
            };
            ids.into_iter().for_each(|id| group.push(id));
            match place {
                None => tree.push(group),
                Some((table_number, row_number)) => {
                    table.get_or_insert_with(|| (table_number, TagGroup::new(Tag::Table)));
                    row.get_or_insert_with(|| (row_number, TagGroup::new(Tag::TR))).1.push(group);
                }
            }
        }
        if let (Some((_, row)), Some((_, table))) = (row, table.as_mut()) {
            table.push(row);
        }
        if let Some((_, table)) = table {
            tree.push(table);
        }
        tree
    }
}

fn heading(level: u16) -> Tag<krilla::tagging::kind::Hn> {
    Tag::Hn(NonZeroU16::new(level).unwrap_or(NonZeroU16::MIN), None)
}
