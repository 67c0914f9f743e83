//! A version of the model contract's text: a file with named blanks (docs/CONTRACT.md has its form),
//! read with an error for everything that is not as it must be.

use std::collections::BTreeMap;

use super::field::{FIELDS, Field, Owner, field};
use super::print::SUPPLEMENT;

/// Largest file, bytes.
pub const TEMPLATE_MAX: usize = 200_000;
/// First line of every file.
pub const FORM: &str = "tutela-template/1";

/// A template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    /// Title of the contract.
    pub title: String,
    /// Which model it follows, as it says itself.
    pub model: String,
    /// Instructions and special notes printed before the contract.
    pub notes: Vec<String>,
    /// Its parts.
    pub parts: Vec<Part>,
}

/// A part under a heading; the first has none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// The heading.
    pub heading: String,
    /// What stands under it.
    pub items: Vec<Item>,
}

/// A piece of a part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// A label and a value, a row of a table.
    Row(String, Vec<Piece>),
    /// A numbered clause.
    Clause(Clause),
    /// A table or lines.
    Block(&'static Field),
}

/// A clause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clause {
    /// Its number, `5.2`.
    pub id: String,
    /// Who decides what it says.
    pub owner: Owner,
    /// Print and blanks.
    pub text: Vec<Piece>,
}

/// Print or a blank.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Printed words.
    Print(String),
    /// A blank.
    Blank(&'static Field),
}

/// What is wrong with a template, with the line that it stands in (from 1).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// Too many bytes.
    #[error("the file has {actual} bytes, at most {TEMPLATE_MAX} are allowed")]
    TooLarge {
        /// Bytes given.
        actual: usize,
    },
    /// Not UTF-8.
    #[error("the file is not UTF-8 from byte {at} on")]
    NotUtf8 {
        /// The first byte that is not.
        at: usize,
    },
    /// The first line is not [`FORM`].
    #[error("the first line is not `{FORM}`")]
    NotATemplate,
    /// A control character, a character that turns the direction of writing or cannot be seen.
    #[error("line {line} has a character that cannot be printed")]
    Unprintable {
        /// Where.
        line: usize,
    },
    /// A line that is none of the known kinds.
    #[error("line {line} is no heading, row, clause or note")]
    UnknownLine {
        /// Where.
        line: usize,
    },
    /// A blank that is not a field.
    #[error("line {line}: `{name}` is not a field of the model contract")]
    UnknownBlank {
        /// Where.
        line: usize,
        /// What it is called.
        name: String,
    },
    /// `{{` without `}}`.
    #[error("line {line} has a blank that is not closed")]
    OpenBlank {
        /// Where.
        line: usize,
    },
    /// A table or lines beside other text, or anything else alone.
    #[error("line {line}: `{name}` stands alone on its line or not at all")]
    Misplaced {
        /// Where.
        line: usize,
        /// The blank.
        name: &'static str,
    },
    /// A blank that may stand only once.
    #[error("line {line}: `{name}` stands in line {first} already")]
    BlankTwice {
        /// Where.
        line: usize,
        /// The blank.
        name: &'static str,
        /// Where first.
        first: usize,
    },
    /// A field that every contract has.
    #[error("the blank `{name}` is missing")]
    MissingField {
        /// The field.
        name: &'static str,
    },
    /// A clause number that stands twice.
    #[error("line {line}: clause {id} stands twice")]
    ClauseTwice {
        /// Where.
        line: usize,
        /// The number.
        id: String,
    },
    /// An owner that is not `agreed`, `law` or `locality`.
    #[error("line {line}: `{owner}` is not `agreed`, `law` or `locality`")]
    UnknownOwner {
        /// Where.
        line: usize,
        /// What stands there.
        owner: String,
    },
    /// No title, or an empty heading, label or clause.
    #[error("line {line} is empty where a text must stand")]
    Empty {
        /// Where; 0 for the title.
        line: usize,
    },
}

impl TemplateError {
    /// In Chinese, with what to do.
    pub fn zh(&self) -> String {
        use TemplateError as E;
        match self {
            E::TooLarge { actual } => format!("文件有 {actual} 字节，超过上限 {TEMPLATE_MAX} 字节，请删减"),
            E::NotUtf8 { at } => format!("文件自第 {at} 字节起不是 UTF-8 编码，请另存为 UTF-8"),
            E::NotATemplate => format!("首行须为 {FORM}"),
            E::Unprintable { line } => format!("第 {line} 行含有不可打印的字符，请删除"),
            E::UnknownLine { line } => format!("第 {line} 行不是标题、表格行、条款或者提示，请按格式书写"),
            E::UnknownBlank { line, name } => format!("第 {line} 行的空格 {name} 不是合同字段，请核对名称"),
            E::OpenBlank { line } => format!("第 {line} 行的空格没有以 }}}} 结束"),
            E::Misplaced { line, name } => format!("第 {line} 行的 {name} 须独占一行，其他空格不得独占一行"),
            E::BlankTwice { line, name, first } => format!("第 {line} 行的 {name} 已在第 {first} 行出现，只能出现一次"),
            E::MissingField { name } => {
                let zh = field(name).map_or("", |field| field.zh);
                format!("缺少法定必备字段 {name}（{zh}），请补上")
            }
            E::ClauseTwice { line, id } => format!("第 {line} 行的条款编号 {id} 重复"),
            E::UnknownOwner { line, owner } => format!("第 {line} 行的 {owner} 须为 agreed、law 或者 locality"),
            E::Empty { line } => format!("第 {line} 行缺少文字"),
        }
    }
}

/// Characters that end a line, turn its direction or cannot be seen: they would let a text look like
/// something else.
pub(crate) fn breaks_the_line(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// Is this the number of a clause: digits, in groups with points between?
pub(crate) fn is_clause_id(id: &str) -> bool {
    id.len() <= 12 && id.split('.').all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()))
}

/// What is read so far.
struct Reading {
    template: Template,
    seen: BTreeMap<&'static str, usize>,
    clauses: Vec<String>,
}

impl Template {
    /// Reads a file.
    ///
    /// # Errors
    /// [`TemplateError`], the first that is found.
    pub fn parse(bytes: &[u8]) -> Result<Template, TemplateError> {
        if bytes.len() > TEMPLATE_MAX {
            return Err(TemplateError::TooLarge { actual: bytes.len() });
        }
        let text = std::str::from_utf8(bytes).map_err(|e| TemplateError::NotUtf8 { at: e.valid_up_to() })?;
        let mut lines = text.lines();
        if lines.next().map(str::trim_end) != Some(FORM) {
            return Err(TemplateError::NotATemplate);
        }
        let empty =
            Template { title: String::new(), model: String::new(), notes: Vec::new(), parts: vec![Part::default()] };
        let mut reading = Reading { template: empty, seen: BTreeMap::new(), clauses: Vec::new() };
        for (line, text) in (2..).zip(lines) {
            let text = text.trim();
            if text.chars().any(|c| breaks_the_line(c) || c == '┃') {
                return Err(TemplateError::Unprintable { line });
            }
            if !text.is_empty() && !text.starts_with("//") {
                reading.line(line, text)?;
            }
        }
        if reading.template.title.is_empty() {
            return Err(TemplateError::Empty { line: 0 });
        }
        let missing = FIELDS.iter().find(|f| f.is_in_every_template() && !reading.seen.contains_key(f.name));
        match missing {
            Some(field) => Err(TemplateError::MissingField { name: field.name }),
            None => Ok(reading.template),
        }
    }

    /// The clauses, in their order.
    pub fn clauses(&self) -> impl Iterator<Item = &Clause> {
        self.parts.iter().flat_map(|part| &part.items).filter_map(|item| match item {
            Item::Clause(clause) => Some(clause),
            Item::Row(..) | Item::Block(_) => None,
        })
    }
}

impl Reading {
    fn line(&mut self, line: usize, text: &str) -> Result<(), TemplateError> {
        let some = |text: &str| {
            let text = text.trim();
            if text.is_empty() { Err(TemplateError::Empty { line }) } else { Ok(text.to_owned()) }
        };
        if let Some(title) = text.strip_prefix("title:") {
            self.template.title = some(title)?;
        } else if let Some(model) = text.strip_prefix("model:") {
            self.template.model = some(model)?;
        } else if let Some(note) = text.strip_prefix("note:") {
            self.template.notes.push(some(note)?);
        } else if let Some(heading) = text.strip_prefix("##") {
            self.template.parts.push(Part { heading: some(heading)?, items: Vec::new() });
        } else if let Some(row) = text.strip_prefix('|') {
            let (label, value) = row.split_once('|').ok_or(TemplateError::UnknownLine { line })?;
            let label = some(label)?;
            if label == SUPPLEMENT
                || label.contains(['：', '{'])
                || is_clause_id(label.split('　').next().unwrap_or_default())
            {
                return Err(TemplateError::UnknownLine { line });
            }
            some(value)?;
            let value = self.pieces(line, value.trim())?;
            self.push(Item::Row(label, value));
        } else if let Some(clause) = text.strip_prefix('[') {
            let (head, text) = clause.split_once(']').ok_or(TemplateError::UnknownLine { line })?;
            let (id, owner) = head.split_once(' ').ok_or(TemplateError::UnknownLine { line })?;
            if !is_clause_id(id) {
                return Err(TemplateError::UnknownLine { line });
            }
            let owner = match owner.trim().parse() {
                Ok(owner @ (Owner::Agreed | Owner::Law | Owner::Locality)) => owner,
                Ok(Owner::Register) | Err(_) => {
                    return Err(TemplateError::UnknownOwner { line, owner: owner.trim().to_owned() });
                }
            };
            if self.clauses.iter().any(|known| known == id) {
                return Err(TemplateError::ClauseTwice { line, id: id.to_owned() });
            }
            self.clauses.push(id.to_owned());
            some(text)?;
            let text = self.pieces(line, text.trim())?;
            self.push(Item::Clause(Clause { id: id.to_owned(), owner, text }));
        } else if let Some(name) = text.strip_prefix("{{").and_then(|rest| rest.strip_suffix("}}")) {
            let field = self.blank(line, name)?;
            if !field.is_block() {
                return Err(TemplateError::Misplaced { line, name: field.name });
            }
            self.push(Item::Block(field));
        } else {
            return Err(TemplateError::UnknownLine { line });
        }
        Ok(())
    }

    fn push(&mut self, item: Item) {
        if let Some(part) = self.template.parts.last_mut() {
            part.items.push(item);
        }
    }

    fn blank(&mut self, line: usize, name: &str) -> Result<&'static Field, TemplateError> {
        let name = name.trim();
        let unknown = || TemplateError::UnknownBlank { line, name: name.chars().take(60).collect() };
        let field = field(name).ok_or_else(unknown)?;
        if let Some(first) = self.seen.get(field.name).copied() {
            if field.once {
                return Err(TemplateError::BlankTwice { line, name: field.name, first });
            }
        } else {
            self.seen.insert(field.name, line);
        }
        Ok(field)
    }

    fn pieces(&mut self, line: usize, text: &str) -> Result<Vec<Piece>, TemplateError> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((print, after)) = rest.split_once("{{") {
            let (name, after) = after.split_once("}}").ok_or(TemplateError::OpenBlank { line })?;
            let field = self.blank(line, name)?;
            if field.is_block() {
                return Err(TemplateError::Misplaced { line, name: field.name });
            }
            if !print.is_empty() {
                pieces.push(Piece::Print(print.to_owned()));
            }
            pieces.push(Piece::Blank(field));
            rest = after;
        }
        if !rest.is_empty() {
            pieces.push(Piece::Print(rest.to_owned()));
        }
        Ok(pieces)
    }
}
