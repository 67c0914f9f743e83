//! Files that are handed in: taken as they are, never shown inline.

use app::Call;
use app::papers::FILE_BYTES_MAX;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use kernel::InstitutionId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Answered, Uses};
use crate::answer::Created;
use crate::extract::{Asker, Id, Ids, SignedIn};
use crate::openapi::Problems;
use crate::problem::Problem;
use crate::problem_type::ProblemType;
use crate::w;
use crate::wire::Text;

/// A file that was handed in.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct FileBody {
    /// Whose matter it belongs to.
    pub institution: w::InstitutionId,
    /// SHA-256 of the file: what `documents` of an application names.
    pub sha256: w::Hash,
    /// What its contents are.
    pub media_type: String,
    /// Its length.
    pub bytes: u64,
}

/// Hands in a file: PDF, JPEG, PNG, DOCX or XLSX, at most 20 MiB. Its contents say what it is; a
/// `Content-Type` that says otherwise is refused. The same file twice is one.
#[utoipa::path(post, path = "/v1/institutions/{id}/files", tag = "registry",
    params(("id" = w::InstitutionId, Path)),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, description = "Kept.", body = FileBody), Problems))]
pub async fn upload(State(app): Uses, Id(institution): Id<InstitutionId>, who: SignedIn, request: Request) -> Answered {
    let claimed = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).map(str::to_owned);
    let claimed = claimed.as_deref().map(|kind| kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase());
    let limit = || Problem::of(ProblemType::BodyTooLarge).facts(Some(FILE_BYTES_MAX.to_string()), None);
    let contents = to_bytes(request.into_body(), FILE_BYTES_MAX).await.map_err(|_| limit())?;
    let call = Call { principal: Some(who.principal), now: who.now, key: None, dry_run: false };
    let row = app.file_keep(&call, institution, claimed.as_deref(), contents.to_vec()).await?;
    let body = FileBody {
        institution: Text(row.institution),
        sha256: Text(ledger::Hash::new(row.sha256)),
        media_type: row.media_type,
        bytes: row.bytes,
    };
    Ok(Created(body).into_response())
}

/// A file, for those who may see it: as a download, in a sandbox, its type never guessed.
#[utoipa::path(get, path = "/v1/institutions/{id}/files/{sha256}", tag = "registry",
    params(("id" = w::InstitutionId, Path), ("sha256" = w::Hash, Path)),
    responses((status = 200, description = "The file."), Problems))]
pub async fn download(State(app): Uses, asker: Asker, ids: Ids<InstitutionId, ledger::Hash>) -> Answered {
    let opened = app.file_open(asker.principal.as_ref(), ids.0, ids.1).await?;
    Ok(sandboxed(&opened.row.media_type, &format!("{}.{}", ids.1, extension(&opened.row.media_type)), opened.contents))
}

fn extension(media_type: &str) -> &'static str {
    match media_type {
        "application/pdf" => "pdf",
        "image/jpeg" => "jpg",
        "image/png" => "png",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document" => "docx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" => "xlsx",
        _ => "bin",
    }
}

/// A download that a browser neither runs nor shows: somebody else made the file.
fn sandboxed(media_type: &str, name: &str, contents: Vec<u8>) -> Response {
    let mut response = (StatusCode::OK, contents).into_response();
    let headers = response.headers_mut();
    for (key, value) in [
        (header::CONTENT_TYPE, media_type.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'".to_owned()),
        (header::CACHE_CONTROL, "private, no-store".to_owned()),
    ] {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(key, value);
        }
    }
    response
}
