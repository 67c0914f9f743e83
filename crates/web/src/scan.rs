//! POST /scan: a photograph of a code, or a receipt's file. The code of a certificate leads to the
//! institution's page, a receipt is checked as if its text had been pasted. Where a code leads is never
//! followed: of an address only the institution in it is used, on this server.

use std::sync::{Arc, LazyLock};

use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::response::Response;
use serde_json::Value;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

use crate::code::{self, Unreadable};
use crate::login::foreign;
use crate::render::Renderer;
use crate::serve::{see, show};
use crate::submit::{Sent, run};
use crate::upload::{self, Typed};
use crate::upstream::{self, Answer};
use crate::visit::Visit;
use crate::{Console, cookies};

/// The page on which receipts are checked.
pub const PAGE: &str = "/receipts";
/// Its form.
pub const FORM: &str = "receipt_check";
/// Longest receipt, bytes; longer texts are none.
const TEXT_BYTES_MAX: usize = 300_000;

/// Photographs read at once; each may take a second of a core and much memory.
static READING: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new(2));

/// What the text of a code or a file is about.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Meaning {
    /// An institution's page.
    Institution(String),
    /// A licence, as older certificates name it.
    Licence(String),
    /// A receipt.
    Receipt,
    /// Something to look for: a credit code, a licence number.
    Words(String),
    /// Something else.
    Unknown,
}

fn meaning(text: &str) -> Meaning {
    let text = text.trim();
    if text.contains("tutela1:") || text.starts_with("tutela-receipt/") {
        return Meaning::Receipt;
    }
    let plain = |part: &&str| part.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    if let Some((_, rest)) = text.split_once("://") {
        let path = rest.split(['?', '#']).next().unwrap_or_default();
        let mut parts = path.split('/').skip(1);
        let id = |part: Option<&str>| part.filter(plain).filter(|id| id.len() == 36).map(str::to_owned);
        let found = match parts.next() {
            Some("i") => id(parts.next()).map(Meaning::Institution),
            Some("v1") if parts.next() == Some("licences") => id(parts.next()).map(Meaning::Licence),
            _ => None,
        };
        return found.unwrap_or(Meaning::Unknown);
    }
    if (8..=40).contains(&text.len()) && plain(&text) {
        return Meaning::Words(text.to_owned());
    }
    Meaning::Unknown
}

/// POST /scan.
pub async fn read(State(console): State<Arc<Console>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let mut visit = Visit::of(&console, &parts).await;
    let typed = upload::typed(&parts, body, upload::PUBLIC_FILES_BYTES_MAX).await;
    PAGE.clone_into(&mut visit.path);
    visit.query.clear();
    let mut response = match typed {
        Ok(typed) if cookies::is_own(&parts.headers, value(&typed, "_csrf")) => answer(&console, &visit, typed).await,
        Ok(_) => foreign(&console, &visit),
        Err(upload::TooLarge) => refused(&console, &visit, 413, "scan.too_large").await,
    };
    visit.keep(&console, &mut response);
    response
}

fn value<'t>(typed: &'t Typed, name: &str) -> Option<&'t str> {
    typed.fields.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
}

async fn answer(console: &Console, visit: &Visit, mut typed: Typed) -> Response {
    let Some(file) = typed.files.iter().find(|file| !file.bytes.is_empty()) else {
        return refused(console, visit, 422, "scan.nothing").await;
    };
    let text = match text_of(file.bytes.clone()).await {
        Ok(text) => text,
        Err(key) => return refused(console, visit, 422, key).await,
    };
    match meaning(&text) {
        Meaning::Institution(id) => see(&format!("/i/{id}")),
        Meaning::Words(words) => see(&format!("/?q={words}")),
        Meaning::Licence(id) => {
            let path = format!("/v1/licences/{id}/certificate");
            let found = upstream::get(&console.api, &visit.caller, path).await;
            match found.body.get("institution").and_then(Value::as_str) {
                Some(institution) if found.is_success() => see(&format!("/i/{institution}")),
                _ => refused(console, visit, 404, "scan.unknown_licence").await,
            }
        }
        Meaning::Receipt => {
            typed.files.clear();
            typed.fields.push(("_form".to_owned(), FORM.to_owned()));
            typed.fields.push(("receipt".to_owned(), text));
            run(console, visit, typed).await
        }
        Meaning::Unknown => refused(console, visit, 422, "scan.unknown").await,
    }
}

/// The text of a file: the code in a picture, or the file itself.
async fn text_of(bytes: Bytes) -> Result<String, &'static str> {
    if !code::is_picture(&bytes) {
        let text = std::str::from_utf8(&bytes).ok().filter(|text| text.len() <= TEXT_BYTES_MAX);
        return text.map(str::to_owned).ok_or("scan.no_picture");
    }
    let Ok(_turn) = READING.try_acquire() else { return Err("scan.busy") };
    // A picture made to break what reads it breaks this thread alone.
    let read = spawn_blocking(move || code::text(&bytes)).await.unwrap_or(Err(Unreadable::NoPicture));
    read.map_err(|why| match why {
        Unreadable::NoPicture => "scan.no_picture",
        Unreadable::TooLarge => "scan.too_large",
        Unreadable::NoCode => "scan.no_code",
    })
}

/// The page with what is wrong beside its form.
async fn refused(console: &Console, visit: &Visit, status: u16, key: &str) -> Response {
    let word = |key: &str| Renderer::word(visit.language, key);
    let answer = Answer::refused(status, &word("scan.cannot"), &word(key));
    let sent = Sent { form: FORM.to_owned(), fields: Vec::new(), answer, trial: false };
    show(console, visit, Some(&sent)).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_institution_of_an_address_is_used() {
        let id = "0197a000-0000-7000-8000-000000000001";
        for (text, wanted) in [
            (format!("https://ledger.example/i/{id}"), Meaning::Institution(id.to_owned())),
            (format!("http://127.0.0.1:8080/i/{id}?on=2026-01-01"), Meaning::Institution(id.to_owned())),
            (format!("https://evil.example/i/{id}"), Meaning::Institution(id.to_owned())),
            (format!("https://x.cn/v1/licences/{id}/certificate"), Meaning::Licence(id.to_owned())),
            ("https://x.cn/verify#tutela1:12345".to_owned(), Meaning::Receipt),
            ("tutela1:12345".to_owned(), Meaning::Receipt),
            ("tutela-receipt/v1\nlog".to_owned(), Meaning::Receipt),
            ("91330502MA2B3C4D5E".to_owned(), Meaning::Words("91330502MA2B3C4D5E".to_owned())),
            ("https://evil.example/".to_owned(), Meaning::Unknown),
            ("https://evil.example/i/../../x".to_owned(), Meaning::Unknown),
            ("https://evil.example/i/\"><script>".to_owned(), Meaning::Unknown),
            ("//evil.example/i/x".to_owned(), Meaning::Unknown),
            (String::new(), Meaning::Unknown),
        ] {
            assert_eq!(meaning(&text), wanted, "{text}");
        }
    }
}
