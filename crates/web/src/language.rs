//! Chinese and English, and the words of each: files in `messages/`, one per desk and language.

use std::collections::BTreeMap;

/// The languages of the pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// Chinese.
    #[default]
    Zh,
    /// English.
    En,
}

impl Language {
    /// All.
    pub const ALL: [Language; 2] = [Language::Zh, Language::En];

    /// The tag of `lang=` and `Accept-Language`.
    pub const fn tag(self) -> &'static str {
        match self {
            Language::Zh => "zh-CN",
            Language::En => "en",
        }
    }

    /// The word in addresses, cookies and names of files.
    pub const fn word(self) -> &'static str {
        match self {
            Language::Zh => "zh",
            Language::En => "en",
        }
    }

    /// The language of a word.
    pub fn of(word: &str) -> Option<Language> {
        Language::ALL.into_iter().find(|language| language.word() == word)
    }

    /// One of two.
    pub const fn pick<T: Copy>(self, [zh, en]: [T; 2]) -> T {
        match self {
            Language::Zh => zh,
            Language::En => en,
        }
    }
}

/// The words of one language, by key.
pub type Messages = BTreeMap<String, String>;

/// Reads a message file: tables become keys with dots.
///
/// # Errors
/// What TOML says.
pub fn read(text: &str) -> Result<Messages, toml::de::Error> {
    let table: toml::Table = text.parse()?;
    let mut messages = Messages::new();
    flatten("", &table, &mut messages);
    Ok(messages)
}

fn flatten(prefix: &str, table: &toml::Table, messages: &mut Messages) {
    for (name, value) in table {
        let key = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
        match value {
            toml::Value::Table(inner) => flatten(&key, inner, messages),
            toml::Value::String(text) => {
                messages.insert(key, text.clone());
            }
            other => {
                messages.insert(key, other.to_string());
            }
        }
    }
}
