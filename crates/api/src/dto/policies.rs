//! Policies and deadlines.

use kernel::{DayCount, RegionCode};
use policy::Policy;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::w;
use crate::wire::Text;

/// A region with rules of its own.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct PolicyRegionBody {
    /// The region.
    pub region: w::RegionCode,
    /// Its name.
    pub name: String,
}

impl From<(RegionCode, &str)> for PolicyRegionBody {
    fn from((region, name): (RegionCode, &str)) -> PolicyRegionBody {
        PolicyRegionBody { region: Text(region), name: name.to_owned() }
    }
}

/// On which day.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OnQuery {
    /// The day; today where nothing is said.
    #[param(value_type = Option<w::Day>)]
    pub on: Option<w::Day>,
}

/// A parameter in force.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ParameterBody {
    /// Name of the parameter.
    pub key: String,
    /// What it is, in Chinese.
    pub zh: String,
    /// What it is, in English.
    pub en: String,
    /// What it is about.
    pub section: String,
    /// `rule`, `no_rule` (it is known that there is none), or `before_data` (nothing is known).
    pub state: String,
    /// Its value, where there is a rule.
    pub value: Option<String>,
    /// Instrument, number and article; for `no_rule`, why there is none.
    pub source: Option<String>,
    /// Where the source was read.
    pub url: Option<String>,
    /// How well the source was seen: P, X, N, K or ?.
    pub grade: Option<String>,
    /// First day of this value.
    pub from_on: Option<w::Day>,
    /// Last day of this value, if known.
    pub until_on: Option<w::Day>,
    /// Whose rule it is; none is the nation's.
    pub level: Option<w::RegionCode>,
    /// What other texts say about the same.
    pub also: Vec<OtherTextBody>,
    /// Rules that it feeds.
    pub rules: Vec<String>,
}

/// Another text about a parameter, which the value in force does not follow.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct OtherTextBody {
    /// What it says.
    pub value: String,
    /// Instrument, number and article.
    pub source: String,
    /// Where it was read.
    pub url: Option<String>,
    /// How well it was seen.
    pub grade: String,
}

/// A level whose rules a region has, its own included.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct PolicyLevelBody {
    /// The level.
    pub region: w::RegionCode,
    /// Its name.
    pub name: String,
}

impl From<&policy::AlsoInForce<'_>> for OtherTextBody {
    fn from(other: &policy::AlsoInForce<'_>) -> OtherTextBody {
        OtherTextBody {
            value: other.value.clone(),
            source: other.source.to_owned(),
            url: other.url.map(str::to_owned),
            grade: other.grade.to_string(),
        }
    }
}

/// A sentence in both languages.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct BilingualText {
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

/// What holds in a region on a day.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct PolicyBody {
    /// The region.
    pub region: w::RegionCode,
    /// Its name.
    pub name: String,
    /// The day.
    pub on: w::Day,
    /// Has it rules of its own, or does it inherit all of them?
    pub has_own_rules: bool,
    /// The levels with rules, nearest first; the nation's come after them.
    pub levels: Vec<PolicyLevelBody>,
    /// From where it inherits, in words.
    pub note: BilingualText,
    /// Hash under which entries name this policy.
    pub hash: w::Hash,
    /// The parameters.
    pub parameters: Vec<ParameterBody>,
}

impl From<&Policy> for PolicyBody {
    fn from(policy: &Policy) -> PolicyBody {
        let parameters = policy.in_force().into_iter().map(|parameter| ParameterBody {
            key: parameter.key.to_owned(),
            zh: parameter.zh.to_owned(),
            en: parameter.en.to_owned(),
            section: parameter.section.to_string(),
            state: parameter.state().to_owned(),
            value: parameter.value,
            source: parameter.source.map(|s| s.text.to_owned()),
            url: parameter.source.and_then(|s| s.url.map(str::to_owned)),
            grade: parameter.source.map(|s| s.grade.to_string()),
            from_on: parameter.source.map(|s| Text(s.from_on)),
            until_on: parameter.source.and_then(|s| s.until_on.map(Text)),
            level: parameter.source.and_then(|s| s.level.map(Text)),
            also: parameter.also.iter().map(OtherTextBody::from).collect(),
            rules: parameter.rules.iter().map(ToString::to_string).collect(),
        });
        PolicyBody {
            region: Text(policy.region),
            name: policy.region_name.clone(),
            on: Text(policy.on),
            has_own_rules: policy.has_own_rules(),
            levels: policy
                .levels
                .iter()
                .map(|(region, name)| PolicyLevelBody { region: Text(*region), name: name.clone() })
                .collect(),
            note: BilingualText { zh: policy.inheritance().zh, en: policy.inheritance().en },
            hash: Text(ledger::digest(ledger::tags::POLICY, &policy.canonical_bytes())),
            parameters: parameters.collect(),
        }
    }
}

kernel::words! {
    /// Units of a deadline.
    DeadlineUnit {
        /// Calendar days.
        Day = "day" / "日",
        /// Working days.
        WorkingDay = "working_day" / "工作日",
        /// Months.
        Month = "month" / "月",
    }
}

/// A period that starts with an event.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DeadlineQuery {
    /// The region whose working days count.
    #[param(value_type = w::RegionCode)]
    pub region: w::RegionCode,
    /// Day of the event; not counted.
    #[param(value_type = w::Day)]
    pub from_on: w::Day,
    /// How many.
    #[param(value_type = w::DeadlineCount)]
    pub count: w::DeadlineCount,
    /// Of what.
    #[param(value_type = w::DeadlineUnit)]
    pub unit: w::DeadlineUnit,
}

impl DeadlineQuery {
    /// The period.
    pub fn period(&self) -> DayCount {
        let n = self.count.0.0;
        match self.unit.0 {
            DeadlineUnit::Day => DayCount::Days(n),
            DeadlineUnit::WorkingDay => DayCount::WorkingDays(n),
            DeadlineUnit::Month => DayCount::Months(n),
        }
    }
}
