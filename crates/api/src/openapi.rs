//! The OpenAPI 3.1 document: made from the routes, never written by hand.

use std::collections::BTreeMap;

use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{Content, RefOr, Response, ResponseBuilder};
use utoipa::{IntoResponses, Modify, OpenApi, ToSchema};

use crate::problem::{ProblemDocument, ViolationDocument};

/// The document without its paths; these come from the routes.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Tutela",
        description = "Licences of tutoring institutions, contracts, prepaid fees in escrow, and a ledger that anybody \
                       can verify. 校外培训机构办学许可、合同、预收费托管与可验证账本。",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    components(schemas(ProblemDocument, ViolationDocument)),
    modifiers(&Bearer),
    security(("bearer" = []))
)]
pub struct Document;

struct Bearer;

impl Modify for Bearer {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("bearer", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
    }
}

/// Any problem.
pub struct Problems;

impl IntoResponses for Problems {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let schema = utoipa::openapi::Ref::from_schema_name(ProblemDocument::name());
        let problem = ResponseBuilder::new()
            .description("A problem document (RFC 9457); the types are in docs/PROBLEMS.md.")
            .content("application/problem+json", Content::new(Some(schema)))
            .build();
        BTreeMap::from([("default".to_owned(), problem.into())])
    }
}

/// A path as OpenAPI writes it: `{path}` for the rest of an address too.
pub fn openapi_path(path: &str) -> String {
    path.replace("{*", "{")
}
