//! What a receipt's reader needs: its QR code, and the page that checks it without this server.

use std::sync::LazyLock;

use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use ledger::{Hash, Receipt};

use super::Uses;
use crate::extract::{Asker, Id, Site};
use crate::openapi::Problems;
use crate::problem::Problem;
use crate::problem_type::ProblemType;
use crate::qr;
use crate::w;
use crate::wire::Expected;

/// The page, which is also there to be saved (docs/verify).
const PAGE: &str = include_str!("../../../../docs/verify/verify.html");

/// What stands between these two tags of the page, of which there is one each.
fn inline<'a>(page: &'a str, open: &str, close: &str) -> &'a str {
    page.split_once(open).and_then(|(_, rest)| rest.split_once(close)).map_or("", |(inline, _)| inline)
}

/// Allows exactly the page's own script and style, by their hashes, and nothing from anywhere.
static POLICY: LazyLock<HeaderValue> = LazyLock::new(|| {
    let script = ledger::hash::csp_source(inline(PAGE, "<script>", "</script>").as_bytes());
    let style = ledger::hash::csp_source(inline(PAGE, "<style>", "</style>").as_bytes());
    let policy = format!(
        "default-src 'none'; script-src '{script}'; style-src '{style}'; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'"
    );
    // Hashes in base64 are visible ASCII.
    HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
});

/// The page that checks a receipt in the browser, also saved and without a server.
#[utoipa::path(get, path = "/verify", tag = "log", security(()),
    responses((status = 200, description = "The page.", body = String, content_type = "text/html")))]
pub async fn page() -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600")),
        (header::CONTENT_SECURITY_POLICY, POLICY.clone()),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (HeaderName::from_static("permissions-policy"), HeaderValue::from_static("camera=(self), microphone=()")),
    ];
    (headers, PAGE).into_response()
}

/// The receipt of an entry as a QR code that opens the page with the receipt in it.
#[utoipa::path(get, path = "/v1/receipts/{leaf_hash}/qr", tag = "audit", params(("leaf_hash" = w::Hash, Path)),
    responses((status = 200, description = "The QR code.", body = String, content_type = "image/svg+xml"), Problems))]
pub async fn code(State(app): Uses, asker: Asker, Id(leaf): Id<Hash>, site: Site) -> Result<Response, Problem> {
    let file = app.receipt_by_leaf(asker.principal.as_ref(), leaf).await?;
    let receipt: Receipt = file.text.parse().map_err(|_| Problem::of(ProblemType::Internal))?;
    let drawn = receipt.to_qr().ok().and_then(|qr| qr::svg(&qr::page_address(&site.0), &qr));
    let too_long = || {
        let (zh, en) =
            ("该凭证过长，无法制成二维码，请使用凭证文件", "the receipt is too long for a QR code: use the file");
        Problem::not_found().detail(Expected::of(zh, en))
    };
    let headers = [(header::CONTENT_TYPE, "image/svg+xml"), (header::CACHE_CONTROL, "private, no-cache")];
    Ok((headers, drawn.ok_or_else(too_long)?).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A browser runs what the policy allows: were the page to have a second script or style, an
    /// attribute of either, or a handler in its markup, it would be left out without a word.
    #[test]
    fn the_policy_covers_all_that_the_page_has() {
        let policy = POLICY.to_str().unwrap();
        assert_eq!(policy.matches("'sha256-").count(), 2);
        assert_eq!(PAGE.matches("<script").count(), 1);
        assert_eq!(PAGE.matches("<style").count(), 1);
        assert!(inline(PAGE, "<script>", "</script>").len() > 10_000);
        assert!(inline(PAGE, "<style>", "</style>").len() > 1_000);
        assert!(!PAGE.contains(" style=") && !PAGE.contains(" onclick="));
        assert!(!policy.contains("unsafe"));
    }
}
