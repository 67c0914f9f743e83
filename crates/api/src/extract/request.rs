//! When a request came and who asks.

use std::sync::Arc;

use access::Principal;
use app::App;
use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use kernel::Instant;

use crate::language::Language;
use crate::problem::Problem;
use crate::problem_type::ProblemType;
use crate::state::ApiState;

/// When the request came; set once by the outermost layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now(pub Instant);

/// Who asks: a user, or the public where no token was sent. A token that is not valid is refused
/// everywhere.
#[derive(Clone, Debug)]
pub struct Asker {
    /// The user.
    pub principal: Option<Principal>,
    /// The token as sent.
    pub token: Option<String>,
    /// When.
    pub now: Instant,
    /// In which language to answer.
    pub language: Language,
}

/// A signed-in user.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// The user.
    pub principal: Principal,
    /// The token as sent.
    pub token: String,
    /// When.
    pub now: Instant,
    /// In which language to answer.
    pub language: Language,
}

fn bearer(parts: &Parts) -> Result<Option<&str>, Problem> {
    let Some(header) = parts.headers.get(AUTHORIZATION) else { return Ok(None) };
    let refused = || Problem::of(ProblemType::NotSignedIn);
    let (scheme, token) = header.to_str().ok().and_then(|text| text.split_once(' ')).ok_or_else(refused)?;
    if scheme.eq_ignore_ascii_case("bearer") { Ok(Some(token.trim())) } else { Err(refused()) }
}

impl FromRequestParts<ApiState> for Asker {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Asker, Problem> {
        let app: &Arc<App> = &state.app;
        let now = parts.extensions.get::<Now>().map_or_else(|| app.effects().now(), |now| now.0);
        let language = Language::of(&parts.headers);
        let token = bearer(parts)?.map(str::to_owned);
        let principal = match &token {
            Some(token) => Some(app.principal(token, now).await?),
            None => None,
        };
        Ok(Asker { principal, token, now, language })
    }
}

impl FromRequestParts<ApiState> for SignedIn {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<SignedIn, Problem> {
        let Asker { principal, token, now, language } = Asker::from_request_parts(parts, state).await?;
        match (principal, token) {
            (Some(principal), Some(token)) => Ok(SignedIn { principal, token, now, language }),
            _ => Err(Problem::of(ProblemType::NotSignedIn)),
        }
    }
}
