//! All levels of policy data, and the answer to "what holds in this region on this day".

use kernel::{Day, RegionCode, RuleId};

use crate::data::Dated;
use crate::parameters::{self, Level, Policy};
use crate::{Grade, PolicyError};

/// The data that ships with the product: file name and text.
const SHIPPED: &[(&str, &str)] =
    &[("cn.toml", include_str!("../data/cn.toml")), ("330502.toml", include_str!("../data/330502.toml"))];

/// The value of a parameter in force, with its source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule<T> {
    /// The value.
    pub value: T,
    /// Instrument, number and article.
    pub source: String,
    /// How well the source was seen.
    pub grade: Grade,
    /// First day of this value.
    pub from_on: Day,
    /// Last day of this value, if known.
    pub until_on: Option<Day>,
    /// Whose rule it is; none = the nation's.
    pub level: Option<RegionCode>,
}

/// A parameter in force as text, for answers, documents and the hash of a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InForce<'a> {
    /// Name of the parameter.
    pub key: &'static str,
    /// What it is, in Chinese.
    pub zh: &'static str,
    /// What it is, in English.
    pub en: &'static str,
    /// The rules that it feeds.
    pub rules: &'static [RuleId],
    /// Canonical text of the value: `60`, `true`, `500000`, `15 working_days`.
    pub value: String,
    /// Instrument, number and article.
    pub source: &'a str,
    /// How well the source was seen.
    pub grade: Grade,
    /// First day of this value.
    pub from_on: Day,
    /// Last day of this value, if known.
    pub until_on: Option<Day>,
    /// Whose rule it is; none = the nation's.
    pub level: Option<RegionCode>,
}

/// The nearest level's value on a day.
pub(crate) fn pick<'a, T: Clone + 'a>(
    mut levels: impl Iterator<Item = (Option<RegionCode>, &'a [Dated<T>])>,
    on: Day,
) -> Option<Rule<T>> {
    levels.find_map(|(level, periods)| {
        let period = periods.iter().find(|p| p.from_on <= on && p.until_on.is_none_or(|last| on <= last))?;
        Some(Rule {
            value: period.value.clone(),
            source: period.source.clone(),
            grade: period.grade,
            from_on: period.from_on,
            until_on: period.until_on,
            level,
        })
    })
}

/// Policy data of the nation and of regions.
pub struct PolicySet {
    levels: Vec<Level>,
}

impl PolicySet {
    /// The data that ships with the product.
    ///
    /// # Errors
    /// [`PolicyError`]; a test keeps this from happening.
    pub fn shipped() -> Result<PolicySet, PolicyError> {
        PolicySet::from_sources(SHIPPED)
    }

    /// From texts, each with the name under which errors speak of it.
    ///
    /// # Errors
    /// [`PolicyError`] naming file and key.
    pub fn from_sources(sources: &[(&str, &str)]) -> Result<PolicySet, PolicyError> {
        let mut levels: Vec<Level> = Vec::new();
        for (file, text) in sources {
            let level = Level::read(file, text)?;
            if levels.iter().any(|l| l.region == level.region) {
                let key = level.region.map_or_else(|| "nation".to_owned(), |r| r.to_string());
                return Err(PolicyError::Twice { file: (*file).to_owned(), key });
            }
            levels.push(level);
        }
        if levels.iter().all(|l| l.region.is_some()) {
            return Err(PolicyError::Missing { file: "cn.toml".to_owned(), key: "nation".to_owned() });
        }
        Ok(PolicySet { levels })
    }

    /// What holds in a region on a day: value by value, from the region, else the city, the
    /// province, the nation.
    ///
    /// # Errors
    /// [`PolicyError::BeforeData`] when a parameter has no value on that day.
    pub fn resolve(&self, region: RegionCode, on: Day) -> Result<Policy, PolicyError> {
        let chain: Vec<Option<RegionCode>> = region.and_above().map(Some).chain([None]).collect();
        let levels: Vec<&Level> =
            chain.iter().filter_map(|wanted| self.levels.iter().find(|l| l.region == *wanted)).collect();
        let name = levels
            .iter()
            .find(|l| l.region == Some(region))
            .map_or_else(|| region.to_string(), |level| level.name.clone());
        parameters::resolve(&levels, region, name, on)
    }

    /// The regions that have rules of their own, with their names, in order of code.
    pub fn regions(&self) -> Vec<(RegionCode, &str)> {
        let mut regions: Vec<(RegionCode, &str)> =
            self.levels.iter().filter_map(|l| Some((l.region?, l.name.as_str()))).collect();
        regions.sort_unstable();
        regions
    }
}

impl Policy {
    /// A stable text of the values in force and their sources, sorted by parameter. Two policies
    /// with the same values from the same sources have the same bytes, whatever the day.
    /// Grades and periods are left out: better knowledge of a source does not change the rule.
    pub fn canonical_bytes(&self) -> Vec<u8> {
        let mut lines: Vec<String> = self
            .in_force()
            .iter()
            .map(|p| {
                let level = p.level.map_or_else(|| "nation".to_owned(), |r| r.to_string());
                format!("{}\t{}\t{level}\t{}\n", p.key, p.value, p.source)
            })
            .collect();
        lines.sort_unstable();
        lines.insert(0, "tutela-policy/v1\n".to_owned());
        lines.concat().into_bytes()
    }
}
