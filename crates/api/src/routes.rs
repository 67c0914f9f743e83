//! Every route. The address and the method stand at the handler; a test compares the OpenAPI
//! document that is made from this table.

use axum::Router;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::handlers::{
    contracts, courses, holds, institutions, ledgers, lessons, licences, log, operations, policies, refunds, sessions,
    settlements, users, verify,
};
use crate::openapi::{Document, openapi_path};
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
        .routes(routes!(policies::deadline))
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

/// The routes, and the document as it is served.
pub fn routes() -> (Router<ApiState>, utoipa::openapi::OpenApi) {
    let (router, mut document) = table().split_for_parts();
    document.info.version = "1".to_owned();
    let paths = std::mem::take(&mut document.paths.paths);
    document.paths.paths = paths.into_iter().map(|(path, item)| (openapi_path(&path), item)).collect();
    (router, document)
}
