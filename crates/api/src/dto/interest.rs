//! Interest on custody accounts.

use app::bank::InterestLine;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::w;
use crate::wire::Text;

/// What becomes of the interest of one line of a statement.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct InterestLineBody {
    /// The line by which the bank credited it.
    pub line: w::BankLineId,
    /// The day of the line.
    pub booked_on: w::Day,
    /// How much, fen.
    pub amount_fen: i64,
    /// Whose it is by the rules of that day: `families` or `refunds`; none where they do not say.
    pub owner: Option<String>,
    /// Contracts that get a part.
    pub contracts: w::Seq,
    /// What they get, fen.
    pub allotted_fen: i64,
    /// What stays in the account `interest`, fen: what other money bore, or all where no rule says whose it is.
    pub kept_fen: i64,
    /// Contracts that got their part by this request.
    pub allotted_now: w::Seq,
}

impl From<InterestLine> for InterestLineBody {
    fn from(line: InterestLine) -> InterestLineBody {
        InterestLineBody {
            line: Text(line.line),
            booked_on: Text(line.booked_on),
            amount_fen: line.amount.fen(),
            owner: line.owner.map(|owner| owner.as_str().to_owned()),
            contracts: Text(line.contracts),
            allotted_fen: line.allotted.fen(),
            kept_fen: line.kept.fen(),
            allotted_now: Text(line.now),
        }
    }
}
