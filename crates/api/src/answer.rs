//! Answers: what a command appended, a resource with its tag, a page of a list. Answers of the use
//! cases are read back into their types first, so that the OpenAPI document cannot drift from them.

use app::read::Paged;
use app::{App, Ledger, Outcome};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::extract::Prefer;
use crate::problem::Problem;
use crate::problem_type::ProblemType;
use crate::w;
use crate::wire::Text;

/// Says that the answer was given before under the same key.
pub const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// An entry that a command appended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AppendedEntry {
    /// Number in the ledger.
    pub seq: w::Seq,
    /// Type of entry.
    #[serde(rename = "type")]
    pub entry_type: String,
    /// Leaf hash: what receipts and proofs are about.
    pub leaf_hash: w::Hash,
}

/// The answer to a command: what it is about, and what it appended.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Appended<T> {
    /// What it is about.
    #[serde(flatten)]
    pub answer: T,
    /// What it appended; empty for drafts and dry runs.
    pub entries: Vec<AppendedEntry>,
    /// Address of the last entry's receipt, or the receipt itself with `Prefer:
    /// return=representation`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub receipt: Option<String>,
    /// Nothing was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dry_run: Option<bool>,
}

/// A page of a list.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct List<T> {
    /// The items.
    pub items: Vec<T>,
    /// Where the next page begins; none after the last.
    pub next: Option<w::Cursor>,
}

impl<T> List<T> {
    /// All there are.
    pub fn all(items: Vec<T>) -> List<T> {
        List { items, next: None }
    }

    /// A page, each item converted.
    pub fn of<U>(page: Paged<U>, shape: impl Fn(U) -> T) -> Resource<List<T>> {
        let Paged { items, next } = page.map(shape);
        Resource(List { items, next: next.map(Text) })
    }
}

/// A resource as JSON, with an entity tag.
#[derive(Clone, Debug)]
pub struct Resource<T>(pub T);

impl<T: Serialize> IntoResponse for Resource<T> {
    fn into_response(self) -> Response {
        let Ok(body) = serde_json::to_vec(&self.0) else {
            return Problem::of(ProblemType::Internal).into_response();
        };
        let tag = tag_of_bytes(&body);
        let mut response = json(StatusCode::OK, body);
        if let Ok(tag) = HeaderValue::from_str(&tag) {
            response.headers_mut().insert(header::ETAG, tag);
        }
        response
    }
}

/// The entity tag under which a resource is sent.
pub fn tag_of(resource: &impl Serialize) -> String {
    tag_of_bytes(&serde_json::to_vec(resource).unwrap_or_default())
}

fn tag_of_bytes(body: &[u8]) -> String {
    let tag = ledger::digest("tutela/etag/1", body).to_string();
    format!("\"{}\"", tag.get(..24).unwrap_or_default())
}

/// A created thing beside the ledger.
#[derive(Clone, Debug)]
pub struct Created<T>(pub T);

impl<T: Serialize> IntoResponse for Created<T> {
    fn into_response(self) -> Response {
        serde_json::to_vec(&self.0)
            .map_or_else(|_| Problem::of(ProblemType::Internal).into_response(), |body| json(StatusCode::CREATED, body))
    }
}

fn json(status: StatusCode, body: Vec<u8>) -> Response {
    let mut response = (status, body).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    // Answers depend on who asks.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    response
}

/// Plain text.
pub fn text(body: String) -> Response {
    let kind = HeaderValue::from_static("text/plain; charset=utf-8");
    ([(header::CONTENT_TYPE, kind)], body).into_response()
}

/// Entries as answers name them.
pub fn entries(outcome: &Outcome) -> Vec<AppendedEntry> {
    outcome
        .entries
        .iter()
        .map(|entry| AppendedEntry {
            seq: Text(entry.seq),
            entry_type: entry.entry_type.to_owned(),
            leaf_hash: Text(entry.leaf),
        })
        .collect()
}

/// Reads an answer of a use case back into its type.
///
/// # Errors
/// A fault of ours.
pub fn typed<T: Serialize + DeserializeOwned>(answer: serde_json::Value) -> Result<T, Problem> {
    let kept = cfg!(debug_assertions).then(|| answer.clone());
    let typed = serde_json::from_value(answer).inspect(|typed: &T| {
        // A member that the type does not have would be lost without a word.
        let again = serde_json::to_value(typed).unwrap_or_default();
        let lost = |kept: serde_json::Value| {
            kept.as_object()
                .is_some_and(|all| all.iter().any(|(key, value)| !value.is_null() && again.get(key).is_none()))
        };
        debug_assert!(!kept.is_some_and(lost), "an answer has more members than its type");
    });
    typed.map_err(|error| {
        tracing::error!(%error, "an answer does not fit its type");
        Problem::of(ProblemType::Internal)
    })
}

/// The answer to a command that succeeded.
///
/// # Errors
/// [`ProblemType::CheckpointPending`] where the client waits for one that does not come.
pub async fn appended<T>(
    app: &App,
    ledger: &Ledger,
    outcome: Outcome,
    prefer: Prefer,
    dry_run: bool,
) -> Result<Response, Problem>
where
    T: Serialize + DeserializeOwned,
{
    let entries = entries(&outcome);
    let last = outcome.entries.last();
    let receipt = match last {
        Some(last) if prefer.receipt_inline => Some(app.receipt_of_own(ledger, last.seq).await?),
        Some(last) => Some(format!("/v1/receipts/{}", last.leaf)),
        None => None,
    };
    if let (Some(last), true) = (last, prefer.wait_for_checkpoint) {
        ledger.checkpoints().covering(last.seq.saturating_add(1)).await?;
    }
    let status = if dry_run { StatusCode::OK } else { status(outcome.status) };
    let answer: T = typed(outcome.answer)?;
    let answer = Appended { answer, entries, receipt, dry_run: dry_run.then_some(true) };
    let body = serde_json::to_vec(&answer).map_err(|_| Problem::of(ProblemType::Internal))?;
    let mut response = json(status, body);
    if outcome.replayed {
        response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    }
    Ok(response)
}

fn status(code: u16) -> StatusCode {
    StatusCode::from_u16(code).unwrap_or(StatusCode::OK)
}
