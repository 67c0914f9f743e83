//! Whose word is last, where to go, and what may be said (U14, U30, U31).

use crate::clauses::concept::Concept::*;
use crate::clauses::rule::{Rule, Severity};
use crate::clauses::scan::Hit;
use crate::clauses::sentence::{Evidence, Sentence};

/// The rules.
pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "U14",
        severity: Severity::Void,
        zh: "机构享有最终解释权",
        en: "the final right of interpretation is the institution's",
        law: &["处罚办法12(6)", "民法典498", "京预付卡条例15"],
        advice_zh: "删除。有两种以上解释的，作不利于提供格式条款一方的解释。",
        advice_en: "Strike it. A standard term with two meanings is read against the party who drew it up.",
        find: interpretation,
    },
    Rule {
        id: "U30",
        severity: Severity::Void,
        zh: "约定对家长不便的争议解决方式",
        en: "a dispute forum that raises the family's costs",
        law: &["法释4号 9(6)", "处罚办法12(3)", "民法典497"],
        advice_zh: "改为由双方选择诉讼或者仲裁，不得只约定机构所在地。",
        advice_en: "Leave the choice between court and arbitration open, not only at the institution's seat.",
        find: forum,
    },
    Rule {
        id: "U31",
        severity: Severity::Void,
        zh: "限制投诉、评价、诉讼的权利",
        en: "complaints, reviews or claims are forbidden or waived",
        law: &["处罚办法12(3)", "消保法26", "民法典497(3)"],
        advice_zh: "删除。投诉、举报、如实评价和起诉是消费者的法定权利。",
        advice_en: "Strike it. To complain, to report, to review truthfully and to sue are rights by law.",
        find: gag,
    },
];

fn interpretation(s: &Sentence<'_>) -> Option<Evidence> {
    let right = s.all(Interpret).iter().copied().find(|hit| !s.negated_far(*hit));
    // 条款如何理解由本俱乐部说了算
    let rules_alone = || {
        let say = s.all(FinalSay).iter().copied().find(|hit| matches!(s.text(*hit), "说了算" | "最终决定"))?;
        let of_terms = s.says(&["条款", "规定", "规则", "理解", "合同", "须知", "章程", "细则", "活动"]);
        (of_terms && s.within(Institution, s.range.start..say.start).next().is_some()).then_some(say)
    };
    // 以甲方的理解为准
    let reading = || {
        let say = s.all(FinalSay).iter().copied().find(|hit| s.text(*hit) == "为准")?;
        let before = s.slice(say.start.saturating_sub(10).max(s.range.start), say.start);
        let theirs = s.within(Institution, say.start.saturating_sub(12).max(s.range.start)..say.start).next().is_some();
        (theirs
            && (before.ends_with("理解")
                || before.ends_with("说明")
                || before.ends_with("意见")
                || before.ends_with("口径")))
        .then_some(say)
    };
    let right = right.or_else(rules_alone).or_else(reading);
    let named = right.or_else(|| {
        // 由本中心负责解释, 解释悉由本校为之, 以学校的解释为准
        let explain = s.says(&["解释"]) && s.says(&["由", "归", "属", "以", "凭", "听"]);
        let who = s.all(Institution).iter().copied().find(|i| {
            let around =
                s.slice(i.start.saturating_sub(8).max(s.range.start), i.end.saturating_add(10).min(s.range.end));
            let before = s.slice(i.start.saturating_sub(2).max(s.range.start), i.start);
            around.contains("解释") && before.contains(['由', '归', '属', '以', '凭', '听'])
        });
        who.filter(|_| {
            explain && !s.says(&["向家长解释", "向乙方解释", "解释说明", "作出解释", "说明和解释", "解释清楚"])
        })
    })?;
    let fair = s.says(&[
        "不享有",
        "没有最终",
        "无最终",
        "不利于提供",
        "有利于学员",
        "有利于家长",
        "有利于消费者",
        "有权机关",
        "法院解释",
        "不得保留",
        "双方共同解释",
        "不得主张",
        "无效",
        "监管部门解释",
        "主管部门负责解释",
        "不得约定",
        "作出不利于",
    ]);
    let text = s.text(named);
    let bare = matches!(text, "进行解释" | "解释并") && !s.has(Institution);
    let owner = s.within(Institution, s.range.clone()).next().is_some() || s.says(&["解释权", "最终解释"]);
    (!fair && !bare && owner).then(|| vec![named])
}

fn forum(s: &Sentence<'_>) -> Option<Evidence> {
    let dispute = s.first(Dispute)?;
    let forum = s.all(Forum).iter().copied().find(|hit| !s.negated(*hit))?;
    if s.has(Choice)
        && !s.says(&["有管辖权的人民法院"])
        && !s.says(&["唯一", "只能", "专属", "放弃", "仅可", "只可", "仅能", "必须", "一律"])
        || s.has_any(&[Complain]) && s.says(&["不得", "举报", "投诉"]) && !s.has_any(&[InstitutionSeat])
    {
        return None;
    }
    let families =
        s.says(&["乙方住所地", "乙方所在地", "家长住所地", "消费者住所地", "学员住所地", "合同履行地", "家长所在地"]);
    let seat = s.first(InstitutionSeat).or_else(|| {
        let institution = s.all(Institution).iter().copied().find(|i| {
            let after = s.slice(i.end, i.end.saturating_add(9).min(s.range.end));
            !matches!(s.text(*i), "乙方")
                && ["所在地", "住所地", "注册地", "总部", "经营地", "登记地"].iter().any(|place| after.contains(place))
        });
        institution.map(|i| Hit { concept: InstitutionSeat, ..i })
    });
    let exclusive = s.first(Exclusive);
    let arbitration = s.says(&["仲裁"])
        && s.says(&[
            "提交",
            "应提交",
            "须提交",
            "终局",
            "仲裁委员会仲裁",
            "仲裁中心",
            "裁决为终局",
            "必须仲裁",
            "只能仲裁",
        ])
        && exclusive.is_some();
    let party_b = s.says(&["乙方住所地", "乙方所在地"]) && s.says(&["一律", "只能", "必须", "专属", "唯一"]);
    let open = s.says(&["双方另有", "可选择", "可以选择", "任选", "勾选", "或者向", "也可以向", "均可向"]);
    if open || families && !party_b && seat.is_none() {
        return None;
    }
    let how = seat.or(exclusive.filter(|_| arbitration || party_b || s.says(&["放弃诉讼", "唯一管辖", "专属管辖"])))?;
    Some(vec![dispute, how, forum])
}

fn gag(s: &Sentence<'_>) -> Option<Evidence> {
    let about_pictures = s.has_any(&[Image, Data]) && !s.says(&["投诉", "差评", "举报", "负面", "不利", "起诉"]);
    if s.has(Untrue) || s.asks() || about_pictures {
        return None;
    }
    let institution_barred = |neg: Hit, complain: Hit| {
        s.within(Refuser, neg.end..complain.start)
            .any(|r| !matches!(s.text(r), "要求" | "无故" | "擅自" | "恶意" | "使用" | "变相"))
            || s.says(&[
                "不得限制",
                "不得阻止",
                "不得打击",
                "不得因家长投诉",
                "不得删除",
                "无权限制",
                "不得阻碍",
                "不得以投诉",
            ])
    };
    let barred = s.pairs(Prohibit, Complain, 26).find(|(neg, complain)| {
        let about = s.text(*complain);
        let claim_for_refund = matches!(
            about,
            "索赔"
                | "索偿"
                | "要求赔偿"
                | "主张赔偿"
                | "追偿"
                | "追责"
                | "追究"
                | "评价"
                | "声誉"
                | "名誉"
                | "仲裁"
                | "不利于"
                | "教育局"
                | "诉求"
        ) && !s.says(&["不再追究", "评价", "声誉", "名誉", "不利于", "不得追究", "不得索赔"]);
        let sued = matches!(about, "起诉" | "诉讼" | "仲裁")
            && s.has_any(&[InstitutionSeat, Exclusive])
            && s.says(&["向"])
            && !s.says(&["不得起诉", "放弃"]);
        let weak = matches!(
            s.text(*neg),
            "不作"
                | "不因"
                | "不收"
                | "不提供"
                | "不支持"
                | "不含"
                | "不属于"
                | "不保证"
                | "不承诺"
                | "别"
                | "不设"
                | "不包含"
                | "勿"
                | "不涉及"
                | "不需要"
        );
        let reason = s.slice(complain.end, complain.end.saturating_add(3).min(s.range.end)).starts_with("不退");
        let private =
            matches!(about, "披露" | "透露" | "泄露") && (s.has(Data) || !s.names_family(s.range.start..neg.start));
        !private
            && !claim_for_refund
            && !sued
            && !weak
            && !reason
            && !institution_barred(*neg, *complain)
            && !no_answer(s, *neg, *complain)
    });
    if let Some((neg, complain)) = barred {
        let to_institution = s.says(&["未按", "拒不", "不退费的", "未退", "拒绝退", "不退还的"])
            && !s.names_institution(neg.end..complain.start);
        return (!to_institution).then(|| vec![neg, complain]);
    }
    let withdrawn =
        s.all(Complain).iter().copied().find(|hit| matches!(s.text(*hit), "撤销所有投诉" | "撤回投诉" | "撤诉"));
    if let Some(withdrawn) = withdrawn.filter(|_| s.says(&["须", "应", "必须", "保证", "承诺"])) {
        return Some(vec![withdrawn]);
    }
    let waived = s.pairs(Waive, Complain, 22).find(|(waive, _)| !s.negated(*waive));
    let waived = waived.filter(|(_, complain)| {
        !(s.has(Injury)
            && matches!(s.text(*complain), "索赔" | "追究" | "索偿" | "追偿" | "追责" | "要求赔偿" | "主张赔偿"))
    });
    if let Some((waive, complain)) = waived {
        return Some(vec![waive, complain]);
    }
    // 凡投诉的, 取消一切优惠
    let punished = s.pairs(Complain, Sanction, 24).find(|(complain, sanction)| {
        let about = s.text(*complain);
        let speech = matches!(
            about,
            "投诉"
                | "举报"
                | "差评"
                | "负面评价"
                | "负面信息"
                | "负面言论"
                | "不利言论"
                | "曝光"
                | "信访"
                | "维权"
                | "坏话"
                | "散布"
                | "12315"
                | "12345"
                | "上访"
                | "爆料"
                | "吐槽"
                | "发帖"
                | "不利于"
        );
        let mandated = s.says(&[
            "一经发现立即开除",
            "经核实",
            "机构应",
            "请举报",
            "可举报",
            "有权投诉",
            "有权举报",
            "可向",
            "可以向",
            "可投诉",
            "欢迎",
        ]);
        speech && !mandated && !s.negated(*sanction) && !s.split_far(complain.end, sanction.start)
    });
    punished
        .filter(|_| s.says(&["家长", "乙方", "学员", "凡", "如", "者", "若", "甲方"]))
        .map(|(complain, sanction)| vec![complain, sanction])
}

/// 投诉不得拖延: what the institution may not do with a complaint.
fn no_answer(s: &Sentence<'_>, neg: Hit, complain: Hit) -> bool {
    let part = s.part(neg.start);
    let institution_first = s.names_institution(part.start..neg.start) && !s.names_family(part.start..neg.start);
    institution_first && s.within(Consumer, neg.end..complain.start).any(|c| !matches!(s.text(c), "甲方" | "乙方"))
}
