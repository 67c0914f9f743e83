//! How much is paid back (U05, U08, U26, U39, U40): capped shares, list price, deductions, and money
//! still owed on leaving.

use crate::clauses::concept::Concept::*;
use crate::clauses::number::Unit;
use crate::clauses::rule::{Rule, Severity};
use crate::clauses::scan::Hit;
use crate::clauses::sentence::{Evidence, Sentence};

/// The rules.
pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "U05",
        severity: Severity::Void,
        zh: "只退余额的一部分",
        en: "only a capped share of the balance is refunded",
        law: &["民法典497(2)", "民法典585", "消保法26", "消保法53", "法释4号 9(7)", "法释4号 15"],
        advice_zh: "改为：退还全部未消课时费用；确有合理费用的，凭据列明并说明依据。",
        advice_en: "Refund all of the unused hours; name reasonable costs with evidence, not a share.",
        find: capped_share,
    },
    Rule {
        id: "U08",
        severity: Severity::Check,
        zh: "退费按原价扣除已上课时",
        en: "hours taught are recalculated at list price on refund",
        law: &["法释4号 18", "法释4号 19", "法释4号 20", "处罚办法10", "中消协2022年点评"],
        advice_zh: "写明仅在消费者自身原因退费时适用，且扣除额不超过已付款；机构原因退费的按优惠后单价计算。",
        advice_en: "State that it applies only to the family's own reasons and never beyond what was paid; otherwise the discounted price governs.",
        find: list_price,
    },
    Rule {
        id: "U26",
        severity: Severity::Unfair,
        zh: "退费层层扣费",
        en: "piled-up deductions on refund",
        law: &["消保法26", "消保法53", "法释4号 15", "法释4号 9(7)"],
        advice_zh: "删除。管理费、提成、税费、场地和人工成本由机构自行承担，不得从退款中扣除。",
        advice_en: "Strike it. Management, commissions, taxes and running costs are the institution's own and do not reduce a refund.",
        find: deductions,
    },
    Rule {
        id: "U39",
        severity: Severity::Unfair,
        zh: "退学时另扣杂费",
        en: "fees reassigned on withdrawal",
        law: &["民法典497", "消保法26", "法释4号 15", "法释4号 21"],
        advice_zh: "删除。只可扣除双方事先列明、实际发生并凭票的费用。",
        advice_en: "Strike it. Only costs listed beforehand, really incurred and documented may be deducted.",
        find: sundries,
    },
    Rule {
        id: "U40",
        severity: Severity::Void,
        zh: "退费反要补缴",
        en: "the family must pay extra on leaving",
        law: &["法释4号 20"],
        advice_zh: "删除。按原价核算超过预付款的部分，经营者无权要求补付。",
        advice_en: "Strike it. What list price would add beyond the prepayment is not payable.",
        find: pays_extra,
    },
];

fn capped_share(s: &Sentence<'_>) -> Option<Evidence> {
    if s.has(Refund) && s.has_any(&[Penalty, Deposit]) && !s.has(Only) || s.has(Promise) && !s.has(Remaining) {
        return None;
    }
    let number = s.numbers.iter().copied().find(|n| {
        if n.unit != Unit::Share || !(1_000..=9_500).contains(&n.value) {
            return false;
        }
        let before = s.slice(n.start.saturating_sub(3).max(s.range.start), n.start);
        let after = s.slice(n.end, n.end.saturating_add(6).min(s.range.end));
        let condition = ["超过", "达到", "满", "超", "过", "不足", "小于", "少于", "低于", "达", "上了"]
            .iter()
            .any(|w| before.ends_with(w))
            || ["以上", "以后", "后", "的学员", "者"].iter().any(|w| after.starts_with(w))
                && !after.starts_with("后退");
        let charge = [
            "违约",
            "手续",
            "管理",
            "赔",
            "补偿",
            "利息",
            "滞纳",
            "服务",
            "的违约",
            "的手续",
            "的转让",
            "的管理",
            "的赔",
            "作为违约",
            "作为手续",
            "的服务",
            "的学杂",
            "的综合",
            "的平台",
            "的运营",
            "的成本",
            "作为综合",
            "的违规",
            "的操作",
            "作为转",
        ]
        .iter()
        .any(|w| after.starts_with(w));
        let deducted = s.slice(n.start.saturating_sub(10).max(s.range.start), n.start).contains(['扣', '收']);
        let of_cost = s.within(Cost, s.part(n.start).start..n.start).next().is_some();
        !condition && !charge && !deducted && !of_cost && s.slice(n.start, n.end) != "过半"
    })?;
    let part = s.part(number.start);
    let near = number.start.saturating_sub(16).max(part.start)..number.end.saturating_add(10).min(s.range.end);
    let refund = s.within(Refund, near).find(|r| {
        let (from, to) = (r.start.min(number.start), r.end.max(number.end));
        !s.negated(*r) && (!s.broken(from, to.saturating_sub(1)) || s.within(Only, from..to).next().is_some())
    })?;
    let discount = s.slice(number.start, number.end).ends_with('折') && s.says(&["可享", "优惠价", "报名享"]);
    if discount || s.says(&["不少于", "不低于"]) {
        return None;
    }
    let share = Hit { concept: Only, start: number.start, end: number.end };
    Some(vec![share, refund])
}

fn leaving(s: &Sentence<'_>) -> Option<Hit> {
    s.any(&[Quit, Refund])
}

/// 按优惠价而非原价.
fn against(s: &Sentence<'_>, price: Hit) -> bool {
    let before = s.slice(price.start.saturating_sub(4).max(s.range.start), price.start);
    ["而非", "而不是", "不是", "不按", "而非按"].iter().any(|word| before.ends_with(word))
}

fn list_price(s: &Sentence<'_>) -> Option<Evidence> {
    let (price, count) = s
        .pairs(ListPrice, Count, 20)
        .find(|(price, _)| !s.negated(*price) && !against(s, *price) && !s.says(&["的方式折算"]))
        .or_else(|| {
            let price = s.first(ListPrice).filter(|hit| !s.negated(*hit))?;
            s.within(Count, s.range.start..price.start).last().filter(|c| !s.negated(*c)).map(|count| (price, count))
        })?;
    let leaving = leaving(s).or_else(|| s.first(Consumed))?;
    if s.has(TopUp) && s.says(&["无需", "无须", "不需", "不再要求"]) || s.says(&["不得以恢复", "不按原价", "不以原价"])
    {
        return None;
    }
    Some(vec![leaving, price, count])
}

fn deductions(s: &Sentence<'_>) -> Option<Evidence> {
    let leaving = leaving(s)?;
    let cost = s.all(Cost).iter().copied().find(|hit| {
        let part = s.part(hit.start);
        let charged = s.within(Charge, part.start.max(hit.start.saturating_sub(40))..part.end).next().is_some();
        let text = s.text(*hit);
        let sundry = s.all(Sundry).iter().any(|other| other.start <= hit.start && hit.end <= other.end);
        let real = !sundry
            && (!(text == "招生" || text == "行政" || text == "品牌" || text == "税")
                || s.says(&["扣", "承担", "分摊", "收取", "税"]));
        let rated = s.text(*hit).ends_with('费')
            && s.numbers
                .iter()
                .any(|n| n.unit == Unit::Share && n.start >= hit.end && n.start.saturating_sub(hit.end) < 10);
        (charged || rated) && real && !s.negated_far(*hit)
    })?;
    let rated = || {
        let share = s.number(Unit::Share, |value| value > 0)?;
        Some(vec![Hit { concept: Charge, start: share.start, end: share.end }])
    };
    let charge = s.near(Charge, Cost, 24).or_else(rated)?;
    let free = s.all(Free).iter().any(|f| f.start < cost.start && !s.split(f.end, cost.start));
    let theirs = s.says(&[
        "由甲方承担",
        "由机构承担",
        "机构承担",
        "校方承担",
        "甲方负担",
        "由我校承担",
        "由我们承担",
        "自行承担场地",
        "不得转嫁",
        "本机构承担",
    ]);
    let theirs = theirs
        || s.all(Institution).iter().any(|i| {
            let after = s.slice(i.end, i.end.saturating_add(5).min(s.range.end));
            after.contains("承担") || after.contains("负担")
        });
    let elsewhere = s.has(Transfer) || s.has(ChangeClass) || s.has(Loan);
    if free || theirs || elsewhere || s.says(&["不再扣", "不得再扣", "不扣", "不得扣", "不会扣"]) {
        return None;
    }
    let mut evidence = vec![leaving, cost];
    evidence.extend(charge);
    Some(evidence)
}

fn sundries(s: &Sentence<'_>) -> Option<Evidence> {
    // The refusal itself is not the leaving that it speaks of.
    let inside = |hit: &Hit| s.denials.iter().any(|d| d.start <= hit.start && hit.end <= d.end);
    let leaving = [Quit, Refund].iter().find_map(|concept| s.all(*concept).iter().copied().find(|hit| !inside(hit)))?;
    let sundry = s.affirmed(Sundry)?;
    let away =
        s.all(Free).iter().any(|f| !s.says(&["之前免", "原免", "此前免", "先前免", "已免"]) && s.text(*f) != "无需");
    if s.has(Evidenced) || away || s.says(&["由甲方承担", "不会再收", "一并退还", "不再收", "不得", "也退", "均可退"])
    {
        return None;
    }
    let charged = s.all(Charge).iter().copied().find(|c| !s.negated(*c));
    let outcome = s.denials.first().copied().or(charged)?;
    let learning_only = s.says(&["学杂费"]) && s.has(Always) && s.number(Unit::Share, |_| true).is_none();
    (!learning_only).then(|| vec![leaving, sundry, outcome])
}

fn pays_extra(s: &Sentence<'_>) -> Option<Evidence> {
    let more = s.all(TopUp).iter().copied().find(|hit| {
        !s.negated(*hit) && (s.text(*hit) != "承担" || s.within(Negative, s.part(hit.start)).next().is_some())
    })?;
    let short = s.within(Negative, s.range.start..more.end.saturating_add(8).min(s.range.end)).next()?;
    let settled = s.has_any(&[ListPrice, Quit, Refund, Count])
        && (s.has_any(&[ListPrice, Quit, Refund]) || s.says(&["核算", "扣减", "结算"]));
    let school_pays = s.says(&["机构补", "甲方补足", "由机构", "给家长", "学校补", "机构应当补", "甲方应补"]);
    let waived = s.says(&["无需", "无须", "不再", "不需", "不得", "不用", "以零计", "不要求"]);
    let price_rise = s.has(Raise) && !s.has_any(&[ListPrice, Quit, Refund]);
    (settled && !school_pays && !waived && !price_rise).then(|| vec![short, more])
}
