//! A printout as a page for the browser: escaped, without script, to be printed.

use std::fmt::Write;

use contract::model::{Block, blocks};

use crate::Printout;
use crate::code::Code;

/// The page's only style; its hash stands in the policy that the page is served with.
pub const STYLE: &str = "body{font-family:\"Noto Serif SC\",\"Source Han Serif SC\",SimSun,serif;color:#000;\
background:#fff;max-width:46em;margin:2em auto;padding:0 1em;line-height:1.7}h1{text-align:center;font-size:1.6em}\
h2{font-size:1.1em;margin:1.4em 0 .4em}table{border-collapse:collapse;width:100%}th,td{border:1px solid #666;\
padding:.25em .6em;text-align:left;vertical-align:top;font-weight:normal;overflow-wrap:anywhere}\
th{background:#f2f2f2;width:11em}thead th{width:auto;text-align:center}td.n{text-align:center}\
p{margin:.35em 0;overflow-wrap:anywhere}p.c{padding-left:2.6em;text-indent:-2.6em}p.c b{display:inline-block;\
width:2.6em;text-indent:0;font-weight:normal}.note{font-size:.9em}.code{width:14em;height:14em}\
footer{border-top:1px solid #666;margin-top:2em;padding-top:.6em}\
@media print{body{margin:0;max-width:none;font-size:10.5pt}h2{break-after:avoid}tr,p{break-inside:avoid}}";

/// The page.
pub fn html(printout: &Printout<'_>) -> String {
    let mut page = Page { text: String::with_capacity(printout.text.len().saturating_mul(2)), open: Open::Nothing };
    let title = blocks(printout.text).find_map(|block| match block {
        Block::Title(title) => Some(title),
        _ => None,
    });
    page.raw("<!doctype html>\n<html lang=\"zh-CN\">\n<head><meta charset=\"utf-8\">");
    page.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>");
    page.escaped(title.unwrap_or_default());
    page.raw(" ");
    page.escaped(printout.number);
    page.raw("</title><style>");
    page.raw(STYLE);
    page.raw("</style></head>\n<body>\n");
    for block in blocks(printout.text) {
        page.block(block);
    }
    page.turn(Open::Nothing);
    let proof = &printout.proof;
    page.raw("<footer>\n<h2>");
    page.escaped(proof.title);
    page.raw("</h2>\n");
    for (label, value) in &proof.rows {
        page.block(Block::Row(label, value));
    }
    page.turn(Open::Nothing);
    for note in &proof.notes {
        page.paragraph("note", note);
    }
    if let Some((code, title)) = &proof.code {
        page.raw(&svg(code, title));
    }
    page.raw("</footer>\n</body>\n</html>\n");
    page.text
}

/// A code as a drawing, one unit to a module.
fn svg(code: &Code, title: &str) -> String {
    let side = code.side();
    let mut path = String::new();
    for (x, y, length) in code.runs() {
        // Writing to a String cannot fail.
        let _ = write!(path, "M{x} {y}h{length}v1h-{length}z");
    }
    format!(
        "<svg class=\"code\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" \
         shape-rendering=\"crispEdges\" role=\"img\"><title>{title}</title>\
         <path fill=\"#fff\" d=\"M0 0h{side}v{side}H0z\"/><path d=\"{path}\"/></svg>\n"
    )
}

/// What is open in the page.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    Nothing,
    Rows,
    Cells,
}

struct Page {
    text: String,
    open: Open,
}

impl Page {
    fn raw(&mut self, markup: &str) {
        self.text.push_str(markup);
    }

    fn escaped(&mut self, text: &str) {
        for c in text.chars() {
            match c {
                '&' => self.raw("&amp;"),
                '<' => self.raw("&lt;"),
                '>' => self.raw("&gt;"),
                '"' => self.raw("&quot;"),
                '\'' => self.raw("&#39;"),
                c => self.text.push(c),
            }
        }
    }

    /// Closes a table and opens another.
    fn turn(&mut self, to: Open) {
        if self.open == to {
            return;
        }
        match self.open {
            Open::Nothing => {}
            Open::Rows => self.raw("</table>\n"),
            Open::Cells => self.raw("</tbody></table>\n"),
        }
        if to != Open::Nothing {
            self.raw("<table>\n");
        }
        self.open = to;
    }

    fn paragraph(&mut self, class: &str, text: &str) {
        self.raw(&format!("<p class=\"{class}\">"));
        self.escaped(text);
        self.raw("</p>\n");
    }

    fn element(&mut self, name: &str, text: &str) {
        self.raw(&format!("<{name}>"));
        self.escaped(text);
        self.raw(&format!("</{name}>\n"));
    }

    fn block(&mut self, block: Block<'_>) {
        match block {
            Block::Row(label, value) => {
                self.turn(Open::Rows);
                self.raw("<tr><th>");
                self.escaped(label);
                self.raw("</th><td>");
                self.escaped(value);
                self.raw("</td></tr>\n");
            }
            Block::Cells(cells) => {
                let head = self.open != Open::Cells;
                self.turn(Open::Cells);
                self.raw(if head { "<thead><tr>" } else { "<tr>" });
                for cell in Block::cells(cells) {
                    self.raw(if head { "<th>" } else { "<td class=\"n\">" });
                    self.escaped(cell);
                    self.raw(if head { "</th>" } else { "</td>" });
                }
                self.raw(if head { "</tr></thead><tbody>\n" } else { "</tr>\n" });
            }
            other => {
                self.turn(Open::Nothing);
                match other {
                    Block::Title(text) => self.element("h1", text),
                    Block::Heading(text) => self.element("h2", text),
                    Block::Note(text) => self.paragraph("note", text),
                    Block::Clause(id, text) => {
                        self.raw("<p class=\"c\"><b>");
                        self.escaped(id);
                        self.raw("</b>");
                        self.escaped(text);
                        self.raw("</p>\n");
                    }
                    Block::Line(text) => self.element("p", text),
                    Block::Row(..) | Block::Cells(_) => {}
                }
            }
        }
    }
}
