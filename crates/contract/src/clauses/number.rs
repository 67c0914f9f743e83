//! Numbers in figures and words: shares, sums of money, spans of time, lessons.

use std::ops::Range;

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Unit {
    /// A share, in hundredths of a percent: 30% is 3,000.
    Share,
    /// Money, in fen.
    Fen,
    /// A span of time, in hours.
    Hours,
    /// Lessons, in hundredths.
    Lessons,
    /// Times (次), in hundredths.
    Times,
}

/// A number found, in folded characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Number {
    /// First character.
    pub start: usize,
    /// One past the last character, the unit included.
    pub end: usize,
    /// What is counted.
    pub unit: Unit,
    /// How much, in the unit.
    pub value: u64,
}

/// Units of money and things, longest first; the factor turns hundredths into the unit's value.
const UNITS: &[(&str, Unit, u64)] = &[
    ("个工作日", Unit::Hours, 24),
    ("个自然日", Unit::Hours, 24),
    ("个小时", Unit::Hours, 1),
    ("个星期", Unit::Hours, 168),
    ("个学期", Unit::Hours, 2_880),
    ("个月", Unit::Hours, 720),
    ("年级", Unit::Times, 0),
    ("工作日", Unit::Hours, 24),
    ("小时", Unit::Hours, 1),
    ("分钟", Unit::Hours, 1),
    ("学年", Unit::Hours, 8_640),
    ("学期", Unit::Hours, 2_880),
    ("课时", Unit::Lessons, 100),
    ("节课", Unit::Lessons, 100),
    ("次课", Unit::Lessons, 100),
    ("堂课", Unit::Lessons, 100),
    ("课次", Unit::Lessons, 100),
    ("个点", Unit::Share, 100),
    ("元", Unit::Fen, 100),
    ("块", Unit::Fen, 100),
    ("%", Unit::Share, 100),
    ("成", Unit::Share, 1_000),
    ("折", Unit::Share, 1_000),
    ("个礼拜", Unit::Hours, 168),
    ("礼拜", Unit::Hours, 168),
    ("周", Unit::Hours, 168),
    ("天", Unit::Hours, 24),
    ("日", Unit::Hours, 24),
    ("年", Unit::Hours, 8_640),
    ("节", Unit::Lessons, 100),
    ("堂", Unit::Lessons, 100),
    ("次", Unit::Times, 100),
];

/// All numbers with a unit in a range of the folded characters.
pub(super) fn numbers(chars: &[char], range: Range<usize>) -> Vec<Number> {
    let mut found = Vec::new();
    let mut at = range.start;
    while at < range.end {
        // Nearly every place of a text begins no number.
        if !chars.get(at).is_some_and(|c| begins(*c)) {
            at = at.saturating_add(1);
            continue;
        }
        let window = chars.get(at..range.end).unwrap_or_default();
        let bare = at
            .checked_sub(1)
            .and_then(|before| chars.get(before))
            .is_some_and(|c| "罚扣收付交赔减费金款送充存补掏算按".contains(*c));
        match number_at(window).or_else(|| if bare { bare_sum(window) } else { None }) {
            Some((length, unit, value)) => {
                if value > 0 {
                    found.push(Number { start: at, end: at.saturating_add(length), unit, value });
                }
                at = at.saturating_add(length.max(1));
            }
            None => at = at.saturating_add(1),
        }
    }
    found
}

/// Can a number begin with it?
fn begins(c: char) -> bool {
    c.is_ascii_digit() || matches!(c, '¥' | '对' | '半' | '过') || digit(c).is_some() || place(c).is_some()
}

/// 罚2000, 罚两千: a sum without its unit after a word for paying, at least two figures long.
fn bare_sum(window: &[char]) -> Option<(usize, Unit, u64)> {
    let figures = window.iter().take_while(|c| c.is_ascii_digit()).count();
    // 罚两千: in words only a round sum, for 一 and 三 begin other words.
    let round = || words(window).map(|(length, _)| length).filter(|length| *length > 1);
    let length = if figures > 0 { figures } else { round()? };
    let last = length.checked_sub(1).and_then(|at| window.get(at));
    if figures == 0 && !last.is_some_and(|c| "百佰千仟万".contains(*c)) {
        return None;
    }
    let next = window.get(length);
    let counted = next.is_some_and(|c| "个名人分次天日月年周节课堂小期步:.-".contains(*c));
    let (_, hundredths) = plain(window).filter(|_| (2..=7).contains(&length) && !counted)?;
    Some((length, Unit::Fen, hundredths))
}

/// The number at the beginning of a window: its length with the unit, and its value.
fn number_at(window: &[char]) -> Option<(usize, Unit, u64)> {
    let first = *window.first()?;
    if first == '¥' {
        let (length, hundredths) = plain(window.get(1..)?)?;
        return Some((length.saturating_add(1), Unit::Fen, hundredths));
    }
    // 七五折, 八五折
    if let [tens, ones, '折', ..] = window
        && let (Some(tens), Some(ones)) = (digit(*tens), digit(*ones))
        && tens > 0
    {
        return Some((3, Unit::Share, tens.saturating_mul(10).saturating_add(ones).saturating_mul(100)));
    }
    for (word, parts) in [("百分之", 100_u64), ("千分之", 1_000), ("万分之", 10_000)] {
        if starts(window, word) {
            let (length, hundredths) = plain(window.get(3..)?)?;
            let value = hundredths.saturating_mul(100).checked_div(parts).unwrap_or(0);
            return Some((length.saturating_add(3), Unit::Share, value));
        }
    }
    for (word, value) in
        [("对折", 5_000), ("半数", 5_000), ("一半", 5_000), ("半数", 5_000), ("过半", 5_000), ("对半", 5_000)]
    {
        if starts(window, word) {
            return Some((2, Unit::Share, value));
        }
    }
    let half_unit: &[(&str, Unit, u64)] =
        &[("半个月", Unit::Hours, 360), ("半年", Unit::Hours, 4_320), ("半学期", Unit::Hours, 1_440)];
    for (word, unit, value) in half_unit {
        if starts(window, word) {
            return Some((word.chars().count(), *unit, *value));
        }
    }
    let (length, hundredths) = plain(window)?;
    let rest = window.get(length..)?;
    // 三分之一, 1/3
    for (word, skip) in [("分之", 2_usize), ("/", 1)] {
        if starts(rest, word)
            && let Some((more, top)) = rest.get(skip..).and_then(plain)
        {
            // In words the whole is named first, in figures the part.
            let (part, whole) = if word == "/" { (hundredths, top) } else { (top, hundredths) };
            let value = part.saturating_mul(10_000).checked_div(whole)?;
            return Some((length.saturating_add(skip).saturating_add(more), Unit::Share, value));
        }
    }
    // 两千多元, 30余天
    let loose = rest.first().is_some_and(|c| matches!(c, '多' | '余' | '来'));
    let skip = usize::from(loose);
    let rest = rest.get(skip..)?;
    let counted = rest.first().is_some_and(|c| "个年工小分学课节次堂元块%成折礼周天日".contains(*c));
    for (word, unit, factor) in UNITS.iter().filter(|_| counted) {
        if starts(rest, word) {
            let length = length.saturating_add(skip).saturating_add(word.chars().count());
            let value = hundredths.saturating_mul(*factor).checked_div(100).unwrap_or(0);
            // 成 and 折 also begin other words: 一成不变, 两折叠.
            let value = if matches!(*unit, Unit::Share) && value > 10_000 { 0 } else { value };
            return Some((length, *unit, value));
        }
    }
    // 储值2万送5千: a round sum without its unit.
    let written: String = window.get(..length)?.iter().collect();
    if (written.ends_with('万') || written.ends_with('千'))
        && !rest.first().is_some_and(|c| "人名次个分本".contains(*c))
    {
        return Some((length, Unit::Fen, hundredths));
    }
    None
}

fn starts(window: &[char], word: &str) -> bool {
    let mut chars = window.iter();
    word.chars().all(|c| chars.next() == Some(&c))
}

/// A number without unit, in hundredths, and its length.
fn plain(window: &[char]) -> Option<(usize, u64)> {
    if window.first()?.is_ascii_digit() { figures(window) } else { words(window) }
}

fn figures(window: &[char]) -> Option<(usize, u64)> {
    let (mut length, mut whole, mut tail, mut places) = (0_usize, 0_u64, 0_u64, 0_u32);
    let mut point = false;
    for c in window.iter().take(16) {
        match c.to_digit(10) {
            Some(digit) if point => {
                if places < 2 {
                    tail = tail.saturating_mul(10).saturating_add(digit.into());
                    places = places.saturating_add(1);
                }
            }
            Some(digit) => whole = whole.saturating_mul(10).saturating_add(digit.into()),
            None if *c == '.' && !point => point = true,
            None => break,
        }
        length = length.saturating_add(1);
    }
    let tail = if places == 1 { tail.saturating_mul(10) } else { tail };
    let mut value = whole.saturating_mul(100).saturating_add(tail);
    // 2万, 1.5千, 3百: a place word after the figures, unless it is part of a unit below.
    if let Some(factor) = window.get(length).and_then(|c| place(*c))
        && factor >= 100
    {
        value = value.saturating_mul(factor);
        length = length.saturating_add(1);
    }
    Some((length, value))
}

fn digit(c: char) -> Option<u64> {
    Some(match c {
        '零' | '〇' => 0,
        '一' | '壹' => 1,
        '二' | '两' | '贰' | '兩' => 2,
        '三' | '叁' => 3,
        '四' | '肆' => 4,
        '五' | '伍' => 5,
        '六' | '陆' => 6,
        '七' | '柒' => 7,
        '八' | '捌' => 8,
        '九' | '玖' => 9,
        _ => return None,
    })
}

fn place(c: char) -> Option<u64> {
    Some(match c {
        '十' | '拾' => 10,
        '百' | '佰' => 100,
        '千' | '仟' => 1_000,
        '万' => 10_000,
        _ => return None,
    })
}

fn words(window: &[char]) -> Option<(usize, u64)> {
    let (mut total, mut group, mut last, mut length) = (0_u64, 0_u64, None, 0_usize);
    for c in window.iter().take(12) {
        if let Some(value) = digit(*c) {
            // 二三十 is rare in contracts; two digits in a row are read as a year or a number: 二〇二六.
            last = Some(last.map_or(value, |before: u64| before.saturating_mul(10).saturating_add(value)));
        } else if let Some(value) = place(*c) {
            if value == 10_000 {
                let whole = group.saturating_add(last.take().unwrap_or(u64::from(group == 0)));
                total = total.saturating_add(whole.saturating_mul(10_000));
                group = 0;
            } else {
                group = group.saturating_add(last.take().unwrap_or(1).saturating_mul(value));
            }
        } else if *c == '半' && length > 0 {
            // 两成半, 一年半: rounded down, which never makes a clause worse than it is.
            break;
        } else {
            break;
        }
        length = length.saturating_add(1);
    }
    if length == 0 {
        return None;
    }
    let value = total.saturating_add(group).saturating_add(last.unwrap_or(0));
    Some((length, value.saturating_mul(100)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(Unit, u64)> {
        let chars: Vec<char> = text.chars().collect();
        numbers(&chars, 0..chars.len()).into_iter().map(|n| (n.unit, n.value)).collect()
    }

    #[test]
    fn known_numbers() {
        for (text, expected) in [
            ("30%", (Unit::Share, 3_000)),
            ("百分之三十", (Unit::Share, 3_000)),
            ("百分之25", (Unit::Share, 2_500)),
            ("三成", (Unit::Share, 3_000)),
            ("叁拾%", (Unit::Share, 3_000)),
            ("5.5%", (Unit::Share, 550)),
            ("二分之一", (Unit::Share, 5_000)),
            ("1/3", (Unit::Share, 3_333)),
            ("万分之三", (Unit::Share, 3)),
            ("千分之一", (Unit::Share, 10)),
            ("五折", (Unit::Share, 5_000)),
            ("6个点", (Unit::Share, 600)),
            ("200元", (Unit::Fen, 20_000)),
            ("两百块", (Unit::Fen, 20_000)),
            ("三千五百元", (Unit::Fen, 350_000)),
            ("2万", (Unit::Fen, 2_000_000)),
            ("一万两千元", (Unit::Fen, 1_200_000)),
            ("5千元", (Unit::Fen, 500_000)),
            ("人民币10000元", (Unit::Fen, 1_000_000)),
            ("三十天", (Unit::Hours, 720)),
            ("15个工作日", (Unit::Hours, 360)),
            ("半个月", (Unit::Hours, 360)),
            ("10节课", (Unit::Lessons, 1_000)),
            ("六十课时", (Unit::Lessons, 6_000)),
            ("17.5课时", (Unit::Lessons, 1_750)),
        ] {
            assert_eq!(read(text), [expected], "{text}");
        }
        assert_eq!(read("第三章 一律"), []);
    }
}
