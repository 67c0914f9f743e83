//! Liability excluded (U21–U23): injury, property, content.

use crate::clauses::concept::Concept::{self, *};
use crate::clauses::rule::{Rule, Severity};
use crate::clauses::scan::Hit;
use crate::clauses::sentence::{Evidence, Sentence};

/// The rules.
pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "U21",
        severity: Severity::Void,
        zh: "人身损害免责",
        en: "liability for personal injury is excluded",
        law: &["民法典506(1)", "民法典1199", "民法典1200", "民法典1201", "消保法26", "法释4号 9(5)"],
        advice_zh: "删除。机构负有教育、管理和安全保障义务，造成人身损害的免责约定一律无效。",
        advice_en: "Strike it. The institution owes care and safety; a term that excludes liability for injury is void.",
        find: injury,
    },
    Rule {
        id: "U22",
        severity: Severity::Unfair,
        zh: "财产损失免责",
        en: "liability for loss of property is excluded",
        law: &["民法典506(2)", "民法典497", "消保法26"],
        advice_zh: "改为：因机构故意或者重大过失、保管不善造成的损失由机构赔偿。",
        advice_en: "Make it: the institution compensates for loss by intent, gross negligence or poor custody.",
        find: property,
    },
    Rule {
        id: "U23",
        severity: Severity::Unfair,
        zh: "对课程内容和资料不负责",
        en: "no warranty for content or materials",
        law: &["民法典497", "消保法26"],
        advice_zh: "删除。机构应保证课程和资料合法、准确，有误的应当更正或者退费。",
        advice_en: "Strike it. The institution answers for lawful and correct content, and corrects or refunds.",
        find: content,
    },
];

/// 概不负责, 责任自负 and their like, unless it says what the law says anyway.
fn off_loaded(s: &Sentence<'_>) -> Option<Hit> {
    let exempt = s.all(Exempt).iter().copied().find(|hit| {
        let text = s.text(*hit);
        let hollow = matches!(text, "概不" | "不管" | "免除" | "不向" | "不负" | "不追究" | "无关");
        let told = match text {
            "概不" => s.says(&["概不负责", "概不承担", "概不赔", "概不理赔", "概不担", "责任概不"]),
            "不负" => s.says(&["不负责", "不负任何", "不负法律", "不负赔", "不负经济"]),
            "不追究" => s.names_institution(s.range.clone()) || s.says(&["不追究任何"]),
            "无关" => s.names_institution(s.range.clone()) || s.says(&["均与", "与甲方无关", "与乙方无关"]),
            "免除" => s.says(&["免除机构", "免除甲方", "免除乙方", "免除本", "免除我", "免除校方", "免除学校"]),
            _ => !hollow,
        };
        let mutual = s.slice(hit.start.saturating_sub(1).max(s.range.start), hit.start) == "互";
        told && !mutual && !s.negated(*hit)
    });
    exempt.or_else(|| {
        s.all(OnSelf).iter().copied().find(|hit| {
            let text = s.text(*hit);
            let bare = matches!(text, "由家长" | "由学员" | "由监护人" | "由用户" | "由会员" | "由其" | "由乙方");
            let after = s.slice(hit.end, hit.end.saturating_add(10).min(s.range.end));
            (!bare || ["承担", "负责", "自行", "自理", "负担", "承受"].iter().any(|word| after.contains(word)))
                && !s.negated(*hit)
        })
    })
}

/// According to fault, by law, or the institution's own doing.
fn by_fault(s: &Sentence<'_>) -> bool {
    s.has(Legal)
        && !s.says(&["概不", "一律", "任何责任", "任何法律", "全部责任", "一切责任", "不承担法律责任", "法律责任"])
}

fn excluded(s: &Sentence<'_>, thing: Concept) -> Option<(Hit, Hit)> {
    let how = off_loaded(s)?;
    let thing = s.first(thing)?;
    (!by_fault(s)).then_some((thing, how))
}

fn injury(s: &Sentence<'_>) -> Option<Evidence> {
    let waived = || {
        let waive = s.all(Waive).iter().copied().find(|w| !s.negated(*w))?;
        let claim = s.within(Complain, waive.end..s.range.end).next()?;
        Some((s.first(Injury)?, Hit { concept: Exempt, start: waive.start, end: claim.end }))
    };
    // 承诺不因受伤主张任何权利
    let sworn = || {
        let harm = s.first(Injury)?;
        let (neg, claim) = s.pairs(Prohibit, Complain, 16).find(|(_, claim)| {
            matches!(
                s.text(*claim),
                "主张权利"
                    | "主张任何权利"
                    | "索赔"
                    | "索偿"
                    | "追偿"
                    | "追责"
                    | "要求赔偿"
                    | "主张赔偿"
                    | "追究"
                    | "起诉"
                    | "诉求"
            )
        })?;
        let families = s.names_family(s.range.clone()) || s.says(&["乙方", "承诺", "自愿", "家属", "不得向"]);
        (families && !by_fault(s)).then_some((harm, Hit { concept: Exempt, start: neg.start, end: claim.end }))
    };
    let (harm, how) = excluded(s, Injury).or_else(waived).or_else(sworn)?;
    let text = s.text(harm);
    let weak = matches!(text, "损伤" | "伤" | "意外" | "生命" | "健康" | "事故")
        && s.has(Property)
        && !s.says(&["人身", "受伤", "伤亡"]);
    let other = s.has(Cause) && !s.says(&["伤", "人身", "安全", "死", "溺水"]) || s.says(&["损伤机构", "伤害机构名誉"]);
    (!weak && !other).then(|| vec![harm, how])
}

fn property(s: &Sentence<'_>) -> Option<Evidence> {
    let (thing, how) = excluded(s, Property).or_else(|| {
        let how = off_loaded(s)?;
        (s.has(Loss) && !s.has_any(&[Receipt, Injury]) && !by_fault(s)).then_some((s.first(Loss)?, how))
    })?;
    let lost = s.first(Loss).or_else(|| s.says(&["偷", "保管", "自行看管"]).then_some(thing))?;
    let school_loss =
        s.says(&["故意损坏", "损坏教学", "损坏设施", "爱护"]) || s.has(Receipt) && !s.says(&["财物", "物品", "手机"]);
    (!school_loss).then(|| vec![thing, lost, how])
}

fn content(s: &Sentence<'_>) -> Option<Evidence> {
    let content = s.first(Content)?;
    if s.has_any(&[Injury, Property])
        || s.has(Promise) && !s.has(Fault)
        || s.has(Data) && s.says(&["个人信息", "信息安全"])
    {
        return None;
    }
    let fault = s.first(Fault)?;
    let how = s.first(NoWarranty).or_else(|| off_loaded(s))?;
    let fair = s.says(&["免费更换", "免费补发", "负责更正", "更正", "如实填写", "故意"]) || by_fault(s);
    let business = s.has(Cause) && s.says(&["停课", "中断", "无法上课"]);
    // 对学习效果不作保证 is honest.
    let honest = s.says(&["学习效果", "考试成绩", "录取"]) && !s.says(&["准确", "完整", "正确", "错误"]);
    (!fair && !business && !honest).then(|| vec![content, fault, how])
}
