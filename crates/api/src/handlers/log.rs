//! The log of a ledger as C2SP tlog-tiles serves it.

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use kernel::LedgerId;
use ledger::{TileKind, TilePath};

use super::Uses;
use crate::extract::{Asker, Id, Ids};
use crate::openapi::Problems;
use crate::problem::Problem;
use crate::tile::TileRest;
use crate::w;

/// The latest signed checkpoint, with the cosignatures of its witnesses.
#[utoipa::path(get, path = "/log/{ledger}/checkpoint", tag = "log", security(()),
    params(("ledger" = w::LedgerId, Path)),
    responses((status = 200, description = "A signed note.", body = String, content_type = "text/plain"), Problems))]
pub async fn checkpoint(State(app): Uses, asker: Asker, Id(id): Id<LedgerId>) -> Result<Response, Problem> {
    let ledger = app.ledger_named(&id).await?;
    let latest = ledger.checkpoints().latest().ok_or_else(Problem::not_found)?;
    let signed = ledger.witnesses().shown(latest, asker.now);
    let headers = [(header::CONTENT_TYPE, "text/plain; charset=utf-8"), (header::CACHE_CONTROL, "public, max-age=1")];
    Ok((headers, signed.note.to_string()).into_response())
}

/// A tile of hashes, or a bundle of entries (auditors only).
#[utoipa::path(get, path = "/log/{ledger}/tile/{*path}", tag = "log", security(()),
    params(("ledger" = w::LedgerId, Path), ("path" = String, Path, description = "As C2SP tlog-tiles names it.")),
    responses((status = 200, description = "The tile.", body = Vec<u8>, content_type = "application/octet-stream"), Problems))]
pub async fn tile(State(app): Uses, asker: Asker, Ids(id, path): Ids<LedgerId, TileRest>) -> Result<Response, Problem> {
    let (ledger, path): (_, TilePath) = (app.ledger_named(&id).await?, path.0);
    let signed = ledger.checkpoints().latest().ok_or_else(Problem::not_found)?;
    if !path.exists_at(signed.size) {
        return Err(Problem::not_found());
    }
    let (from, to) = (path.range().start, path.range().end);
    let (bytes, cache) = match path.kind {
        TileKind::Hashes { level } => (ledger::tile::tile_bytes(&app.tile(&ledger, level, from, to).await?), "public"),
        TileKind::Entries => {
            let entries = app.entry_bytes(asker.principal.as_ref(), &ledger, from, to).await?;
            (crate::tile::bundle(&entries)?, "private")
        }
    };
    let cache = format!("{cache}, max-age=31536000, immutable");
    Ok(([(header::CONTENT_TYPE, "application/octet-stream".to_owned()), (header::CACHE_CONTROL, cache)], bytes)
        .into_response())
}
