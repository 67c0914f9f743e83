//! The rules themselves, one function each. A rule answers with its subject (empty for one about a
//! window) and what it found; what was said before is left out by the caller.

use std::collections::{BTreeMap, BTreeSet};

use kernel::{ClassHours, Day, Fen, InstitutionId, SubjectId};

use super::figures::{median, percent, reaches, share};
use super::{Found, Parameters, Rule, Sale, Seen};
use crate::AlertLevel;

/// A subject, and what was found about it.
pub(super) type Finding = (String, Found);

/// The eyes of one evening on one institution.
pub(super) struct Evening<'a> {
    institution: InstitutionId,
    pub(super) seen: &'a Seen,
    day: Day,
    p: &'a Parameters,
}

/// What all rules find about an institution in the evening of a day.
pub(super) fn all(institution: InstitutionId, seen: &Seen, day: Day, p: &Parameters) -> Vec<Finding> {
    let evening = Evening { institution, seen, day, p };
    let mut out = Vec::new();
    // What is about a window changes only on days with events.
    if seen.active {
        out.extend(evening.sales_burst());
        out.extend(evening.deemed_rate());
        out.extend(evening.impossible_lessons());
        out.extend(evening.near_cap());
        out.extend(evening.split_sales());
        out.extend(evening.control_promotion());
        out.extend(evening.outflow());
        out.extend(evening.shortfalls());
        out.extend(evening.payees());
        out.extend(evening.refused_attempts());
        if let Some(limits) = &p.limits {
            out.extend(super::teaching::impossible_hours(&evening, limits));
        }
        out.extend(super::teaching::two_places(&evening));
    }
    out.extend(evening.overdue_refunds());
    out.sort_by(|(a, x), (b, y)| (x.rule, a).cmp(&(y.rule, b)));
    out
}

fn text(value: impl ToString) -> String {
    value.to_string()
}

impl Evening<'_> {
    pub(super) fn found(
        &self,
        rule: Rule,
        level: AlertLevel,
        subject: String,
        facts: impl IntoIterator<Item = (&'static str, String)>,
    ) -> Finding {
        let facts: BTreeMap<_, _> = facts.into_iter().collect();
        (subject, Found { institution: self.institution, rule, level, watched_on: self.day, facts })
    }

    fn sales_burst(&self) -> Option<Finding> {
        let now = self.seen.window(self.day, 0, self.p);
        let sold = u64::try_from(now.price).unwrap_or(0);
        if now.signed < u64::from(self.p.sales_count_min) {
            return None;
        }
        let past = self.seen.history(self.day, self.p, |w| u64::try_from(w.price).unwrap_or(0))?;
        let (windows, usual) = (past.len(), median(past));
        if usual == 0 || !reaches(sold, self.p.sales_ratio_percent, usual) {
            return None;
        }
        let depth = now.discount_percent();
        let deep = depth >= u64::from(self.p.discount_percent) && now.list_price > 0;
        let facts = [
            ("contracts", text(now.signed)),
            ("discount_percent", text(depth)),
            ("median_fen", text(usual)),
            ("sold_fen", text(sold)),
            ("windows", text(windows)),
        ];
        let level = if deep { AlertLevel::Red } else { AlertLevel::Yellow };
        Some(self.found(Rule::SalesBurst, level, String::new(), facts))
    }

    fn deemed_rate(&self) -> Option<Finding> {
        let now = self.seen.window(self.day, 0, self.p);
        let silent = now.silent_percent();
        if now.lessons() < u64::from(self.p.deemed_count_min) || silent < u64::from(self.p.deemed_percent) {
            return None;
        }
        let usual = self.seen.history(self.day, self.p, super::Daily::silent_percent).map(median);
        let unusual = usual.is_some_and(|usual| reaches(silent, self.p.deemed_ratio_percent, usual));
        let facts = [
            ("lessons", text(now.lessons())),
            ("median_percent", usual.map_or_else(|| text("-"), text)),
            ("silent_percent", text(silent)),
        ];
        let level = if unusual { AlertLevel::Red } else { AlertLevel::Yellow };
        Some(self.found(Rule::DeemedRate, level, String::new(), facts))
    }

    fn impossible_lessons(&self) -> Vec<Finding> {
        let closed = self.seen.closed.iter().filter_map(|(on, inspection)| {
            let (lessons, hours) = self.seen.claimed.get(on)?;
            let facts = [
                ("held_on", text(on)),
                ("hours_hundredths", text(hours)),
                ("inspection", text(inspection)),
                ("lessons", text(lessons)),
            ];
            Some(self.found(Rule::ImpossibleLesson, AlertLevel::Red, format!("closed:{on}"), facts))
        });
        let limit = i64::from(self.p.pupil_hours_a_day_max).saturating_mul(100);
        let long = self.seen.pupil_days.iter().filter_map(|key| {
            let (hours, lesson) = self.seen.pupils.get(key).filter(|(hours, _)| *hours > limit)?;
            let facts = [
                ("held_on", text(key.0)),
                ("hours_hundredths", text(hours)),
                ("lesson", text(lesson)),
                ("limit_hundredths", text(limit)),
            ];
            Some(self.found(Rule::ImpossibleLesson, AlertLevel::Yellow, format!("day:{}:{}", key.0, key.1), facts))
        });
        closed.chain(long).collect()
    }

    fn refused_attempts(&self) -> Vec<Finding> {
        let Some(limits) = self.p.limits else { return Vec::new() };
        let now = self.seen.window(self.day, 0, self.p);
        let often = now.refused.iter().filter(|(_, attempts)| **attempts >= u64::from(limits.refused_count_min));
        let found = often.filter_map(|(rule, attempts)| {
            let of_rule = |window: &super::Daily| window.refused.get(rule).copied().unwrap_or(0);
            let usual = self.seen.history(self.day, self.p, of_rule).map(median);
            if usual.is_some_and(|usual| !reaches(*attempts, limits.refused_ratio_percent, usual)) {
                return None;
            }
            let facts = [
                ("attempts", text(attempts)),
                ("median", usual.map_or_else(|| text("-"), text)),
                ("refused_by", text(rule.as_str())),
            ];
            Some(self.found(Rule::RefusedAttempts, AlertLevel::Yellow, text(rule.as_str()), facts))
        });
        found.collect()
    }

    fn near_cap(&self) -> Option<Finding> {
        let cap = self.p.amount_cap?;
        let from = self.p.near_cap_from_percent;
        let now = self.seen.window(self.day, 0, self.p);
        let near = now.near(cap, from);
        let percent = share(near, now.signed);
        if near < u64::from(self.p.near_cap_count_min) || percent < u64::from(self.p.near_cap_share_percent) {
            return None;
        }
        let past = self.seen.history(self.day, self.p, |w| share(w.near(cap, from), w.signed));
        let usual = past.map(median);
        if usual.is_some_and(|usual| !reaches(percent, self.p.near_cap_ratio_percent, usual)) {
            return None;
        }
        let facts = [
            ("cap_fen", text(cap)),
            ("contracts", text(now.signed)),
            ("median_percent", usual.map_or_else(|| text("-"), text)),
            ("near", text(near)),
            ("near_percent", text(percent)),
        ];
        Some(self.found(Rule::NearCap, AlertLevel::Yellow, String::new(), facts))
    }

    fn split_sales(&self) -> Vec<Finding> {
        let mut families: BTreeMap<SubjectId, Vec<&Sale>> = BTreeMap::new();
        let split = i32::from(self.p.split_days);
        for sale in self.seen.sales.iter().filter(|sale| sale.on.days_until(self.day) < split) {
            families.entry(sale.guardian).or_default().push(sale);
            families.entry(sale.pupil).or_default().push(sale);
        }
        let mut said = BTreeSet::new();
        let mut out = Vec::new();
        for sales in families.values().filter(|sales| sales.len() > 1) {
            let today = sales.iter().any(|sale| sale.on == self.day);
            let (Some(first), true) = (sales.first(), today) else { continue };
            let capped = sales.iter().filter(|sale| sale.capped);
            let price = capped.fold(0_i64, |sum, sale| sum.saturating_add(sale.price.fen()));
            let hours = sales.iter().fold(0_i64, |sum, sale| sum.saturating_add(sale.hours.hundredths()));
            let each = |over: &dyn Fn(&Sale) -> bool| !sales.iter().any(|sale| over(sale));
            let money = self.p.amount_cap.is_some_and(|cap: Fen| price > cap.fen() && each(&|sale| sale.price > cap));
            let time = self
                .p
                .hours_cap
                .is_some_and(|cap: ClassHours| hours > cap.hundredths() && each(&|sale| sale.hours > cap));
            if !(money || time) || !said.insert(first.contract) {
                continue;
            }
            let contracts: Vec<String> = sales.iter().map(|sale| sale.contract.to_string()).collect();
            let facts = [
                ("cap_fen", self.p.amount_cap.map_or_else(|| text("-"), text)),
                ("cap_hours", self.p.hours_cap.map_or_else(|| text("-"), text)),
                ("contracts", contracts.join(" ")),
                ("hours_hundredths", text(hours)),
                ("price_fen", text(price)),
            ];
            out.push(self.found(Rule::SplitSale, AlertLevel::Red, first.contract.to_string(), facts));
        }
        out
    }

    fn control_promotion(&self) -> Option<Finding> {
        let changed = self.seen.control?;
        if changed.days_until(self.day) > i32::from(self.p.control_days) {
            return None;
        }
        let since = self.seen.since(self.day, changed);
        let depth = since.discount_percent();
        let deep = since.list_price > 0 && depth >= u64::from(self.p.promotion_percent);
        if !deep || since.signed < u64::from(self.p.promotion_count_min) {
            return None;
        }
        let facts = [
            ("changed_on", text(changed)),
            ("contracts", text(since.signed)),
            ("discount_percent", text(depth)),
            ("sold_fen", text(since.price)),
        ];
        Some(self.found(Rule::ControlPromotion, AlertLevel::Red, changed.to_string(), facts))
    }

    fn outflow(&self) -> Option<Finding> {
        let (now, before) = (self.seen.window(self.day, 0, self.p), self.seen.window(self.day, 1, self.p));
        let earned = now.earned.saturating_add(before.earned);
        let out = now.paid_out;
        let beyond =
            reaches(u64::try_from(out).unwrap_or(0), self.p.outflow_ratio_percent, u64::try_from(earned).unwrap_or(0));
        if out < self.p.outflow_min.fen() || !beyond {
            return None;
        }
        let facts = [
            ("earned_fen", text(earned)),
            ("paid_out_fen", text(out)),
            ("percent", if earned == 0 { text("-") } else { text(percent(out, earned)) }),
        ];
        Some(self.found(Rule::Outflow, AlertLevel::Yellow, String::new(), facts))
    }

    fn overdue_refunds(&self) -> Vec<Finding> {
        let late = self.seen.refunds.iter().filter_map(|(refund, due_on)| {
            let days = due_on.days_until(self.day);
            let red = days > i32::from(self.p.refund_red_days);
            let facts = [("days", text(days)), ("due_on", text(due_on)), ("refund", text(refund))];
            let level = if red { AlertLevel::Red } else { AlertLevel::Yellow };
            (days > 0).then(|| self.found(Rule::RefundOverdue, level, refund.to_string(), facts))
        });
        late.collect()
    }

    fn shortfalls(&self) -> Vec<Finding> {
        let found = self.seen.shortfalls.iter().map(|(on, missing)| {
            let facts = [("missing_fen", text(missing)), ("of_day", text(on))];
            self.found(Rule::ReconciliationBreak, AlertLevel::Red, on.to_string(), facts)
        });
        found.collect()
    }

    fn payees(&self) -> Vec<Finding> {
        let found = self.seen.payees.iter().map(|inspection| {
            let facts = [("inspection", text(inspection))];
            self.found(Rule::PayeeMismatch, AlertLevel::Red, inspection.to_string(), facts)
        });
        found.collect()
    }
}
