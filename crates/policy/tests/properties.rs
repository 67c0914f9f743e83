//! Properties of resolution: it is a function of region and day, the canonical bytes differ exactly
//! when a value does, and the answer changes only on days that the data names.
#![expect(clippy::unwrap_used, reason = "a test that cannot set up its case must stop")]

use std::sync::LazyLock;

use kernel::{Day, RegionCode};
use policy::{Policy, PolicySet};
use proptest::prelude::*;

const NATION: &str = include_str!("../data/cn.toml");

static SHIPPED: LazyLock<PolicySet> = LazyLock::new(|| PolicySet::shipped().unwrap());

/// What a county says of three parameters, and of what does not change a rule.
#[derive(Clone, Debug)]
struct County {
    hours: u16,
    gift: Option<bool>,
    clock: (u16, bool),
    grade: &'static str,
    url: bool,
    from: u8,
}

impl County {
    fn policy(&self) -> Policy {
        let evidence = format!(
            "from_on = 2024-01-{:02}\nsource = \"s\"\ngrade = \"{}\"\n{}",
            self.from,
            self.grade,
            if self.url { "url = \"https://example.org/\"\n" } else { "" }
        );
        let gift = self.gift.map_or_else(|| "none = true".to_owned(), |counted| format!("value = {counted}"));
        let kind = if self.clock.1 { "days" } else { "working_days" };
        let text = format!(
            "region = \"330502\"\nname = \"x\"\n\
             [[prepaid_hours_max]]\nvalue = {{ hours = \"{}\", per = \"charge\" }}\n{evidence}\
             [[gift_hours_counted]]\n{gift}\n{evidence}\
             [[refund_answer]]\nvalue = {{ {kind} = {} }}\n{evidence}",
            self.hours, self.clock.0
        );
        let set = PolicySet::from_sources(&[("cn", NATION), ("county", &text)]).unwrap();
        set.resolve("330502".parse().unwrap(), "2026-09-01".parse().unwrap()).unwrap()
    }

    fn values(&self) -> (u16, Option<bool>, (u16, bool)) {
        (self.hours, self.gift, self.clock)
    }
}

fn county() -> impl Strategy<Value = County> {
    let clock = (1_u16..3, any::<bool>());
    let gift = prop_oneof![Just(None), any::<bool>().prop_map(Some)];
    let grade = prop_oneof![Just("P"), Just("X"), Just("N"), Just("K"), Just("?")];
    (59_u16..61, gift, clock, grade, any::<bool>(), 1_u8..28)
        .prop_map(|(hours, gift, clock, grade, url, from)| County { hours, gift, clock, grade, url, from })
}

fn region() -> impl Strategy<Value = RegionCode> {
    let known: Vec<RegionCode> = SHIPPED.regions().into_iter().map(|(code, _)| code).collect();
    let others: Vec<RegionCode> =
        ["620000", "620102", "110108", "440106", "330503"].iter().map(|code| code.parse().unwrap()).collect();
    prop::sample::select([known, others].concat())
}

fn day() -> impl Strategy<Value = Day> {
    let first: Day = "2015-01-01".parse().unwrap();
    (0_i32..4600).prop_map(move |n| first.plus_days(n).unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// The bytes that a hash stands for differ exactly when a value does: not for a grade, an address
    /// or the first day.
    #[test]
    fn bytes_differ_exactly_when_a_value_does(a in county(), b in county()) {
        let same = a.policy().canonical_bytes() == b.policy().canonical_bytes();
        prop_assert_eq!(same, a.values() == b.values());
    }

    #[test]
    fn resolution_is_a_function_of_region_and_day(code in region(), on in day()) {
        let again = PolicySet::shipped().unwrap();
        prop_assert_eq!(SHIPPED.resolve_known(code, on), again.resolve_known(code, on));
    }

    /// Every rule that holds, holds on that day, and comes from the region or a level above it.
    #[test]
    fn what_holds_is_in_force_and_from_the_region_or_above(code in region(), on in day()) {
        let policy = SHIPPED.resolve_known(code, on);
        for parameter in policy.in_force() {
            let Some(source) = parameter.source else { continue };
            prop_assert!(source.from_on <= on && source.until_on.is_none_or(|last| on <= last), "{}", parameter.key);
            prop_assert!(source.level.is_none_or(|level| level.contains(code)), "{}", parameter.key);
        }
    }

    /// An answer holds on all days between the first and the last that it names, as long as no nearer
    /// level begins to speak: the next day's answer is the same or begins that day or ended the day before.
    #[test]
    fn an_answer_changes_only_on_a_day_that_the_data_names(code in region(), on in day()) {
        let next = on.plus_days(1).unwrap();
        let (today, tomorrow) = (SHIPPED.resolve_known(code, on), SHIPPED.resolve_known(code, next));
        for (before, after) in today.in_force().into_iter().zip(tomorrow.in_force()) {
            if (before.value.as_ref(), before.source.map(|s| s.text)) == (after.value.as_ref(), after.source.map(|s| s.text)) {
                continue;
            }
            let ended = before.source.is_some_and(|s| s.until_on == Some(on));
            let began = after.source.is_some_and(|s| s.from_on == next);
            prop_assert!(ended || began, "{} on {next}", before.key);
        }
    }
}
