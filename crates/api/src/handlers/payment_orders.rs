//! Orders for the bank, and the settlement runs that make them.

use app::App;
use app::bank::{PayingAccount, PaymentOrder, order_rows, pain_001};
use axum::extract::{Path, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use kernel::InstitutionId;

use super::{Answered, Read, Uses};
use crate::answer::{Appended, List, Resource, appended};
use crate::dto::payment_orders::{PaymentOrderBody, SettlementRunBody};
use crate::dto::registry::Nothing;
use crate::extract::{Asker, Command, CommandParams, Id};
use crate::openapi::Problems;
use crate::problem::Problem;
use crate::problem_type::ProblemType;
use crate::table;
use crate::w;

/// Orders what the release mode of the place lets go today (docs/BANK.md). Where nothing may go, the
/// answer says so and nothing is ordered.
#[utoipa::path(post, path = "/v1/institutions/{id}/settlement-runs", tag = "escrow",
    params(("id" = w::InstitutionId, Path), CommandParams), request_body = Nothing,
    responses((status = 200, description = "Nothing may go today.", body = SettlementRunBody),
        (status = 201, description = "Ordered.", body = Appended<SettlementRunBody>), Problems))]
pub async fn run(State(app): Uses, Id(institution): Id<InstitutionId>, command: Command<Nothing>) -> Answered {
    let Command { call, prefer, .. } = command;
    let dry_run = call.dry_run;
    let (ledger, outcome) = app.settlement_run(call, institution).await?;
    appended::<SettlementRunBody>(&app, &ledger, outcome, prefer, dry_run).await
}

/// Settlements and refunds of an institution that the bank should pay.
#[utoipa::path(get, path = "/v1/institutions/{id}/payment-orders", tag = "bank",
    params(("id" = w::InstitutionId, Path)),
    responses((status = 200, description = "Orders.", body = List<PaymentOrderBody>), Problems))]
pub async fn list(State(app): Uses, asker: Asker, Id(id): Id<InstitutionId>) -> Read<List<PaymentOrderBody>> {
    let (_, orders) = app.payment_orders(asker.principal.as_ref(), id, asker.now.day()).await?;
    Ok(Resource(List::all(orders.into_iter().map(PaymentOrderBody::from).collect())))
}

/// The same as a pain.001.001.09 message.
#[utoipa::path(get, path = "/v1/institutions/{id}/payment-orders.xml", tag = "bank",
    params(("id" = w::InstitutionId, Path)),
    responses((status = 200, description = "pain.001.001.09.", body = String, content_type = "application/xml"),
        Problems))]
pub async fn xml(State(app): Uses, asker: Asker, Id(id): Id<InstitutionId>) -> Result<Response, Problem> {
    let (account, orders) = app.payment_orders(asker.principal.as_ref(), id, asker.now.day()).await?;
    message(&app, &account, &orders, &format!("{id}.xml"))
}

/// The same as a table.
#[utoipa::path(get, path = "/v1/institutions/{id}/payment-orders.csv", tag = "bank",
    params(("id" = w::InstitutionId, Path)),
    responses((status = 200, description = "A table.", body = String, content_type = "text/csv"), Problems))]
pub async fn csv(State(app): Uses, asker: Asker, Id(id): Id<InstitutionId>) -> Result<Response, Problem> {
    let (account, orders) = app.payment_orders(asker.principal.as_ref(), id, asker.now.day()).await?;
    Ok(file("text/csv; charset=utf-8", &format!("{id}.csv"), table::csv(&order_rows(&account, &orders))))
}

/// One order, by the id of its settlement or refund: `{id}.xml` (pain.001.001.09) or `{id}.csv`.
#[utoipa::path(get, path = "/v1/payment-orders/{file}", tag = "bank",
    params(("file" = String, Path, description = "`{id}.xml` or `{id}.csv`")),
    responses((status = 200, description = "The order.", body = String, content_type = "application/xml"), Problems))]
pub async fn one(State(app): Uses, asker: Asker, Path(name): Path<String>) -> Result<Response, Problem> {
    let missing = || Problem::of(ProblemType::NotFound);
    let (id, kind) = name.split_once('.').ok_or_else(missing)?;
    let id: kernel::SettlementId = id.parse().map_err(|_| missing())?;
    let (account, order) = app.payment_order(asker.principal.as_ref(), id.uuid(), asker.now.day()).await?;
    match kind {
        "xml" => message(&app, &account, &[order], &name),
        "csv" => Ok(file("text/csv; charset=utf-8", &name, table::csv(&order_rows(&account, &[order])))),
        _ => Err(missing()),
    }
}

fn message(app: &App, account: &PayingAccount, orders: &[PaymentOrder], name: &str) -> Result<Response, Problem> {
    let text = pain_001(account, orders, app.effects().now()).map_err(|_| Problem::of(ProblemType::Internal))?;
    Ok(file("application/xml; charset=utf-8", name, text.into_bytes()))
}

fn file(kind: &'static str, name: &str, bytes: Vec<u8>) -> Response {
    let name = format!("attachment; filename=\"{name}\"");
    ([(CONTENT_TYPE, kind.to_owned()), (CONTENT_DISPOSITION, name)], bytes).into_response()
}
