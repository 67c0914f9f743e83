//! By which way earned money goes to the institution, put together from the parameters of a place.

use kernel::DayCount;

use crate::Policy;
use crate::types::{MinimumBalanceKind, ReleaseCadence, ReleaseTrigger, SupervisionMode};

/// In how many parts money goes by the month, where a place says "monthly" and no number.
const PARTS: u16 = 3;

/// What may be released, and when (rules 4.1, 4.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReleaseMode {
    /// Lesson by lesson, at once (一课一消).
    PerLesson,
    /// Lesson by lesson, paid out for weeks that are over (逐课核销、按周结算).
    Weekly,
    /// Of each fee one part a month, and no more than is earned (按月分期).
    Monthly {
        /// In how many parts.
        parts: u16,
    },
    /// When the whole order is consumed (整单消课完毕).
    OrderEnd {
        /// The last day to pay, from then.
        within: Option<DayCount>,
    },
    /// Any time, as long as the balance covers what is not yet taught (分批).
    Batch,
    /// Nothing is prepaid, so nothing is released (先学后付).
    PayAfter,
}

/// The mode of a place, and whether the authority's review is a third key (三方确认). Where a place says
/// nothing, lessons are released one by one.
pub fn release_mode(policy: &Policy) -> (ReleaseMode, bool) {
    let trigger = policy.release_trigger.in_force().map(|rule| rule.value);
    let cadence = policy.release_cadence.in_force().map(|rule| rule.value);
    let within = policy.release_within.in_force().map(|rule| rule.value);
    let parts = policy.release_monthly_parts.in_force().map_or(PARTS, |rule| rule.value).max(1);
    let authority = trigger == Some(ReleaseTrigger::BothAndAuthority);
    let modes = policy.supervision_modes.in_force();
    let pay_after = modes.is_some_and(|rule| rule.value.modes.iter().all(|mode| *mode == SupervisionMode::PayAfter));
    let covered =
        policy.minimum_balance.in_force().is_some_and(|rule| rule.value.kind == MinimumBalanceKind::Undelivered);
    let mode = match (trigger, cadence) {
        _ if pay_after => ReleaseMode::PayAfter,
        (Some(ReleaseTrigger::OrderConsumed), _) | (_, Some(ReleaseCadence::OrderEnd)) => {
            ReleaseMode::OrderEnd { within }
        }
        (Some(ReleaseTrigger::Month), _) | (_, Some(ReleaseCadence::Monthly)) => ReleaseMode::Monthly { parts },
        (_, Some(ReleaseCadence::Weekly)) => ReleaseMode::Weekly,
        (_, Some(ReleaseCadence::Batch)) => ReleaseMode::Batch,
        (_, Some(ReleaseCadence::PerLesson) | None) if covered => ReleaseMode::Batch,
        (_, Some(ReleaseCadence::PerLesson) | None) => ReleaseMode::PerLesson,
    };
    (mode, authority)
}

#[cfg(test)]
mod tests {
    use kernel::{Day, RegionCode};

    use super::*;

    fn mode(region: &str, on: &str) -> (ReleaseMode, bool) {
        let (region, on): (RegionCode, Day) = (region.parse().unwrap(), on.parse().unwrap());
        release_mode(&crate::PolicySet::shipped().unwrap().resolve(region, on).unwrap())
    }

    #[test]
    fn every_way_of_the_table_is_some_places_way() {
        let on = "2026-09-01";
        assert_eq!(mode("330502", on), (ReleaseMode::PerLesson, false), "the nation's platform");
        assert_eq!(mode("530402", on), (ReleaseMode::Weekly, false), "Yuxi");
        assert_eq!(mode("350203", "2022-12-01").0, ReleaseMode::Weekly, "Xiamen");
        assert_eq!(mode("140802", on).0, ReleaseMode::Monthly { parts: 3 }, "Yanhu");
        let order = ReleaseMode::OrderEnd { within: Some(DayCount::WorkingDays(15)) };
        assert_eq!(mode("340202", on).0, order, "Wuhu");
        assert!(mode("640104", on).1, "Ningxia: the authority is the third key");
    }
}
