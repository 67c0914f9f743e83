//! Every route. The address and the method stand at the handler; a test compares the OpenAPI
//! document that is made from this table.

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::handlers::{
    accounts, applications, calculators, clauses, contracts, courses, endings, files, holds, institutions, ledgers,
    lessons, licences, lists, log, lookup, operations, policies, printouts, privacy, records, refunds,
    registry_imports, sessions, settlements, statements, templates, users, verify,
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
        .routes(routes!(sessions::own))
        .routes(routes!(sessions::end))
        .routes(routes!(sessions::step_up))
        .routes(routes!(sessions::provider_begin))
        .routes(routes!(sessions::provider_finish))
        .routes(routes!(sessions::me))
        .routes(routes!(accounts::password))
        .routes(routes!(accounts::factor, accounts::factor_begin, accounts::factor_remove))
        .routes(routes!(accounts::factor_confirm))
        .routes(routes!(accounts::keys, accounts::key_create))
        .routes(routes!(accounts::key_revoke))
        .routes(routes!(accounts::delegations, accounts::delegation_create))
        .routes(routes!(accounts::delegation_revoke))
        .routes(routes!(privacy::own_data))
        .routes(routes!(privacy::own_readings))
        .routes(routes!(privacy::readings))
        .routes(routes!(privacy::parties))
        .routes(routes!(privacy::retention))
        .routes(routes!(privacy::erase))
        .routes(routes!(users::create, users::list))
        .routes(routes!(users::show, users::change))
        .routes(routes!(users::password))
        .routes(routes!(users::sessions, users::sessions_end))
        .routes(routes!(users::factor_reset))
        .routes(routes!(users::keys))
        .routes(routes!(users::key_revoke))
        .routes(routes!(users::identities, users::identity_add))
        .routes(routes!(users::identity_remove))
        // the rules
        .routes(routes!(policies::list))
        .routes(routes!(policies::show))
        .routes(routes!(policies::draft, policies::versions))
        .routes(routes!(policies::version))
        .routes(routes!(policies::decide))
        .routes(routes!(policies::simulate))
        // registry
        .routes(routes!(registry_imports::import))
        .routes(routes!(institutions::register, institutions::list))
        .routes(routes!(institutions::show))
        .routes(routes!(applications::apply, applications::of_institution))
        .routes(routes!(applications::queue))
        .routes(routes!(applications::show))
        .routes(routes!(applications::accept))
        .routes(routes!(applications::correct))
        .routes(routes!(applications::check_site))
        .routes(routes!(applications::review))
        .routes(routes!(applications::decide))
        .routes(routes!(applications::end))
        .routes(routes!(files::upload))
        .routes(routes!(files::download))
        .routes(routes!(licences::carry_over))
        .routes(routes!(lookup::search))
        .routes(routes!(lookup::certificate))
        .routes(routes!(lookup::code))
        .routes(routes!(licences::find))
        .routes(routes!(licences::show))
        .routes(routes!(licences::suspend))
        .routes(routes!(licences::reinstate))
        .routes(routes!(licences::revoke))
        .routes(routes!(licences::hear))
        .routes(routes!(licences::measure))
        .routes(routes!(licences::lift))
        .routes(routes!(licences::inspect))
        .routes(routes!(licences::surrender))
        .routes(routes!(licences::deregister))
        .routes(routes!(institutions::decide_listing, institutions::listings))
        .routes(routes!(institutions::on_list))
        .routes(routes!(lists::object))
        .routes(routes!(lists::repair))
        .routes(routes!(lists::points))
        .routes(routes!(lists::grade))
        .routes(routes!(lists::publications))
        .routes(routes!(lists::snapshot))
        .routes(routes!(lists::difference))
        .routes(routes!(lists::proof))
        .routes(routes!(records::change, records::show))
        .routes(routes!(records::standards))
        .routes(routes!(records::closing))
        .routes(routes!(records::history))
        .routes(routes!(records::notices))
        .routes(routes!(records::ties))
        // contract
        .routes(routes!(courses::draft, courses::list))
        .routes(routes!(courses::show))
        .routes(routes!(courses::publish))
        .routes(routes!(templates::draft, templates::list))
        .routes(routes!(templates::show))
        .routes(routes!(templates::by_hash))
        .routes(routes!(templates::decide))
        .routes(routes!(templates::field_list))
        .routes(routes!(contracts::draft, contracts::list))
        .routes(routes!(contracts::show))
        .routes(routes!(contracts::document))
        .routes(routes!(contracts::document_record))
        .routes(routes!(printouts::page))
        .routes(routes!(printouts::pdf))
        .routes(routes!(contracts::differences))
        .routes(routes!(contracts::sign))
        .routes(routes!(endings::withdraw))
        .routes(routes!(endings::terminate))
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
