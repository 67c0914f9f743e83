//! The parameter space: one block per parameter. Adding one is a block here and its values in data/.

use kernel::{ClassHours, Day, DayCount, Fen, RegionCode, RuleId};

use crate::PolicyError;
use crate::data::{Dated, File};
use crate::set::{InForce, Rule, pick};
use crate::value::Value;

macro_rules! parameters {
    ($($(#[$doc:meta])* $name:ident: $type:ty, $zh:literal, $en:literal, $rules:expr;)*) => {
        /// The rules that hold in a region on a day, each with its source.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct Policy {
            /// For which region.
            pub region: RegionCode,
            /// The region's name; its code where the data does not name it.
            pub region_name: String,
            /// On which day.
            pub on: Day,
            $($(#[$doc])* pub $name: Rule<$type>,)*
        }

        impl Policy {
            /// Every parameter in force, in the order of declaration: for answers and documents.
            pub fn in_force(&self) -> Vec<InForce<'_>> {
                vec![$(InForce {
                    key: stringify!($name),
                    zh: $zh,
                    en: $en,
                    rules: $rules,
                    value: self.$name.value.text(),
                    source: &self.$name.source,
                    grade: self.$name.grade,
                    from_on: self.$name.from_on,
                    until_on: self.$name.until_on,
                    level: self.$name.level,
                }),*]
            }
        }

        /// The values that one file gives.
        pub(crate) struct Level {
            pub region: Option<RegionCode>,
            pub name: String,
            $($name: Vec<Dated<$type>>,)*
        }

        impl Level {
            pub fn read(file: &str, text: &str) -> Result<Level, PolicyError> {
                let mut file = File::parse(file, text)?;
                let head = file.head()?;
                let nation = head.region.is_none();
                let level = Level {
                    region: head.region,
                    name: head.name,
                    $($name: file.dated(stringify!($name), nation)?,)*
                };
                file.finish()?;
                Ok(level)
            }
        }

        /// Each value from the nearest of `levels` that has one on the day.
        pub(crate) fn resolve(
            levels: &[&Level],
            region: RegionCode,
            region_name: String,
            on: Day,
        ) -> Result<Policy, PolicyError> {
            Ok(Policy {
                region,
                region_name,
                on,
                $($name: pick(levels.iter().map(|l| (l.region, l.$name.as_slice())), on)
                    .ok_or(PolicyError::BeforeData { key: stringify!($name), region, on })?,)*
            })
        }
    };
}

parameters! {
    /// Longest time covered by one charge, months.
    prepaid_span_months_max: u16, "一次性收费时间跨度上限（月）", "longest time covered by one charge, months",
        &[RuleId::PrepaidSpanCap];

    /// Most class hours of one charge.
    prepaid_hours_max: ClassHours, "一次性收费课时上限", "most class hours of one charge",
        &[RuleId::PrepaidHoursCap];

    /// Do gift hours count towards [`Policy::prepaid_hours_max`]?
    gift_hours_counted: bool, "赠送课时计入课时上限", "gift hours count towards the cap on hours",
        &[RuleId::PrepaidHoursCap];

    /// Most money of one charge for non-subject training, fen.
    non_subject_amount_max_fen: Fen, "非学科类一次性收费金额上限（分）", "most money of one charge for non-subject training, fen",
        &[RuleId::PrepaidAmountCap];

    /// Must the fee go into a registered custody account?
    custody_required: bool, "预收费须进入登记的托管账户", "fees go into a registered custody account",
        &[RuleId::CustodyAccount];

    /// The guardian's time to answer a claimed lesson; silence is confirmation.
    deemed_confirmation: DayCount, "家长确认期限（逾期视为确认）", "the guardian's time to answer; silence is confirmation",
        &[RuleId::DeemedConfirmationClock];

    /// The institution's time to answer a refund request; silence is consent.
    refund_answer: DayCount, "机构答复退费期限（逾期视为同意）", "the institution's time to answer a refund; silence is consent",
        &[];

    /// Longest time to pay back a refund asked for before the first lesson.
    refund_pay_back_before_start: DayCount, "开课前退费期限", "time to pay back, before the first lesson",
        &[RuleId::RefundPayBackMax];

    /// Longest time to pay back a refund asked for after the first lesson.
    refund_pay_back_after_start: DayCount, "开课后退费期限", "time to pay back, after the first lesson",
        &[RuleId::RefundPayBackMax];

    /// The authority's time to decide on an application, from its acceptance.
    licence_decision: DayCount, "办学许可决定期限", "the authority's time to decide on an application",
        &[];

    /// May new subject-type institutions be approved?
    subject_approval_open: bool, "可以新批学科类机构", "new subject-type institutions may be approved",
        &[RuleId::SubjectApprovalClosed];

    /// Must a revocation be decided by another person than the one who proposed it?
    revocation_two_persons: bool, "吊销由两人分别提出和决定", "a revocation is proposed and decided by different persons",
        &[RuleId::RevocationTwoPersons];
}
