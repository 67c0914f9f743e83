//! With what early warning measures: windows, shares and floors. No regulation sets these figures; each
//! place tunes its own.

use kernel::{Fen, TimeOfDay};

use crate::value::{Fault, record_values};

record_values! {
    /// Thresholds of the rules of early warning.
    EarlyWarning [check = early_warning] {
        /// Length of a window, days.
        window_days: u16,
        /// Most earlier windows that are looked at.
        history_windows_max: u16,
        /// Fewest that make a history.
        history_windows_min: u16,
        /// Sales against the own median, per cent.
        sales_ratio_percent: u16,
        /// Fewest contracts of a burst.
        sales_count_min: u16,
        /// Discount that makes a burst red, per cent of the list price.
        discount_percent: u16,
        /// Discount that makes a promotion, per cent.
        promotion_percent: u16,
        /// Fewest contracts of a promotion.
        promotion_count_min: u16,
        /// How long a change of control is remembered, days.
        control_days: u16,
        /// Share of lessons confirmed by silence, per cent.
        deemed_percent: u16,
        /// Fewest lessons.
        deemed_count_min: u16,
        /// That share against the own median, per cent.
        deemed_ratio_percent: u16,
        /// Hours of a pupil in a day, at most.
        pupil_hours_a_day_max: u16,
        /// From where a price is near the cap, per cent of it.
        near_cap_from_percent: u16,
        /// Share of such contracts, per cent.
        near_cap_share_percent: u16,
        /// Fewest of them.
        near_cap_count_min: u16,
        /// That share against the own median, per cent.
        near_cap_ratio_percent: u16,
        /// Within how many days contracts are one sale.
        split_days: u16,
        /// Payouts against teaching, per cent.
        outflow_ratio_percent: u16,
        /// Smallest outflow that is looked at, fen.
        outflow_min_fen: Fen,
        /// Days after which an overdue refund is red.
        refund_red_days: u16,
    }
}

record_values! {
    /// Limits of what can have been taught, and of how often a rule may refuse the same institution.
    WatchLimits [check = watch_limits] {
        /// No lesson begins earlier.
        lessons_from: TimeOfDay,
        /// Hours of a teacher in a day, at most, by the sessions that lessons are claimed for.
        teacher_hours_a_day_max: u16,
        /// Hours of a room in a day, at most.
        room_hours_a_day_max: u16,
        /// Shortest time that passes for a class hour, minutes.
        class_hour_minutes_min: u16,
        /// Fewest refusals by one rule in a window.
        refused_count_min: u16,
        /// These against the own median, per cent.
        refused_ratio_percent: u16,
    }
}

fn watch_limits(limits: &WatchLimits) -> Result<(), Fault> {
    if limits.class_hour_minutes_min == 0 {
        return Err(Fault::Inconsistent("a class hour takes at least one minute"));
    }
    if limits.teacher_hours_a_day_max > 24 || limits.room_hours_a_day_max > 24 {
        return Err(Fault::Inconsistent("a day has 24 hours"));
    }
    Ok(())
}

fn early_warning(warning: &EarlyWarning) -> Result<(), Fault> {
    if warning.window_days == 0 {
        return Err(Fault::Inconsistent("a window has at least one day"));
    }
    if warning.history_windows_min > warning.history_windows_max {
        return Err(Fault::Inconsistent("history_windows_min is at most history_windows_max"));
    }
    Ok(())
}
