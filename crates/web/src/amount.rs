//! Amounts, days and times as people write them, and back.

use kernel::{Day, Fen, Instant, TimeOfDay};

use crate::language::Language;

/// Fen from yuan as people type them: `1234.5`, `1,234.50`, `¥1234`. At most two decimals, no
/// rounding; nothing where it is no amount.
pub fn fen_of_yuan(text: &str) -> Option<i64> {
    let text = text.trim();
    let (negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let text = text.trim_start_matches(['¥', '￥']).trim();
    let text: String = text.chars().filter(|c| !matches!(c, ',' | '，')).collect();
    let (yuan, decimals) = text.split_once('.').unwrap_or((&text, ""));
    let digits = |text: &str| text.chars().all(|c| c.is_ascii_digit());
    if yuan.is_empty() || decimals.len() > 2 || !digits(yuan) || !digits(decimals) || text.ends_with('.') {
        return None;
    }
    let cents: i64 = format!("{decimals:0<2}").parse().ok()?;
    let fen = yuan.parse::<i64>().ok()?.checked_mul(100)?.checked_add(cents)?;
    Some(if negative { fen.checked_neg()? } else { fen })
}

/// `¥1,234.50`.
pub fn yuan(fen: i64) -> String {
    Fen::new(fen).to_yuan()
}

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// A day: `2026年5月6日`, `6 May 2026`; what is no day stays as it is.
pub fn day(text: &str, language: Language) -> String {
    if text.parse::<Day>().is_err() {
        return text.to_owned();
    }
    let mut parts = text.split('-').map(|part| part.parse::<usize>().unwrap_or(0));
    let (Some(year), Some(month), Some(day)) = (parts.next(), parts.next(), parts.next()) else {
        return text.to_owned();
    };
    match language {
        Language::Zh => format!("{year}年{month}月{day}日"),
        Language::En => {
            let name = month.checked_sub(1).and_then(|at| MONTHS.get(at)).copied().unwrap_or_default();
            format!("{day} {name} {year}")
        }
    }
}

/// A time in the county's zone, to the minute; what is no time stays as it is.
pub fn time(text: &str, language: Language) -> String {
    const MICROS_PER_MINUTE: i64 = 60_000_000;
    let Ok(instant) = Instant::parse_rfc3339(text) else { return text.to_owned() };
    let on = instant.day();
    let Ok(start) = Instant::start_of(on) else { return text.to_owned() };
    let minutes = instant.micros().saturating_sub(start.micros()) / MICROS_PER_MINUTE;
    format!("{} {:02}:{:02}", day(&on.to_string(), language), minutes / 60, minutes % 60)
}

/// A day and a time in the county's zone, `2026-05-07T00:30`, as the instant that it is.
pub fn instant(text: &str) -> Option<Instant> {
    let (day, time) = text.split_once('T')?;
    let time = time.parse::<TimeOfDay>().ok()?;
    let start = Instant::start_of(day.parse().ok()?).ok()?;
    let micros = i64::from(time.minutes()).checked_mul(60_000_000)?;
    Instant::try_from_micros(start.micros().checked_add(micros)?).ok()
}

/// Days from one day to another; nothing where one of them is no day.
pub fn days_between(from: &str, until: &str) -> Option<i32> {
    let from: Day = from.parse().ok()?;
    Some(from.days_until(until.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yuan_become_fen_exactly() {
        for (text, fen) in [
            ("1234.5", Some(123_450)),
            ("¥1,234.50", Some(123_450)),
            (" 0.01 ", Some(1)),
            ("￥90", Some(9_000)),
            ("-3", Some(-300)),
            ("1.005", None),
            ("1.", None),
            (".5", None),
            ("", None),
            ("1e3", None),
            ("99999999999999999999", None),
        ] {
            assert_eq!(fen_of_yuan(text), fen, "{text}");
        }
        assert_eq!(yuan(123_450), "¥1,234.50");
    }

    #[test]
    fn days_and_times_are_written_as_people_do() {
        assert_eq!(day("2026-05-06", Language::Zh), "2026年5月6日");
        assert_eq!(day("2026-05-06", Language::En), "6 May 2026");
        assert_eq!(day("soon", Language::En), "soon");
        assert_eq!(time("2026-05-06T16:30:59.5Z", Language::En), "7 May 2026 00:30");
        let noted = instant("2026-05-07T00:30").map(|instant| instant.to_string());
        assert_eq!(noted.map(|noted| time(&noted, Language::En)).as_deref(), Some("7 May 2026 00:30"));
        assert_eq!((instant("2026-05-07"), instant("2026-05-07T25:00")), (None, None));
        assert_eq!(days_between("2026-05-06", "2026-06-01"), Some(26));
    }
}
