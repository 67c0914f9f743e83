//! What the institution changes alone (U15–U20): teacher, place and time, online for offline, price,
//! the contract's end, and causes that it calls nobody's fault.

use crate::clauses::concept::Concept::{self, *};
use crate::clauses::rule::{Rule, Severity};
use crate::clauses::scan::Hit;
use crate::clauses::sentence::{Evidence, Sentence};

/// The rules.
pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "U15",
        severity: Severity::Void,
        zh: "机构可任意更换教师",
        en: "the institution may change the teacher at will",
        law: &["民法典497", "民法典543", "消保法26", "处罚办法12(5)", "法释4号 9(4)"],
        advice_zh: "改为：更换教师须提前通知并经家长书面同意；不同意的，可以解除合同并退还剩余费用。",
        advice_en: "Make it: notice beforehand and written consent, or the family may end the contract with the rest refunded.",
        find: teacher,
    },
    Rule {
        id: "U16",
        severity: Severity::Void,
        zh: "机构可任意变更时间、地点",
        en: "the institution may change time, place or campus at will",
        law: &["法释4号 9(4)", "法释4号 13(1)", "民法典497"],
        advice_zh: "改为：变更须提前通知并协商一致；造成明显不便的，家长可以解除合同并退还剩余费用。",
        advice_en: "Make it: notice and agreement; where it burdens the family it may end the contract with the rest refunded.",
        find: place,
    },
    Rule {
        id: "U17",
        severity: Severity::Void,
        zh: "单方改为线上授课",
        en: "a one-sided switch from offline to online",
        law: &["法释4号 9(4)", "法释4号 13", "民法典577", "民法典563"],
        advice_zh: "改为：改线上须经家长同意；不同意的退还剩余费用，同意的按线上标准重新计费。",
        advice_en: "Make it: only with the family's consent; otherwise the rest is refunded, and online lessons are priced as such.",
        find: online,
    },
    Rule {
        id: "U18",
        severity: Severity::Void,
        zh: "单方涨价或加收费用",
        en: "a one-sided increase of price or new fees",
        law: &["法释4号 9(4)", "法释4号 12", "消保法16", "消保法26", "发改价格〔2021〕1279号"],
        advice_zh: "删除。合同期内价格不变，除合同列明的费用外不得另收。",
        advice_en: "Strike it. The price holds for the term and nothing is charged beyond what the contract lists.",
        find: price,
    },
    Rule {
        id: "U19",
        severity: Severity::Unfair,
        zh: "机构可任意解除合同",
        en: "the institution may end the contract for reasons of its own",
        law: &["民法典562", "民法典497", "处罚办法12(5)"],
        advice_zh: "列明解除事由，须事先告知并给予改正机会；解除后退还全部剩余费用。",
        advice_en: "List the grounds, give notice and a chance to mend, and refund all that is left.",
        find: ends,
    },
    Rule {
        id: "U20",
        severity: Severity::Unfair,
        zh: "把经营原因当作不可抗力免责",
        en: "business causes are treated as force majeure",
        law: &["民法典577", "民法典590", "民法典497"],
        advice_zh: "删除。停电、租约、设备、人员等属于经营风险；停课应补课或者退费。",
        advice_en: "Strike it. Power, lease, equipment and staff are business risks; lost lessons are made up or refunded.",
        find: no_fault,
    },
];

/// What makes a change one-sided: a right to it, at will, without telling, or no word against it.
fn one_sided(s: &Sentence<'_>, change: Hit) -> Option<Hit> {
    if let Some(silent) = s.all(NoObject).iter().copied().find(|hit| !excused(s, *hit)) {
        return Some(silent);
    }
    if let Some(at_will) = s.all(AtWill).iter().copied().find(|hit| s.text(*hit) != "可能" && !s.negated(*hit)) {
        return Some(at_will);
    }
    // 有权, 保留…权利, 可 before the change, the institution or a party as the one who may.
    let part = s.part(change.start);
    let right = s.within(MayDo, part.start..s.range.end).find(|may| {
        let text = s.text(*may);
        let strong = matches!(text, "有权" | "保留" | "权利" | "权" | "决定");
        let weak = matches!(text, "可" | "可以" | "得" | "授权");
        let before = may.end <= change.start && !s.broken(may.end, change.start);
        let who = s.within(Institution, s.range.start..may.start.saturating_add(1)).next().is_some();
        (strong && (before || text == "保留" || text == "权利")
            || weak && before && change.start.saturating_sub(may.end) <= 10)
            && who
            && !s.negated(*may)
    });
    right.or_else(|| s.first(FinalSay).filter(|_| s.names_institution(s.range.clone())))
}

/// 不构成, 请理解 and the like in the family's favour.
fn excused(s: &Sentence<'_>, hit: Hit) -> bool {
    let text = s.text(hit);
    let institution = s.within(Institution, hit.start.saturating_sub(6).max(s.part(hit.start).start)..hit.start);
    let theirs =
        institution.into_iter().any(|i| !s.names_family(i.start..hit.start) && !matches!(s.text(i), "甲方" | "乙方"));
    theirs && matches!(text, "不得拒绝" | "不得以此" | "不得要求" | "不得因此" | "配合" | "应予配合")
}

/// The family asks, agrees or may leave, or the institution is forbidden it.
fn fair_change(s: &Sentence<'_>, change: Hit) -> bool {
    let part = s.part(change.start);
    let asked = s
        .within(Ask, part.start..change.start)
        .any(|ask| !s.broken(ask.end, change.start) && s.within(Consumer, part.start..ask.start).next().is_some());
    asked
        || s.asks_consent()
        || s.offers_exit()
        || s.has(Both) && !s.has(NoObject)
        || s.negated(change) && !s.says(&["无需通知", "不另行", "不告知", "无权拒绝", "不得异议", "不得拒绝"])
}

fn changed(s: &Sentence<'_>, object: Concept, gap: usize) -> Option<(Hit, Hit)> {
    let after = s.pairs(Change, object, gap).find(|(c, o)| !s.broken(c.end, o.start));
    after.or_else(|| s.pairs(object, Change, gap.saturating_add(12)).next().map(|(o, c)| (c, o)))
}

fn teacher(s: &Sentence<'_>) -> Option<Evidence> {
    let swapped = || {
        let teacher = s.all(Teacher).iter().copied().find(|t| s.text(*t) != "老师们")?;
        s.says(&["换人", "离职", "变更", "换老师", "老师有变"]).then_some((teacher, teacher))
    };
    let (change, object) = changed(s, Teacher, 10).or_else(swapped)?;
    let decides = matches!(s.text(change), "决定" | "确定") && object.end <= change.start && object.end != object.start;
    if s.text(change) == "取消" || decides || s.has(Recorded) && !s.says(&["任课", "授课", "老师", "教师"]) {
        return None;
    }
    let how = one_sided(s, change).or_else(|| s.denials.first().copied())?;
    // 申请换老师后不退 is the family's own change.
    let families = s.says(&["同意更换", "同意换", "申请换老师", "申请更换老师", "要求更换", "申请更换"]);
    (!families && !fair_change(s, change)).then(|| vec![object, change, how])
}

fn place(s: &Sentence<'_>) -> Option<Evidence> {
    let moved = || s.first(Move).map(|hit| (hit, hit));
    let (change, object) = changed(s, Place, 8).or_else(moved).or_else(|| {
        let object = s.all(Place).iter().copied().find(|p| !matches!(s.text(*p), "时间" | "地址" | "日程"))?;
        s.first(FinalSay).map(|say| (say, object))
    })?;
    if s.has(Teacher)
        && !s.has_any(&[Move])
        && changed(s, Teacher, 6).is_some()
        && s.all(Place).iter().all(|p| s.text(*p) == "教学点")
    {
        return None;
    }
    if s.has(Online) && s.has(Offline) || s.says(&["转校区的", "转过校区", "跨校区", "换校区另", "更换校区另"])
    {
        return None;
    }
    let own_change = (super::transfer::waived(s).is_some() || s.has(OwnReason) && !s.denials.is_empty())
        && !s.has_any(&[NoObject, AtWill]);
    let families = own_change || s.says(&["申请更换班型", "申请换", "学员申请", "家长申请"]);
    let loss = s.has_any(&[Injury, Loss]) && !s.has(Change);
    let how = one_sided(s, change).or_else(|| s.denials.first().copied())?;
    (!families && !loss && !fair_change(s, change)).then(|| vec![object, change, how])
}

fn online(s: &Sentence<'_>) -> Option<Evidence> {
    let online = s.first(Online)?;
    let same = s.says(&["等同", "同等效力", "效果相同", "效果一致"]);
    let switch = s.any(&[Offline]).or_else(|| s.says(&["停课", "停止面授", "无法开课"]).then_some(online))?;
    let hard = s.denials.first().copied().or_else(|| s.first(NoObject));
    let hard = hard.or_else(|| s.first(AtWill).filter(|hit| s.text(*hit) != "可能" && !s.negated(*hit)));
    let hard = hard.or_else(|| s.first(Punish));
    let right = || {
        s.all(MayDo).iter().copied().find(|m| {
            matches!(s.text(*m), "有权" | "决定" | "保留")
                && s.names_institution(s.range.start..m.end.saturating_add(1))
        })
    };
    let must = || {
        s.says(&["必须接受", "一律改", "不减", "费用标准不变", "费用不变", "照扣", "照常", "不退差"]).then_some(switch)
    };
    let how = hard.or_else(right).or_else(must)?;
    let fair =
        s.says(&["同意后", "书面确认", "家长不同意", "不同意的", "不同意者", "未经", "协商改", "可协商", "双方可"])
            || s.negated(switch)
            || s.denials.is_empty() && s.says(&["退还剩余", "差价退还", "退还差价", "退费"]) && !s.has(NoObject);
    (!fair || same && !s.denials.is_empty()).then(|| vec![online, switch, how])
}

fn price(s: &Sentence<'_>) -> Option<Evidence> {
    let about_price = s.says(&["单价", "学费标准", "收费标准", "价格", "调价", "涨", "上浮", "上调"]);
    if s.has_any(&[Quit, Refund]) && (!s.denials.is_empty() || !about_price) || s.has(Transfer) {
        return None;
    }
    let fair = s.says(&[
        "不受影响",
        "不影响",
        "仅适用于新",
        "政府指导价下调",
        "不变",
        "不涨",
        "不得",
        "退还差",
        "应当退还",
        "按线上标准",
        "重新核算",
        "退至",
        "免费",
        "没有其他收费",
    ]) && !s.says(&["不得拒绝", "不得异议", "不得有异议", "无权拒绝"])
        || s.asks_consent();
    let leaving = s.has(ListPrice) || s.has(Negative) && s.has(Quit) || s.has(Absent) && !s.has(MayDo);
    let change_class = s.has(ChangeClass) && !s.says(&["单价", "学费", "价格", "收费标准"]);
    if fair || leaving || change_class || s.has(Online) && s.has(Offline) {
        return None;
    }
    let said = s.first(Price).zip(s.first(FinalSay));
    let raised = s.pairs(Price, Raise, 22).chain(s.pairs(Raise, Price, 8).map(|(raise, object)| (object, raise)));
    raised.chain(said).filter(|(_, raise)| !s.negated(*raise)).find_map(|(object, raise)| {
        let how = one_sided(s, raise).or_else(|| owed(s).then_some(raise))?;
        Some(vec![object, raise, how])
    })
}

/// The family must pay what the institution later says.
fn owed(s: &Sentence<'_>) -> bool {
    const MUST: &[&str] = &[
        "补交",
        "补缴",
        "补足",
        "应按",
        "应当按",
        "须另行",
        "应补",
        "乙方应",
        "家长应",
        "家长须",
        "学员补",
        "另行支付",
        "不得拒绝",
        "另行缴纳",
        "需另行",
        "另行收取",
        "必须缴纳",
        "须缴纳",
        "必须支付",
        "都要交",
        "必须交",
        "不得拒缴",
    ];
    const WHEN: &[&str] = &[
        "上涨",
        "浮动",
        "调价",
        "届时",
        "新标准",
        "增设",
        "加收",
        "上调",
        "提高",
        "成本",
        "变动",
        "调整",
        "由机构确定",
        "机构决定",
        "机构通知",
        "更新",
        "由机构定",
        "学校通知",
        "由校方",
        "由老师",
        "老师决定",
        "视教学",
        "视情况",
        "新增",
    ];
    s.says(MUST) && s.says(WHEN)
}

fn ends(s: &Sentence<'_>) -> Option<Evidence> {
    // 取消任何学员资格, 拒绝任何学员继续上课: the act and its object apart.
    let apart = || {
        let what = s.says(&["取消"]) && s.says(&["资格", "学籍", "名额"])
            || s.says(&["拒绝"]) && s.says(&["继续上课", "入学", "听课", "入班", "上课资格"]);
        what.then(|| s.all(MayDo).last().copied()).flatten().map(|may| Hit {
            concept: Terminate,
            start: may.end,
            end: may.end.saturating_add(2).min(s.range.end),
        })
    };
    let end = s.all(Terminate).iter().copied().find(|hit| !s.negated(*hit)).or_else(apart)?;
    if s.has(Both)
        || s.has(Complain) && s.says(&["投诉", "举报", "差评", "发布", "言论"])
        || s.has(Absent) && s.numbers.iter().any(|n| n.value > 0)
        || s.has(Transfer)
    {
        return None;
    }
    let fair = s.says(&[
        "退还剩余",
        "退还全部",
        "仍不改正",
        "书面告知",
        "提前三十日",
        "提前30日",
        "提前通知",
        "应当提前",
        "全额退还",
        "保留学员",
        "应退还",
        "退还未",
        "退还相应",
        "催告",
    ]) && s.denials.is_empty();
    let by_family = s.says(&[
        "乙方可解除",
        "家长可解除",
        "家长可以解除",
        "学员可以解除",
        "可随时申请",
        "家长有权解除",
        "乙方有权解除合同，甲方退",
    ]) || s.has(Quit) && s.has(Remedy) && s.says(&["消费者有权"]);
    let before = s.range.start..end.end;
    let institution = s.names_institution(before.clone())
        || s.within(Institution, before.clone()).next().is_some() && !s.names_family(before.clone())
        || s.says(&["我们", "老师觉得", "甲方认为", "乙方认为"]);
    let will =
        s.all(AtWill).iter().copied().find(|hit| s.text(*hit) != "可能" && s.text(*hit) != "直接" && !s.negated(*hit));
    let right = s
        .within(MayDo, s.range.start..end.start)
        .find(|m| matches!(s.text(*m), "有权" | "保留" | "得" | "可" | "可以" | "权利"));
    let how = will
        .or_else(|| s.first(Judge).filter(|_| right.is_some() || !s.denials.is_empty()))
        .or_else(|| right.filter(|_| s.first(Exempt).is_some() || !s.denials.is_empty()))?;
    // 乙方提出终止的，甲方无需退还: the one who ends it is not the one who keeps the money.
    let party = |range| s.within(Institution, range).last().map(|hit| s.text(hit));
    let other = s.denials.first().is_some_and(|denial| {
        let (ender, keeper) = (party(s.part(end.start).start..end.start), party(end.end..denial.start.max(end.end)));
        matches!((ender, keeper), (Some("甲方"), Some("乙方")) | (Some("乙方"), Some("甲方")))
    });
    let near = |hit: Option<Hit>| hit.is_some_and(|hit| !s.broken(hit.start.min(end.start), hit.start.max(end.start)));
    (institution
        && !fair
        && !by_family
        && !other
        && (near(right) || near(will) || s.has(Judge))
        && (right.is_some() || s.has(Exempt) || s.says(&["无需", "无须"])))
    .then(|| vec![how, end])
}

fn no_fault(s: &Sentence<'_>) -> Option<Evidence> {
    let natural = s.says(&["地震", "洪水", "台风", "战争", "自然灾害", "疫情", "海啸", "暴雨", "火山"]);
    let called = || {
        s.first(Majeure).filter(|_| {
            !natural
                && s.says(&[
                    "视为不可抗力",
                    "视同不可抗力",
                    "均属不可抗力",
                    "属于不可抗力",
                    "等同不可抗力",
                    "等同于不可抗力",
                    "算不可抗力",
                ])
        })
    };
    let cause = s.first(Cause).or_else(called)?;
    let as_majeure = s.first(Majeure).filter(|hit| {
        let before = s.slice(hit.start.saturating_sub(4).max(s.range.start), hit.start);
        ["均属", "视为", "属于", "视同", "属", "等同", "构成", "为"].iter().any(|word| before.ends_with(word))
    });
    let free = s.all(Exempt).iter().copied().find(|hit| {
        !s.negated(*hit) && !matches!(s.text(*hit), "无关" | "概不" | "不管" | "免除" | "不向")
            || s.text(*hit) == "概不" && s.says(&["概不负责"])
    });
    let free = free.or_else(|| {
        s.denials
            .first()
            .copied()
            .filter(|_| s.says(&["停课", "中断", "无法上课", "无法进行", "取消", "不能如期", "原因"]))
    });
    let how = as_majeure.or(free)?;
    let fair = s.says(&[
        "安排补课",
        "顺延或退费",
        "负责安排",
        "互不承担",
        "剩余费用据实",
        "剩余费用退还",
        "退还剩余",
        "由机构负责",
        "经营成本",
    ]);
    let other = s.has_any(&[Injury, Property]) && !s.says(&["停课", "中断", "停电"])
        || s.has(Loan)
        || s.has(Online) && s.has(Offline)
        || s.has(Teacher) && s.has(NoObject)
        || s.has(Promise)
        || s.has(Records);
    (!fair && !other).then(|| vec![cause, how])
}
