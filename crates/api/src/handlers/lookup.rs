//! The public look-up, and the certificate with its live state, scope, payee and QR code.

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use kernel::{InstitutionId, LicenceId};

use super::printouts::printed;
use super::{Read, Uses};
use crate::answer::{List, Resource};
use crate::certificate::Certificate;
use crate::dto::lookup::{CertificateBody, FoundBody, LookupQuery, PayeeBody};
use crate::extract::{Asker, Id, Query, Site};
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
pub async fn print(State(app): Uses, asker: Asker, Id(id): Id<LicenceId>, site: Site) -> Result<Response, Problem> {
    let licence = app.licence(id).await?;
    let (view, profile) = app.institution_in_full(asker.principal.as_ref(), licence.institution).await?;
    let code = qr::text_modules(&state_address(&site, view.institution.id));
    let number = licence.number.clone();
    let certificate = Certificate { licence, name: view.name, institution: view.institution, profile, code };
    printed(&number, move || certificate.pdf(asker.now.day())).await
}

/// The page on which everybody sees a holder's live state, its scope and the account that may be paid.
fn state_address(site: &Site, holder: InstitutionId) -> String {
    format!("{}/i/{holder}", site.0)
}

/// The QR code that is printed on the certificate: it leads to its live state. SVG.
#[utoipa::path(get, path = "/v1/licences/{id}/qr", tag = "licences", security(()),
    params(("id" = w::LicenceId, Path)),
    responses((status = 200, description = "SVG.", content_type = "image/svg+xml"), Problems))]
pub async fn code(State(app): Uses, _: Asker, Id(id): Id<LicenceId>, site: Site) -> Result<Response, Problem> {
    let licence = app.licence(id).await?;
    let svg = qr::text_svg(&state_address(&site, licence.institution));
    let svg = svg.ok_or_else(|| Problem::of(ProblemType::Internal))?;
    let mut response = svg.into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("image/svg+xml"));
    Ok(response)
}
