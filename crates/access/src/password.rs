//! What a password must be. Length counts most (NIST SP 800-63B-4, 3.1.1.2); words that everybody
//! tries first, and the name itself, are refused. No classes of characters are asked for.

/// Fewest characters.
pub const PASSWORD_CHARS_MIN: usize = 8;
/// Most characters: more is work for the hash and no gain.
pub const PASSWORD_CHARS_MAX: usize = 1000;

/// Passwords that are tried first, lower case; one a line.
const COMMON: &str = include_str!("common_passwords.txt");

/// Why a password is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordFault {
    /// Fewer than [`PASSWORD_CHARS_MIN`] characters or more than [`PASSWORD_CHARS_MAX`].
    #[error("the password has {0} characters")]
    Length(usize),
    /// One of those that are tried first, or one character over and over.
    #[error("the password is one of the most common")]
    Common,
    /// It contains the name to log in with.
    #[error("the password contains the user name")]
    ContainsName,
}

/// Is it fit as the password of this user?
///
/// # Errors
/// [`PasswordFault`], the length first.
pub fn check_password(username: &str, password: &str) -> Result<(), PasswordFault> {
    let length = password.chars().count();
    if !(PASSWORD_CHARS_MIN..=PASSWORD_CHARS_MAX).contains(&length) {
        return Err(PasswordFault::Length(length));
    }
    let folded = password.to_lowercase();
    let letters: std::collections::BTreeSet<char> = folded.chars().collect();
    // Digits and signs put behind a word are tried with the word.
    let stem = folded.trim_end_matches(|c: char| c.is_ascii_digit() || c.is_ascii_punctuation());
    if letters.len() < 4 || COMMON.lines().any(|common| common == folded || common == stem) {
        return Err(PasswordFault::Common);
    }
    let name = username.to_lowercase();
    if name.chars().count() >= 4 && folded.contains(&name) {
        return Err(PasswordFault::ContainsName);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_then_common_words_then_the_name() {
        for (password, fault) in [
            ("correct horse battery", None),
            ("长安一片月万户捣衣声", None),
            ("short", Some(PasswordFault::Length(5))),
            ("Password123", Some(PasswordFault::Common)),
            ("password!!!!2026", Some(PasswordFault::Common)),
            ("woaini1314", Some(PasswordFault::Common)),
            ("11111111", Some(PasswordFault::Common)),
            ("abababababab", Some(PasswordFault::Common)),
            ("Wuxing-Bureau-99", Some(PasswordFault::ContainsName)),
        ] {
            assert_eq!(check_password("bureau", password).err(), fault, "{password}");
        }
        assert_eq!(check_password("x", &"ab c".repeat(300)).err(), Some(PasswordFault::Length(1200)));
        // A name of two letters is in many words.
        assert!(check_password("li", "believe in lilacs").is_ok());
    }

    #[test]
    fn the_list_is_as_it_is_compared() {
        for line in COMMON.lines() {
            assert_eq!(line, line.to_lowercase().trim(), "{line}");
            assert!(!line.is_empty());
        }
    }
}
