//! Passing the course on, changing the class (U11–U13).

use crate::clauses::concept::Concept::*;
use crate::clauses::number::Unit;
use crate::clauses::rule::{Rule, Severity};
use crate::clauses::scan::Hit;
use crate::clauses::sentence::{Evidence, Sentence};

/// The rules.
pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "U11",
        severity: Severity::Void,
        zh: "禁止或限制转让",
        en: "transfer of the course is forbidden or limited",
        law: &["法释4号 9(2)", "法释4号 11", "消保法26"],
        advice_zh: "改为：消费者可以转让剩余课时，自通知到达机构时生效。",
        advice_en: "Let the family pass the rest on; it takes effect when the institution is told.",
        find: forbidden,
    },
    Rule {
        id: "U12",
        severity: Severity::Unfair,
        zh: "转让或换班收取过高费用",
        en: "an excess fee for transfer or change of class",
        law: &["法释4号 9(2)", "消保法10", "消保法26"],
        advice_zh: "删除收费，或者只收实际发生的工本费。",
        advice_en: "Strike the fee, or charge only the real cost of it.",
        find: fee,
    },
    Rule {
        id: "U13",
        severity: Severity::Unfair,
        zh: "换班或延期即放弃退费权",
        en: "the right to a refund is waived by changing the class",
        law: &["民法典497(2)(3)", "消保法26"],
        advice_zh: "删除。变更班级、时间或者延期不影响退费权利。",
        advice_en: "Strike it. A change of class or date leaves the right to a refund as it is.",
        find: waived,
    },
];

/// What a family can pass on; not the institution's own duties, nor data, nor a school place of its own.
fn course(s: &Sentence<'_>) -> bool {
    let other = s.says(&[
        "培训义务",
        "培训服务转",
        "教学任务转",
        "信息转",
        "信息提供",
        "合同义务",
        "资金转让",
        "转让办学",
        "转让许可",
        "机构转让",
        "整体转让",
        "培训业务转",
    ]);
    !other
}

fn forbidden(s: &Sentence<'_>) -> Option<Evidence> {
    if !course(s) {
        return None;
    }
    let barred = s.pairs(Neg, Transfer, 8).find(|(neg, transfer)| {
        let open =
            s.within(Refuser, neg.end..transfer.start).all(|r| matches!(s.text(r), "无故" | "擅自" | "要求" | "使用"))
                && s.within(Charge, neg.end..transfer.start).all(|c| matches!(s.text(c), "交" | "需" | "计"));
        let needless = matches!(s.text(*neg), "无需" | "无须" | "不用" | "不必" | "没有" | "不另" | "不成");
        let turned = s.within(Prohibit, s.part(neg.start).start..neg.start).next().is_some() && s.text(*neg) == "拒绝";
        open && !needless && !turned && !s.split(neg.end, transfer.start)
    });
    if let Some((neg, transfer)) = barred {
        return (!institution_passes_on(s, transfer)).then(|| vec![neg, transfer]);
    }
    let after = s.pairs(Transfer, Neg, 6).find(|(transfer, neg)| {
        let next = s.slice(neg.end, neg.end.saturating_add(3).min(s.range.end));
        let barred = matches!(
            s.text(*neg),
            "概不"
                | "不予"
                | "不允许"
                | "不可"
                | "不支持"
                | "不接受"
                | "不受理"
                | "不办理"
                | "谢绝"
                | "恕不"
                | "不许"
                | "不准"
                | "不认可"
        );
        barred && !next.starts_with(['收', '另', '拒', '影', '限']) && !s.broken(transfer.end, neg.start)
    });
    if s.says(&["转让无效", "转让的无效", "过户无效"])
        && let Some(transfer) = s.first(Transfer)
    {
        return Some(vec![transfer]);
    }
    if let Some((transfer, neg)) = after {
        return Some(vec![transfer, neg]);
    }
    if let Some(own) = s.first(Self_)
        && !s.has(Image)
    {
        return Some(vec![own]);
    }
    let transfer = s.affirmed(Transfer).filter(|transfer| !institution_passes_on(s, *transfer))?;
    // 仅限一次, or a penalty for passing the course on.
    let once = !s.says(&["一次以上", "不收", "免费"])
        && s.says(&[
            "仅限一次",
            "一次为限",
            "转让一次",
            "只能转让",
            "限转",
            "仅能转让",
            "仅可转让",
            "一次机会",
            "只可转让",
        ]);
    let punished = s.within(Sanction, transfer.end..s.range.end).next().is_some()
        && s.names_family(s.range.clone())
        && s.says(&["擅自", "私自", "如将", "违者", "如擅"]);
    (once || punished).then(|| vec![transfer])
}

/// 甲方不得将培训服务转由他人提供.
fn institution_passes_on(s: &Sentence<'_>, transfer: Hit) -> bool {
    let before = s.range.start..transfer.start;
    s.says(&["服务", "义务", "教学任务", "学员转"])
        && !s.names_family(before.clone())
        && s.within(Institution, before).next().is_some()
}

fn moving(s: &Sentence<'_>) -> Option<Hit> {
    s.any(&[Transfer, ChangeClass]).or_else(|| s.says(&["变更", "更换"]).then(|| s.first(Place)).flatten())
}

fn fee(s: &Sentence<'_>) -> Option<Evidence> {
    let moving = moving(s)?;
    if s.has_any(&[Free]) && !s.says(&["另收", "无偿"]) || s.has(Penalty) && !s.has_any(&[Transfer, Surcharge]) {
        return None;
    }
    let charge = s.any(&[Surcharge]).or_else(|| s.first(Charge))?;
    let amount = s.numbers.iter().find(|n| match n.unit {
        Unit::Fen => n.value >= 3_000,
        Unit::Share => n.value > 100,
        Unit::Hours | Unit::Lessons | Unit::Times => false,
    })?;
    let payer =
        s.negated(charge) || s.says(&["不得收取", "不收取", "不得另收", "退还", "返还", "退回", "退费", "退学"]);
    // A student place kept free during absence is the rule on absence.
    let absence = s.says(&["延期", "停课", "休学", "请假", "缺课", "保留学位"])
        && !s.has(Transfer)
        && !s.says(&["换班", "转班", "调班", "改班", "转课"]);
    let number = Hit { concept: Charge, start: amount.start, end: amount.end };
    (!payer && !absence && !s.has(Raise)
        || s.says(&["转让", "过户", "调班", "换班", "转课", "转校区", "改班", "转卡", "更名", "换课", "跨校区"])
            && !payer)
        .then(|| vec![moving, charge, number])
}

pub(super) fn waived(s: &Sentence<'_>) -> Option<Evidence> {
    let denial = *s.denials.first()?;
    let change = s.within(ChangeClass, s.range.start..denial.start).find(|hit| {
        let pause = matches!(s.text(*hit), "停课" | "延期" | "休学" | "暂停" | "改期");
        let asked =
            s.says(&["申请", "办理", "家长要求", "学员要求停", "过的", "一次后", "复学", "过停课", "过延期", "选择"]);
        if pause && (s.has(OwnReason) || !asked) {
            return false;
        }
        // 合同经调整, 因机构改期: only what the family asks for.
        !s.says(&["机构有权更换", "有权更换", "有权调整", "保留更换"]) || s.text(*hit) == "换班"
    });
    let change = change.or_else(|| {
        s.within(Transfer, s.range.start..denial.start)
            .next()
            .filter(|_| s.says(&["转让后", "转让的", "转课", "一经同意转"]))
    })?;
    if s.has(Complain)
        || s.has_any(&[Sundry]) && s.has(Receipt)
        || s.has(Receipt) && s.has(Lack) && s.says(&["遗失", "丢失"])
    {
        return None;
    }
    if s.says(&["不能作为退", "不作为退", "正常的"]) || s.has(Started) && !s.says(&["换", "转", "调", "延期", "停课"])
    {
        return None;
    }
    Some(vec![change, denial])
}
