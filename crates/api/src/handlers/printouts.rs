//! A contract to be read and printed: as a page and as a PDF, with the receipt that proves it.

use std::sync::LazyLock;

use app::App;
use app::document::KeptDocument;
use app::read::{ContractView, Why};
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use document::html::{STYLE, html};
use document::{Code, Printout, Receipt, RenderError, Rendered, SignedContract};
use kernel::ContractId;
use ledger::Hash;

use super::Uses;
use crate::extract::{Asker, Id, Reason, ReasonParams, Site};
use crate::openapi::Problems;
use crate::problem::Problem;
use crate::problem_type::ProblemType;
use crate::qr;
use crate::w;

/// Characters of the contract that the font of the PDF lacks, as code points.
const MISSING: HeaderName = HeaderName::from_static("document-missing-characters");

/// Allows exactly the page's own style, by its hash, and nothing from anywhere.
static POLICY: LazyLock<HeaderValue> = LazyLock::new(|| {
    let style = ledger::hash::csp_source(STYLE.as_bytes());
    let policy =
        format!("default-src 'none'; style-src '{style}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
    // Hashes in base64 are visible ASCII.
    HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
});

/// All that a printout says.
struct Printed {
    view: ContractView,
    document: KeptDocument,
    receipt: Option<(Hash, Option<Code>)>,
}

impl Printed {
    async fn of(app: &App, asker: &Asker, id: ContractId, why: &Why, site: &Site) -> Result<Printed, Problem> {
        let viewer = asker.principal.as_ref();
        let (view, document) = app.contract_document(viewer, id, why).await?;
        let receipt = match app.contract_signed_leaf(viewer, id).await? {
            None => None,
            Some(leaf) => {
                let file = app.receipt_by_leaf(viewer, leaf).await?;
                let receipt: ledger::Receipt = file.text.parse().map_err(|_| Problem::of(ProblemType::Internal))?;
                let code = receipt.to_qr().ok().and_then(|qr| qr::modules(&qr::page_address(&site.0), &qr));
                Some((leaf, code))
            }
        };
        Ok(Printed { view, document, receipt })
    }

    fn print<T>(&self, make: impl FnOnce(&Printout<'_>) -> T) -> T {
        let hash = self.document.hash().to_string();
        let leaf = self.receipt.as_ref().map(|(leaf, _)| leaf.to_string());
        let code = self.receipt.as_ref().and_then(|(_, code)| code.clone());
        let contract = SignedContract {
            text: &self.document.text,
            number: &self.view.draft.number,
            state: self.view.state().zh(),
            document_hash: &hash,
            receipt: leaf.as_deref().map(|leaf_hash| Receipt { leaf_hash, code }),
        };
        make(&contract.printout())
    }
}

/// The contract as a page to read and print, without script.
#[utoipa::path(get, path = "/v1/contracts/{id}/document.html", tag = "contracts",
    params(("id" = w::ContractId, Path), ReasonParams),
    responses((status = 200, description = "The page.", body = String, content_type = "text/html"), Problems))]
pub async fn page(
    State(app): Uses,
    asker: Asker,
    Id(id): Id<ContractId>,
    Reason(why): Reason,
    site: Site,
) -> Result<Response, Problem> {
    let page = Printed::of(&app, &asker, id, &why, &site).await?.print(html);
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache")),
        (header::CONTENT_SECURITY_POLICY, POLICY.clone()),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    Ok((headers, page).into_response())
}

/// The contract as a PDF with its own font. A character that the font lacks is printed as its code
/// point and named in the header `Document-Missing-Characters`.
#[utoipa::path(get, path = "/v1/contracts/{id}/document.pdf", tag = "contracts",
    params(("id" = w::ContractId, Path), ReasonParams),
    responses((status = 200, description = "The PDF.", body = Vec<u8>, content_type = "application/pdf"), Problems))]
pub async fn pdf(
    State(app): Uses,
    asker: Asker,
    Id(id): Id<ContractId>,
    Reason(why): Reason,
    site: Site,
) -> Result<Response, Problem> {
    let contract = Printed::of(&app, &asker, id, &why, &site).await?;
    let number = contract.view.draft.number.clone();
    printed(&number, move || contract.print(document::pdf)).await
}

/// A PDF, set on a thread of its own: it takes longer than a request may hold its thread.
pub(super) async fn printed(
    number: &str,
    make: impl FnOnce() -> Result<Rendered, RenderError> + Send + 'static,
) -> Result<Response, Problem> {
    let made = tokio::task::spawn_blocking(make).await;
    let made = made.map_err(|_| Problem::of(ProblemType::Internal))?.map_err(|error| {
        tracing::error!(%error, "a document could not be printed");
        Problem::of(ProblemType::Internal)
    })?;
    Ok(answer(number, made))
}

/// The PDF under its number, with what its font lacks.
fn answer(number: &str, made: Rendered) -> Response {
    let missing: Vec<String> = made.missing.iter().map(|c| format!("U+{:04X}", u32::from(*c))).collect();
    // Numbers of contracts and licences are digits, letters and hyphens.
    let name = format!("inline; filename=\"{number}.pdf\"");
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/pdf")),
        (header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache")),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (header::CONTENT_DISPOSITION, HeaderValue::try_from(name).unwrap_or(HeaderValue::from_static("inline"))),
    ];
    let mut response = (headers, made.bytes).into_response();
    if let Ok(missing) = HeaderValue::try_from(missing.join(", "))
        && !missing.is_empty()
    {
        response.headers_mut().insert(MISSING, missing);
    }
    response
}
