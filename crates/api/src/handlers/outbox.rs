//! Who is told: one's mail address, webhooks, and the notices on their way.

use axum::extract::State;
use axum::http::StatusCode;
use kernel::{NoticeId, WebhookId};

use super::{Read, Uses};
use crate::answer::{Created, List, Resource};
use crate::dto::outbox::{
    NewWebhookBody, NoticeAddressBody, NoticeAddressRequest, NoticeBody, NoticeQuery, WebhookBody, WebhookRequest,
};
use crate::extract::{Body, Id, Query, SignedIn, page};
use crate::openapi::Problems;
use crate::problem::Problem;
use crate::w;
use crate::wire::{MailAddress, Text};

/// A call beside the ledger.
fn call(user: &SignedIn) -> app::Call {
    app::Call { principal: Some(user.principal.clone()), now: user.now, key: None, dry_run: false }
}

/// Where one is told.
#[utoipa::path(get, path = "/v1/me/notice-address", tag = "notices",
    responses((status = 200, description = "The address.", body = NoticeAddressBody), Problems))]
pub async fn address(State(app): Uses, user: SignedIn) -> Read<NoticeAddressBody> {
    let address = app.notice_address_own(&user.caller).await?;
    Ok(Resource(NoticeAddressBody { address: address.map(|address| Text(MailAddress(address))) }))
}

/// Says where one wants to be told: reminders before silence confirms a lesson, disputes, refunds.
#[utoipa::path(put, path = "/v1/me/notice-address", tag = "notices", request_body = NoticeAddressRequest,
    responses((status = 204, description = "Kept."), Problems))]
pub async fn address_set(
    State(app): Uses,
    user: SignedIn,
    Body { parsed, .. }: Body<NoticeAddressRequest>,
) -> Result<StatusCode, Problem> {
    app.notice_address_set(&user.caller, user.now, Some(parsed.address.0.0)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// One does not want to be told any more.
#[utoipa::path(delete, path = "/v1/me/notice-address", tag = "notices",
    responses((status = 204, description = "Forgotten."), Problems))]
pub async fn address_remove(State(app): Uses, user: SignedIn) -> Result<StatusCode, Problem> {
    app.notice_address_set(&user.caller, user.now, None).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sets a webhook up, signed as Standard Webhooks has it; the key is shown once.
#[utoipa::path(post, path = "/v1/webhooks", tag = "notices", request_body = WebhookRequest,
    responses((status = 201, description = "Set up.", body = NewWebhookBody), Problems))]
pub async fn webhook_create(
    State(app): Uses,
    user: SignedIn,
    Body { parsed, .. }: Body<WebhookRequest>,
) -> Result<Created<NewWebhookBody>, Problem> {
    Ok(Created(app.webhook_create(&call(&user), parsed.into()).await?.into()))
}

/// The webhooks of one's institution or authority.
#[utoipa::path(get, path = "/v1/webhooks", tag = "notices",
    responses((status = 200, description = "Webhooks.", body = List<WebhookBody>), Problems))]
pub async fn webhooks(State(app): Uses, user: SignedIn) -> Read<List<WebhookBody>> {
    let webhooks = app.webhooks(Some(&user.principal)).await?;
    Ok(Resource(List::all(webhooks.into_iter().map(WebhookBody::from).collect())))
}

/// Takes a webhook away.
#[utoipa::path(delete, path = "/v1/webhooks/{id}", tag = "notices", params(("id" = w::WebhookId, Path)),
    responses((status = 204, description = "Taken away."), Problems))]
pub async fn webhook_delete(State(app): Uses, user: SignedIn, Id(id): Id<WebhookId>) -> Result<StatusCode, Problem> {
    app.webhook_delete(&call(&user), id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Notices on their way, delivered, or given up.
#[utoipa::path(get, path = "/v1/outbox", tag = "notices", params(NoticeQuery),
    responses((status = 200, description = "Notices.", body = List<NoticeBody>), Problems))]
pub async fn list(State(app): Uses, user: SignedIn, Query(query): Query<NoticeQuery>) -> Read<List<NoticeBody>> {
    let state = query.state.map(|state| state.0.to_string());
    let found = app.outbox_page(Some(&user.principal), state, &page(query.limit, query.after)).await?;
    Ok(List::of(found, NoticeBody::from))
}

/// Tries a notice that was given up once more.
#[utoipa::path(post, path = "/v1/outbox/{id}/retry", tag = "notices", params(("id" = w::NoticeId, Path)),
    responses((status = 200, description = "It waits again.", body = NoticeBody), Problems))]
pub async fn retry(State(app): Uses, user: SignedIn, Id(id): Id<NoticeId>) -> Read<NoticeBody> {
    Ok(Resource(app.outbox_retry(&call(&user), id).await?.into()))
}
