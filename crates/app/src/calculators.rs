//! The public calculators: the contract engine without a contract in the database. Each answer names
//! the policy that decided, and whose rules it is made of.

use contract::refund::{RefundAnswer, RefundError, RefundFacts, RefundLaw, refund};
use contract::{FeeFacts, FeeFindings, PriceAnswer, PriceError, PriceQuestion, fee_findings, guided_price};
use kernel::{CalendarError, Day, DayCount, RegionCode};
use policy::{Policy, PolicyError};

use crate::ledgers::App;

/// An answer with the policy that decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calculated<T> {
    /// The answer.
    pub answer: T,
    /// Hash under which entries name the policy.
    pub policy: ledger::Hash,
    /// Whose rules hold.
    pub rules_of: RulesOf,
}

/// Whose rules hold in a region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RulesOf {
    /// The region asked for.
    pub region: RegionCode,
    /// Has it rules of its own?
    pub own: bool,
    /// The divisions with rules, nearest first; the nation's stand behind them.
    pub levels: Vec<(RegionCode, String)>,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CalculationError {
    /// The nation's rules on tutoring do not hold there, and there are no others.
    #[error("no rules are known for {region}")]
    NoRules {
        /// The region.
        region: RegionCode,
    },
    /// The day lies before the data begins.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// Facts that cannot be.
    #[error(transparent)]
    Refund(#[from] RefundError),
    /// No guided price.
    #[error(transparent)]
    Price(#[from] PriceError),
    /// No working-day calendar.
    #[error(transparent)]
    Calendar(#[from] CalendarError),
}

fn calculated<T>(policy: &Policy, answer: T) -> Calculated<T> {
    let rules_of = RulesOf { region: policy.region, own: policy.has_own_rules(), levels: policy.levels.clone() };
    Calculated { answer, policy: ledger::digest(ledger::tags::POLICY, &policy.canonical_bytes()), rules_of }
}

impl App {
    fn known_policy(&self, region: RegionCode, on: Day) -> Result<Policy, CalculationError> {
        if !region.is_mainland() {
            return Err(CalculationError::NoRules { region });
        }
        Ok(self.policies().resolve_known(region, on))
    }

    /// What a refund is, line by line.
    ///
    /// # Errors
    /// [`CalculationError`].
    pub fn refund_calculation(
        &self,
        region: RegionCode,
        facts: &RefundFacts,
    ) -> Result<Calculated<RefundAnswer>, CalculationError> {
        let policy = self.known_policy(region, facts.requested_on)?;
        let answer = refund(facts, &RefundLaw::of(&policy)?, self.calendar())?;
        Ok(calculated(&policy, answer))
    }

    /// Which rules a charge breaks.
    ///
    /// # Errors
    /// [`CalculationError`].
    pub fn fee_check(
        &self,
        region: RegionCode,
        on: Day,
        facts: &FeeFacts,
    ) -> Result<Calculated<FeeFindings>, CalculationError> {
        self.known_policy(region, on)?;
        // A check that leaves out what is not known would call a charge lawful: all must be known.
        let policy = self.policies().resolve(region, on)?;
        Ok(calculated(&policy, fee_findings(facts, &policy, self.calendar())))
    }

    /// The guided price of a lesson.
    ///
    /// # Errors
    /// [`CalculationError`].
    pub fn price_check(
        &self,
        region: RegionCode,
        on: Day,
        asked: &PriceQuestion,
    ) -> Result<Calculated<PriceAnswer>, CalculationError> {
        let policy = self.known_policy(region, on)?;
        let answer = guided_price(&policy, asked)?;
        Ok(calculated(&policy, answer))
    }

    /// The last day of a period that starts with an event; the day of the event is not counted.
    ///
    /// # Errors
    /// [`CalculationError`].
    pub fn deadline(
        &self,
        region: RegionCode,
        from_on: Day,
        count: DayCount,
    ) -> Result<Calculated<Day>, CalculationError> {
        let policy = self.known_policy(region, from_on)?;
        let last_on = self.calendar().end_of(from_on, count)?;
        Ok(calculated(&policy, last_on))
    }
}
