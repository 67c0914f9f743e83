//! Money that the family loses (U25, U27–U29): penalties, earnest money, lost papers, absence.

use crate::clauses::concept::Concept::*;
use crate::clauses::number::Unit;
use crate::clauses::rule::{Rule, Severity};
use crate::clauses::scan::Hit;
use crate::clauses::sentence::{Evidence, Sentence};

/// A penalty up to this share is not out of proportion by itself, hundredths of a percent: courts cut
/// 20% to 5% (Minhang, 2021).
const PENALTY_SHARE_FAIR: u64 = 500;
/// Earnest money may be a fifth of the price (Civil Code 586), hundredths of a percent.
const DEPOSIT_SHARE_MAX: u64 = 2_000;

/// The rules.
pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "U25",
        severity: Severity::Unfair,
        zh: "只约束家长的过高违约金",
        en: "a penalty out of proportion, on the family only",
        law: &["民法典585(2)", "民法典497", "消保法26"],
        advice_zh: "删除，或者改为双方对等、不超过实际损失的违约金。",
        advice_en: "Strike it, or make it equal for both sides and no more than real loss.",
        find: penalty,
    },
    Rule {
        id: "U27",
        severity: Severity::Unfair,
        zh: "定金不退或者定金过高",
        en: "earnest money never refundable, or above a fifth of the price",
        law: &["民法典586", "民法典587", "民法典497"],
        advice_zh: "定金不超过合同价款的20%，写明机构违约双倍返还；订金、占位费等未开课应当退还。",
        advice_en: "Earnest money is at most 20% of the price and doubled back on the institution's breach; other advances are refunded.",
        find: deposit,
    },
    Rule {
        id: "U28",
        severity: Severity::Void,
        zh: "遗失票据、卡证即不退不补",
        en: "a lost receipt or card means no refund and no replacement",
        law: &["法释4号 9(3)", "法释4号 24", "法释4号 25", "京预付卡条例15", "处罚办法12"],
        advice_zh: "删除。机构有交易记录，凭身份和付款记录即应办理退费和补办。",
        advice_en: "Strike it. The institution keeps records: identity and the record of payment are enough.",
        find: lost_paper,
    },
    Rule {
        id: "U29",
        severity: Severity::Unfair,
        zh: "请假缺课加重处理",
        en: "absence is charged or punished out of proportion",
        law: &["民法典497(2)", "消保法10", "消保法26"],
        advice_zh: "改为：提前请假的不扣课时并安排补课；未请假的至多计当次课时。",
        advice_en: "Make it: no hours are lost with notice and lessons are made up; without notice at most that lesson counts.",
        find: absence,
    },
];

fn amount(s: &Sentence<'_>) -> Option<Hit> {
    let number = s.numbers.iter().find(|n| match n.unit {
        Unit::Share => n.value > PENALTY_SHARE_FAIR,
        Unit::Fen => n.value >= 10_000,
        Unit::Hours | Unit::Lessons | Unit::Times => false,
    });
    let number = number.map(|n| Hit { concept: Charge, start: n.start, end: n.end });
    number.or_else(|| s.first(Forfeit)).or_else(|| {
        s.first(Penalty).filter(|_| {
            s.says(&["全部学费", "全部费用", "剩余学费", "剩余费用", "全额", "双倍学费"])
                && s.says(&["作为违约", "抵作", "充抵"])
        })
    })
}

fn penalty(s: &Sentence<'_>) -> Option<Evidence> {
    // 扣除合同总额的25%后退还余款 is a penalty without the name.
    let unnamed = || {
        let total = s.says(&[
            "总额",
            "总金额",
            "总费用",
            "总学费",
            "合同金额",
            "全部费用",
            "全部学费",
            "总价",
            "学费总",
            "课程费用的",
            "培训费用的",
            "所交学费的",
            "已交费用的",
            "剩余学费",
            "剩余费用",
            "余款的",
            "合同价款",
        ]);
        let share = s.number(Unit::Share, |value| value > PENALTY_SHARE_FAIR)?;
        let taken = s.all(Charge).iter().copied().find(|c| {
            matches!(
                s.text(*c),
                "扣" | "扣除" | "扣减" | "扣收" | "赔付" | "另付" | "付" | "支付" | "缴纳" | "交纳" | "承担"
            ) && c.end <= share.start
                && share.start.saturating_sub(c.end) < 14
                && !s.negated(*c)
        })?;
        (total && !s.has_any(&[Cost, Sundry, Transfer, Deposit, Absent, ListPrice, Instalment])).then_some(taken)
    };
    let fined = || {
        let charge =
            s.all(Charge).iter().copied().find(|c| matches!(s.text(*c), "罚" | "赔" | "罚款") && !s.negated(*c))?;
        s.number(Unit::Fen, |value| value >= 10_000).map(|_| charge)
    };
    let named = s.all(Penalty).iter().copied().find(|hit| !s.negated(*hit));
    let penalty = named.or_else(unnamed).or_else(fined)?;
    let leaves = s.any(&[Quit, Breach]).or_else(|| s.any(&[OwnReason]))?;
    let how_much = amount(s)?;
    let institution_pays = s.says(&[
        "赔偿家长",
        "赔偿学员",
        "逾期退",
        "未按时退",
        "不退费的",
        "向学员支付",
        "向家长支付",
        "机构单方终止",
        "机构违约",
        "甲方违约的，",
        "给家长",
        "机构应支付",
        "甲方逾期退",
        "停止办学",
        "机构提前终止",
        "赔偿消费者",
    ]);
    let symmetrical = s.has(Both) && s.number(Unit::Share, |v| v > 3_000).is_none();
    let daily = s.says(&["每日", "每逾期一日", "每天按", "按日"])
        && s.number(Unit::Share, |v| v > PENALTY_SHARE_FAIR).is_none();
    let absent = s.has(Absent) && s.number(Unit::Share, |_| true).is_none() && !s.has(Quit);
    let mild = s.says(&["不收取违约金", "无须支付违约金", "无需支付违约金", "不超过"]);
    (!institution_pays && !symmetrical && !daily && !absent && !mild).then(|| vec![leaves, penalty, how_much])
}

fn deposit(s: &Sentence<'_>) -> Option<Evidence> {
    let deposit = s.all(Deposit).iter().copied().find(|hit| s.text(*hit) != "押金" || s.has(Fee))?;
    // Absence fees are called by the same names.
    if s.has(Absent) && s.says(&["停课", "请假", "延期", "保留学位"]) && s.denials.is_empty() {
        return None;
    }
    let statutory = s.says(&["双倍", "两倍"]);
    let share =
        s.number(Unit::Share, |value| value > DEPOSIT_SHARE_MAX).filter(|n| n.start.saturating_sub(deposit.end) < 16);
    let sums: Vec<u64> = s.numbers.iter().filter(|n| n.unit == Unit::Fen).map(|n| n.value).collect();
    let large = match sums.as_slice() {
        [first, second, ..] => first.saturating_mul(5) > *second && first < second,
        _ => false,
    };
    let share_hit = share.map(|n| Hit { concept: Deposit, start: n.start, end: n.end });
    let capped = s.says(&["不超过", "不得超过"]);
    let refused = s.denials.first().copied().filter(|_| !statutory);
    let refused = refused.or_else(|| s.first(Forfeit).filter(|_| !statutory));
    let how = refused.or(share_hit.filter(|_| !capped)).or_else(|| (large && !capped).then_some(deposit))?;
    Some(vec![deposit, how])
}

/// A paper or card that somebody lost or does not have, the lack first.
pub(super) fn missing_paper(s: &Sentence<'_>) -> Option<(Hit, Hit)> {
    let turned = s.pairs(Receipt, Lack, 8).map(|(paper, lack)| (lack, paper));
    s.pairs(Lack, Receipt, 8).chain(turned).find(|(lack, paper)| {
        // 没有, 无 and 丢 must stand at the paper itself.
        let bare = matches!(s.text(*lack), "没有" | "无" | "丢" | "缺" | "没留" | "不见" | "找不到" | "缺失");
        !bare || paper.start.max(lack.start).saturating_sub(paper.end.min(lack.end)) <= 1
    })
}

fn lost_paper(s: &Sentence<'_>) -> Option<Evidence> {
    let (lack, paper) = missing_paper(s)?;
    let text = s.text(lack);
    // 凭收据, 须持原件 alone asks for a paper; refusing without it is the term.
    let asks =
        matches!(text, "凭" | "必须持" | "必须凭" | "须持" | "须凭" | "须提供" | "须出示" | "必须提供" | "必须出示");
    let outcome =
        s.all(NotReissue).iter().copied().find(|hit| !s.negated(*hit)).or_else(|| s.denials.first().copied())?;
    let fair = s.says(&[
        "免费补办",
        "也可以",
        "也可退",
        "即可",
        "可凭",
        "可以凭",
        "凭付款记录",
        "复印",
        "可补办",
        "仍可",
        "也能退",
        "也没关系",
        "就能退",
        "就可以退",
        "补一张",
        "不收费",
    ]);
    let order_ok = outcome.end > lack.start.min(paper.start);
    let merely = asks && !s.says(&["否则", "无收据", "无票", "无发票", "遗失", "丢失", "没有", "无凭"]);
    let consumed_only = s.has(Complain) || s.has(Sanction) && s.has(Untrue);
    (!fair && order_ok && !merely && !consumed_only).then(|| vec![lack, paper, outcome])
}

fn absence(s: &Sentence<'_>) -> Option<Evidence> {
    let absent = s.first(Absent).filter(|hit| s.text(*hit) != "学位" || s.says(&["空置", "占位", "保留"]))?;
    let fair = s.says(&[
        "不扣课时",
        "不扣费",
        "安排补课",
        "可补课",
        "免费补",
        "可以补",
        "可顺延",
        "顺延课时",
        "不收取任何",
        "择日补",
        "插班补",
        "另不收",
        "计一课时",
        "计一个课时",
        "请补",
        "补习",
        "可调课",
    ]) && !s.says(&["不安排补课", "不予安排", "罚"])
        || s.has(Free) && !s.says(&["不收", "无需"]) && s.denials.is_empty();
    if fair || s.has_any(&[Promise, Deposit]) && !s.says(&["占位费", "空置费", "保留学位"]) || s.has_any(&[Transfer])
    {
        return None;
    }
    let teacher = s.says(&["老师请假", "教师请假", "老师因", "教师因", "主讲", "机构停课", "机构原因", "甲方停课"]);
    let punish = s
        .all(Punish)
        .iter()
        .copied()
        .find(|hit| !s.negated(*hit) && (s.text(*hit) != "不补" || s.says(&["扣", "不退", "一律不补"])));
    let fee = s.number(Unit::Fen, |value| value >= 1_000).filter(|_| s.has(Charge));
    let fee = fee.map(|n| Hit { concept: Charge, start: n.start, end: n.end });
    let many = s.numbers.iter().find(|n| n.unit == Unit::Lessons && n.value > 100 && s.says(&["扣", "扣除", "计扣"]));
    let many = many.map(|n| Hit { concept: Punish, start: n.start, end: n.end });
    let lost = s.denials.first().copied().filter(|_| {
        !s.says(&["换班", "延期、停课一次后", "转", "换科"])
            && s.says(&["请假", "缺课", "缺勤", "缺席", "旷课", "病假", "事假", "迟到"])
    });
    let how = punish
        .or(many)
        .or(fee.filter(|_| !s.has(ChangeClass) || s.says(&["延期", "停课", "休学", "请假", "缺课"])))
        .or(lost)?;
    let late_payment = s.says(&["逾期支付", "逾期缴费", "暂停授课", "迟延支付"]);
    let gathered = s.has(Place) && s.has(Move) || s.has(Complain);
    (!teacher && !late_payment && !gathered).then(|| vec![absent, how])
}
