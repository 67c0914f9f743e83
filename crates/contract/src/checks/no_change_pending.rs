//! Nothing new is sold while a change of who controls the institution, of its name, place or capital is
//! applied for: a sale to a shell is decided upon first.

use kernel::{RuleId, Violation};

use super::Seller;

/// 民办教育促进法 54, 55: such changes need settlement and approval.
const SOURCE: &str = "《民办教育促进法》（2018）第五十四条、第五十五条：变更举办者、名称等须经批准";

/// Is no such change under way?
pub(super) fn check(seller: &Seller<'_>) -> Option<Violation> {
    seller.institution.control_change.map(|_| Violation::of(RuleId::NoChangePending).source(SOURCE))
}
