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
    /// Its value.
    pub value: String,
    /// Instrument, number and article.
    pub source: String,
    /// How well the source was seen: P, X, N or K.
    pub grade: String,
    /// First day of this value.
    pub from_on: w::Day,
    /// Last day of this value, if known.
    pub until_on: Option<w::Day>,
    /// Whose rule it is; none is the nation's.
    pub level: Option<w::RegionCode>,
    /// Rules that it feeds.
    pub rules: Vec<String>,
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
            value: parameter.value,
            source: parameter.source.to_owned(),
            grade: parameter.grade.to_string(),
            from_on: Text(parameter.from_on),
            until_on: parameter.until_on.map(Text),
            level: parameter.level.map(Text),
            rules: parameter.rules.iter().map(ToString::to_string).collect(),
        });
        PolicyBody {
            region: Text(policy.region),
            name: policy.region_name.clone(),
            on: Text(policy.on),
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
    #[expect(dead_code, reason = "working days are the nation's so far; asked for, so that clients need not change")]
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

/// The last day of a period.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
pub struct DeadlineBody {
    /// The day.
    pub on: w::Day,
}
