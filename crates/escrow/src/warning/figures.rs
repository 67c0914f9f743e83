//! What a day adds up to, windows of days, and an institution's own past. Money is whole fen; nothing is
//! divided but for per cents, which are rounded down.

use std::collections::BTreeMap;

use kernel::{Day, Fen, RuleId};

use super::{Parameters, Seen};

/// The figures of a day, or of a window of days.
#[derive(Clone, Debug, Default)]
pub(super) struct Daily {
    /// Contracts signed.
    pub signed: u64,
    /// Their prices, fen.
    pub price: i64,
    /// Prices of those with a list price, fen.
    pub listed_price: i64,
    /// The same at list prices, fen.
    pub list_price: i64,
    /// Each price that has a cap.
    pub prices: Vec<Fen>,
    /// Lessons confirmed by somebody.
    pub spoken: u64,
    /// Lessons confirmed by silence.
    pub silent: u64,
    /// Their value, fen.
    pub earned: i64,
    /// Paid out to the institution, fen.
    pub paid_out: i64,
    /// Refusals, by rule.
    pub refused: BTreeMap<RuleId, u64>,
}

impl Daily {
    pub(super) fn sold(&mut self, price: Fen, list_price: Option<Fen>, capped: bool) {
        self.signed = self.signed.saturating_add(1);
        self.price = self.price.saturating_add(price.fen());
        if let Some(list) = list_price {
            self.listed_price = self.listed_price.saturating_add(price.fen());
            self.list_price = self.list_price.saturating_add(list.fen());
        }
        if capped {
            self.prices.push(price);
        }
    }

    pub(super) fn confirmed(&mut self, silent: bool, amount: Fen) {
        let count = if silent { &mut self.silent } else { &mut self.spoken };
        *count = count.saturating_add(1);
        self.earned = self.earned.saturating_add(amount.fen());
    }

    pub(super) fn paid_out(&mut self, amount: Fen) {
        self.paid_out = self.paid_out.saturating_add(amount.fen());
    }

    pub(super) fn refused(&mut self, rule: RuleId, attempts: u64) {
        let count = self.refused.entry(rule).or_default();
        *count = count.saturating_add(attempts);
    }

    fn add(&mut self, other: &Daily) {
        for (rule, attempts) in &other.refused {
            self.refused(*rule, *attempts);
        }
        self.signed = self.signed.saturating_add(other.signed);
        self.price = self.price.saturating_add(other.price);
        self.listed_price = self.listed_price.saturating_add(other.listed_price);
        self.list_price = self.list_price.saturating_add(other.list_price);
        self.prices.extend_from_slice(&other.prices);
        self.spoken = self.spoken.saturating_add(other.spoken);
        self.silent = self.silent.saturating_add(other.silent);
        self.earned = self.earned.saturating_add(other.earned);
        self.paid_out = self.paid_out.saturating_add(other.paid_out);
    }

    /// How far below the list price, per cent.
    pub(super) fn discount_percent(&self) -> u64 {
        percent(self.list_price.saturating_sub(self.listed_price), self.list_price)
    }

    /// Lessons confirmed.
    pub(super) const fn lessons(&self) -> u64 {
        self.spoken.saturating_add(self.silent)
    }

    /// Share of silence, per cent.
    pub(super) fn silent_percent(&self) -> u64 {
        share(self.silent, self.lessons())
    }

    /// Contracts near a cap.
    pub(super) fn near(&self, cap: Fen, from_percent: u16) -> u64 {
        let from = i128::from(cap.fen()).saturating_mul(i128::from(from_percent));
        let near = |price: &&Fen| **price <= cap && i128::from(price.fen()).saturating_mul(100) >= from;
        u64::try_from(self.prices.iter().filter(near).count()).unwrap_or(u64::MAX)
    }
}

/// `part` of `whole`, per cent, rounded down; 0 of nothing, and never below.
pub(super) fn percent(part: i64, whole: i64) -> u64 {
    let percent = i128::from(part).saturating_mul(100).checked_div(i128::from(whole)).unwrap_or(0);
    u64::try_from(percent.max(0)).unwrap_or(u64::MAX)
}

/// The same of counts.
pub(super) fn share(part: u64, whole: u64) -> u64 {
    let part = u128::from(part).saturating_mul(100);
    u64::try_from(part.checked_div(u128::from(whole)).unwrap_or(0)).unwrap_or(u64::MAX)
}

/// Is `value` at least `ratio` per cent of `base`?
pub(super) fn reaches(value: u64, ratio_percent: u16, base: u64) -> bool {
    u128::from(value).saturating_mul(100) >= u128::from(base).saturating_mul(u128::from(ratio_percent))
}

/// The middle value; of an even number the mean of the two in the middle, rounded down.
pub(super) fn median(mut values: Vec<u64>) -> u64 {
    values.sort_unstable();
    let middle = values.len().checked_div(2).unwrap_or(0);
    let upper = values.get(middle).copied().unwrap_or(0);
    if values.len().is_multiple_of(2) {
        let lower = values.get(middle.saturating_sub(1)).copied().unwrap_or(0);
        lower.midpoint(upper)
    } else {
        upper
    }
}

fn sum(daily: &BTreeMap<Day, Daily>, day: Day, from_days: i32, until_days: i32) -> Daily {
    let mut total = Daily::default();
    let in_window = |on: &Day| (until_days..from_days).contains(&on.days_until(day));
    for (_, figures) in daily.iter().filter(|(on, _)| in_window(on)) {
        total.add(figures);
    }
    total
}

impl Seen {
    /// The window that ends `back` windows before the evening of a day.
    pub(super) fn window(&self, day: Day, back: u16, parameters: &Parameters) -> Daily {
        let length = i32::from(parameters.window_days);
        let until = length.saturating_mul(i32::from(back));
        sum(&self.daily, day, until.saturating_add(length), until)
    }

    /// A figure of each earlier window that lies wholly within the institution's time; none while these
    /// are too few to be a history.
    pub(super) fn history(
        &self,
        day: Day,
        parameters: &Parameters,
        figure: impl Fn(&Daily) -> u64,
    ) -> Option<Vec<u64>> {
        let age = self.first_on?.days_until(day).saturating_add(1);
        let whole = age.checked_div(i32::from(parameters.window_days)).unwrap_or(0).saturating_sub(1);
        let windows = u16::try_from(whole).unwrap_or(0).min(parameters.history_windows_max);
        if windows < parameters.history_windows_min {
            return None;
        }
        Some((1..=windows).map(|back| figure(&self.window(day, back, parameters))).collect())
    }

    /// What was sold since a day, that day included.
    pub(super) fn since(&self, day: Day, from: Day) -> Daily {
        sum(&self.daily, day, from.days_until(day).saturating_add(1), 0)
    }
}
