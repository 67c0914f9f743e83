//! The public look-up, and the certificate with its live state, scope, payee and QR code.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use kernel::LicenceId;

use super::printouts::printed;
use super::{Read, Uses};
use crate::answer::{List, Resource};
use crate::dto::lookup::{CertificateBody, FoundBody, LookupQuery, PayeeBody};
use crate::extract::{Asker, Id, Query};
use crate::language::Language;
use crate::openapi::Problems;
use crate::problem::Problem;
use crate::problem_type::ProblemType;
use crate::{qr, w};

/// Looks institutions up by licence number, credit code, any part of the name, or pinyin initials.
#[utoipa::path(get, path = "/v1/lookups", tag = "registry", security(()), params(LookupQuery),
    responses((status = 200, description = "At most 50.", body = List<FoundBody>), Problems))]
pub async fn search(State(app): Uses, _: Asker, Query(query): Query<LookupQuery>) -> Read<List<FoundBody>> {
    let found = app.look_up(query.region.map(|region| region.0), &query.q.0, app::lookup::FOUND_MAX).await?;
    Ok(Resource(List::all(found.into_iter().map(FoundBody::from).collect())))
}

/// The certificate as it is now: state, scope, and the account that may be paid.
#[utoipa::path(get, path = "/v1/licences/{id}/certificate", tag = "licences", security(()),
    params(("id" = w::LicenceId, Path)),
    responses((status = 200, description = "The certificate.", body = CertificateBody), Problems))]
pub async fn certificate(State(app): Uses, asker: Asker, Id(id): Id<LicenceId>) -> Read<CertificateBody> {
    let licence = app.licence(id).await?;
    let view = app.institution(None, licence.institution).await?;
    let payee = app.payee(licence.institution).await?.map(|account| PayeeBody {
        bank: account.bank,
        account_name: account.account_name,
        account_number: account.account_number,
    });
    let english = asker.language == Language::En;
    Ok(Resource(CertificateBody::of(&licence, &view, payee, asker.now.day(), english)))
}

/// The certificate as a PDF to be printed, for its holder and the regulator: permitted scope, the only
/// account that may be paid, and the code that leads to its live state.
#[utoipa::path(get, path = "/v1/licences/{id}/certificate.pdf", tag = "licences", params(("id" = w::LicenceId, Path)),
    responses((status = 200, description = "The PDF.", body = Vec<u8>, content_type = "application/pdf"), Problems))]
pub async fn print(
    State(app): Uses,
    asker: Asker,
    Id(id): Id<LicenceId>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let licence = app.licence(id).await?;
    let (view, profile) = app.institution_in_full(asker.principal.as_ref(), licence.institution).await?;
    let code = qr::text_modules(&state_address(&headers, id));
    let (number, today) = (licence.number.clone(), asker.now.day());
    printed(&number, move || {
        let scope = &licence.scope;
        let joined = |words: Vec<&str>| words.join("、");
        let modes = joined(scope.modes.iter().map(|mode| mode.zh()).collect());
        let stages = joined(scope.stages.iter().map(|stage| stage.zh()).collect());
        let (from, until) = (licence.valid_from_on.to_string(), licence.valid_until_on.to_string());
        let (printed_on, leaf) = (today.to_string(), ledger::Hash::new(view.institution.last_leaf).to_string());
        let (authority, credit_code) = (view.institution.region.to_string(), view.institution.credit_code.to_string());
        let account = profile.custody_account.as_ref();
        let certificate = document::Licence {
            number: &licence.number,
            name: &view.name,
            credit_code: &credit_code,
            legal_representative: &profile.legal_representative,
            address: &profile.address,
            category: scope.category.zh(),
            modes: &modes,
            stages: &stages,
            authority: &authority,
            valid: (&from, &until),
            state: licence.state.zh(),
            printed_on: &printed_on,
            payee: account.map(|account| (&*account.bank, &*account.account_name, &*account.account_number)),
            leaf_hash: &leaf,
            code,
        };
        document::pdf(&certificate.printout(&certificate.text()))
    })
    .await
}

/// Where a certificate's live state is shown.
fn state_address(headers: &HeaderMap, licence: LicenceId) -> String {
    let page = qr::page_address(headers);
    format!("{}/v1/licences/{licence}/certificate", page.strip_suffix("/verify#").unwrap_or_default())
}

/// The QR code that is printed on the certificate: it leads to its live state. SVG.
#[utoipa::path(get, path = "/v1/licences/{id}/qr", tag = "licences", security(()),
    params(("id" = w::LicenceId, Path)),
    responses((status = 200, description = "SVG.", content_type = "image/svg+xml"), Problems))]
pub async fn code(State(app): Uses, _: Asker, Id(id): Id<LicenceId>, headers: HeaderMap) -> Result<Response, Problem> {
    let licence = app.licence(id).await?;
    let svg = qr::text_svg(&state_address(&headers, licence.id));
    let svg = svg.ok_or_else(|| Problem::of(ProblemType::Internal))?;
    let mut response = svg.into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("image/svg+xml"));
    Ok(response)
}
