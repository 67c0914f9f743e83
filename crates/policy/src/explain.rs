//! What a refusal of policy data means, and what to do, in Chinese and English.

use crate::PolicyError as E;

/// A sentence in both languages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

fn both(zh: String, en: String) -> Explanation {
    Explanation { zh, en }
}

impl E {
    /// Where the trouble is, what it is and what to do about it.
    pub fn explain(&self) -> Explanation {
        match self {
            E::Syntax { file, line } => both(
                format!("{file} 第 {line} 行不是合法的 TOML。请检查该行及其前一行的引号、括号和等号。"),
                format!(
                    "{file}, line {line}, is not TOML. Look at the quotes, brackets and equal signs of this line and the one before."
                ),
            ),
            E::UnknownKey { file, key } => both(
                format!("{file}：没有名为 {key} 的参数或字段。请对照 docs/RULES.md 改正拼写，或删去该行。"),
                format!(
                    "{file}: there is no parameter or field {key}. Correct it by docs/RULES.md, or take the line out."
                ),
            ),
            E::Missing { file, key } => both(
                format!("{file}：缺少 {key}，或其内容为空。请补上；确无规定的，写 none = true 并注明来源。"),
                format!(
                    "{file}: {key} is missing or blank. Add it; where there is no rule, write none = true with the source."
                ),
            ),
            E::WrongType { file, key, expected } => both(
                format!("{file}：{key} 的写法不对，应为：{expected}。请照此改写。"),
                format!("{file}: {key} is not written as it must be. Write: {expected}."),
            ),
            E::Overlap { file, key, from_on } => both(
                format!(
                    "{file}：{key} 自 {from_on} 起的时段与前一时段重叠或次序颠倒。请给前一时段写上 until_on（{from_on} 的前一日），并按日期先后排列。"
                ),
                format!(
                    "{file}: the period of {key} from {from_on} overlaps the one before or comes out of order. Give the earlier one until_on, the day before {from_on}, and put them in order."
                ),
            ),
            E::Gap { file, key, from_on } => both(
                format!("{file}：{key} 在 {from_on} 之前有若干日没有取值。请延长前一时段，或补一段 none = true。"),
                format!(
                    "{file}: {key} has no value on the days before {from_on}. Extend the earlier period, or add one with none = true."
                ),
            ),
            E::Reversed { file, key, from_on, until_on } => both(
                format!("{file}：{key} 的时段自 {from_on} 起却止于 {until_on}。请改正其中一个日期。"),
                format!(
                    "{file}: a period of {key} begins on {from_on} and ends on {until_on}. Correct one of the days."
                ),
            ),
            E::Uncovered { file, key, pupils } => both(
                format!("{file}：{key} 没有为 {pupils} 人的班定价。请使各档首尾相接，从 1 人起，最后一档不写 to。"),
                format!(
                    "{file}: {key} has no price for a class of {pupils}. Let the bands join, from 1 pupil, the last without `to`."
                ),
            ),
            E::BandsOverlap { file, key, pupils } => both(
                format!(
                    "{file}：{key} 中 {pupils} 人的班落入两档。请改正档界；原文确实重叠的，写 shared_edges = true，答复会同时列出两档。"
                ),
                format!(
                    "{file}: in {key} a class of {pupils} falls into two bands. Correct the edges; where the text itself overlaps, write shared_edges = true, and answers name both bands."
                ),
            ),
            E::Inconsistent { file, key, expected } => both(
                format!("{file}：{key} 的内容自相矛盾，应满足：{expected}。请改正。"),
                format!("{file}: the parts of {key} contradict each other. It must hold: {expected}."),
            ),
            E::LevelAboveMissing { file, key, region } => both(
                format!(
                    "{file}：{key} 写明依 {region} 的规定，但 {region} 不是其上级，或上级数据中没有这一参数。请先补上级数据，或在本文件直接写值。"
                ),
                format!(
                    "{file}: {key} is left to {region}, which is no level above or has no such parameter. Add the file of that level first, or write the value here."
                ),
            ),
            E::OtherRegion { file, key, region } => both(
                format!("{file}：{key} 不是 {region}。请把草案交给它所写的地区，或改正 region。"),
                format!(
                    "{file}: {key} is not {region}. Hand the draft to the region that it names, or correct `region`."
                ),
            ),
            E::Retroactive { file, key, day, from_on } => both(
                format!(
                    "{file}：{key} 自 {day} 起，早于版本生效日 {from_on}。版本不得改变生效前的日子，请把 from_on 改为 {from_on} 或之后。"
                ),
                format!(
                    "{file}: {key} begins on {day}, before the version takes effect on {from_on}. A version does not change earlier days: let from_on be {from_on} or later."
                ),
            ),
            E::Ends { file, key } => both(
                format!(
                    "{file}：{key} 的最后一个全国性取值写了截止日，此后将无规则可循。请删去 until_on，或续写一段（可为 none = true）。"
                ),
                format!(
                    "{file}: the last national value of {key} ends, after which there would be none. Take until_on out, or add a period, none = true if need be."
                ),
            ),
            E::Twice { file, key } => both(
                format!("{file}：{key} 已在别处给出。请合并为一处。"),
                format!("{file}: {key} is given already. Keep one."),
            ),
            E::WrongDay { file, key, day } => both(
                format!(
                    "{file}：{key} 中的 {day} 不可能正确（不在该年、放假区间过长，或补班日不是周末）。请对照国务院办公厅通知改正。"
                ),
                format!(
                    "{file}: {day} in {key} cannot be right: outside its year, too long a range, or a make-up day that is no weekend day. Correct it by the notice of the State Council's office."
                ),
            ),
            E::BeforeData { key, region, on } => both(
                format!(
                    "{region} 在 {on} 的 {key} 没有数据：早于政策数据的起始日。本系统不作推测；请补充当时的规定后再算。"
                ),
                format!(
                    "Nothing is known of {key} for {region} on {on}: before the policy data begins. This system does not guess; add the rules of that time first."
                ),
            ),
        }
    }
}
