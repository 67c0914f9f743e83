//! Government-guided prices of subject training: base by class size and area, other lengths in
//! proportion, a float upwards, down freely. One rounding, half up; the cap is the highest lawful
//! price. 发改价格〔2021〕1279号 and the places' own tables.

use kernel::{Category, ClassHours, Exact, Fen, Mode, RuleId, Violation, rounding::exact_half_up};
use policy::types::{Area, PriceBand, PriceTable};
use policy::{Policy, PolicyError, Rule, Setting};

use super::fee::ClassFacts;

/// What is asked: the price of one lesson for one pupil.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PriceQuestion {
    /// How it is taught.
    pub mode: Mode,
    /// Pupils in the class, from 1.
    pub class_size: u32,
    /// Length of the lesson, from 1 minute.
    pub minutes: u16,
    /// Where, for tables that tell areas apart.
    pub area: Option<Area>,
}

/// The price by one band.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GuidedPrice {
    /// Base price of the lesson.
    pub base: Fen,
    /// Highest lawful price of the lesson.
    pub cap: Fen,
    /// Base price of one unit.
    pub base_per_unit: Fen,
    /// Length of the unit, minutes.
    pub unit_minutes: u16,
    /// Float upwards, per cent.
    pub float_percent: u16,
    /// The band as people write it.
    pub band: String,
}

/// The answer: the lower price where a text lets two bands share an edge, and the other beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PriceAnswer {
    /// The price.
    pub price: GuidedPrice,
    /// The other band of a shared edge.
    pub alternatives: Vec<GuidedPrice>,
    /// Where the table stands.
    pub source: String,
}

/// Why there is no price.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PriceError {
    /// No table is known for the place, mode and day.
    #[error("no guided price of {mode} training is known here")]
    NoTable {
        /// Which mode.
        mode: Mode,
        /// What is written instead.
        why: String,
    },
    /// The table tells city and village apart, and the question does not say which.
    #[error("the price table tells areas apart")]
    AreaNeeded,
    /// No band for such a class, or a lesson of no minutes.
    #[error("no class of {class_size} pupils, or no minutes")]
    NoClass {
        /// Pupils given.
        class_size: u32,
    },
    /// Before the data begins.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// Money arithmetic.
    #[error(transparent)]
    Fen(#[from] kernel::fen::FenError),
}

const fn table_of(policy: &Policy, mode: Mode) -> &Setting<PriceTable> {
    match mode {
        Mode::Offline => &policy.guided_price_offline,
        Mode::Online => &policy.guided_price_online,
    }
}

/// The float that holds: the table's, and never more than any place may have.
fn float_percent(table: &PriceTable, policy: &Policy) -> u16 {
    let widest = policy.price_float_up_max_percent.in_force().map(|rule| rule.value);
    widest.map_or(table.float_up_percent, |widest| widest.min(table.float_up_percent))
}

/// Base and cap of `units` of a length, exact.
fn exact(band: &PriceBand, table: &PriceTable, float: u16, minutes: u16, units: &Exact) -> Option<(Exact, Exact)> {
    let length = Exact::ratio(i64::from(minutes), i64::from(table.unit_minutes))?;
    let base = Exact::fen(band.fen).times(&length).times(units);
    let cap = base.times(&Exact::ratio(i64::from(float).saturating_add(100), 100)?);
    Some((base, cap))
}

fn price(
    band: &PriceBand,
    table: &PriceTable,
    policy: &Policy,
    asked: &PriceQuestion,
) -> Result<GuidedPrice, PriceError> {
    let float = float_percent(table, policy);
    let none = PriceError::NoClass { class_size: asked.class_size };
    let (base, cap) = exact(band, table, float, asked.minutes, &Exact::whole(1)).ok_or(none)?;
    Ok(GuidedPrice {
        base: exact_half_up(&base)?,
        cap: exact_half_up(&cap)?,
        base_per_unit: band.fen,
        unit_minutes: table.unit_minutes,
        float_percent: float,
        band: band.label(),
    })
}

/// The guided price of a lesson.
///
/// # Errors
/// [`PriceError`].
pub fn guided_price(policy: &Policy, asked: &PriceQuestion) -> Result<PriceAnswer, PriceError> {
    let setting = table_of(policy, asked.mode);
    let Some(Rule { value: table, source, .. }) = setting.rule()? else {
        let why = setting.no_rule().map(|why| why.source.clone()).unwrap_or_default();
        return Err(PriceError::NoTable { mode: asked.mode, why });
    };
    if asked.class_size == 0 || asked.minutes == 0 {
        return Err(PriceError::NoClass { class_size: asked.class_size });
    }
    if table.tells_areas_apart() && asked.area.is_none_or(|area| area == Area::All) {
        return Err(PriceError::AreaNeeded);
    }
    let area = asked.area.unwrap_or(Area::All);
    let mut prices = table
        .bands_for(area, asked.class_size)
        .into_iter()
        .map(|band| price(band, table, policy, asked))
        .collect::<Result<Vec<_>, _>>()?;
    // On an edge that two bands share the family pays the lower price; the other is named.
    prices.sort_by_key(|price| price.cap);
    let mut prices = prices.into_iter();
    let price = prices.next().ok_or(PriceError::NoClass { class_size: asked.class_size })?;
    Ok(PriceAnswer { price, alternatives: prices.collect(), source: source.clone() })
}

/// A charge for subject training.
pub(super) struct PricedHours {
    pub category: Category,
    pub mode: Mode,
    /// All hours, gift hours included.
    pub hours: Option<ClassHours>,
    pub price: Option<Fen>,
    pub class: ClassFacts,
    pub field: &'static str,
}

/// The price of a charge against the cap of all its hours. Where the area is not known the widest cap
/// of the table holds: nobody is accused of what is not known.
pub(super) fn check(facts: &PricedHours, policy: &Policy) -> Option<Violation> {
    if !facts.category.is_subject() {
        return None;
    }
    let ClassFacts { size, minutes, area } = facts.class;
    let Rule { value: table, source, .. } = table_of(policy, facts.mode).in_force()?;
    let float = float_percent(table, policy);
    let areas = table.areas.iter().filter(|of| area.is_none() || of.area == Area::All || Some(of.area) == area);
    let bands = areas.flat_map(|of| &of.bands).filter(|band| band.covers(size));
    let (units, price) = (Exact::hours(facts.hours?), facts.price?);
    let caps = bands.filter_map(|band| exact_half_up(&exact(band, table, float, minutes, &units)?.1).ok());
    let cap = caps.max()?;
    (price > cap).then(|| Violation::of(RuleId::GuidedPrice).with(cap, price).source(source).field(facts.field))
}
