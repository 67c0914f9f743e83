//! From a template and values to the printed text, and from the text back to what stands in it. The
//! same input gives the same bytes on every machine; what people typed never begins a line of its
//! own, so that it cannot pass for a clause.

use std::collections::BTreeMap;

use super::changes::Changes;
use super::field::{Fallback, Field, FilledBy, Kind, field};
use super::template::{Item, Piece, Template, breaks_the_line, is_clause_id};

/// Between the cells of a table's row.
pub(super) const CELL: char = '┃';
/// Label of a line that the parties added.
pub(super) const SUPPLEMENT: &str = "补充";
/// Printed in the place of a clause that the parties left out.
pub(super) const LEFT_OUT: &str = "〔双方约定不适用本条〕";
/// Begins every line below a heading.
const INDENT: char = '　';
/// Begins a note.
const NOTE: char = '※';

/// Why a contract cannot be printed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PrintError {
    /// A field that must be filled.
    #[error("`{0}` is not filled")]
    Missing(&'static str),
    /// A change of a clause that the template does not have.
    #[error("the template has no clause {0}")]
    UnknownClause(String),
}

/// Why a value cannot stand in a blank.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ValueError {
    /// Not a field that the parties fill in.
    #[error("`{name}` is not a field that the parties fill in")]
    UnknownField {
        /// What was named.
        name: String,
    },
    /// Not what the field takes.
    #[error("`{name}` does not take this value: {expected}")]
    Unfit {
        /// The field.
        name: &'static str,
        /// What it takes.
        expected: String,
    },
}

/// The filled values of a contract by the names of their fields, as they are printed. A table has
/// its rows as lines and its cells apart by `┃`, the first row its heads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Values(BTreeMap<String, String>);

impl Values {
    /// A value that the system fills in.
    pub fn set(&mut self, name: &'static str, value: impl ToString) {
        let value = value.to_string();
        if !value.is_empty() {
            self.0.insert(name.to_owned(), value);
        }
    }

    /// Values as they were kept.
    pub fn kept(values: BTreeMap<String, String>) -> Values {
        Values(values)
    }

    /// All of them.
    pub const fn all(&self) -> &BTreeMap<String, String> {
        &self.0
    }

    /// The value of a field.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// A value that the parties fill in. A choice is given by its word and printed with all that
    /// could be chosen.
    ///
    /// # Errors
    /// [`ValueError`].
    pub fn fill(&mut self, name: &str, value: &str) -> Result<(), ValueError> {
        let known = field(name).filter(|field| field.filled_by == FilledBy::Parties);
        let known = known.ok_or_else(|| ValueError::UnknownField { name: name.chars().take(60).collect() })?;
        let value =
            checked(known, value.trim()).map_err(|expected| ValueError::Unfit { name: known.name, expected })?;
        self.set(known.name, value);
        Ok(())
    }
}

fn checked(field: &Field, value: &str) -> Result<String, String> {
    if value.chars().any(breaks_the_line) {
        return Err("单行文字 one line of text".to_owned());
    }
    let whole = || value.parse::<u32>().ok().filter(|_| value.bytes().all(|b| b.is_ascii_digit()));
    match field.kind {
        Kind::Line(max) if value.chars().count() <= max => Ok(value.to_owned()),
        Kind::Line(max) => Err(format!("至多 {max} 个字符 at most {max} characters")),
        Kind::Day => value.parse::<kernel::Day>().map(|day| day.to_string()).map_err(|_| "YYYY-MM-DD".to_owned()),
        Kind::Count(min, max) => whole()
            .filter(|n| (min..=max).contains(n))
            .map(|n| n.to_string())
            .ok_or_else(|| format!("{min} 至 {max} 的整数 a whole number from {min} to {max}")),
        Kind::Percent => value
            .parse::<kernel::Percent>()
            .ok()
            .filter(|percent| *percent <= kernel::Percent::HUNDRED)
            .map(|percent| percent.to_string())
            .ok_or_else(|| "0 至 100 的百分数 a percentage from 0 to 100".to_owned()),
        Kind::Choice(choices) => {
            if !choices.iter().any(|(word, _)| *word == value) {
                let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
                return Err(words.join(" | "));
            }
            Ok(ticked(choices, value))
        }
        Kind::Money | Kind::Table | Kind::Lines => Err("由系统填入 filled in by the system".to_owned()),
    }
}

/// All choices, with a tick at the one that was made.
pub(crate) fn ticked(choices: &[(&str, &str)], chosen: &str) -> String {
    let boxes = choices.iter().map(|(word, zh)| format!("{}{zh}", if *word == chosen { '■' } else { '□' }));
    boxes.collect::<Vec<_>>().join(" ")
}

/// The printed text of a template as it grows.
struct Text(String);

impl Text {
    fn line(&mut self, line: &str) {
        self.0.push(INDENT);
        self.0.extend(line.chars().map(|c| if breaks_the_line(c) { ' ' } else { c }));
        self.0.push('\n');
    }

    fn heading(&mut self, heading: &str) {
        self.0.push('\n');
        self.0.push_str(heading);
        self.0.push('\n');
    }
}

impl Template {
    /// The printed text: Chinese, lines of print ended by line feeds (docs/CONTRACT.md).
    ///
    /// # Errors
    /// [`PrintError`].
    pub fn print(&self, values: &Values, changes: &Changes) -> Result<String, PrintError> {
        if let Some(unknown) = changes.clauses().find(|id| !self.clauses().any(|clause| clause.id == **id)) {
            return Err(PrintError::UnknownClause(unknown.clone()));
        }
        let mut text = Text(format!("{}\n", self.title));
        for note in &self.notes {
            text.line(&format!("{NOTE}{note}"));
        }
        for part in &self.parts {
            if !part.heading.is_empty() {
                text.heading(&part.heading);
            }
            for item in &part.items {
                match item {
                    Item::Row(label, pieces) => text.line(&format!("{label}：{}", filled(pieces, values)?)),
                    Item::Clause(clause) => {
                        let said = match changes.of(&clause.id) {
                            Some(Some(changed)) => changed.clone(),
                            Some(None) => LEFT_OUT.to_owned(),
                            None => filled(&clause.text, values)?,
                        };
                        text.line(&format!("{}{INDENT}{said}", clause.id));
                    }
                    Item::Block(field) => block(&mut text, field, values)?,
                }
            }
        }
        Ok(text.0)
    }
}

fn filled(pieces: &[Piece], values: &Values) -> Result<String, PrintError> {
    let parts = pieces.iter().map(|piece| match piece {
        Piece::Print(print) => Ok(print.clone()),
        Piece::Blank(field) => value(field, values),
    });
    parts.collect()
}

fn value(field: &'static Field, values: &Values) -> Result<String, PrintError> {
    // A bar would look like the edge of a table's cell.
    match (values.get(field.name), field.fallback) {
        (Some(value), _) => Ok(value.replace(CELL, "|")),
        (None, Fallback::Text { zh, source: "" }) => Ok(zh.to_owned()),
        (None, Fallback::Text { zh, source }) => Ok(format!("{zh}（{source}）")),
        (None, Fallback::None) => Err(PrintError::Missing(field.name)),
    }
}

fn block(text: &mut Text, field: &'static Field, values: &Values) -> Result<(), PrintError> {
    let Some(lines) = values.get(field.name).map(str::trim).filter(|lines| !lines.is_empty()) else {
        text.line(&value(field, values)?);
        return Ok(());
    };
    for line in lines.split('\n') {
        match field.kind {
            Kind::Table => text.line(&format!("{CELL}{line}{CELL}")),
            _ => text.line(&format!("{SUPPLEMENT}：{}", line.replace(CELL, "|"))),
        }
    }
    Ok(())
}

/// What a line of a printed text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Block<'a> {
    /// The title, the first line.
    Title(&'a str),
    /// A heading.
    Heading(&'a str),
    /// A note before the contract.
    Note(&'a str),
    /// A label and its value.
    Row(&'a str, &'a str),
    /// A numbered clause.
    Clause(&'a str, &'a str),
    /// The cells of a table's row; the first row of a run has the heads.
    Cells(&'a str),
    /// Anything else.
    Line(&'a str),
}

impl<'a> Block<'a> {
    /// The cells of [`Block::Cells`].
    pub fn cells(cells: &'a str) -> impl Iterator<Item = &'a str> {
        cells.trim_matches(CELL).split(CELL).map(str::trim)
    }
}

/// The lines of a printed text as what they are.
pub fn blocks(text: &str) -> impl Iterator<Item = Block<'_>> {
    text.lines().enumerate().filter(|(_, line)| !line.is_empty()).map(|(at, line)| {
        let Some(line) = line.strip_prefix(INDENT) else {
            return if at == 0 { Block::Title(line) } else { Block::Heading(line) };
        };
        if let Some(note) = line.strip_prefix(NOTE) {
            return Block::Note(note);
        }
        if line.starts_with(CELL) {
            return Block::Cells(line);
        }
        match (line.split_once(INDENT), line.split_once('：')) {
            (Some((id, said)), _) if is_clause_id(id) => Block::Clause(id, said),
            (_, Some((label, value))) => Block::Row(label, value),
            _ => Block::Line(line),
        }
    })
}

/// What the parties added to a printed text, as its lines stand there.
pub fn supplement_of(text: &str) -> String {
    let added = blocks(text).filter_map(|block| match block {
        Block::Row(SUPPLEMENT, value) => Some(value),
        _ => None,
    });
    added.collect::<Vec<_>>().join("\n")
}
