//! Money is not paid back (U01–U04, U06, U07, U09, U10): the refusal is found by `denial`, the rule
//! by the condition that it stands under.

use crate::clauses::concept::Concept::{self, *};
use crate::clauses::number::{Number, Unit};
use crate::clauses::rule::{Rule, Severity};
use crate::clauses::scan::Hit;
use crate::clauses::sentence::{Evidence, Sentence};

const REFUSED: &[&str] = &["民法典497", "消保法26", "法释4号 9(1)"];
const ADVICE_ZH: &str = "删除。未消课时应当可退，退款按合同约定的单价和未消课时计算，并写明退款期限。";
const ADVICE_EN: &str = "Strike it. Untaught hours stay refundable, at the agreed unit price and within a stated time.";

/// The rules.
pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "U01",
        severity: Severity::Void,
        zh: "概不退费",
        en: "no refund whatever the reason",
        law: &["民法典497(2)(3)", "消保法26", "法释4号 9(1)", "处罚办法12(1)", "京预付卡条例15"],
        advice_zh: ADVICE_ZH,
        advice_en: ADVICE_EN,
        find: whatever,
    },
    Rule {
        id: "U02",
        severity: Severity::Void,
        zh: "因家长或学员自身原因不退费",
        en: "no refund for the family's own reasons",
        law: &["民法典497", "消保法26", "法释4号 9(1)", "处罚办法12(5)"],
        advice_zh: "删除。消费者自身原因退费可以依约承担合理损失，但不得排除退费本身。",
        advice_en: "Strike it. The family may owe reasonable loss for its own reasons, but the refund itself cannot be excluded.",
        find: own_reasons,
    },
    Rule {
        id: "U03",
        severity: Severity::Void,
        zh: "开课后不退费",
        en: "no refund once classes have begun",
        law: &["民法典497(3)", "消保法26", "法释4号 9(1)"],
        advice_zh: "删除。开课后退费的，扣除已消课时，其余应当退还。",
        advice_en: "Strike it. After the start the hours taught are deducted and the rest is paid back.",
        find: begun,
    },
    Rule {
        id: "U04",
        severity: Severity::Void,
        zh: "消课达到一定比例后不退费",
        en: "no refund once a share of the lessons is used",
        law: &["民法典497(2)", "消保法26", "法释4号 9(1)(7)"],
        advice_zh: "删除门槛。消课多少不改变算法，未消课时始终可退。",
        advice_en: "Strike the threshold. However many hours are used, the unused ones stay refundable.",
        find: share_used,
    },
    Rule {
        id: "U06",
        severity: Severity::Void,
        zh: "超过一定期限不退费",
        en: "the refund window closes after some days",
        law: &["民法典497(3)", "民法典563", "消保法26", "法释4号 9(1)"],
        advice_zh: "删除期限。合同存续期间均可申请退还未消课时费用。",
        advice_en: "Strike the window. Unused hours may be claimed back as long as the contract runs.",
        find: window_closed,
    },
    Rule {
        id: "U07",
        severity: Severity::Void,
        zh: "过期作废",
        en: "unused hours lapse",
        law: &["民法典497", "消保法26", "法释4号 9(1)(7)", "浙江省实施消保法办法"],
        advice_zh: "改为：有效期届满仍有剩余课时的，延期或者退还余额。不限次数的期限卡另有规定（法释4号 22(3)）。",
        advice_en: "Let what is left at the end be extended or refunded. Unlimited passes are the one exception (法释4号 22(3)).",
        find: lapsed,
    },
    Rule {
        id: "U09",
        severity: Severity::Unfair,
        zh: "赠送课时不退",
        en: "gift hours are never refunded",
        law: &REFUSED_GIFT,
        advice_zh: "改为：赠送课时计入总课时；因机构原因退费的，与所购课时同价折算。",
        advice_en: "Count gift hours in; when the institution is the cause they share the unit price.",
        find: gift,
    },
    Rule {
        id: "U10",
        severity: Severity::Void,
        zh: "优惠课程不退",
        en: "special offers are excluded from refund",
        law: REFUSED,
        advice_zh: "删除。优惠价不是排除退费的理由，按实付单价退还未消课时。",
        advice_en: "Strike it. A discount does not exclude refund; unused hours are paid back at the price paid.",
        find: on_offer,
    },
];

const REFUSED_GIFT: [&str; 2] = ["民法典497", "(2022)渝01民终4000号"];

/// A condition and the refusal.
fn with_denial(s: &Sentence<'_>, condition: &[Hit]) -> Option<Evidence> {
    let denial = s.denials.first()?;
    let mut evidence = condition.to_vec();
    evidence.push(*denial);
    Some(evidence)
}

fn receipt(s: &Sentence<'_>) -> bool {
    super::charges::missing_paper(s).is_some()
}

/// The last resort: a refusal that no other rule explains ([`crate::clauses::check`] sees to that).
fn whatever(s: &Sentence<'_>) -> Option<Evidence> {
    let denial = *s.denials.first()?;
    let mut evidence: Evidence = s.first(Always).into_iter().collect();
    evidence.push(denial);
    Some(evidence)
}

fn own_reasons(s: &Sentence<'_>) -> Option<Evidence> {
    let reason = s.first(OwnReason)?;
    if s.has(Always) && matches!(s.text(reason), "中途" | "自行" | "违约" | "半途" | "单方") {
        return None;
    }
    if s.has(Deposit) || receipt(s) || s.has(Transfer) && !s.has(Quit) {
        return None;
    }
    with_denial(s, &[reason])
}

fn begun(s: &Sentence<'_>) -> Option<Evidence> {
    let started = s.first(Started)?;
    let denial = s.denials.first()?;
    let before_start = s.slice(started.end, started.end.saturating_add(1).min(s.range.end)) == "前";
    if before_start || s.has(Deposit) || started.start > denial.end || share(s).is_some() || days_after(s).is_some() {
        return None;
    }
    with_denial(s, &[started])
}

/// A share or number of lessons that is passed, before the refusal.
fn share(s: &Sentence<'_>) -> Option<Evidence> {
    let denial = s.denials.first()?;
    let study = s.within(Study, s.range.start..denial.end).next()?;
    let number = s.numbers.iter().find(|n| {
        let counted = match n.unit {
            Unit::Share => true,
            Unit::Lessons | Unit::Times => n.value > 100,
            Unit::Fen | Unit::Hours => false,
        };
        counted && n.start < denial.end && passed(s, n)
    })?;
    let hit = Hit { concept: Beyond, start: number.start, end: number.end };
    with_denial(s, &[study, hit])
}

/// 超过…, …以上, 达到…, 过半.
fn passed(s: &Sentence<'_>, number: &Number) -> bool {
    let before = number.start.saturating_sub(8).max(s.part(number.start).start)..number.end;
    let after = number.start..number.end.saturating_add(6).min(s.range.end);
    s.within(Beyond, before).any(|b| b.end <= number.start || s.text(b) == "过")
        || s.within(Beyond, after).any(|b| b.start >= number.end)
        || s.slice(number.start, number.end) == "过半"
        || [
            "完成", "上完", "学完", "听完", "上了", "上够", "学了", "已上", "消耗", "用掉", "学过", "上过", "听了",
            "参加",
        ]
        .iter()
        .any(|word| s.slice(number.start.saturating_sub(3).max(s.range.start), number.start).contains(word))
}

fn share_used(s: &Sentence<'_>) -> Option<Evidence> {
    if s.has_any(&[Absent, Gift, Deposit]) || s.has(Promise) {
        return None;
    }
    share(s)
}

/// A span of time and a word for its end.
fn days_after(s: &Sentence<'_>) -> Option<Evidence> {
    let denial = s.denials.first()?;
    let span = s.numbers.iter().find(|n| n.unit == Unit::Hours && n.start < denial.end)?;
    let near = span.start.saturating_sub(6).max(s.range.start)..s.range.end;
    let after = s.within(Window, near).find(|w| w.start < denial.end.saturating_add(14))?;
    let hit = Hit { concept: Window, start: span.start, end: span.end };
    with_denial(s, &[hit, after])
}

fn validity(s: &Sentence<'_>) -> Option<Hit> {
    s.all(Validity).iter().copied().find(|hit| {
        let text = s.text(*hit);
        // 逾期 alone is also said of late payments and late claims; 失效 is an outcome.
        !matches!(text, "逾期" | "失效" | "超期" | "时限" | "有效" | "届满" | "期限内" | "期内")
            || s.has_any(&[Lapse]) && text != "失效"
    })
}

/// 退费申请仅限于报名后三天内提出: a window without a word of refusal.
fn narrow_window(s: &Sentence<'_>) -> Option<Evidence> {
    let (refund, only) = s
        .pairs(Refund, Only, 8)
        .find(|(_, only)| matches!(s.text(*only), "仅" | "仅限" | "只能") && !s.negated(*only))?;
    let days = s.numbers.iter().find(|n| n.unit == Unit::Hours && n.start >= only.end)?;
    let tail = s.slice(days.end, days.end.saturating_add(6).min(s.range.end));
    let asked = tail.starts_with(['内', '前']) && ["提", "申", "办", "有效"].iter().any(|word| tail.contains(word));
    asked.then(|| vec![refund, only, Hit { concept: Window, start: days.start, end: days.end }])
}

fn window_closed(s: &Sentence<'_>) -> Option<Evidence> {
    let strict = s.says(&["有效，", "年有效", "月有效", "天有效", "有效期"])
        || s.all(Validity).iter().any(|hit| {
            matches!(
                s.text(*hit),
                "有效期"
                    | "使用期限"
                    | "学习期限"
                    | "学期内"
                    | "逾期未用"
                    | "当季"
                    | "日前"
                    | "年底"
                    | "内用完"
                    | "内消耗"
                    | "内使用"
                    | "内上完"
                    | "年卡"
                    | "结转"
                    | "到期"
                    | "内完成"
            )
        });
    if strict || s.has_any(&[Deposit, Absent]) && !s.has(Started) {
        return None;
    }
    days_after(s).or_else(|| narrow_window(s))
}

fn lapsed(s: &Sentence<'_>) -> Option<Evidence> {
    let spanned = || {
        let n = s.numbers.iter().find(|n| n.unit == Unit::Hours && n.value >= 360)?;
        Some(Hit { concept: Validity, start: n.start, end: n.end })
    };
    let left = || {
        let lapse = s.all(Lapse).iter().find(|hit| !s.negated(**hit) && s.text(**hit) != "无效")?;
        let other = s.has_any(&[Transfer, Receipt, Absent, Terminate, Complain, Penalty, Recorded, Started, Gift]);
        s.within(Remaining, s.range.start..lapse.start)
            .last()
            .filter(|rest| !other && lapse.start.saturating_sub(rest.end) < 10)
    };
    let limit = validity(s).or_else(|| spanned().filter(|_| s.has(Lapse))).or_else(left)?;
    if s.has_any(&[Receipt, Complain, Penalty]) && !s.has(Remaining) && !s.has(Study) || s.has(Deposit) {
        return None;
    }
    let about_hours =
        s.has_any(&[Remaining, Study]) || s.says(&["次数", "次卡", "卡内", "课包", "套餐", "年卡", "余额", "会员卡"]);
    // 三日内提出，逾期视为放弃 is a window for the claim, not the life of the hours.
    if window_closed(s).is_some() && !s.has(Remaining) || !about_hours {
        return None;
    }
    let lapse =
        s.all(Lapse).iter().copied().find(|hit| !s.negated(*hit) && hit.end > limit.start && hit.start != limit.start);
    match lapse {
        Some(lapse) if !restored(s) => Some(vec![limit, lapse]),
        Some(_) | None => with_denial(s, &[limit]),
    }
}

/// 可以延期, 或者退还.
fn restored(s: &Sentence<'_>) -> bool {
    s.says(&["可延期", "可以延期", "可申请延", "延长", "顺延", "继续有效", "继续使用"])
        && s.denials.is_empty()
        && !s.says(&[
            "不得继续",
            "不予顺延",
            "不能顺延",
            "不可顺延",
            "不顺延",
            "不予继续",
            "不能继续",
            "不可继续",
            "不予延长",
            "不得顺延",
            "不得延长",
        ])
}

fn gift(s: &Sentence<'_>) -> Option<Evidence> {
    let refused = |concept: Concept| {
        s.pairs(Gift, concept, 22).find(|(_, outcome)| !s.negated(*outcome)).map(|(gift, outcome)| vec![gift, outcome])
    };
    let not_of_use = |evidence: &Evidence| !s.says(&["不得拒绝"]) && evidence.len() > 1;
    let denied = || {
        let denial = s.denials.first()?;
        let given = s.within(Gift, s.range.start..denial.end).next()?;
        Some(vec![given, *denial])
    };
    let speaks = s.says(&["退", "计入", "算", "折", "结算", "停业", "抵", "补"]);
    if s.says(&[
        "一并计入",
        "同等折算",
        "同价",
        "同比例",
        "同样可以",
        "也可以退",
        "赠送给他人",
        "赠与第三",
        "转赠",
        "赠与他人",
    ]) || !speaks
    {
        return None;
    }
    denied().or_else(|| refused(NotCounted)).filter(not_of_use)
}

fn on_offer(s: &Sentence<'_>) -> Option<Evidence> {
    let denial = *s.denials.first()?;
    // 取消优惠 on refund is the list price rule, an offer named afterwards is another matter.
    let offer = s.within(Promo, s.range.start..denial.end).find(|p| {
        let before = s.slice(p.start.saturating_sub(4).max(s.range.start), p.start);
        !before.ends_with("取消") && !before.ends_with("任何") && !s.broken_far(p.end, denial.start)
    })?;
    if s.has(Complain)
        || s.has(Gift) && !s.has(ListPrice) && s.within(Gift, s.range.start..denial.start).next().is_some()
    {
        return None;
    }
    Some(vec![offer, denial])
}
