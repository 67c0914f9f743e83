//! Ledgers: keys and sizes, entries, proofs, receipts, exports.

use std::io;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use kernel::LedgerId;
use ledger::Hash;

use super::{Read, Uses};
use crate::answer::{self, List, Resource};
use crate::dto::ledgers::{ConsistencyBody, ConsistencyQuery, EntryBody, LedgerBody, ProofBody, ProofQuery};
use crate::dto::witnesses::{ReceiptBody, WitnessesBody};
use crate::extract::{Asker, Id, Ids, Query};
use crate::openapi::Problems;
use crate::problem::Problem;
use crate::stream;
use crate::w;
use crate::wire::Text;

/// The ledgers and their keys.
#[utoipa::path(get, path = "/v1/ledgers", tag = "audit", security(()),
    responses((status = 200, description = "Ledgers.", body = List<LedgerBody>), Problems))]
pub async fn list(State(app): Uses, _: Asker) -> Read<List<LedgerBody>> {
    Ok(Resource(List::all(app.ledger_infos().await?.into_iter().map(LedgerBody::from).collect())))
}

/// An entry.
#[utoipa::path(get, path = "/v1/ledgers/{ledger}/entries/{seq}", tag = "audit",
    params(("ledger" = w::LedgerId, Path), ("seq" = w::Seq, Path)),
    responses((status = 200, description = "The entry.", body = EntryBody), Problems))]
pub async fn entry(State(app): Uses, asker: Asker, Ids(ledger, seq): Ids<LedgerId, u64>) -> Read<EntryBody> {
    let ledger = app.ledger_named(&ledger).await?;
    Ok(Resource(app.entry_at(asker.principal.as_ref(), &ledger, seq).await?.into()))
}

/// Proof that an entry is in a tree.
#[utoipa::path(get, path = "/v1/ledgers/{ledger}/entries/{seq}/proof", tag = "audit", security(()),
    params(("ledger" = w::LedgerId, Path), ("seq" = w::Seq, Path), ProofQuery),
    responses((status = 200, description = "The proof.", body = ProofBody), Problems))]
pub async fn proof(
    State(app): Uses,
    _: Asker,
    Ids(ledger, seq): Ids<LedgerId, u64>,
    Query(query): Query<ProofQuery>,
) -> Read<ProofBody> {
    let ledger = app.ledger_named(&ledger).await?;
    let signed = ledger.checkpoints().latest().map_or(0, |signed| signed.size);
    let size = query.size.map_or(signed, |size| size.0);
    Ok(Resource(app.inclusion(&ledger, seq, size).await?.into()))
}

/// Proof that a later tree continues an earlier one.
#[utoipa::path(get, path = "/v1/ledgers/{ledger}/consistency", tag = "audit", security(()),
    params(("ledger" = w::LedgerId, Path), ConsistencyQuery),
    responses((status = 200, description = "The proof.", body = ConsistencyBody), Problems))]
pub async fn consistency(
    State(app): Uses,
    _: Asker,
    Id(ledger): Id<LedgerId>,
    Query(ConsistencyQuery { from, to }): Query<ConsistencyQuery>,
) -> Read<ConsistencyBody> {
    let ledger = app.ledger_named(&ledger).await?;
    let hashes = app.consistency(&ledger, from.0, to.0).await?;
    Ok(Resource(ConsistencyBody { from, to, hashes: hashes.into_iter().map(Text).collect() }))
}

/// The receipt of an entry: a file that verifies without this server.
#[utoipa::path(get, path = "/v1/receipts/{leaf_hash}", tag = "audit", params(("leaf_hash" = w::Hash, Path)),
    responses((status = 200, description = "The receipt; with `Accept: application/json` also who of the witnesses \
        cosigned its checkpoint.", content((String = "text/plain"), (ReceiptBody = "application/json"))), Problems))]
pub async fn receipt(
    State(app): Uses,
    asker: Asker,
    Id(leaf): Id<Hash>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let file = app.receipt_by_leaf(asker.principal.as_ref(), leaf).await?;
    let json = headers.get(header::ACCEPT).is_some_and(|accept| accept == "application/json");
    Ok(if json { Resource(ReceiptBody::from(file)).into_response() } else { answer::text(file.text) })
}

/// The witnesses of a ledger: who cosigned which checkpoint, when, and whether they are enough.
#[utoipa::path(get, path = "/v1/ledgers/{ledger}/witnesses", tag = "audit", security(()),
    params(("ledger" = w::LedgerId, Path)),
    responses((status = 200, description = "The witnesses.", body = WitnessesBody), Problems))]
pub async fn witnesses(State(app): Uses, asker: Asker, Id(ledger): Id<LedgerId>) -> Read<WitnessesBody> {
    let ledger = app.ledger_named(&ledger).await?;
    let signed = ledger.checkpoints().latest().map_or(0, |signed| signed.size);
    Ok(Resource(WitnessesBody::new(ledger.witnesses().report(), signed, asker.now)))
}

/// All entries of a ledger and the checkpoint that covers them, as one text.
#[utoipa::path(get, path = "/v1/ledgers/{ledger}/export", tag = "audit", params(("ledger" = w::LedgerId, Path)),
    responses((status = 200, description = "The export.", body = String, content_type = "text/plain"), Problems))]
pub async fn export(State(app): Uses, asker: Asker, Id(id): Id<LedgerId>) -> Result<Response, Problem> {
    let ledger = app.ledger_named(&id).await?;
    let mut export = app.export(asker.principal.as_ref(), &ledger).await?;
    let pieces = stream::produced(async move |out| {
        loop {
            let piece = export.piece().await.map_err(io::Error::other).transpose();
            let Some(piece) = piece else { return };
            let failed = piece.is_err();
            if out.send(piece).await.is_err() || failed {
                return;
            }
        }
    });
    let name = format!("attachment; filename=\"{id}.tutela-export\"");
    let headers = [(header::CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, Body::from_stream(pieces)).into_response())
}
