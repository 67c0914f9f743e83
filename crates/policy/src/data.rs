//! Reading one file of policy data: typed values with their periods, in order, without gap or overlap.

use kernel::{Day, RegionCode};

use crate::PolicyError;
use crate::value::{Grade, Value};

/// A value and the days on which it holds.
#[derive(Clone, Debug)]
pub(crate) struct Dated<T> {
    pub value: T,
    pub source: String,
    pub grade: Grade,
    pub from_on: Day,
    pub until_on: Option<Day>,
}

/// The head of a file.
pub(crate) struct Head {
    /// None = the nation.
    pub region: Option<RegionCode>,
    pub name: String,
}

/// A file being read. Keys are taken out as they are read; what is left over is unknown.
pub(crate) struct File<'a> {
    name: &'a str,
    table: toml::Table,
}

impl<'a> File<'a> {
    pub fn parse(name: &'a str, text: &str) -> Result<File<'a>, PolicyError> {
        let table = text.parse::<toml::Table>().map_err(|error| PolicyError::Syntax {
            file: name.to_owned(),
            at: error.span().map_or(0, |span| span.start),
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
        Ok(Head { region, name })
    }

    /// All tables of an array of tables; none when the key is absent.
    pub fn tables(&mut self, key: &str) -> Result<Vec<toml::Table>, PolicyError> {
        let Some(value) = self.table.remove(key) else { return Ok(Vec::new()) };
        let error = || wrong_type(self.name, key, "an array of tables, [[key]]");
        let toml::Value::Array(items) = value else { return Err(error()) };
        items
            .into_iter()
            .map(|item| match item {
                toml::Value::Table(table) => Ok(table),
                _ => Err(error()),
            })
            .collect()
    }

    /// The periods of a parameter, checked.
    pub fn dated<T: Value>(&mut self, key: &str, nation: bool) -> Result<Vec<Dated<T>>, PolicyError> {
        let periods: Vec<Dated<T>> =
            self.tables(key)?.into_iter().map(|table| self.period(key, table)).collect::<Result<_, _>>()?;
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

    fn period<T: Value>(&self, key: &str, mut table: toml::Table) -> Result<Dated<T>, PolicyError> {
        let at = |field: &str| format!("{key}.{field}");
        let value = table.remove("value").ok_or_else(|| missing(self.name, &at("value")))?;
        let value = T::read(&value).ok_or_else(|| wrong_type(self.name, &at("value"), T::EXPECTED))?;
        let from_on = table.remove("from_on").ok_or_else(|| missing(self.name, &at("from_on")))?;
        let from_on = day_of(self.name, &at("from_on"), &from_on)?;
        let until_on = match table.remove("until_on") {
            Some(day) => Some(day_of(self.name, &at("until_on"), &day)?),
            None => None,
        };
        let source = text_of(self.name, &at("source"), table.remove("source"))?;
        let grade = text_of(self.name, &at("grade"), table.remove("grade"))?;
        let grade = grade.parse().map_err(|_| wrong_type(self.name, &at("grade"), "P, X, N or K"))?;
        if let Some(key) = table.keys().next() {
            return Err(PolicyError::UnknownKey { file: self.name.to_owned(), key: at(key) });
        }
        if until_on.is_some_and(|last| last < from_on) {
            return Err(PolicyError::Overlap { file: self.name.to_owned(), key: key.to_owned(), from_on });
        }
        Ok(Dated { value, source, grade, from_on, until_on })
    }

    /// Nothing may be left over.
    pub fn finish(self) -> Result<(), PolicyError> {
        match self.table.keys().next() {
            Some(key) => Err(PolicyError::UnknownKey { file: self.name.to_owned(), key: key.clone() }),
            None => Ok(()),
        }
    }
}

pub(crate) fn missing(file: &str, key: &str) -> PolicyError {
    PolicyError::Missing { file: file.to_owned(), key: key.to_owned() }
}

pub(crate) fn wrong_type(file: &str, key: &str, expected: &'static str) -> PolicyError {
    PolicyError::WrongType { file: file.to_owned(), key: key.to_owned(), expected }
}

/// A text that is there and not blank.
pub(crate) fn text_of(file: &str, key: &str, value: Option<toml::Value>) -> Result<String, PolicyError> {
    match value {
        None => Err(missing(file, key)),
        Some(toml::Value::String(s)) if s.trim().is_empty() => Err(missing(file, key)),
        Some(toml::Value::String(s)) => Ok(s),
        Some(_) => Err(wrong_type(file, key, "a text")),
    }
}

fn day_of(file: &str, key: &str, value: &toml::Value) -> Result<Day, PolicyError> {
    value
        .as_datetime()
        .and_then(|day| day.to_string().parse().ok())
        .ok_or_else(|| wrong_type(file, key, "a day as in 2026-11-22, without quotes"))
}
