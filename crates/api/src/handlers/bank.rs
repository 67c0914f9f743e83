//! The custody bank: statements in, lines matched, days reconciled, payouts that failed or came back.

use access::Action;
use app::Call;
use app::read::Thing;
use app::verbs::{RefundReturn, SettlementApprove, SettlementFail, SettlementReturn};
use axum::body::to_bytes;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use kernel::{BankLineId, RefundId, SettlementId};

use super::{Answered, Read, Uses, committed, run};
use crate::answer::{Appended, List, Resource, appended};
use crate::dto::bank::{
    BankImportBody, BankLineBody, BankLineMatchRequest, BankLineMatchedBody, BankLineQuery, BankReasonRequest,
    BankStatementBody, BankStatementQuery, ReconciliationBody, ReconciliationQuery, RefundReturnedBody,
};
use crate::dto::escrow::SettlementBody;
use crate::dto::registry::Nothing;
use crate::extract::{Asker, Command, CommandParams, Id, Query, SignedIn, page};
use crate::openapi::Problems;
use crate::problem::Problem;
use crate::problem_type::ProblemType;
use crate::state::ApiState;
use crate::w;
use crate::wire::Expected;

/// Takes statements of the bank, camt.053 (`application/xml`) or CSV (`text/csv`). Whose account it is
/// follows from the account's number. The same statement again is recognised by its content (200,
/// `replayed`) and answers how it stands; no key is needed.
#[utoipa::path(post, path = "/v1/bank-statements", tag = "bank",
    request_body(content = String, content_type = "application/xml", description = "The file."),
    responses((status = 200, description = "All of it was here before.", body = BankImportBody),
        (status = 201, description = "Recorded.", body = BankImportBody), Problems))]
pub async fn import(State(app): Uses, State(state): State<ApiState>, request: Request) -> Result<Response, Problem> {
    let (mut parts, body) = request.into_parts();
    let user = SignedIn::from_request_parts(&mut parts, &state).await?;
    app.bank_import_allowed(&user.principal)?;
    let kind = parts.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if !matches!(kind, "application/xml" | "text/xml" | "text/csv") {
        return Err(Problem::of(ProblemType::UnsupportedMediaType)
            .detail(Expected::of("application/xml 或 text/csv", "application/xml or text/csv")));
    }
    let limit = app::bank::FILE_BYTES_MAX;
    let too_large = || Problem::of(ProblemType::BodyTooLarge).facts(Some(limit.to_string()), None);
    let bytes = to_bytes(body, limit).await.map_err(|_| too_large())?;
    let call = Call { principal: Some(user.principal), now: user.now, key: None, dry_run: false };
    let imported = app.bank_import(&call, &bytes, |_, _| ()).await?;
    let known = imported.iter().all(|statement| statement.replayed);
    let status = if known { StatusCode::OK } else { StatusCode::CREATED };
    let body = BankImportBody { statements: imported.into_iter().map(Into::into).collect() };
    Ok((status, axum::Json(body)).into_response())
}

/// Statements of the region's accounts.
#[utoipa::path(get, path = "/v1/bank-statements", tag = "bank", params(BankStatementQuery),
    responses((status = 200, description = "Statements.", body = List<BankStatementBody>), Problems))]
pub async fn statements(
    State(app): Uses,
    asker: Asker,
    Query(query): Query<BankStatementQuery>,
) -> Read<List<BankStatementBody>> {
    let institution = query.institution.map(|id| id.0);
    let page = page(query.limit, query.after);
    Ok(List::of(app.bank_statements(asker.principal.as_ref(), institution, &page).await?, BankStatementBody::from))
}

/// Lines of statements. `state=suspended` is the work list of what nothing explains.
#[utoipa::path(get, path = "/v1/bank-lines", tag = "bank", params(BankLineQuery),
    responses((status = 200, description = "Lines.", body = List<BankLineBody>), Problems))]
pub async fn lines(State(app): Uses, asker: Asker, Query(query): Query<BankLineQuery>) -> Read<List<BankLineBody>> {
    let (filter, page) = query.parts();
    Ok(List::of(app.bank_lines(asker.principal.as_ref(), filter, &page).await?, BankLineBody::from))
}

/// Says what a suspended line is, and why.
#[utoipa::path(post, path = "/v1/bank-lines/{id}/match", tag = "bank",
    params(("id" = w::BankLineId, Path), CommandParams), request_body = BankLineMatchRequest,
    responses((status = 200, description = "Explained.", body = Appended<BankLineMatchedBody>), Problems))]
pub async fn match_line(
    State(app): Uses,
    Id(line): Id<BankLineId>,
    command: Command<BankLineMatchRequest>,
) -> Answered {
    let Command { call, body, prefer, .. } = command;
    let one =
        || Expected::of("payment、settlement、refund、line 之一", "exactly one of payment, settlement, refund, line");
    let asked = body.asked().ok_or_else(|| Problem::of(ProblemType::InvalidField).field("payment").detail(one()))?;
    let reason = committed(&app, &[("reason", &Some(body.reason))]);
    let dry_run = call.dry_run;
    let (ledger, outcome) = app.bank_line_match(call, line, asked, reason).await?;
    appended::<BankLineMatchedBody>(&app, &ledger, outcome, prefer, dry_run).await
}

/// Days held against the bank, the latest first. Everybody sees pass, shortfall and missing; amounts are
/// for those who may read balances. At most 1,000.
#[utoipa::path(get, path = "/v1/reconciliations", tag = "bank", security(()), params(ReconciliationQuery),
    responses((status = 200, description = "Days.", body = List<ReconciliationBody>), Problems))]
pub async fn reconciliations(
    State(app): Uses,
    asker: Asker,
    Query(query): Query<ReconciliationQuery>,
) -> Read<List<ReconciliationBody>> {
    let (institution, on) = (query.institution.map(|id| id.0), query.on.map(|on| on.0));
    let found = app.reconciliations(asker.principal.as_ref(), institution, on).await?;
    Ok(Resource(List::all(found.into_iter().map(ReconciliationBody::from).collect())))
}

/// The authority lets a settlement go to the bank, where its consent is the third key.
#[utoipa::path(post, path = "/v1/settlements/{id}/approval", tag = "escrow",
    params(("id" = w::SettlementId, Path), CommandParams), request_body = Nothing,
    responses((status = 201, description = "Approved.", body = Appended<SettlementBody>), Problems))]
pub async fn approve(State(app): Uses, Id(settlement): Id<SettlementId>, command: Command<Nothing>) -> Answered {
    let Command { call, prefer, .. } = command;
    let (action, thing) = (Action::SettlementApprove, Thing::Settlement(settlement));
    run::<SettlementBody>(&app, call, prefer, action, thing, SettlementApprove { settlement }).await
}

/// The bank could not pay a settlement: nothing moved, and it may be ordered again.
#[utoipa::path(post, path = "/v1/settlements/{id}/failure", tag = "escrow",
    params(("id" = w::SettlementId, Path), CommandParams), request_body = BankReasonRequest,
    responses((status = 201, description = "Noted.", body = Appended<SettlementBody>), Problems))]
pub async fn fail(State(app): Uses, Id(settlement): Id<SettlementId>, command: Command<BankReasonRequest>) -> Answered {
    let Command { call, body, prefer, .. } = command;
    let reason = committed(&app, &[("reason", &Some(body.reason))]);
    let verb = SettlementFail { settlement, reason };
    run::<SettlementBody>(&app, call, prefer, Action::SettlementPayout, Thing::Settlement(settlement), verb).await
}

/// A settlement that was paid came back: it is payable again.
#[utoipa::path(post, path = "/v1/settlements/{id}/return", tag = "escrow",
    params(("id" = w::SettlementId, Path), CommandParams), request_body = BankReasonRequest,
    responses((status = 201, description = "Payable again.", body = Appended<SettlementBody>), Problems))]
pub async fn return_settlement(
    State(app): Uses,
    Id(settlement): Id<SettlementId>,
    command: Command<BankReasonRequest>,
) -> Answered {
    let Command { call, body, prefer, .. } = command;
    let reason = committed(&app, &[("reason", &Some(body.reason))]);
    let verb = SettlementReturn { settlement, line: None, reason };
    run::<SettlementBody>(&app, call, prefer, Action::SettlementPayout, Thing::Settlement(settlement), verb).await
}

/// A refund that was paid came back: it is owed to the family again.
#[utoipa::path(post, path = "/v1/refunds/{id}/return", tag = "escrow",
    params(("id" = w::RefundId, Path), CommandParams), request_body = BankReasonRequest,
    responses((status = 201, description = "Owed again.", body = Appended<RefundReturnedBody>), Problems))]
pub async fn return_refund(
    State(app): Uses,
    Id(refund): Id<RefundId>,
    command: Command<BankReasonRequest>,
) -> Answered {
    let Command { call, body, prefer, .. } = command;
    let reason = committed(&app, &[("reason", &Some(body.reason))]);
    let verb = RefundReturn { refund, line: None, reason };
    run::<RefundReturnedBody>(&app, call, prefer, Action::RefundPayout, Thing::Refund(refund), verb).await
}
