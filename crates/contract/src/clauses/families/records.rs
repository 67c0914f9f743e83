//! What is taken as done, agreed or given (U24, U32–U34): delivery, pictures and data, renewal,
//! silence.

use crate::clauses::concept::Concept::*;
use crate::clauses::rule::{Rule, Severity};
use crate::clauses::sentence::{Evidence, Sentence};

/// The rules.
pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "U24",
        severity: Severity::Void,
        zh: "开通账号即视为全部交付",
        en: "a recorded course counts as wholly delivered at login",
        law: &["民法典497", "消保法26", "法释4号 15"],
        advice_zh: "改为：按实际学习的章节计算已消课时，未学习部分可以退费。",
        advice_en: "Count what was really watched as delivered; the rest is refundable.",
        find: delivered,
    },
    Rule {
        id: "U32",
        severity: Severity::Unfair,
        zh: "概括授权使用肖像、作品或个人信息",
        en: "a blanket licence to use the child's image, works or data",
        law: &[
            "民法典1019",
            "民法典1035",
            "个人信息保护法14",
            "个人信息保护法28",
            "个人信息保护法31",
            "消保法29",
            "处罚办法11",
        ],
        advice_zh: "删除。使用未满十四周岁学员的肖像和信息须由监护人单独同意，并可随时撤回。",
        advice_en: "Strike it. A child's image and data need the guardian's separate consent, which can be withdrawn.",
        find: image,
    },
    Rule {
        id: "U33",
        severity: Severity::Unfair,
        zh: "自动续费、自动续约",
        en: "automatic renewal or charge",
        law: &["消保法9", "消保法10", "消保法26", "教监管函〔2021〕2号"],
        advice_zh: "删除。续费须由家长明示同意，且不得早于规定的收费时间。",
        advice_en: "Strike it. Renewal needs the family's express consent, and no earlier than the rules let fees be taken.",
        find: renewal,
    },
    Rule {
        id: "U34",
        severity: Severity::Unfair,
        zh: "沉默视为同意、以机构记录为准",
        en: "silence is consent, or the institution's record is conclusive",
        law: &["法释4号 25", "消保法26"],
        advice_zh: "改为：消课由家长确认，可以在监管规定的期限内提出异议；记录不一致的由机构举证。",
        advice_en: "Let the family confirm lessons and object within the regulator's term; the institution proves its record.",
        find: silence,
    },
];

fn delivered(s: &Sentence<'_>) -> Option<Evidence> {
    let recorded = s.first(Recorded)?;
    let delivered = s.all(Delivered).iter().copied().find(|hit| !s.negated(*hit))?;
    (!s.says(&["未解锁", "未观看部分", "按实际", "按章节"])).then(|| vec![recorded, delivered])
}

fn image(s: &Sentence<'_>) -> Option<Evidence> {
    let object = s.any(&[Image, Data])?;
    let free = || s.all(Use).iter().copied().filter(|hit| !s.negated_far(*hit));
    let used = free().find(|hit| s.text(*hit) != "使用").or_else(|| free().next())?;
    let weak = s.text(used) == "使用" && !s.says(&["永久", "无偿", "免费", "肖像", "任意使用", "不限", "随意使用"])
        || s.text(used) == "网站" && !s.has(Grant);
    let grant = s.first(Grant).filter(|g| s.text(*g) != "视为" || s.has(Deemed) || s.says(&["授权"]))?;
    let waived = s.pairs(NoNeed, ConsentVerb, 4).next().is_some()
        || s.pairs(NoNeed, Consent, 8).next().is_some() && !s.says(&["未经"]);
    let fair = s.has(Limited)
        && !waived
        && !s.says(&["无需征得", "无须征得", "无需同意", "无须同意", "无需取得", "不必征得", "无须取得", "无需经"]);
    let recorded_course = s.says(&["课程视频权限", "视频权限", "观看视频"]) || s.has(Recorded) && s.has(Refund);
    let materials = s.says(&["查阅", "如实填写", "学习报告", "不得将"]) || s.negated(grant) && !s.says(&["不得主张"]);
    (!weak && !fair && !recorded_course && !materials).then(|| vec![object, grant, used])
}

fn renewal(s: &Sentence<'_>) -> Option<Evidence> {
    let auto = s.all(AutoRenew).iter().copied().find(|hit| !s.negated(*hit));
    let auto = auto.or_else(|| {
        let silent = s.first(Silent)?;
        let by_default = s.says(&["默认", "视为", "自动", "当作", "就当"]);
        (by_default
            && s.says(&[
                "续费",
                "续约",
                "续报",
                "续期",
                "续下",
                "续读",
                "不续",
                "续学",
                "下一期",
                "下学期",
                "下一阶段",
                "下一级",
            ]))
        .then_some(silent)
    })?;
    let bare = matches!(s.text(auto), "自动将" | "自动从" | "自动抵扣" | "系统将默认" | "自动延续" | "自动延长");
    let renews = s.first(Renew).or((!bare).then_some(auto))?;
    let fair = s.says(&[
        "默认关闭",
        "不自动",
        "不会自动",
        "非自动",
        "自主开启",
        "不含自动",
        "不得自动",
        "没有自动",
        "手动",
        "不设自动",
        "须重新签",
        "书面确认后",
        "自动续费的，应",
        "不开通自动",
    ]);
    let validity_extended =
        s.says(&["有效期自动顺延", "课程自动顺延", "课时自动顺延", "免费自动", "自动顺延有效期", "有效期自动延"]);
    (!fair && !validity_extended).then(|| vec![auto, renews])
}

fn silence(s: &Sentence<'_>) -> Option<Evidence> {
    let regulated = s.has(Regulated) && !s.says(&["不得"])
        || s.says(&[
            "按监管部门规定",
            "按照监管规定",
            "由机构举证",
            "以家长确认为准",
            "双方核对",
            "期间可随时提出异议",
            "十五个工作日",
            "15个工作日",
        ]);
    if regulated || s.has(Image) {
        return None;
    }
    let deemed = s.all(Deemed).iter().copied().find(|hit| !s.negated(*hit)).or_else(|| {
        let (word, accept) = s.pairs(DeemWord, Accept, 8).find(|(word, _)| !s.negated(*word))?;
        Some(crate::clauses::scan::Hit { concept: Deemed, start: word.start, end: accept.end })
    });
    if let Some(deemed) = deemed {
        let condition = s.first(Silent).or_else(|| s.any(&[AtWill, NoNeed]).filter(|_| false));
        let renewal = s.has(Renew) && s.has(AutoRenew);
        return condition.filter(|c| c.start < deemed.end && !renewal).map(|condition| vec![condition, deemed]);
    }
    // 以机构系统记录为准, 不得异议
    let record = s.first(Records)?;
    let last = s.first(FinalSay)?;
    let unilateral = s.any(&[NoObject]).or_else(|| {
        s.says(&["单方", "唯一", "最终", "不接受", "不认可", "机构系统", "我校系统", "本机构", "后台"]).then_some(last)
    })?;
    (!s.negated(last)).then(|| vec![record, last, unilateral])
}
