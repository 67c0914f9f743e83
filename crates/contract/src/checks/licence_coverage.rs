//! The licence covers what is taught, how, to whom and until the last lesson.
//! GF-2021-2604, special note 1 (an online licence does not cover offline training, nor the reverse;
//! a subject institution needs permission for non-subject training) and field A4 (valid to the end of
//! class).

use kernel::{RuleId, Violation, category::WordSet};

use super::{Seller, Teaching};

const SCOPE_SOURCE: &str = "GF-2021-2604 特别提示一";
const TERM_SOURCE: &str = "GF-2021-2604 甲方信息：办学许可证有效期";

/// Category, mode, stage, term. Without any licence there is nothing to compare with: that is
/// `contract.licence_in_force`.
pub(super) fn check(teaching: &Teaching, seller: &Seller<'_>) -> Vec<Violation> {
    let Some(licence) = seller.licence else { return Vec::new() };
    let scope = &licence.scope;
    let mut broken = Vec::new();
    if scope.category != teaching.category {
        broken.push(
            Violation::of(RuleId::LicenceCoversCategory)
                .with(scope.category, teaching.category)
                .source(SCOPE_SOURCE)
                .field("category"),
        );
    }
    if !scope.modes.contains(&teaching.mode) {
        broken.push(
            Violation::of(RuleId::LicenceCoversMode)
                .with(WordSet(scope.modes.clone()), teaching.mode)
                .source(SCOPE_SOURCE)
                .field("mode"),
        );
    }
    if !scope.stages.contains(&teaching.stage) {
        broken.push(
            Violation::of(RuleId::LicenceCoversStage)
                .with(WordSet(scope.stages.clone()), teaching.stage)
                .source(SCOPE_SOURCE)
                .field("stage"),
        );
    }
    // A decided revocation ends the term before the printed day.
    let last_day = match licence.revoked_from_on {
        Some(from) => from.plus_days(-1).unwrap_or(from).min(licence.valid_until_on),
        None => licence.valid_until_on,
    };
    if teaching.last_on > last_day {
        broken.push(
            Violation::of(RuleId::LicenceCoversTerm)
                .with(last_day, teaching.last_on)
                .source(TERM_SOURCE)
                .field(teaching.last_field),
        );
    }
    if teaching.first_on < licence.valid_from_on {
        broken.push(
            Violation::of(RuleId::LicenceCoversTerm)
                .with(licence.valid_from_on, teaching.first_on)
                .source(TERM_SOURCE)
                .field(teaching.first_field),
        );
    }
    broken
}
