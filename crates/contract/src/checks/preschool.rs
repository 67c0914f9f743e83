//! Children of 3 to 6 are not trained online, nor in school subjects. 中办发〔2021〕40号.

use kernel::{Category, Mode, RuleId, Stage, Violation};
use policy::{Policy, Setting};

/// Mode and category for the stage.
pub(super) fn check(category: Category, mode: Mode, stage: Stage, policy: &Policy) -> Vec<Violation> {
    if stage != Stage::Preschool {
        return Vec::new();
    }
    let forbidden = |setting: &Setting<bool>, applies: bool, broken: Violation| {
        let rule = setting.in_force().filter(|rule| applies && !rule.value)?;
        Some(broken.source(&rule.source))
    };
    let online = Violation::of(RuleId::PreschoolOnline).with(Mode::Offline, mode).field("mode");
    let subject = Violation::of(RuleId::PreschoolSubject).with("non_subject", category).field("category");
    let broken = [
        forbidden(&policy.preschool_online_allowed, mode == Mode::Online, online),
        forbidden(&policy.preschool_subject_allowed, category.is_subject(), subject),
    ];
    broken.into_iter().flatten().collect()
}
