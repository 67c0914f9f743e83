//! What an authority may take for unlawful training: illegal gains and the fine in multiples of them
//! (校外培训行政处罚暂行办法, art. 42). The rule is that of the day of the decision.

use kernel::{Fen, fen::FenError};
use policy::{Policy, PolicyError};

/// Illegal gains.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IllegalGains {
    /// How much.
    pub amount: Fen,
    /// Refunds that were deducted.
    pub deducted: Fen,
    /// Where that stands.
    pub source: String,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PenaltyError {
    /// More was refunded than received.
    #[error("{refunded} fen refunded of {income}")]
    RefundedAboveIncome {
        /// All income.
        income: Fen,
        /// Refunded.
        refunded: Fen,
    },
    /// Before the data begins.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// Money arithmetic.
    #[error(transparent)]
    Fen(#[from] FenError),
}

/// All income; less the untaught fees that are already refunded, where the rule of the day lets them
/// be deducted. What is still owed to families deducts nothing.
///
/// # Errors
/// [`PenaltyError`].
pub fn illegal_gains(income: Fen, refunded: Fen, policy: &Policy) -> Result<IllegalGains, PenaltyError> {
    if refunded > income {
        return Err(PenaltyError::RefundedAboveIncome { income, refunded });
    }
    let setting = &policy.illegal_gains_less_refunds;
    let rule = setting.rule()?.filter(|rule| rule.value);
    let deducted = if rule.is_some() { refunded } else { Fen::ZERO };
    let source = rule.map(|rule| &rule.source).or_else(|| setting.no_rule().map(|why| &why.source));
    Ok(IllegalGains { amount: income.checked_sub(deducted)?, deducted, source: source.cloned().unwrap_or_default() })
}

/// A fine of so many times the gains.
///
/// # Errors
/// [`FenError::Overflow`].
pub fn fine(gains: Fen, times: u16) -> Result<Fen, FenError> {
    gains.fen().checked_mul(i64::from(times)).map(Fen::new).ok_or(FenError::Overflow)
}
