//! The console's cookies, and what the browser must say so that a form is taken for the reader's own.

use axum::http::{HeaderMap, HeaderValue, header};

/// The API's token of the session.
pub const SESSION: &str = "tutela_session";
/// A random word that stands in every form too.
pub const FORM: &str = "tutela_form";
/// The language.
pub const LANGUAGE: &str = "tutela_lang";
/// Large type.
pub const TYPE: &str = "tutela_type";
/// What belongs to this browser while somebody is at the identity provider.
pub const RETURN: &str = "tutela_return";

/// Longest value that is looked at.
const VALUE_MAX: usize = 200;

/// The value of a cookie; only letters, digits, `-` and `_` are believed.
pub fn get(headers: &HeaderMap, name: &str) -> Option<String> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let plain = |value: &str| {
        !value.is_empty()
            && value.len() <= VALUE_MAX
            && value.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
    };
    lines
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(found, value)| *found == name && plain(value))
        .map(|(_, value)| value.to_owned())
}

/// A `Set-Cookie` line. Secrets cannot be read by scripts and are sent to this origin only when the
/// reader came from it.
pub fn set(name: &str, value: &str, secure: bool, seconds: Option<u32>) -> Option<HeaderValue> {
    let age = seconds.map(|seconds| format!("; Max-Age={seconds}")).unwrap_or_default();
    let secure = if secure { "; Secure" } else { "" };
    HeaderValue::try_from(format!("{name}={value}; Path=/; HttpOnly; SameSite=Strict{age}{secure}")).ok()
}

/// The `Set-Cookie` line of [`RETURN`]. It comes along when the provider leads the browser back, which
/// is another site; it opens nothing without what the provider hands back.
pub fn set_for_return(value: &str, secure: bool, seconds: u32) -> Option<HeaderValue> {
    let secure = if secure { "; Secure" } else { "" };
    let line = format!("{RETURN}={value}; Path=/login; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}");
    HeaderValue::try_from(line).ok()
}

/// Is a form sent from a page of ours? What the browser says of where it comes from, where it says
/// it; and the word of the cookie in the form.
pub fn is_own(headers: &HeaderMap, sent: Option<&str>) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let site = text("sec-fetch-site").is_none_or(|site| matches!(site, "same-origin" | "none"));
    let origin = text("origin").is_none_or(|origin| {
        let host = origin.split_once("://").map_or(origin, |(_, host)| host);
        text("host").is_some_and(|own| own.eq_ignore_ascii_case(host))
    });
    let word = match (get(headers, FORM), sent) {
        (Some(kept), Some(sent)) => same(kept.as_bytes(), sent.as_bytes()),
        _ => false,
    };
    site && origin && word
}

/// Without telling by its time where two words differ.
fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |sum, (a, b)| sum | (a ^ b)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (header::HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect()
    }

    #[test]
    fn a_form_from_elsewhere_is_not_ours() {
        let cookie = ("cookie", "a=b; tutela_form=abc123");
        let own = [cookie, ("host", "x.cn"), ("origin", "https://x.cn"), ("sec-fetch-site", "same-origin")];
        assert!(is_own(&headers(&own), Some("abc123")));
        assert!(is_own(&headers(&[cookie]), Some("abc123")));
        assert!(!is_own(&headers(&own), Some("abc124")));
        assert!(!is_own(&headers(&own), None));
        assert!(!is_own(&headers(&[("host", "x.cn")]), Some("abc123")));
        for (name, value) in [("origin", "https://y.cn"), ("origin", "null"), ("sec-fetch-site", "cross-site")] {
            assert!(!is_own(&headers(&[cookie, ("host", "x.cn"), (name, value)]), Some("abc123")), "{value}");
        }
    }

    #[test]
    fn odd_cookies_are_not_believed() {
        assert_eq!(get(&headers(&[("cookie", "tutela_session=a\"b")]), SESSION), None);
        assert_eq!(get(&headers(&[("cookie", "x=1;tutela_session=ab_c")]), SESSION).as_deref(), Some("ab_c"));
    }
}
