//! Where fees go into custody, the institution has a registered account before it sells.

use kernel::{RuleId, Violation};
use policy::Policy;

use super::Seller;

/// The account of the institution.
pub(super) fn check(seller: &Seller<'_>, policy: &Policy) -> Option<Violation> {
    let required = policy.custody_account_required.in_force().filter(|rule| rule.value)?;
    (!seller.custody_account).then(|| {
        Violation::of(RuleId::CustodyAccount)
            .with("registered", "none")
            .source(&required.source)
            .field("custody_account")
    })
}
