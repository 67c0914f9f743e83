//! One charge covers a limited number of class hours. Whether gift hours count is the region's rule.

use kernel::{ClassHours, RuleId, Violation};
use policy::Policy;

use super::Charge;

/// All hours of the charge.
pub(super) fn check(charge: &Charge, policy: &Policy) -> Option<Violation> {
    let cap = policy.prepaid_hours_max.in_force()?;
    let gift_rule = policy.gift_hours_counted.in_force().filter(|rule| rule.value);
    let gift = if gift_rule.is_some() { charge.gift_hours } else { Some(ClassHours::ZERO) };
    let hours = charge.paid_hours.zip(gift).and_then(|(paid, gift)| paid.checked_add(gift).ok());
    if hours.is_some_and(|hours| hours <= cap.value.hours) {
        return None;
    }
    let actual = hours.map_or_else(|| "> 10000".to_owned(), |hours| hours.to_string());
    // Where gift hours tip the scale, their rule is part of the reason.
    let by_gift = gift_rule.filter(|_| charge.paid_hours.is_some_and(|paid| paid <= cap.value.hours));
    let source = by_gift.map_or_else(|| cap.source.clone(), |gift| format!("{}；{}", cap.source, gift.source));
    Some(Violation::of(RuleId::PrepaidHoursCap).with(cap.value.hours, actual).source(&source).field(charge.hours_field))
}
