//! How and how much is paid (U35–U38): prepayment beyond the caps, outside custody, by loan, against
//! promises of results.

use crate::clauses::concept::Concept::*;
use crate::clauses::number::Unit;
use crate::clauses::rule::{Rule, Severity};
use crate::clauses::scan::Hit;
use crate::clauses::sentence::{Evidence, Sentence};

/// Hours, money and time of one charge beyond which a package looks like a prepayment over the caps.
/// The caps that decide are policy data of the region; a text names neither region nor category, so
/// the check only points at it.
const HOURS: u64 = 6_000;
const FEN: u64 = 500_000;
const SPAN: u64 = 2_400;

/// The rules.
pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "U35",
        severity: Severity::Check,
        zh: "超限额预收费、储值、大课包",
        en: "prepayment beyond the caps, as stored value or a package",
        law: &["教监管函〔2021〕2号", "教监管〔2022〕4号"],
        advice_zh: "一次收费不超过3个月或者60课时，非学科类不超过5000元；拆成多次、按期收取。",
        advice_en: "One charge covers at most 3 months or 60 hours, and 5,000 yuan for non-subject training; split it.",
        find: beyond_caps,
    },
    Rule {
        id: "U36",
        severity: Severity::Void,
        zh: "在监管账户以外收费",
        en: "payment outside the escrow account",
        law: &["教监管函〔2021〕2号"],
        advice_zh: "删除。预收费应当全部进入专用账户；请勿向个人转账，并可举报。",
        advice_en: "Strike it. All prepaid fees go to the dedicated account; do not pay a person, and report it.",
        find: outside_escrow,
    },
    Rule {
        id: "U37",
        severity: Severity::Void,
        zh: "诱导使用培训贷",
        en: "a training loan",
        law: &["教监管函〔2021〕2号", "中办发〔2021〕40号", "合同示范文本特别提示2"],
        advice_zh: "删除。严禁以培训贷方式缴纳培训费用。",
        advice_en: "Strike it. Fees may not be paid by a training loan.",
        find: loan,
    },
    Rule {
        id: "U38",
        severity: Severity::Unfair,
        zh: "承诺效果并附退费陷阱",
        en: "promises of results that become refund traps",
        law: &["消保法20", "消保法26", "广告法24", "民法典496", "民法典497", "民法典498"],
        advice_zh: "删除。不得对升学、考试结果作保证性承诺，退费不以成绩和出勤为条件。",
        advice_en: "Strike it. Results may not be promised, and a refund does not depend on marks or attendance.",
        find: promised,
    },
];

fn beyond_caps(s: &Sentence<'_>) -> Option<Evidence> {
    let prepay = s.all(Prepay).iter().copied().find(|hit| !s.negated(*hit))?;
    let strong = s.says(&[
        "充值",
        "储值",
        "预存",
        "充",
        "按学年",
        "按年",
        "一次性",
        "一次交",
        "一次缴",
        "一次付",
        "预交",
        "包年",
        "课包",
        "套餐",
        "课时包",
        "一口气",
        "一把交",
        "囤课",
        "买断",
        "起售",
        "vip",
        "VIP",
        "年卡",
        "终身",
        "付清",
        "大课包",
        "续满",
        "打包",
        "永久",
        "三年",
        "两年",
        "全年",
    ]);
    let fair = s.has(Capped) && !s.says(&["一次缴清", "可享", "优惠"])
        || s.says(&["不得", "严禁", "禁止", "有效期", "任教", "教龄", "工作满"])
            && !s.says(&["永久", "可享", "不得退"])
        || s.has_any(&[Refund, Penalty, Deposit])
            && !s.says(&["充值", "储值", "预存", "一次性", "一次", "交两年", "交三年"]);
    let lost = !s.denials.is_empty() || s.has_any(&[Transfer, Lapse, Terminate, Complain, Image, Loan, ListPrice]);
    // 交满两年
    let years = s.numbers.iter().any(|n| {
        let before = s.slice(n.start.saturating_sub(3).max(s.range.start), n.start);
        n.unit == Unit::Hours && n.value > SPAN && before.contains(['交', '缴', '付', '充', '存', '购', '买', '报'])
    });
    let strong = strong || years;
    if fair || lost || !strong {
        return None;
    }
    // 充5000送3000: credit with a bonus.
    let bonus = || {
        let paid = s.all(Prepay).iter().find(|p| matches!(s.text(**p), "充" | "充值" | "储值" | "预存" | "存"))?;
        let after = s.slice(paid.end, paid.end.saturating_add(10).min(s.range.end));
        let figures: String = after.chars().take_while(char::is_ascii_digit).collect();
        let yuan: u64 = figures.parse().ok()?;
        (yuan >= 3_000 && after.contains(['送', '返', '赠'])).then_some(*paid)
    };
    if let Some(paid) = bonus() {
        return Some(vec![paid]);
    }
    let number = s.numbers.iter().find(|n| match n.unit {
        Unit::Lessons => n.value > HOURS,
        Unit::Fen => n.value > FEN,
        Unit::Hours => n.value > SPAN && s.says(&["学费", "费", "交", "缴", "充", "储", "卡", "报"]),
        Unit::Share | Unit::Times => false,
    });
    let how = number
        .map(|n| Hit { concept: Prepay, start: n.start, end: n.end })
        .or_else(|| s.first(LongTerm).filter(|hit| s.text(*hit) != "学年" || s.says(&["一次"])))?;
    Some(vec![prepay, how])
}

fn outside_escrow(s: &Sentence<'_>) -> Option<Evidence> {
    let pay = s.any(&[PayTo])?;
    let fair = s.all(Warn).iter().any(|hit| {
        let text = s.text(*hit);
        // 不走监管, 不开发票 are evasions, not warnings.
        !matches!(text, "不得" | "不会" | "拒绝" | "不能" | "开除" | "不要" | "无需" | "不需要" | "不支持")
            || text == "不得" && !s.says(&["不得要求开", "不得声张"])
            || text == "不要" && !s.says(&["不要走", "不要通过", "不要用平台", "不要在平台"])
            || text == "不会"
            || text == "拒绝"
            || text == "不能" && !s.says(&["不能走", "不能开"])
            || text == "不支持" && !s.says(&["不支持监管", "不支持平台"])
    });
    if fair || s.has_any(&[Refund, Quit]) && !s.says(&["学费可", "学费转", "学费请", "转给", "转入老师", "转账至"])
    {
        return None;
    }
    let private = s.first(Private);
    let evade = s.first(Evade);
    let strong = s.says(&[
        "个人微信",
        "个人账户",
        "私人",
        "个人银行",
        "私户",
        "法人个人",
        "个人支付宝",
        "老师微信",
        "财务微信",
        "个人收款",
        "法人账户",
        "收款码",
        "本人微信",
        "不走监管",
        "不走对公",
        "不走平台",
        "避开",
        "不入监管",
        "不进监管",
        "绕开",
        "绕过",
        "比走平台",
        "不经监管",
        "老师个人",
        "不通过平台",
        "不经平台",
        "私下",
        "校长微信",
        "会计个人",
        "老板微信",
        "店长微信",
        "个人卡",
        "前台微信",
        "老师支付宝",
        "教练微信",
        "教练支付宝",
        "校长卡",
        "老师卡",
        "私卡",
        "会计微信",
        "顾问微信",
        "不方便走监管",
    ]);
    let to_person = s.says(&[
        "转给",
        "转到",
        "打到",
        "打给",
        "转账给",
        "汇给",
        "给前台",
        "给课程顾问",
        "给老师",
        "给校长",
        "给班主任",
        "转入老师",
        "转老师",
        "转校长",
        "转教练",
        "转财务",
        "转会计",
        "打老师",
        "发给老师",
        "红包给",
        "微信直接转",
        "交给",
        "支付至",
        "转至",
        "付至",
        "汇至",
        "转我",
        "付给",
    ]) && !s.says(&["公众号", "小程序", "对公"]);
    let fee = s.has_any(&[Fee, Deposit]) || s.says(&["费", "款", "付", "缴", "转账", "现金"]) || strong && to_person;
    let custody =
        s.says(&["转入监管账户", "存入监管账户", "缴入监管", "转入托管", "进入托管", "监管账户缴", "对公账户"])
            && evade.is_none();
    let mode = strong
        || to_person && private.is_some()
        || s.says(&["现金"])
            && s.says(&["不开发票", "不开票", "不用开票", "不要票", "便宜", "给前台", "给课程顾问", "不入"]);
    if !mode || !fee || custody || s.has(Data) && !s.says(&["学费", "付款", "转账", "缴费", "尾款"]) {
        return None;
    }
    let mut evidence = vec![pay];
    evidence.extend(private);
    evidence.extend(evade);
    Some(evidence)
}

fn loan(s: &Sentence<'_>) -> Option<Evidence> {
    let loan = s.first(Loan).or_else(|| s.near(Instalment, Finance, 30).and_then(|pair| pair.first().copied()))?;
    let warned = s.all(Warn).iter().any(|hit| !matches!(s.text(*hit), "不能" | "无需" | "不需要" | "不会" | "认准"));
    let negated = s.negated_far(loan)
        || s.says(&[
            "不使用",
            "不提供",
            "不办理",
            "不得",
            "严禁",
            "没有任何贷款",
            "不与任何",
            "不涉及",
            "不接受分期",
            "不存在",
        ]);
    let interest = s.text(loan) == "贷款" && s.says(&["贷款市场报价", "同期贷款", "贷款利率", "贷款基准"])
        || s.text(loan) == "贷" && s.says(&["贷款市场报价", "同期", "利率"]);
    (!warned && !negated && !interest).then(|| vec![loan])
}

fn promised(s: &Sentence<'_>) -> Option<Evidence> {
    let clear = |hit: &Hit| {
        !s.negated_far(*hit) && !s.says(&["不承诺", "不作", "不保证", "不对", "无法保证", "不得作", "不做", "不能保证"])
    };
    let promise = s.all(Promise).iter().copied().find(|hit| {
        clear(hit)
            && (!matches!(s.text(*hit), "名校" | "重点高中" | "百分百" | "保底" | "不过退")
                || s.has_any(&[PromiseVerb]))
    });
    if let Some(promise) = promise {
        let weak = s.text(promise) == "提分" && !s.has_any(&[PromiseVerb, Refund]) && !s.says(&["无效", "保", "必"]);
        return (!weak && !s.says(&["口头承诺"])).then(|| vec![promise]);
    }
    let (verb, result) = s.pairs(PromiseVerb, Result, 14).find(|(verb, result)| {
        let text = s.text(*verb);
        let result_text = s.text(*result);
        let school = matches!(text, "包" | "保") && !matches!(result_text, "录取" | "考上" | "升学" | "考入" | "过级");
        let about = result_text != "分"
            || s.numbers.iter().any(|n| n.unit == Unit::Share)
            || s.slice(result.start.saturating_sub(3).max(s.range.start), result.start)
                .chars()
                .any(|c| c.is_ascii_digit() || "十百".contains(c));
        !s.negated_far(*verb) && !school && about && !s.broken(verb.end, result.start)
    })?;
    let honest =
        s.says(&["教师资格", "不作", "不承诺", "不保证", "教材内容合法", "证书齐全", "具备", "按课表", "教学质量"])
            || !clear(&verb);
    let unmet = s.text(verb).starts_with('未') || s.text(verb).starts_with("不达");
    let paid_back = s.has_any(&[Refund, Free, Absent]);
    (!honest && (!unmet || paid_back)).then(|| vec![verb, result])
}
