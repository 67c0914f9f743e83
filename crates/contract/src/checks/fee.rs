//! The fee check: one charge, in the system or on paper, against every rule on collection of a place
//! and day. All broken rules are told in the order of `RuleId`; what the texts leave open, or the data
//! does not know, is a warning.

use kernel::{Calendar, Category, ClassHours, Day, Fen, Mode, RuleId, Stage, Violation};
use policy::Policy;
use policy::types::{Area, CapBase};

use super::guided_price::PricedHours;
use super::{
    Charge, Teaching, crossing_terms, earliest_charge, guided_price, payment_form, prepaid_amount_cap,
    prepaid_hours_cap, prepaid_span_cap, preschool, training_times,
};
use super::{PaymentForm, Session};

/// The class, where it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClassFacts {
    /// Pupils.
    pub size: u32,
    /// Length of one class hour, minutes.
    pub minutes: u16,
    /// Where, for price tables that tell areas apart.
    pub area: Option<Area>,
}

/// Names of the fields in the request that is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeeFields {
    /// Of the hours.
    pub hours: &'static str,
    /// Of the price.
    pub price: &'static str,
    /// Of the first lesson.
    pub first_lesson_on: &'static str,
    /// Of the last lesson.
    pub last_lesson_on: &'static str,
}

impl FeeFields {
    /// Those of a fee check.
    pub const OF_CHECK: FeeFields = FeeFields {
        hours: "paid_hours",
        price: "price_fen",
        first_lesson_on: "first_lesson_on",
        last_lesson_on: "last_lesson_on",
    };
}

/// One charge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeeFacts {
    /// What is taught.
    pub category: Category,
    /// How.
    pub mode: Mode,
    /// To whom.
    pub stage: Stage,
    /// Hours paid for.
    pub paid_hours: ClassHours,
    /// Hours on top.
    pub gift_hours: ClassHours,
    /// The charge.
    pub price: Fen,
    /// First lesson.
    pub first_lesson_on: Day,
    /// Last lesson, not before the first.
    pub last_lesson_on: Day,
    /// Day of collection.
    pub collected_on: Day,
    /// Hours of the same subject that are not yet taught.
    pub remaining_hours_before: ClassHours,
    /// The class.
    pub class: Option<ClassFacts>,
    /// How it is paid.
    pub payment_form: Option<PaymentForm>,
    /// The timetable, where there is one.
    pub sessions: Vec<Session>,
    /// Names of the fields.
    pub fields: FeeFields,
}

/// What a check could not decide, or leaves to the reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// About which rule.
    pub rule: RuleId,
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
    /// The source.
    pub source: String,
}

impl Warning {
    /// From two texts.
    pub fn of(rule: RuleId, zh: impl Into<String>, en: impl Into<String>, source: &str) -> Warning {
        Warning { rule, zh: zh.into(), en: en.into(), source: source.to_owned() }
    }
}

/// What a check found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FeeFindings {
    /// Broken rules, in the order of `RuleId`; empty = the charge may be taken.
    pub violations: Vec<Violation>,
    /// What could not be decided.
    pub warnings: Vec<Warning>,
}

impl FeeFacts {
    const fn teaching(&self) -> Teaching {
        Teaching {
            category: self.category,
            mode: self.mode,
            stage: self.stage,
            first_on: self.first_lesson_on,
            last_on: self.last_lesson_on,
            first_field: self.fields.first_lesson_on,
            last_field: self.fields.last_lesson_on,
        }
    }

    fn priced(&self) -> Option<PricedHours> {
        Some(PricedHours {
            category: self.category,
            mode: self.mode,
            hours: self.paid_hours.checked_add(self.gift_hours).ok(),
            price: Some(self.price),
            class: self.class?,
            field: self.fields.price,
        })
    }

    const fn charge(&self) -> Charge {
        Charge {
            paid_hours: Some(self.paid_hours),
            gift_hours: Some(self.gift_hours),
            price: Some(self.price),
            hours_field: self.fields.hours,
            price_field: self.fields.price,
        }
    }
}

/// Checks one charge against the rules of a place and day.
pub fn fee_findings(facts: &FeeFacts, policy: &Policy, calendar: &Calendar) -> FeeFindings {
    let (teaching, charge) = (facts.teaching(), facts.charge());
    let mut warnings = Vec::new();
    let mut broken = Vec::new();
    broken.extend(prepaid_span_cap::check(&teaching, policy));
    broken.extend(prepaid_hours_cap::check(&charge, policy));
    broken.extend(prepaid_amount_cap::check(&teaching, &charge, policy));
    broken.extend(earliest_charge::check(facts, policy, calendar));
    match crossing_terms::check(facts, policy) {
        Ok(crossed) => broken.extend(crossed),
        Err(warning) => warnings.push(warning),
    }
    broken.extend(facts.priced().and_then(|priced| guided_price::check(&priced, policy)));
    broken.extend(preschool::check(facts.category, facts.mode, facts.stage, policy));
    broken.extend(payment_form::check(facts, policy, &mut warnings));
    broken.extend(training_times::check(facts, policy, calendar, &mut warnings));
    training_times::warn_of_days(facts, policy, calendar, &mut warnings);
    other_texts(facts, policy, &broken, &mut warnings);
    broken.sort_by_key(|violation| violation.rule);
    warnings.sort_by_key(|warning| warning.rule);
    FeeFindings { violations: broken, warnings }
}

fn is_broken(broken: &[Violation], rule: RuleId) -> bool {
    broken.iter().any(|violation| violation.rule == rule)
}

/// What other texts, or other readings of the same, would find.
fn other_texts(facts: &FeeFacts, policy: &Policy, broken: &[Violation], warnings: &mut Vec<Warning>) {
    if let Some(rule) = policy.prepaid_amount_max.in_force().filter(|_| !is_broken(broken, RuleId::PrepaidAmountCap)) {
        let stricter = rule.also.iter().find(|a| a.value.categories.cover(facts.category) && facts.price > a.value.fen);
        if let Some(other) = stricter {
            let cap = other.value.fen.to_yuan();
            let (zh, en) = (format!("另有文本对此也限 {cap}"), format!("another text has a cap of {cap} for this too"));
            warnings.push(Warning::of(RuleId::PrepaidAmountCap, zh, en, &other.source));
        }
    }
    stacked(facts, policy, broken, warnings);
    if facts.category.is_subject() && facts.class.is_none() {
        let table = if facts.mode == Mode::Online { &policy.guided_price_online } else { &policy.guided_price_offline };
        if let Some(rule) = table.in_force() {
            let zh = "未给出班型人数与课时时长，政府指导价未核对";
            let en = "class size and length are not given: the guided price was not checked";
            warnings.push(Warning::of(RuleId::GuidedPrice, zh, en, &rule.source));
        }
    }
}

/// Hours not yet taught stand beside the new ones. Whether they count together is an open reading of
/// one charge; over the contracts of this system it is `contract.prepaid_hours_across`.
fn stacked(facts: &FeeFacts, policy: &Policy, broken: &[Violation], warnings: &mut Vec<Warning>) {
    let (Some(cap), Some(base)) = (policy.prepaid_hours_max.in_force(), policy.cap_base.in_force()) else { return };
    let stacked = ClassHours::try_sum([facts.remaining_hours_before, facts.paid_hours]);
    let above = stacked.map_or(true, |hours| hours > cap.value.hours);
    let counts = base.value == CapBase::Outstanding || base.also.iter().any(|a| a.value == CapBase::Outstanding);
    if above && counts && !facts.remaining_hours_before.is_zero() && !is_broken(broken, RuleId::PrepaidHoursCap) {
        let (left, new, max) = (facts.remaining_hours_before, facts.paid_hours, cap.value.hours);
        let zh = format!("未消 {left} 课时与新购 {new} 课时合计超过 {max} 课时，存在叠加购课的风险");
        let en = format!("{left} hours not yet taught and {new} new ones are more than {max} together");
        warnings.push(Warning::of(RuleId::PrepaidHoursAcross, zh, en, &base.source));
    }
}
