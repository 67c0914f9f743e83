//! Checks that this server makes for a reader: a whole ledger for an auditor, a receipt for anybody.

use app::Call;
use axum::extract::State;
use axum::http::StatusCode;
use kernel::LedgerId;
use ledger::Receipt;

use super::{Read, Uses};
use crate::answer::Resource;
use crate::dto::verifications::{ReceiptCheckBody, ReceiptCheckRequest, VerificationBody};
use crate::extract::{Asker, Body, Id, SignedIn};
use crate::openapi::Problems;
use crate::problem::Problem;
use crate::w;

/// Begins to verify a ledger, entry by entry, as `tutela verify` does. Where a verification is running
/// already, that one goes on.
#[utoipa::path(post, path = "/v1/ledgers/{ledger}/verification", tag = "audit", params(("ledger" = w::LedgerId, Path)),
    responses((status = 202, description = "It is running.", body = VerificationBody), Problems))]
pub async fn begin(
    State(app): Uses,
    user: SignedIn,
    Id(ledger): Id<LedgerId>,
) -> Result<(StatusCode, Resource<VerificationBody>), Problem> {
    let call = Call { principal: Some(user.principal), now: user.now, key: None, dry_run: false };
    let (run, since) = app.verification_begin(&call, &ledger).await?;
    let by = app.user(run.by).await?.username;
    Ok((StatusCode::ACCEPTED, Resource(VerificationBody::of(&ledger, Some((run, by)), since, user.language))))
}

/// How far the verification of a ledger is, and what it found.
#[utoipa::path(get, path = "/v1/ledgers/{ledger}/verification", tag = "audit", params(("ledger" = w::LedgerId, Path)),
    responses((status = 200, description = "Where it stands.", body = VerificationBody), Problems))]
pub async fn show(State(app): Uses, asker: Asker, Id(ledger): Id<LedgerId>) -> Read<VerificationBody> {
    let (run, since) = app.verification(asker.principal.as_ref(), &ledger).await?;
    let run = match run {
        Some(run) => {
            let by = app.user(run.by).await?.username;
            Some((run, by))
        }
        None => None,
    };
    Ok(Resource(VerificationBody::of(&ledger, run, since, asker.language)))
}

/// Checks a receipt: its file, or the text of its QR code. Nothing of it is kept. Who does not trust
/// this server checks it at `/verify` or with `tutela-verify`, without it.
#[utoipa::path(post, path = "/v1/receipt-checks", tag = "calculators", security(()),
    request_body = ReceiptCheckRequest,
    responses((status = 200, description = "What was found.", body = ReceiptCheckBody), Problems))]
pub async fn receipt(
    State(app): Uses,
    asker: Asker,
    Body { parsed, .. }: Body<ReceiptCheckRequest>,
) -> Read<ReceiptCheckBody> {
    let receipt: Receipt = parsed.receipt()?;
    let given = parsed.key()?;
    // A log that runs here: its key is known to this server from outside the receipt.
    let own = app.ledger_infos().await?.into_iter().find(|ledger| ledger.origin == receipt.log.name());
    let own = own.and_then(|ledger| ledger.vkey.parse().ok());
    let source = match (&given, &own) {
        (Some(_), _) => "given",
        (None, Some(_)) => "this_server",
        (None, None) => "none",
    };
    let report = receipt.verify(given.or(own).as_ref(), &[]);
    Ok(Resource(ReceiptCheckBody::of(&report, source, asker.language)))
}
