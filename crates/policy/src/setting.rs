//! What is known of a parameter on a day: a rule, that there is none, or nothing yet.

use kernel::{Day, RegionCode, RuleId};

use crate::value::Value;
use crate::{Grade, PolicyError, Section};

/// The value of a parameter in force, with its source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule<T> {
    /// The value.
    pub value: T,
    /// Instrument, number and article.
    pub source: String,
    /// Where the source was read, if it has an address.
    pub url: Option<String>,
    /// How well the source was seen.
    pub grade: Grade,
    /// First day of this value.
    pub from_on: Day,
    /// Last day of this value, if known.
    pub until_on: Option<Day>,
    /// Whose rule it is; none = the nation's.
    pub level: Option<RegionCode>,
    /// What other texts say about the same; an answer names them too.
    pub also: Vec<Also<T>>,
}

/// Another text about the same parameter, which the value in force does not follow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Also<T> {
    /// What it says.
    pub value: T,
    /// Instrument, number and article.
    pub source: String,
    /// Where it was read, if it has an address.
    pub url: Option<String>,
    /// How well it was seen.
    pub grade: Grade,
}

/// A parameter on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Setting<T> {
    /// A rule holds.
    Rule(Rule<T>),
    /// It is known that no rule holds; the source says why.
    NoRule(Rule<()>),
    /// The day lies before the data begins: nothing is known.
    BeforeData {
        /// Which parameter.
        key: &'static str,
        /// For which region.
        region: RegionCode,
        /// On which day.
        on: Day,
    },
}

impl<T> Setting<T> {
    /// The rule, or none where it is known that there is none.
    ///
    /// # Errors
    /// [`PolicyError::BeforeData`] where nothing is known.
    pub const fn rule(&self) -> Result<Option<&Rule<T>>, PolicyError> {
        match self {
            Setting::Rule(rule) => Ok(Some(rule)),
            Setting::NoRule(_) => Ok(None),
            Setting::BeforeData { key, region, on } => Err(PolicyError::BeforeData { key, region: *region, on: *on }),
        }
    }

    /// The rule of a policy that is known whole ([`PolicySet::resolve`](crate::PolicySet::resolve));
    /// none where there is none.
    pub const fn in_force(&self) -> Option<&Rule<T>> {
        match self {
            Setting::Rule(rule) => Some(rule),
            Setting::NoRule(_) | Setting::BeforeData { .. } => None,
        }
    }

    /// Why there is no rule: the source and level of that statement.
    pub const fn no_rule(&self) -> Option<&Rule<()>> {
        match self {
            Setting::NoRule(why) => Some(why),
            Setting::Rule(_) | Setting::BeforeData { .. } => None,
        }
    }

    /// The source of the rule, or of the statement that there is none; empty before the data.
    pub fn source(&self) -> &str {
        match self {
            Setting::Rule(rule) => &rule.source,
            Setting::NoRule(why) => &why.source,
            Setting::BeforeData { .. } => "",
        }
    }

    /// Is a rule in force, and does its value pass?
    pub fn is(&self, passes: impl FnOnce(&T) -> bool) -> bool {
        self.in_force().is_some_and(|rule| passes(&rule.value))
    }
}

/// A parameter as text, for answers, documents and the hash of a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InForce<'a> {
    /// Name of the parameter.
    pub key: &'static str,
    /// What it is about.
    pub section: Section,
    /// What it is, in Chinese.
    pub zh: &'static str,
    /// What it is, in English.
    pub en: &'static str,
    /// The rules that it feeds.
    pub rules: &'static [RuleId],
    /// Canonical text of the value: `60`, `true`, `15 working_days`; none = no rule here.
    pub value: Option<String>,
    /// The source and what else is known; none = the day lies before the data begins.
    pub source: Option<InForceSource<'a>>,
    /// What other texts say.
    pub also: Vec<AlsoInForce<'a>>,
}

impl InForce<'_> {
    /// `rule`, `no_rule` or `before_data`.
    pub const fn state(&self) -> &'static str {
        match (&self.value, &self.source) {
            (Some(_), _) => "rule",
            (None, Some(_)) => "no_rule",
            (None, None) => "before_data",
        }
    }
}

/// Where a value, or that there is none, comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InForceSource<'a> {
    /// Instrument, number and article.
    pub text: &'a str,
    /// Where it was read.
    pub url: Option<&'a str>,
    /// How well it was seen.
    pub grade: Grade,
    /// First day of this value.
    pub from_on: Day,
    /// Last day of this value, if known.
    pub until_on: Option<Day>,
    /// Whose rule it is; none = the nation's.
    pub level: Option<RegionCode>,
}

/// Another text's value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlsoInForce<'a> {
    /// Canonical text of the value.
    pub value: String,
    /// Instrument, number and article.
    pub source: &'a str,
    /// Where it was read.
    pub url: Option<&'a str>,
    /// How well it was seen.
    pub grade: Grade,
}

impl<T> Rule<T> {
    fn as_source(&self) -> InForceSource<'_> {
        InForceSource {
            text: &self.source,
            url: self.url.as_deref(),
            grade: self.grade,
            from_on: self.from_on,
            until_on: self.until_on,
            level: self.level,
        }
    }
}

/// What the parameter list adds to a setting to make an [`InForce`].
#[derive(Clone, Copy)]
pub(crate) struct Named {
    pub key: &'static str,
    pub section: Section,
    pub zh: &'static str,
    pub en: &'static str,
    pub rules: &'static [RuleId],
}

/// A setting as text.
pub(crate) fn named<T: Value>(setting: &Setting<T>, named: Named) -> InForce<'_> {
    let (value, source, also) = match setting {
        Setting::Rule(rule) => {
            let also = rule.also.iter().map(|other| AlsoInForce {
                value: other.value.text(),
                source: &other.source,
                url: other.url.as_deref(),
                grade: other.grade,
            });
            (Some(rule.value.text()), Some(rule.as_source()), also.collect())
        }
        Setting::NoRule(why) => (None, Some(why.as_source()), Vec::new()),
        Setting::BeforeData { .. } => (None, None, Vec::new()),
    };
    let Named { key, section, zh, en, rules } = named;
    InForce { key, section, zh, en, rules, value, source, also }
}
