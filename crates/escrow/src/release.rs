//! What of the money earned may go to the institution on a day, under each release mode.

use kernel::{Calendar, CalendarError, Day, DayCount, Fen, fen::FenError};

use crate::reserve::{self, Pause};

pub use policy::release::ReleaseMode as Mode;

/// What one contract earned, as far as its release needs it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ContractEarned {
    /// Value of each lesson that counts, and the day since when.
    pub lessons: Vec<(Day, Fen)>,
    /// Paid for the contract so far, fen.
    pub fee: Fen,
    /// First day of lessons.
    pub first_lesson_on: Option<Day>,
    /// The day on which its last hour was used or returned; none while hours are left or in dispute.
    pub consumed_on: Option<Day>,
}

/// The institution's money beside its contracts, fen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// At the custody bank.
    pub custody: Fen,
    /// Owed to families: prepaid, disputed, to be refunded.
    pub families: Fen,
    /// Earned and not yet paid out.
    pub payable: Fen,
    /// Of it in settlements under way.
    pub settling: Fen,
    /// Ever settled, the settlements under way among it.
    pub settled: Fen,
}

/// The last day of the week (Sunday) that is over on a day.
pub fn last_sunday(today: Day) -> Option<Day> {
    // 2026-11-22 is a Sunday.
    let sunday = Day::try_new(2026, 11, 22).ok()?;
    let since = sunday.days_until(today).rem_euclid(7);
    today.plus_days(if since == 0 { -7 } else { 0_i32.saturating_sub(since) }).ok()
}

/// Months that are over since a day.
fn months_over(since: Day, today: Day) -> u16 {
    let mut months = 0_u16;
    while months < u16::MAX && since.plus_months(i32::from(months).saturating_add(1)).is_ok_and(|next| next <= today) {
        months = months.saturating_add(1);
    }
    months
}

fn earned_by(contract: &ContractEarned, until: Day) -> Result<Fen, FenError> {
    Fen::try_sum(contract.lessons.iter().filter(|(on, _)| *on <= until).map(|(_, fen)| *fen))
}

/// What a contract lets go by the end of `today`, everything since its beginning.
fn let_go(mode: Mode, contract: &ContractEarned, today: Day) -> Result<Fen, FenError> {
    let all = earned_by(contract, today)?;
    match mode {
        Mode::PerLesson | Mode::Batch => Ok(all),
        Mode::Weekly => last_sunday(today).map_or(Ok(Fen::ZERO), |sunday| earned_by(contract, sunday)),
        Mode::Monthly { parts } => {
            let parts = i64::from(parts.max(1));
            let over = contract.first_lesson_on.map_or(0, |first| i64::from(months_over(first, today))).min(parts);
            // Parts are cut down to whole fen; the last one is the rest.
            let all_parts = i128::from(contract.fee.fen()).saturating_mul(i128::from(over));
            let part = all_parts.checked_div(i128::from(parts)).unwrap_or(0);
            let tranche = i64::try_from(part).map(Fen::new).unwrap_or(Fen::ZERO);
            Ok(all.min(tranche))
        }
        Mode::OrderEnd { .. } => {
            Ok(if contract.consumed_on.is_some_and(|consumed| consumed <= today) { all } else { Fen::ZERO })
        }
        Mode::PayAfter => Ok(Fen::ZERO),
    }
}

/// What may be ordered today, fen: what the mode lets go, less what was settled; never more than what is
/// payable and free, and after it the balance still covers what is owed to families.
///
/// # Errors
/// [`FenError::Overflow`].
pub fn releasable(mode: Mode, contracts: &[ContractEarned], standing: &Standing, today: Day) -> Result<Fen, FenError> {
    let mut sum = Fen::ZERO;
    for contract in contracts {
        sum = sum.checked_add(let_go(mode, contract, today)?)?;
    }
    let free = standing.payable.checked_sub(standing.settling)?;
    let owed = standing.families.checked_add(standing.settling)?;
    let covered = reserve::releasable(standing.custody, owed)?;
    Ok(sum.checked_sub(standing.settled)?.min(free).min(covered).max(Fen::ZERO))
}

/// The last day to pay an order that was consumed, where the place sets one.
///
/// # Errors
/// [`CalendarError`].
pub fn order_pay_by(
    consumed_on: Day,
    within: DayCount,
    disputes: &[Pause],
    calendar: &Calendar,
) -> Result<Day, CalendarError> {
    reserve::release_by(consumed_on, within, disputes, calendar)
}
