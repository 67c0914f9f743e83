//! Orders for the bank and settlement runs.

use app::bank::{Payee, PaymentOrder};
use escrow::matching::Thing;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::w;
use crate::wire::Text;

/// What a settlement run ordered.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct SettlementRunBody {
    /// To whom.
    pub institution: w::InstitutionId,
    /// The release mode of the place: `per_lesson`, `weekly`, `monthly`, `order_end`, `batch`, `pay_after`.
    pub mode: String,
    /// Must the authority let it go before the bank pays?
    pub needs_approval: bool,
    /// How much may go today, fen.
    pub amount_fen: i64,
    /// The settlement; none where nothing may go.
    pub settlement: Option<w::SettlementId>,
}

/// An order that waits to be paid.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct PaymentOrderBody {
    /// What it pays: `settlement` or `refund`.
    pub kind: String,
    /// The settlement's or refund's id.
    pub id: String,
    /// Whose custody account pays.
    pub institution: w::InstitutionId,
    /// How much, fen.
    pub amount_fen: i64,
    /// The reference that comes back on the statement.
    pub end_to_end: String,
    /// Whom; none where the money goes back by the way by which it came.
    pub payee: Option<String>,
    /// The payee's account, where one is registered.
    pub payee_account: Option<String>,
    /// References of the payments that go back.
    pub original_references: Vec<String>,
}

impl From<PaymentOrder> for PaymentOrderBody {
    fn from(order: PaymentOrder) -> PaymentOrderBody {
        let id = match order.thing {
            Thing::Payment(id) => id.to_string(),
            Thing::Settlement(id) => id.to_string(),
            Thing::Refund(id) => id.to_string(),
        };
        let (payee, payee_account, original_references) = match order.payee {
            Payee::Account { name, number, .. } => (Some(name), number, Vec::new()),
            Payee::Original { references } => (None, None, references),
        };
        PaymentOrderBody {
            kind: order.thing.kind().to_owned(),
            id,
            institution: Text(order.institution),
            amount_fen: order.amount.fen(),
            end_to_end: order.end_to_end,
            payee,
            payee_account,
            original_references,
        }
    }
}
