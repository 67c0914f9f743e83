//! Chinese by default, English for those who ask for it.

use axum::http::{HeaderMap, header::ACCEPT_LANGUAGE};

/// The languages of the answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// Chinese.
    #[default]
    Zh,
    /// English.
    En,
}

impl Language {
    /// The one that `Accept-Language` weighs highest; Chinese where it says nothing of either.
    pub fn of(headers: &HeaderMap) -> Language {
        let text = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let weight = |wanted: &str| {
            text.split(',')
                .filter_map(|range| {
                    let (tag, q) = range.split_once(';').unwrap_or((range, "q=1"));
                    let primary = tag.trim().split('-').next().unwrap_or_default();
                    let q = q.trim().strip_prefix("q=").and_then(|q| q.parse::<f32>().ok()).unwrap_or(1.0);
                    primary.eq_ignore_ascii_case(wanted).then_some(q)
                })
                .fold(0.0, f32::max)
        };
        if weight("en") > weight("zh") { Language::En } else { Language::Zh }
    }

    /// The tag for `Content-Language`.
    pub const fn tag(self) -> &'static str {
        match self {
            Language::Zh => "zh-CN",
            Language::En => "en",
        }
    }

    /// One of two texts.
    pub fn pick<T>(self, zh: T, en: T) -> T {
        match self {
            Language::Zh => zh,
            Language::En => en,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_heavier_language_wins_and_chinese_is_the_default() {
        for (text, language) in [
            ("", Language::Zh),
            ("en", Language::En),
            ("en-GB,en;q=0.9", Language::En),
            ("zh-CN,zh;q=0.9,en;q=0.8", Language::Zh),
            ("en;q=0.2, zh;q=0.9", Language::Zh),
            ("fr", Language::Zh),
            ("english please", Language::Zh),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_LANGUAGE, text.parse().unwrap());
            assert_eq!(Language::of(&headers), language, "{text}");
        }
    }
}
