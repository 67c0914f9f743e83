//! Every route. The address and the method stand at the handler; a test compares the OpenAPI
//! document that is made from this table.

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::handlers::{
    calculators, clauses, contracts, courses, holds, institutions, ledgers, lessons, licences, log, operations,
    policies, refunds, sessions, settlements, statements, users, verify,
};
use crate::openapi::{Document, openapi_path};
use crate::rate_limit::{self, Meter};
use crate::state::ApiState;

/// All routes with their document.
fn table() -> OpenApiRouter<ApiState> {
    OpenApiRouter::with_openapi(Document::openapi())
        // who
        .routes(routes!(sessions::open))
        .routes(routes!(sessions::close))
        .routes(routes!(sessions::me))
        .routes(routes!(users::create, users::list))
        // the rules
        .routes(routes!(policies::list))
        .routes(routes!(policies::show))
        .routes(routes!(policies::draft, policies::versions))
        .routes(routes!(policies::version))
        .routes(routes!(policies::decide))
        .routes(routes!(policies::simulate))
        // registry
        .routes(routes!(institutions::register, institutions::list))
        .routes(routes!(institutions::show))
        .routes(routes!(institutions::apply, institutions::applications))
        .routes(routes!(institutions::application))
        .routes(routes!(institutions::accept))
        .routes(routes!(institutions::decide))
        .routes(routes!(licences::find))
        .routes(routes!(licences::show))
        .routes(routes!(licences::suspend))
        .routes(routes!(licences::reinstate))
        .routes(routes!(licences::revoke))
        .routes(routes!(institutions::decide_listing, institutions::listings))
        .routes(routes!(institutions::on_list))
        // contract
        .routes(routes!(courses::draft, courses::list))
        .routes(routes!(courses::show))
        .routes(routes!(courses::publish))
        .routes(routes!(contracts::draft, contracts::list))
        .routes(routes!(contracts::show))
        .routes(routes!(contracts::document))
        .routes(routes!(contracts::sign))
        // escrow
        .routes(routes!(contracts::pay, contracts::payments))
        .routes(routes!(contracts::statement))
        .routes(routes!(statements::of_contract))
        .routes(routes!(statements::balance_proof))
        .routes(routes!(lessons::claim, lessons::list))
        .routes(routes!(lessons::claim_batch))
        .routes(routes!(lessons::show))
        .routes(routes!(lessons::confirm))
        .routes(routes!(lessons::dispute))
        .routes(routes!(lessons::decide_dispute))
        .routes(routes!(refunds::quote))
        .routes(routes!(refunds::request, refunds::list))
        .routes(routes!(refunds::show))
        .routes(routes!(refunds::consent))
        .routes(routes!(refunds::pay_out))
        .routes(routes!(settlements::order, settlements::list))
        .routes(routes!(settlements::show))
        .routes(routes!(settlements::pay_out))
        .routes(routes!(holds::place, holds::list))
        .routes(routes!(holds::release))
        // audit
        .routes(routes!(holds::balances))
        .routes(routes!(holds::entries))
        .routes(routes!(statements::of_institution))
        .routes(routes!(statements::seals))
        .routes(routes!(ledgers::list))
        .routes(routes!(ledgers::entry))
        .routes(routes!(ledgers::proof))
        .routes(routes!(ledgers::consistency))
        .routes(routes!(ledgers::receipt))
        .routes(routes!(verify::code))
        .routes(routes!(ledgers::witnesses))
        .routes(routes!(ledgers::export))
        .routes(routes!(log::checkpoint))
        .routes(routes!(log::tile))
        .routes(routes!(verify::page))
        // operations
        .routes(routes!(operations::health))
        .routes(routes!(operations::ready))
        .routes(routes!(operations::integrity))
        .routes(routes!(operations::problem))
}

/// What everybody may use and what costs work: behind one limit per client.
fn limited() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(calculators::refund))
        .routes(routes!(calculators::fee))
        .routes(routes!(calculators::price))
        .routes(routes!(calculators::deadline))
        .routes(routes!(clauses::check))
}

/// The routes, and the document as it is served. Without a meter nothing is limited.
pub fn routes(meter: Option<Arc<Meter>>) -> (Router<ApiState>, utoipa::openapi::OpenApi) {
    let limited = match meter {
        Some(meter) => limited().layer(from_fn_with_state(meter, rate_limit::limit)),
        None => limited(),
    };
    let (router, mut document) = table().merge(limited).split_for_parts();
    document.info.version = "1".to_owned();
    let paths = std::mem::take(&mut document.paths.paths);
    document.paths.paths = paths.into_iter().map(|(path, item)| (openapi_path(&path), item)).collect();
    (router, document)
}
