//! When a request came, who asks, and from where.

use std::net::SocketAddr;
use std::sync::Arc;

use access::Principal;
use app::App;
use app::identity::{Authenticated, Origin};
use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::header::{AUTHORIZATION, IF_MATCH, USER_AGENT};
use axum::http::request::Parts;
use kernel::Instant;

use crate::language::Language;
use crate::problem::Problem;
use crate::problem_type::ProblemType;
use crate::qr;
use crate::rate_limit;
use crate::state::ApiState;
use crate::wire::Expected;

/// When the request came; set once by the outermost layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now(pub Instant);

/// Who asks: a user, or the public where no token was sent. A token that is not valid is refused
/// everywhere.
#[derive(Clone, Debug)]
pub struct Asker {
    /// The user.
    pub principal: Option<Principal>,
    /// The user, and by what it proved to be the user.
    pub caller: Option<Authenticated>,
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
    /// The user, and by what it proved to be the user.
    pub caller: Authenticated,
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
        let caller = match &token {
            Some(token) => Some(app.authenticate(token, now).await?),
            None => None,
        };
        let principal = caller.as_ref().map(|caller| caller.principal.clone());
        Ok(Asker { principal, caller, token, now, language })
    }
}

impl FromRequestParts<ApiState> for SignedIn {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<SignedIn, Problem> {
        let Asker { caller, token, now, language, .. } = Asker::from_request_parts(parts, state).await?;
        match (caller, token) {
            (Some(caller), Some(token)) => {
                Ok(SignedIn { principal: caller.principal.clone(), caller, token, now, language })
            }
            _ => Err(Problem::of(ProblemType::NotSignedIn)),
        }
    }
}

/// Where a request comes from: address, as the operator's proxies tell it, and program.
#[derive(Clone, Debug)]
pub struct From(pub Origin);

impl FromRequestParts<ApiState> for From {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<From, Problem> {
        let connection = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
        let proxies = state.options.rate.trusted_proxies;
        let address = connection.map(|connection| rate_limit::client(connection, &parts.headers, proxies));
        let agent = parts.headers.get(USER_AGENT).and_then(|agent| agent.to_str().ok()).map(str::to_owned);
        Ok(From(Origin { address, agent }))
    }
}

/// Where people reach this server, up to and without the slash of a path: as the operator says, else
/// the host that was asked; empty when neither can be told.
#[derive(Clone, Debug)]
pub struct Site(pub String);

impl FromRequestParts<ApiState> for Site {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Site, Problem> {
        let said = state.options.public_url.trim_end_matches('/');
        Ok(Site(if said.is_empty() { qr::site(&parts.headers) } else { said.to_owned() }))
    }
}

/// The tag under which the caller read what it changes; required.
#[derive(Clone, Debug)]
pub struct IfMatch(pub String);

impl FromRequestParts<ApiState> for IfMatch {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &ApiState) -> Result<IfMatch, Problem> {
        let tag = parts.headers.get(IF_MATCH).and_then(|tag| tag.to_str().ok()).map(str::to_owned);
        let expected = || Expected::of("所读版本的 ETag", "the ETag under which it was read");
        tag.map(IfMatch).ok_or_else(|| Problem::parameter("If-Match", expected()))
    }
}

impl IfMatch {
    /// Is it still the tag of what there is?
    ///
    /// # Errors
    /// [`ProblemType::StaleVersion`].
    pub fn holds(&self, tag: &str) -> Result<(), Problem> {
        let fits = self.0.split(',').map(|each| each.trim().trim_start_matches("W/")).any(|each| each == tag);
        if fits { Ok(()) } else { Err(Problem::of(ProblemType::StaleVersion).field("If-Match")) }
    }
}
