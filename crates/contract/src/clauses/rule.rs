//! What a rule of the clause check is.

use super::sentence::{Evidence, Sentence};

/// How bad a term is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// A text of law or of the Supreme Court makes it void.
    Void,
    /// It puts the family at a disadvantage that the law disapproves of.
    Unfair,
    /// It depends on circumstances that the text alone does not show.
    Check,
}

impl Severity {
    /// As requests and answers write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Severity::Void => "void",
            Severity::Unfair => "unfair",
            Severity::Check => "check",
        }
    }

    /// As people read it, in Chinese.
    pub const fn zh(self) -> &'static str {
        match self {
            Severity::Void => "无效",
            Severity::Unfair => "不公平",
            Severity::Check => "需核对",
        }
    }
}

/// An unfair term.
#[derive(Debug)]
pub struct Rule {
    /// Its id, `U01` to `U40`.
    pub id: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What it is, in Chinese.
    pub zh: &'static str,
    /// What it is, in English.
    pub en: &'static str,
    /// What it breaks. 法释4号 is 法释〔2025〕4号, 处罚办法 is 侵害消费者权益行为处罚办法.
    pub law: &'static [&'static str],
    /// What to do, in Chinese.
    pub advice_zh: &'static str,
    /// What to do, in English.
    pub advice_en: &'static str,
    pub(super) find: fn(&Sentence<'_>) -> Option<Evidence>,
}

impl Rule {
    /// When a refusal has several explanations, the lowest tier tells it.
    pub(super) fn tier(&self) -> u8 {
        match self.id {
            "U01" => 2,
            "U02" | "U03" => 1,
            _ => 0,
        }
    }
}
