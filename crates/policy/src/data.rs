//! Reading one file of policy data: typed values with their periods, in order, without gap or overlap.

use std::collections::BTreeMap;

use kernel::{Day, RegionCode, text};

use crate::PolicyError;
use crate::setting::Also;
use crate::value::{Fault, Grade, Value};

/// Longest name or source, characters.
const TEXT_MAX: usize = 600;

/// What a file says of a parameter.
#[derive(Clone, Debug)]
pub(crate) enum Said<T> {
    /// A value, and what other texts say.
    Value(T, Vec<Also<T>>),
    /// There is no rule here.
    NoRule,
    /// From here on the level above decides.
    AsAbove,
}

/// What is said, and the days on which it holds.
#[derive(Clone, Debug)]
pub(crate) struct Dated<T> {
    pub said: Said<T>,
    pub source: String,
    pub url: Option<String>,
    pub grade: Grade,
    pub from_on: Day,
    pub until_on: Option<Day>,
}

impl<T> Dated<T> {
    pub fn holds_on(&self, on: Day) -> bool {
        self.from_on <= on && self.until_on.is_none_or(|last| on <= last)
    }
}

/// The head of a file.
pub(crate) struct Head {
    /// None = the nation.
    pub region: Option<RegionCode>,
    pub name: String,
    /// Parameters that the region's own text leaves to a level above, and which.
    pub leaves_to: BTreeMap<String, RegionCode>,
}

/// A file being read. Keys are taken out as they are read; what is left over is unknown.
pub(crate) struct File<'a> {
    name: &'a str,
    table: toml::Table,
}

/// Source, address and grade: what every statement has.
struct Evidence {
    source: String,
    url: Option<String>,
    grade: Grade,
}

impl<'a> File<'a> {
    pub fn parse(name: &'a str, text: &str) -> Result<File<'a>, PolicyError> {
        let table = text.parse::<toml::Table>().map_err(|error| PolicyError::Syntax {
            file: name.to_owned(),
            line: error.span().map_or(1, |span| line_of(text, span.start)),
        })?;
        Ok(File { name, table })
    }

    pub fn head(&mut self) -> Result<Head, PolicyError> {
        let region = text_of(self.name, "region", self.table.remove("region"))?;
        let name = text_of(self.name, "name", self.table.remove("name"))?;
        let region = if region == "nation" {
            None
        } else {
            let code = region.parse().map_err(|_| wrong_type(self.name, "region", "\"nation\" or a division code"))?;
            Some(code)
        };
        let mut leaves_to = BTreeMap::new();
        if let Some(table) = self.table.remove("leaves_to") {
            const EXPECTED: &str = "a table of parameters and the division that has them, as in { key = \"320000\" }";
            let table = table.as_table().ok_or_else(|| wrong_type(self.name, "leaves_to", EXPECTED))?;
            for (key, region) in table {
                let at = format!("leaves_to.{key}");
                if !crate::parameters::KEYS.contains(&key.as_str()) {
                    return Err(PolicyError::UnknownKey { file: self.name.to_owned(), key: at });
                }
                let region = region.as_str().and_then(|s| s.parse().ok());
                leaves_to.insert(key.clone(), region.ok_or_else(|| wrong_type(self.name, &at, EXPECTED))?);
            }
        }
        Ok(Head { region, name, leaves_to })
    }

    /// All tables of an array of tables; none when the key is absent.
    pub fn tables(&mut self, key: &str) -> Result<Vec<toml::Table>, PolicyError> {
        match self.table.remove(key) {
            Some(value) => tables_of(self.name, key, value),
            None => Ok(Vec::new()),
        }
    }

    /// The periods of a parameter, checked.
    pub fn dated<T: Value>(&mut self, key: &str, nation: bool) -> Result<Vec<Dated<T>>, PolicyError> {
        let periods: Vec<Dated<T>> =
            self.tables(key)?.into_iter().map(|table| self.period(key, nation, table)).collect::<Result<_, _>>()?;
        for pair in periods.windows(2) {
            let [before, after] = pair else { continue };
            let file = || self.name.to_owned();
            let from_on = after.from_on;
            match before.until_on.map(|last| last.days_until(from_on)) {
                Some(1) => {}
                Some(days) if days > 1 => return Err(PolicyError::Gap { file: file(), key: key.to_owned(), from_on }),
                _ => return Err(PolicyError::Overlap { file: file(), key: key.to_owned(), from_on }),
            }
        }
        if nation {
            match periods.last() {
                None => return Err(missing(self.name, key)),
                Some(last) if last.until_on.is_some() => {
                    return Err(PolicyError::Ends { file: self.name.to_owned(), key: key.to_owned() });
                }
                Some(_) => {}
            }
        }
        Ok(periods)
    }

    fn period<T: Value>(&self, key: &str, nation: bool, mut table: toml::Table) -> Result<Dated<T>, PolicyError> {
        let at = |field: &str| format!("{key}.{field}");
        let also = match table.remove("also") {
            Some(also) => self.also(&at("also"), also)?,
            None => Vec::new(),
        };
        let said = match (table.remove("value"), table.remove("none"), table.remove("as_above")) {
            (Some(value), None, None) => Said::Value(self.value(&at("value"), &value)?, also),
            (None, Some(toml::Value::Boolean(true)), None) if also.is_empty() => Said::NoRule,
            (None, None, Some(toml::Value::Boolean(true))) if also.is_empty() && !nation => Said::AsAbove,
            (None, None, None) => return Err(missing(self.name, &at("value"))),
            _ => {
                return Err(wrong_type(
                    self.name,
                    key,
                    "one of value, none = true and, below the nation, as_above = true",
                ));
            }
        };
        let from_on = table.remove("from_on").ok_or_else(|| missing(self.name, &at("from_on")))?;
        let from_on: Day = self.value(&at("from_on"), &from_on)?;
        let until_on = table.remove("until_on").map(|day| self.value(&at("until_on"), &day)).transpose()?;
        let Evidence { source, url, grade } = self.evidence(key, &mut table)?;
        if let Some(key) = table.keys().next() {
            return Err(PolicyError::UnknownKey { file: self.name.to_owned(), key: at(key) });
        }
        if let Some(until_on) = until_on.filter(|last| *last < from_on) {
            return Err(PolicyError::Reversed { file: self.name.to_owned(), key: key.to_owned(), from_on, until_on });
        }
        Ok(Dated { said, source, url, grade, from_on, until_on })
    }

    fn also<T: Value>(&self, at: &str, value: toml::Value) -> Result<Vec<Also<T>>, PolicyError> {
        let tables = tables_of(self.name, at, value)?;
        tables
            .into_iter()
            .map(|mut table| {
                let value = table.remove("value").ok_or_else(|| missing(self.name, &format!("{at}.value")))?;
                let value = self.value(&format!("{at}.value"), &value)?;
                let Evidence { source, url, grade } = self.evidence(at, &mut table)?;
                match table.keys().next() {
                    Some(key) => {
                        Err(PolicyError::UnknownKey { file: self.name.to_owned(), key: format!("{at}.{key}") })
                    }
                    None => Ok(Also { value, source, url, grade }),
                }
            })
            .collect()
    }

    fn evidence(&self, key: &str, table: &mut toml::Table) -> Result<Evidence, PolicyError> {
        let at = |field: &str| format!("{key}.{field}");
        let source = text_of(self.name, &at("source"), table.remove("source"))?;
        let url = table.remove("url").map(|url| text_of(self.name, &at("url"), Some(url))).transpose()?;
        if url.as_ref().is_some_and(|url| !(url.starts_with("https://") || url.starts_with("http://"))) {
            return Err(wrong_type(self.name, &at("url"), "an address, http:// or https://"));
        }
        let grade = text_of(self.name, &at("grade"), table.remove("grade"))?;
        let grade = grade.parse().map_err(|_| wrong_type(self.name, &at("grade"), "P, X, N, K or ?"))?;
        Ok(Evidence { source, url, grade })
    }

    fn value<T: Value>(&self, at: &str, value: &toml::Value) -> Result<T, PolicyError> {
        let (file, key) = (|| self.name.to_owned(), || at.to_owned());
        T::read(value).map_err(|fault| match fault {
            Fault::Type => PolicyError::WrongType { file: file(), key: key(), expected: T::EXPECTED },
            Fault::Uncovered(pupils) => PolicyError::Uncovered { file: file(), key: key(), pupils },
            Fault::Overlapping(pupils) => PolicyError::BandsOverlap { file: file(), key: key(), pupils },
            Fault::Inconsistent(expected) => PolicyError::Inconsistent { file: file(), key: key(), expected },
        })
    }

    /// Nothing may be left over.
    pub fn finish(self) -> Result<(), PolicyError> {
        match self.table.keys().next() {
            Some(key) => Err(PolicyError::UnknownKey { file: self.name.to_owned(), key: key.clone() }),
            None => Ok(()),
        }
    }
}

fn line_of(text: &str, byte: usize) -> usize {
    text.bytes().take(byte).filter(|b| *b == b'\n').count().saturating_add(1)
}

fn tables_of(file: &str, key: &str, value: toml::Value) -> Result<Vec<toml::Table>, PolicyError> {
    let error = || wrong_type(file, key, "an array of tables, [[key]]");
    let toml::Value::Array(items) = value else { return Err(error()) };
    items
        .into_iter()
        .map(|item| match item {
            toml::Value::Table(table) => Ok(table),
            _ => Err(error()),
        })
        .collect()
}

pub(crate) fn missing(file: &str, key: &str) -> PolicyError {
    PolicyError::Missing { file: file.to_owned(), key: key.to_owned() }
}

pub(crate) fn wrong_type(file: &str, key: &str, expected: &'static str) -> PolicyError {
    PolicyError::WrongType { file: file.to_owned(), key: key.to_owned(), expected }
}

/// A line of text that is there and not blank.
pub(crate) fn text_of(file: &str, key: &str, value: Option<toml::Value>) -> Result<String, PolicyError> {
    match value {
        None => Err(missing(file, key)),
        Some(toml::Value::String(s)) => match text::line(&s, TEXT_MAX) {
            Ok(line) => Ok(line),
            Err(text::TextError::Empty) => Err(missing(file, key)),
            Err(_) => Err(wrong_type(file, key, "one line of at most 600 characters")),
        },
        Some(_) => Err(wrong_type(file, key, "a text")),
    }
}
