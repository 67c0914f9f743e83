//! The nearest level that speaks of a parameter on a day.

use kernel::{Day, RegionCode};

use crate::data::{Dated, Said};
use crate::parameters::Values;
use crate::setting::{Rule, Setting};

/// The values of a level, or of an adopted version of it, from a day on.
pub(crate) struct Layer<'a> {
    pub level: Option<RegionCode>,
    /// An adopted version says nothing about days before its adoption.
    pub from_on: Option<Day>,
    /// A supposed version says of every day what it says of this one.
    pub as_on: Option<Day>,
    pub values: &'a Values,
}

/// The nearest layer's word on a parameter. A layer that says "as above" hands the question to the
/// next level; other layers of the same level are passed over.
pub(crate) fn nearest<T: Clone>(
    layers: &[Layer<'_>],
    of: impl Fn(&Values) -> &Vec<Dated<T>>,
    key: &'static str,
    region: RegionCode,
    on: Day,
) -> Setting<T> {
    let mut passed_over: Option<RegionCode> = None;
    for layer in layers {
        if passed_over.is_some() && layer.level == passed_over {
            continue;
        }
        if layer.from_on.is_some_and(|from| on < from) {
            continue;
        }
        let Some(period) = of(layer.values).iter().find(|period| period.holds_on(layer.as_on.unwrap_or(on))) else {
            continue;
        };
        match &period.said {
            Said::Value(value, also) => {
                return Setting::Rule(with(period, layer.level, value.clone(), also.clone()));
            }
            Said::NoRule => return Setting::NoRule(with(period, layer.level, (), Vec::new())),
            Said::AsAbove => passed_over = layer.level,
        }
    }
    Setting::BeforeData { key, region, on }
}

fn with<T, V>(period: &Dated<T>, level: Option<RegionCode>, value: V, also: Vec<crate::setting::Also<V>>) -> Rule<V> {
    Rule {
        value,
        source: period.source.clone(),
        url: period.url.clone(),
        grade: period.grade,
        from_on: period.from_on,
        until_on: period.until_on,
        level,
        also,
    }
}
