//! Only the holder of a licence in force may sell, and nobody on the black list.
//! 民办教育促进法 art. 12; 国办发〔2018〕80号; 中小学生校外培训服务合同（示范文本） GF-2021-2604, instruction 5.

use kernel::{Day, RuleId, Violation};
use registry::{LicenceState, ListKind};

use super::Seller;

const SOURCE: &str = "《民办教育促进法》第十二条；GF-2021-2604 使用说明五";
const LIST_SOURCE: &str = "国办发〔2018〕80号（黑白名单）；列入后不得招生收费的效力由各地规定";

/// The licence on the day of signing or publication.
pub(super) fn check(seller: &Seller<'_>, on: Day) -> Option<Violation> {
    let actual = match seller.licence {
        None => "none".to_owned(),
        Some(licence) if licence.in_force_on(on) => return None,
        Some(licence) if licence.state == LicenceState::InForce => {
            format!("{}..{}", licence.valid_from_on, licence.valid_until_on)
        }
        Some(licence) => licence.state.to_string(),
    };
    Some(Violation::of(RuleId::LicenceInForce).with(on, actual).source(SOURCE))
}

/// The list that the institution stands on.
pub(super) fn check_not_blacklisted(seller: &Seller<'_>) -> Option<Violation> {
    (seller.institution.listing == ListKind::Black)
        .then(|| Violation::of(RuleId::NotBlacklisted).with(ListKind::None, ListKind::Black).source(LIST_SOURCE))
}
