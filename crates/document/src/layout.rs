//! Where everything stands on the pages: A4, blocks from top to bottom, tables with borders, a new
//! page where a block does not fit. Drawing is in `pdf`.

use contract::model::{Block, blocks};

use crate::Printout;
use crate::code::Code;
use crate::font::Glyph;
use crate::lines::{Drawn, Setter, length};

/// A4, points.
pub(crate) const WIDTH: f32 = 595.28;
pub(crate) const HEIGHT: f32 = 841.89;
const LEFT: f32 = 64.0;
const TOP: f32 = 64.0;
const BOTTOM: f32 = 66.0;
const TEXT_WIDTH: f32 = WIDTH - 2.0 * LEFT;
/// 五号.
const BODY: f32 = 10.5;
const SMALL: f32 = 9.0;
const HEADING: f32 = 12.0;
const TITLE: f32 = 20.0;
/// From one baseline to the next, of the size.
const LEADING: f32 = 1.6;
/// From the top of a line to its baseline, of the size.
const ASCENT: f32 = 1.15;
const CELL_PAD: f32 = 5.0;
const LABEL_WIDTH: f32 = 128.0;
const CLAUSE_INDENT: f32 = 30.0;
/// Height of the boxes in which people sign.
const SIGNATURE_HEIGHT: f32 = 52.0;
/// Widest side of a QR code, and of one module of it: a short code need not be large to be scanned.
const CODE_SIDE: f32 = 190.0;
const MODULE_SIDE: f32 = 3.0;

/// What a drawn text is, for readers that do not see the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Role {
    Title,
    Heading,
    Paragraph,
    /// A cell: of which table, row and column, and whether it is a head.
    Cell {
        table: usize,
        row: usize,
        column: usize,
        head: bool,
    },
    /// The page's foot.
    Foot,
}

/// Something on a page.
#[derive(Clone, Debug)]
pub(crate) enum Mark {
    /// A line of text from its left end on its baseline; `part` counts the parts of the text that it
    /// belongs to.
    Text { x: f32, y: f32, size: f32, bold: bool, role: Role, part: usize, text: Vec<Drawn> },
    /// A rectangle's border, or its filling.
    Box { x: f32, y: f32, width: f32, height: f32, filled: bool },
    /// A QR code.
    Code { x: f32, y: f32, side: f32, code: Code },
}

/// The pages.
pub(crate) struct Pages<F> {
    pub setter: Setter<F>,
    pub pages: Vec<Vec<Mark>>,
    y: f32,
    part: usize,
    table: usize,
}

/// A cell of a row: where it begins, how wide it is, what it says.
struct Cell<'a> {
    x: f32,
    width: f32,
    text: &'a str,
    head: bool,
    centred: bool,
}

impl<F: Fn(char) -> Option<Glyph>> Pages<F> {
    /// Lays a printout out.
    pub fn of(printout: &Printout<'_>, glyphs: F) -> Pages<F> {
        let mut pages = Pages { setter: Setter::new(glyphs), pages: vec![Vec::new()], y: TOP, part: 0, table: 0 };
        let mut before: Option<Block<'_>> = None;
        let mut row = 0_usize;
        let mut signing = false;
        for block in blocks(printout.text) {
            let goes_on = matches!(
                (before, block),
                (Some(Block::Row(..)), Block::Row(..)) | (Some(Block::Cells(_)), Block::Cells(_))
            );
            if goes_on {
                row = row.saturating_add(1);
            } else {
                row = 0;
                pages.table = pages.table.saturating_add(1);
                if matches!(before, Some(Block::Row(..) | Block::Cells(_) | Block::Note(_))) {
                    pages.y += 7.0;
                }
            }
            match block {
                Block::Title(text) => pages.title(text),
                Block::Heading(text) => {
                    signing = text.contains("签署");
                    pages.heading(text);
                }
                Block::Note(text) => pages.paragraph(text, SMALL, 12.0, "※"),
                Block::Row(label, value) => pages.row(row, label, value, if signing { SIGNATURE_HEIGHT } else { 0.0 }),
                Block::Cells(cells) => pages.cells(row, cells),
                Block::Clause(id, text) => pages.paragraph(text, BODY, CLAUSE_INDENT, id),
                Block::Line(text) => pages.paragraph(text, BODY, 0.0, ""),
            }
            before = Some(block);
        }
        pages.proof(printout);
        pages.feet(printout);
        pages
    }

    fn mark(&mut self, mark: Mark) {
        if let Some(page) = self.pages.last_mut() {
            page.push(mark);
        }
    }

    /// Begins a page where `height` does not fit on this one.
    fn room(&mut self, height: f32) {
        if self.y + height > HEIGHT - BOTTOM && self.y > TOP {
            self.pages.push(Vec::new());
            self.y = TOP;
        }
    }

    fn next_part(&mut self) -> usize {
        self.part = self.part.saturating_add(1);
        self.part
    }

    fn title(&mut self, text: &str) {
        self.y += 6.0;
        let part = self.next_part();
        for line in self.setter.lines(text, TEXT_WIDTH / TITLE) {
            let x = LEFT + (TEXT_WIDTH - length(&line) * TITLE) / 2.0;
            let y = self.y + TITLE * ASCENT;
            self.mark(Mark::Text { x, y, size: TITLE, bold: true, role: Role::Title, part, text: line });
            self.y += TITLE * LEADING;
        }
        self.y += 6.0;
    }

    fn heading(&mut self, text: &str) {
        self.y += 9.0;
        // A heading does not stand alone at the end of a page.
        self.room(HEADING * LEADING + 3.0 * BODY * LEADING);
        let part = self.next_part();
        for line in self.setter.lines(text, TEXT_WIDTH / HEADING) {
            let y = self.y + HEADING * ASCENT;
            self.mark(Mark::Text { x: LEFT, y, size: HEADING, bold: true, role: Role::Heading, part, text: line });
            self.y += HEADING * LEADING;
        }
        self.y += 3.0;
    }

    /// A paragraph with a mark that hangs in its indent.
    fn paragraph(&mut self, text: &str, size: f32, indent: f32, hanging: &str) {
        let part = self.next_part();
        let lines = self.setter.lines(text, (TEXT_WIDTH - indent) / size);
        // At least two lines of a paragraph stay together.
        let together: f32 = if lines.len() > 1 { 2.0 } else { 1.0 };
        self.room(size * LEADING * together);
        let role = Role::Paragraph;
        if !hanging.is_empty() {
            let (y, text) = (self.y + size * ASCENT, self.setter.set(hanging));
            self.mark(Mark::Text { x: LEFT, y, size, bold: false, role, part, text });
        }
        for line in lines {
            self.room(size * LEADING);
            let y = self.y + size * ASCENT;
            self.mark(Mark::Text { x: LEFT + indent, y, size, bold: false, role, part, text: line });
            self.y += size * LEADING;
        }
        self.y += 2.0;
    }

    fn row(&mut self, row: usize, label: &str, value: &str, least: f32) {
        let cells = [
            Cell { x: LEFT, width: LABEL_WIDTH, text: label, head: true, centred: false },
            Cell { x: LEFT + LABEL_WIDTH, width: TEXT_WIDTH - LABEL_WIDTH, text: value, head: false, centred: false },
        ];
        self.table_row(row, &cells, least);
    }

    fn cells(&mut self, row: usize, cells: &str) {
        let texts: Vec<&str> = Block::cells(cells).collect();
        let count: f32 = texts.iter().map(|_| 1.0).sum();
        let width = TEXT_WIDTH / f32::max(count, 1.0);
        let mut x = LEFT;
        let mut laid = Vec::with_capacity(texts.len());
        for text in texts {
            laid.push(Cell { x, width, text, head: row == 0, centred: true });
            x += width;
        }
        self.table_row(row, &laid, 0.0);
    }

    fn table_row(&mut self, row: usize, cells: &[Cell<'_>], least: f32) {
        let set: Vec<Vec<Vec<Drawn>>> =
            cells.iter().map(|cell| self.setter.lines(cell.text, (cell.width - 2.0 * CELL_PAD) / BODY)).collect();
        let line_height = BODY * LEADING;
        let tallest = set.iter().map(|lines| lines.iter().map(|_| line_height).sum::<f32>()).fold(0.0, f32::max);
        let height = f32::max(tallest + CELL_PAD, least);
        self.room(height);
        let table = self.table;
        for (column, (cell, lines)) in cells.iter().zip(set).enumerate() {
            let (x, y, width) = (cell.x, self.y, cell.width);
            if cell.head {
                self.mark(Mark::Box { x, y, width, height, filled: true });
            }
            self.mark(Mark::Box { x, y, width, height, filled: false });
            let part = self.next_part();
            let role = Role::Cell { table, row, column, head: cell.head };
            let mut baseline = y + CELL_PAD / 2.0 + BODY * ASCENT;
            for text in lines {
                let spare = width - 2.0 * CELL_PAD - length(&text) * BODY;
                let x = x + CELL_PAD + if cell.centred { spare / 2.0 } else { 0.0 };
                self.mark(Mark::Text { x, y: baseline, size: BODY, bold: false, role, part, text });
                baseline += line_height;
            }
        }
        self.y += height;
    }

    /// What proves the text, after it.
    fn proof(&mut self, printout: &Printout<'_>) {
        let proof = &printout.proof;
        let code = proof.code.as_ref().map(|(code, _)| code.clone());
        let side = code.as_ref().map_or(0.0, |code| {
            let modules = f32::from(u16::try_from(code.side()).unwrap_or(u16::MAX));
            f32::min(modules * MODULE_SIDE, CODE_SIDE)
        });
        self.y += 8.0;
        self.room(side + 140.0);
        self.heading(proof.title);
        self.table = self.table.saturating_add(1);
        for (row, (label, value)) in proof.rows.iter().copied().enumerate() {
            self.row(row, label, value, 0.0);
        }
        self.y += 6.0;
        for note in &proof.notes {
            self.paragraph(note, SMALL, 0.0, "");
        }
        if let Some(code) = code {
            self.room(side);
            let (x, y) = (LEFT + (TEXT_WIDTH - side) / 2.0, self.y);
            self.mark(Mark::Code { x, y, side, code });
            self.y += side;
        }
    }

    fn feet(&mut self, printout: &Printout<'_>) {
        let count = self.pages.len();
        let left = self.setter.set(&format!("{} {}", printout.number_label, printout.number));
        let right = self.setter.set(&printout.foot);
        let middle: Vec<Vec<Drawn>> =
            (1..=count).map(|page| self.setter.set(&format!("第 {page} 页　共 {count} 页"))).collect();
        let y = HEIGHT - 36.0;
        for (page, middle) in self.pages.iter_mut().zip(middle) {
            let wide = |text: &[Drawn]| length(text) * SMALL;
            let centre = (WIDTH - wide(&middle)) / 2.0;
            let end = WIDTH - LEFT - wide(&right);
            for (x, text) in [(LEFT, left.clone()), (centre, middle), (end, right.clone())] {
                page.push(Mark::Text { x, y, size: SMALL, bold: false, role: Role::Foot, part: 0, text });
            }
        }
    }
}
