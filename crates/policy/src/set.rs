//! All levels of policy data, and the answer to "what holds in this region on this day".

use kernel::{Day, RegionCode};

use crate::data::{File, Head, missing};
use crate::parameters::{self, Policy, Values};
use crate::pick::Layer;
use crate::shipped::SHIPPED;
use crate::{Explanation, PolicyError};

/// What one file says of one region.
#[derive(Clone)]
struct Level {
    file: String,
    region: Option<RegionCode>,
    name: String,
    leaves_to: std::collections::BTreeMap<String, RegionCode>,
    values: Values,
    /// For a version that was adopted: from which day, and that it stands before what shipped.
    adopted_from_on: Option<Day>,
    /// For a version that is supposed to have held always: the day whose word counts.
    supposed_as_on: Option<Day>,
}

impl Level {
    fn read(name: &str, text: &str) -> Result<Level, PolicyError> {
        let mut file = File::parse(name, text)?;
        let Head { region, name: region_name, leaves_to } = file.head()?;
        let values = Values::read(&mut file, region.is_none())?;
        file.finish()?;
        let (adopted_from_on, supposed_as_on) = (None, None);
        Ok(Level {
            file: name.to_owned(),
            region,
            name: region_name,
            leaves_to,
            values,
            adopted_from_on,
            supposed_as_on,
        })
    }

    fn speaks_of(&self, key: &str) -> bool {
        self.values.first_days().iter().any(|(k, _)| *k == key)
    }
}

/// Policy data of the nation and of regions.
#[derive(Clone)]
pub struct PolicySet {
    /// In no particular order; of a region first what was adopted last, then what shipped.
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

    /// The data that ships, with these files in the place of those of the same regions.
    ///
    /// # Errors
    /// [`PolicyError`] naming file and key.
    pub fn shipped_with(sources: &[(&str, &str)]) -> Result<PolicySet, PolicyError> {
        let given = PolicySet::read(sources)?;
        let mut set = PolicySet::shipped()?;
        set.levels.retain(|level| given.iter().all(|other| other.region != level.region));
        set.levels.extend(given);
        set.levels.iter().try_for_each(|level| set.check_leaves_to(level))?;
        Ok(set)
    }

    /// From texts, each with the name under which errors speak of it.
    ///
    /// # Errors
    /// [`PolicyError`] naming file and key.
    pub fn from_sources(sources: &[(&str, &str)]) -> Result<PolicySet, PolicyError> {
        let levels = PolicySet::read(sources)?;
        if levels.iter().all(|l| l.region.is_some()) {
            return Err(missing("cn.toml", "nation"));
        }
        let set = PolicySet { levels };
        set.levels.iter().try_for_each(|level| set.check_leaves_to(level))?;
        Ok(set)
    }

    fn read(sources: &[(&str, &str)]) -> Result<Vec<Level>, PolicyError> {
        let mut levels: Vec<Level> = Vec::new();
        for (file, text) in sources {
            let level = Level::read(file, text)?;
            if levels.iter().any(|l| l.region == level.region) {
                let key = level.region.map_or_else(|| "nation".to_owned(), |r| r.to_string());
                return Err(PolicyError::Twice { file: (*file).to_owned(), key });
            }
            levels.push(level);
        }
        Ok(levels)
    }

    /// With a version that a region adopted with effect from a day: it stands before what the region
    /// had, and says nothing about days before.
    ///
    /// # Errors
    /// [`PolicyError`] of the text; [`PolicyError::OtherRegion`] when it is not for `region`;
    /// [`PolicyError::Retroactive`] when one of its periods begins before `from_on`.
    pub fn with_version(
        &self,
        file: &str,
        text: &str,
        region: RegionCode,
        from_on: Day,
    ) -> Result<PolicySet, PolicyError> {
        let mut version = Level::read(file, text)?;
        if version.region != Some(region) {
            return Err(PolicyError::OtherRegion { file: file.to_owned(), key: "region".to_owned(), region });
        }
        let days = version.values.first_days();
        if days.is_empty() {
            return Err(missing(file, "[[…]]"));
        }
        if let Some((key, day)) = days.into_iter().find(|(_, day)| *day < from_on) {
            return Err(PolicyError::Retroactive { file: file.to_owned(), key: key.to_owned(), day, from_on });
        }
        version.adopted_from_on = Some(from_on);
        self.check_leaves_to(&version)?;
        let mut levels = Vec::with_capacity(self.levels.len().saturating_add(1));
        levels.push(version);
        levels.extend(self.levels.iter().cloned());
        Ok(PolicySet { levels })
    }

    /// As [`PolicySet::with_version`], but as though what the version says of its first day had always
    /// held: to replay past decisions under a draft.
    ///
    /// # Errors
    /// As [`PolicySet::with_version`].
    pub fn supposing(
        &self,
        file: &str,
        text: &str,
        region: RegionCode,
        from_on: Day,
    ) -> Result<PolicySet, PolicyError> {
        let mut set = self.with_version(file, text, region, from_on)?;
        if let Some(version) = set.levels.first_mut() {
            version.adopted_from_on = None;
            version.supposed_as_on = Some(from_on);
        }
        Ok(set)
    }

    /// What a file leaves to a level above must be there.
    fn check_leaves_to(&self, level: &Level) -> Result<(), PolicyError> {
        for (key, region) in &level.leaves_to {
            let above = level.region.is_some_and(|own| own != *region && region.contains(own));
            let there = self.levels.iter().any(|l| l.region == Some(*region) && l.speaks_of(key));
            if !(above && there) {
                return Err(PolicyError::LevelAboveMissing {
                    file: level.file.clone(),
                    key: key.clone(),
                    region: *region,
                });
            }
        }
        Ok(())
    }

    /// What holds in a region on a day, known whole: value by value, from the region, else the city,
    /// the province, the nation.
    ///
    /// # Errors
    /// [`PolicyError::BeforeData`] when of any parameter nothing is known on that day.
    pub fn resolve(&self, region: RegionCode, on: Day) -> Result<Policy, PolicyError> {
        let policy = self.resolve_known(region, on);
        match policy.first_unknown() {
            Some(key) => Err(PolicyError::BeforeData { key, region, on }),
            None => Ok(policy),
        }
    }

    /// What is known to hold in a region on a day, however early: parameters of which nothing is
    /// known say so ([`Setting::BeforeData`](crate::Setting)).
    pub fn resolve_known(&self, region: RegionCode, on: Day) -> Policy {
        let chain: Vec<Option<RegionCode>> = region.and_above().map(Some).chain([None]).collect();
        let of = |wanted: &Option<RegionCode>| {
            let wanted = *wanted;
            self.levels.iter().filter(move |l| l.region == wanted)
        };
        let layers: Vec<Layer<'_>> = chain
            .iter()
            .flat_map(of)
            .map(|l| Layer { level: l.region, from_on: l.adopted_from_on, as_on: l.supposed_as_on, values: &l.values })
            .collect();
        let levels: Vec<(RegionCode, String)> = chain
            .iter()
            .filter_map(|wanted| of(wanted).next_back())
            .filter_map(|level| Some((level.region?, level.name.clone())))
            .collect();
        let name =
            levels.iter().find(|(code, _)| *code == region).map_or_else(|| region.to_string(), |(_, n)| n.clone());
        parameters::resolve(&layers, region, (name, levels), on)
    }

    /// The regions that have rules of their own, with their names, in order of code.
    pub fn regions(&self) -> Vec<(RegionCode, &str)> {
        let mut regions: Vec<(RegionCode, &str)> =
            self.levels.iter().filter_map(|l| Some((l.region?, l.name.as_str()))).collect();
        regions.sort_unstable();
        regions.dedup_by_key(|(code, _)| *code);
        regions
    }
}

impl Policy {
    /// Has the region rules of its own, or does it inherit all?
    pub fn has_own_rules(&self) -> bool {
        self.levels.iter().any(|(code, _)| *code == self.region)
    }

    /// From where the region's rules come, as answers say it.
    pub fn inheritance(&self) -> Explanation {
        let names: Vec<String> = self.levels.iter().map(|(code, name)| format!("{name}（{code}）")).collect();
        let above: Vec<&str> = names.iter().skip(usize::from(self.has_own_rules())).map(String::as_str).collect();
        let above = if above.is_empty() { String::new() } else { format!("{}、", above.join("、")) };
        let codes: Vec<String> =
            self.levels.iter().filter(|(code, _)| *code != self.region).map(|(code, _)| format!("{code}, ")).collect();
        let (code, codes) = (self.region, codes.concat());
        if self.has_own_rules() {
            Explanation {
                zh: format!("{code} 有自己的规定；其余沿用{above}全国的规定。"),
                en: format!("{code} has rules of its own; all others are inherited: {codes}the nation."),
            }
        } else {
            Explanation {
                zh: format!("数据中没有 {code} 自己的规定，全部沿用{above}全国的规定。"),
                en: format!("The data has no rules of {code} itself; all are inherited: {codes}the nation."),
            }
        }
    }

    /// A stable text of what holds and of its sources, sorted by parameter. Two policies with the
    /// same values from the same sources have the same bytes, whatever the day. Grades, addresses
    /// and periods are left out: better knowledge of a source does not change the rule.
    pub fn canonical_bytes(&self) -> Vec<u8> {
        let mut lines = Vec::new();
        for p in self.in_force() {
            let value = p.value.as_deref().unwrap_or(if p.source.is_some() { "none" } else { "unknown" });
            let level = p.source.and_then(|s| s.level).map_or_else(|| "nation".to_owned(), |r| r.to_string());
            let source = p.source.map_or("", |s| s.text);
            lines.push(format!("{}\t{value}\t{level}\t{source}\n", p.key));
            for other in &p.also {
                lines.push(format!("{}\talso {}\t{level}\t{}\n", p.key, other.value, other.source));
            }
        }
        lines.sort_unstable();
        lines.insert(0, "tutela-policy/v1\n".to_owned());
        lines.concat().into_bytes()
    }
}
