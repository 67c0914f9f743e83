//! Where a sentence refuses to pay money back, in whatever words: 不退, 不予…退还, 退费…不受理,
//! 视为放弃, 丧失退费资格, 余额归机构所有. And where it only seems to: 不得拒绝退费, 已消耗课时不退,
//! 逾期不退的应支付利息, 约定不退的条款无效.

use super::concept::Concept::{self, *};
use super::frames;
use super::scan::Hit;
use super::sentence::{Evidence, Sentence};

/// Every refusal, as hits of [`Concept::NoRefund`] from its first word to its last.
pub(super) fn denials(s: &Sentence<'_>) -> Evidence {
    if s.asks() {
        return Vec::new();
    }
    let mut found = Vec::new();
    plain(s, &mut found);
    refused(s, &mut found);
    not_handled(s, &mut found);
    given_up(s, &mut found);
    kept(s, &mut found);
    found.retain(|denial| !harmless(s, *denial));
    if found.is_empty() {
        // Freer wording, and wider in its place.
        let places = frames::denials(s).into_iter();
        found.extend(places.map(|(start, end)| Hit { concept: NoRefund, start, end }));
        found.retain(|denial| !harmless(s, *denial) && !forbidden(s, *denial));
    }
    found.sort_by_key(|hit| (hit.start, hit.end));
    merged(s, &found)
}

/// Overlapping refusals as one, each with the whole word that it ends in: 概不退, but 概不退款.
fn merged(s: &Sentence<'_>, found: &[Hit]) -> Evidence {
    let mut merged: Evidence = Vec::new();
    for hit in found {
        let word =
            s.within(Refund, hit.start..s.range.end).take_while(|word| word.start < hit.end).map(|word| word.end).max();
        let hit = Hit { end: hit.end.max(word.unwrap_or(hit.end)), ..*hit };
        match merged.last_mut() {
            Some(last) if hit.start < last.end => last.end = last.end.max(hit.end),
            _ => merged.push(hit),
        }
    }
    merged
}

fn span(a: Hit, b: Hit) -> Hit {
    Hit { concept: NoRefund, start: a.start.min(b.start), end: a.end.max(b.end) }
}

/// 不退, 恕不退, 退不了.
fn plain(s: &Sentence<'_>, found: &mut Evidence) {
    for hit in s.all(NoRefund) {
        let from = hit.start.saturating_sub(14).max(s.part(hit.start).start);
        let turned = s.within(Prohibit, from..hit.start).any(|p| {
            let total = matches!(
                s.text(p),
                "不存在"
                    | "并非"
                    | "不是"
                    | "绝非"
                    | "从不"
                    | "杜绝"
                    | "避免"
                    | "抵制"
                    | "严禁"
                    | "禁止"
                    | "不会"
                    | "不因"
            );
            let of_terms = s
                .within(Refuser, p.end..hit.start)
                .any(|r| matches!(s.text(r), "约定" | "规定" | "设置" | "拒绝" | "使用" | "排除" | "要求"))
                || s.slice(p.end, hit.start).starts_with('以');
            let total_word = matches!(s.slice(p.end, hit.start), "概" | "一律" | "一概");
            let at_once = total_word || p.end == hit.start && s.text(*hit).starts_with(['概', '恕', '谢', '拒']);
            (total || of_terms || at_once) && !s.split(p.end, hit.start)
        });
        if !turned {
            found.push(*hit);
        }
    }
}

/// 不予…退还, 无权要求返还, 拒绝退费; not 不得拒绝退费.
fn refused(s: &Sentence<'_>, found: &mut Evidence) {
    for (neg, refund) in s.pairs(Neg, Refund, 16) {
        let between = neg.end..refund.start;
        let whatever = s.text(neg).starts_with("不因") || s.text(neg).starts_with("不以");
        let free_way = (whatever || s.within(Duty, between.clone()).next().is_none())
            && s.within(Refuser, between.clone()).all(|r| matches!(s.text(r), "要求" | "无故" | "擅自"));
        if !free_way || s.broken(neg.end, refund.start) {
            continue;
        }
        let from = neg.start.saturating_sub(18).max(s.part(neg.start).start);
        let refusing = matches!(s.text(neg), "拒绝" | "不予" | "概不" | "一律不" | "不给" | "谢绝");
        let turned = s.within(Prohibit, from..neg.start).any(|p| {
            let total = matches!(s.text(p), "不存在" | "并非" | "不是" | "绝非" | "从不" | "杜绝" | "不会");
            (refusing || total) && !s.split(p.end, neg.start)
        });
        if !turned {
            found.push(span(neg, refund));
        }
    }
    for (neg, right) in s.pairs(Neg, EndRight, 5) {
        let speaker = s.range.start..neg.start;
        let own = s.slice(neg.start.saturating_sub(4).max(s.part(neg.start).start), neg.start);
        let negs = s.text(neg);
        if !s.broken(neg.end, right.start)
            && s.names_family(speaker)
            && !["机构", "学校", "我们", "本校"].iter().any(|who| own.ends_with(who))
            && !s.has(Both)
            && !matches!(negs, "无需" | "无须" | "不用" | "不必")
            && s.within(Refuser, neg.end..right.start).next().is_none()
        {
            found.push(span(neg, right));
        }
    }
}

/// 退费申请不予受理.
fn not_handled(s: &Sentence<'_>, found: &mut Evidence) {
    for (refund, handle) in s.pairs(Refund, NegHandle, 16) {
        let part = s.part(handle.start);
        let forbidden = s.within(Prohibit, part.start..handle.start).any(|p| p.end <= handle.start);
        // Across a comma the second half must speak of nothing else.
        let bare = matches!(
            s.text(handle),
            "不予"
                | "拒绝"
                | "概不"
                | "恕不"
                | "谢绝"
                | "不管"
                | "不理"
                | "一律不"
                | "一概不"
                | "不办"
                | "不支持"
                | "不答复"
        );
        let own = !s.broken(refund.end, handle.start) || !bare && handle.start.saturating_sub(part.start) <= 8;
        let about_other = s.within(Duty, refund.end..handle.start).any(|d| s.text(d).starts_with('应'));
        if !forbidden && own && !about_other {
            found.push(span(refund, handle));
        }
    }
}

/// 视为放弃退费, 丧失退费资格.
fn given_up(s: &Sentence<'_>, found: &mut Evidence) {
    for concept in [Waive, Lose] {
        for hit in s.all(concept).iter().copied().filter(|hit| !s.negated(*hit)) {
            let reach: &[(Concept, usize)] = if concept == Waive {
                &[(Refund, 14), (EndRight, 10), (Remaining, 8)]
            } else {
                &[(Refund, 14), (EndRight, 10)]
            };
            let object = reach.iter().find_map(|(object, gap)| {
                s.within(*object, hit.end..hit.end.saturating_add(*gap).min(s.range.end)).next()
            });
            let earlier = if concept == Waive {
                s.within(Refund, s.range.start..hit.start).last()
            } else {
                s.within(Refund, hit.start.saturating_sub(8).max(s.range.start)..hit.start).last()
            };
            if let Some(object) = object.or(earlier) {
                found.push(span(hit, object));
            }
        }
    }
}

/// 没收剩余学费, 余款归机构所有.
fn kept(s: &Sentence<'_>, found: &mut Evidence) {
    for hit in s.all(Forfeit).iter().copied().filter(|hit| !s.negated(*hit)) {
        let money = [Remaining, Fee, Deposit].iter().find_map(|concept| {
            let near = hit.start.saturating_sub(8).max(s.range.start)..hit.end.saturating_add(8).min(s.range.end);
            s.within(*concept, near).next()
        });
        if let Some(money) = money {
            found.push(span(hit, money));
        }
    }
    for (to, owner) in s.pairs(Belong, Institution, 1) {
        let money = [Remaining, Fee, Deposit]
            .iter()
            .find_map(|concept| s.within(*concept, to.start.saturating_sub(10).max(s.range.start)..to.start).last());
        if let Some(money) = money.filter(|_| s.text(to) == "归" && !s.has_any(&[Image, Interpret]) && !s.negated(to))
        {
            found.push(span(money, owner));
        }
    }
}

/// 本校不得…: the institution may not, and no family is named in between.
fn forbidden(s: &Sentence<'_>, denial: Hit) -> bool {
    let part = s.part(denial.start);
    let from = denial.start.saturating_sub(10).max(part.start);
    s.within(Prohibit, from..denial.start).any(|p| {
        let who = part.start..p.start;
        let family = s.within(Consumer, who.clone()).last().map(|hit| hit.start);
        let institution = s.within(Institution, who).last().map(|hit| hit.start);
        institution > family && !s.split(p.end, denial.start)
    })
}

/// What only seems to be a refusal.
fn harmless(s: &Sentence<'_>, denial: Hit) -> bool {
    let part = s.part(denial.start);
    let end_part = s.part(denial.end.saturating_sub(1).max(denial.start));
    if s.within(Invalid, s.range.clone()).next().is_some() && !s.says(&["收据无效", "赠课无效"]) {
        return true;
    }
    // 双倍返还: the law's own rule on earnest money (Civil Code 587).
    if s.has(Deposit) && s.says(&["双倍返还", "双倍退还", "两倍返还"]) {
        return true;
    }
    // Hours already taught are paid for; so is material that was opened or bought.
    let condition = s.within(Beyond, part.start..denial.start).next().is_some()
        && s.numbers.iter().any(|n| part.start <= n.start && n.end <= denial.start);
    let used = s.within(Consumed, part.start..denial.start).any(|c| {
        let object = c.end..c.end.saturating_add(5).min(denial.start);
        s.within(Fee, object.clone()).next().is_some() || s.within(Material, object).next().is_some()
    });
    let rest = s.within(Remaining, part.start..denial.start).next().is_some();
    if used && !rest && !condition && !s.has(Promo) {
        return true;
    }
    // An institution that does not pay back, and what it then owes.
    let tail = s.slice(denial.end, end_part.end);
    let conditional =
        tail.chars().count() <= 9 && (tail.ends_with('的') || tail.ends_with('者') || tail.ends_with('时'));
    if conditional && s.within(Remedy, denial.end..s.range.end).next().is_some() {
        return true;
    }
    let reported = s.within(Remedy, denial.end..s.range.end).any(|r| {
        matches!(s.text(r), "投诉" | "举报" | "12345" | "12315" | "反映" | "教育局")
            && !s.negated_far(r)
            && (conditional
                || s.names_family(denial.end..r.start)
                || s.slice(r.start.saturating_sub(3).max(s.range.start), r.start).contains(['请', '可']))
    });
    if reported {
        return true;
    }
    let after = s.slice(denial.end, denial.end.saturating_add(2).min(s.range.end));
    after.starts_with(['吗', '么', '?']) || s.slice(denial.end, end_part.end).ends_with('吗')
}
