//! What an operator reads: each sentence in Chinese, then in English.

use std::fmt;

/// An error with a sentence in both languages. The cause, if any, follows it in the chain.
#[derive(Debug)]
pub struct Said {
    zh: String,
    en: String,
    code: u8,
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n{}", self.zh, self.en)
    }
}

impl std::error::Error for Said {}

impl Said {
    /// Exit code of a command that ends with this error.
    pub const fn code(&self) -> u8 {
        self.code
    }

    /// With another exit code than 1.
    #[must_use]
    pub const fn with_code(mut self, code: u8) -> Said {
        self.code = code;
        self
    }
}

/// An error to be read by an operator.
pub fn said(zh: impl Into<String>, en: impl Into<String>) -> Said {
    Said { zh: zh.into(), en: en.into(), code: 1 }
}
