//! The working-day calendar from data: years as announced, checked for slips of the pen.

use std::collections::BTreeSet;

use kernel::{Calendar, Day};

use crate::data::{File, missing, text_of, wrong_type};
use crate::{Grade, PolicyError};

const FILE: &str = "calendar.toml";

/// The working-day calendar that ships with the product.
///
/// # Errors
/// [`PolicyError`]; a test keeps this from happening.
pub fn calendar() -> Result<Calendar, PolicyError> {
    calendar_from_source(FILE, include_str!("../data/calendar.toml"))
}

/// A calendar from a text, with the name under which errors speak of it.
///
/// # Errors
/// [`PolicyError`] naming file and key: a day outside its year, a make-up day that is no weekend day
/// or is off as well, a year given twice.
pub fn calendar_from_source(name: &str, text: &str) -> Result<Calendar, PolicyError> {
    let mut file = File::parse(name, text)?;
    let mut years = BTreeSet::new();
    let mut off = BTreeSet::new();
    let mut worked = BTreeSet::new();
    let mut legal = BTreeSet::new();
    for table in file.tables("year")? {
        let year = Year::read(name, table)?;
        if !years.insert(year.year) {
            return Err(PolicyError::Twice { file: name.to_owned(), key: year.year.to_string() });
        }
        off.extend(year.off);
        worked.extend(year.worked);
        legal.extend(year.legal);
    }
    file.finish()?;
    Ok(Calendar::new(years, off, worked).with_legal_holidays(legal))
}

struct Year {
    year: i16,
    off: BTreeSet<Day>,
    worked: BTreeSet<Day>,
    legal: BTreeSet<Day>,
}

impl Year {
    fn read(file: &str, mut table: toml::Table) -> Result<Year, PolicyError> {
        let number = table.remove("year").ok_or_else(|| missing(file, "year.year"))?;
        let year = number.as_integer().and_then(|n| i16::try_from(n).ok());
        let year = year.ok_or_else(|| wrong_type(file, "year.year", "a year"))?;
        let at = |field: &str| format!("{year}.{field}");
        text_of(file, &at("source"), table.remove("source"))?;
        text_of(file, &at("grade"), table.remove("grade"))?
            .parse::<Grade>()
            .map_err(|_| wrong_type(file, &at("grade"), "P, X, N, K or ?"))?;
        let wrong = |key: &str, day: Day| PolicyError::WrongDay { file: file.to_owned(), key: at(key), day };

        let mut ranges = |list: &'static str| {
            let mut days = BTreeSet::new();
            for range in texts(file, &at(list), table.remove(list))? {
                let (first, last) = range
                    .split_once('/')
                    .and_then(|(a, b)| Some((a.parse::<Day>().ok()?, b.parse::<Day>().ok()?)))
                    .ok_or_else(|| wrong_type(file, &at(list), "ranges of days, \"2025-01-28/2025-02-04\""))?;
                // No announced holiday has been longer than nine days; a longer range is a slip.
                if first.year() != year || last.year() != year || !(0..=14).contains(&first.days_until(last)) {
                    return Err(wrong(list, first));
                }
                for n in 0..=first.days_until(last) {
                    days.insert(first.plus_days(n).map_err(|_| wrong(list, first))?);
                }
            }
            Ok(days)
        };
        let off = ranges("off")?;
        let legal = ranges("legal")?;
        if let Some(worked) = legal.iter().find(|day| !off.contains(day)) {
            return Err(wrong("legal", *worked));
        }
        let mut worked = BTreeSet::new();
        for day in texts(file, &at("worked"), table.remove("worked"))? {
            let day: Day = day.parse().map_err(|_| wrong_type(file, &at("worked"), "days, \"2025-01-26\""))?;
            if day.year() != year || !day.is_weekend() || off.contains(&day) {
                return Err(wrong("worked", day));
            }
            worked.insert(day);
        }
        match table.keys().next() {
            Some(key) => Err(PolicyError::UnknownKey { file: file.to_owned(), key: at(key) }),
            None => Ok(Year { year, off, worked, legal }),
        }
    }
}

fn texts(file: &str, key: &str, value: Option<toml::Value>) -> Result<Vec<String>, PolicyError> {
    let error = || wrong_type(file, key, "an array of texts");
    match value {
        None => Err(missing(file, key)),
        Some(toml::Value::Array(items)) => {
            items.into_iter().map(|item| item.as_str().map(str::to_owned).ok_or_else(error)).collect()
        }
        Some(_) => Err(error()),
    }
}
