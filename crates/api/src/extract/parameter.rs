//! Parameters of path and query: strict, by name.

use std::collections::HashMap;

use app::read::{Cursor, Page};
use axum::extract::{FromRequestParts, Path, Query as AxumQuery};
use axum::http::request::Parts;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use utoipa::IntoParams;

use super::body::value_fault;
use crate::problem::Problem;
use crate::problem_type::ProblemType;
use crate::w;
use crate::wire::{Expected, Wire};

/// The one parameter of a path.
#[derive(Clone, Copy, Debug)]
pub struct Id<T>(pub T);

impl<T: Wire + Send, S: Send + Sync> FromRequestParts<S> for Id<T> {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Id<T>, Problem> {
        let found = Path::<HashMap<String, String>>::from_request_parts(parts, state).await;
        let (name, text) = found.ok().and_then(|Path(map)| map.into_iter().next()).ok_or_else(Problem::not_found)?;
        Ok(Id(parameter(&name, &text)?))
    }
}

/// The two parameters of a path, in order.
#[derive(Clone, Debug)]
pub struct Ids<A, B>(pub A, pub B);

impl<A: Wire + Send, B: Wire + Send, S: Send + Sync> FromRequestParts<S> for Ids<A, B> {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Ids<A, B>, Problem> {
        let found = Path::<Vec<(String, String)>>::from_request_parts(parts, state).await;
        let Path(found) = found.map_err(|_| Problem::not_found())?;
        match found.as_slice() {
            [(a, first), (b, second)] => Ok(Ids(parameter(a, first)?, parameter(b, second)?)),
            _ => Err(Problem::not_found()),
        }
    }
}

/// A parameter by its name.
///
/// # Errors
/// What it must be.
pub fn parameter<T: Wire>(name: &str, text: &str) -> Result<T, Problem> {
    text.parse().map_err(|_| Problem::parameter(name, T::expected()))
}

/// Query parameters; unknown and doubled ones are refused.
#[derive(Clone, Debug)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Query<T>, Problem> {
        let wrong = |problem: Problem| Problem { kind: ProblemType::InvalidParameter, ..problem };
        let pairs = AxumQuery::<Vec<(String, String)>>::try_from_uri(&parts.uri)
            .map_err(|_| Problem::of(ProblemType::InvalidParameter))?;
        let mut members = serde_json::Map::new();
        for (name, value) in pairs.0 {
            if members.insert(name.clone(), Value::String(value)).is_some() {
                return Err(Problem::parameter(name, Expected::of("只出现一次的参数", "given only once")));
            }
        }
        let value = Value::Object(members);
        match serde_path_to_error::deserialize(value) {
            Ok(query) => Ok(Query(query)),
            Err(error) => {
                let path = error.path().to_string();
                let path = if path == "." { "" } else { &path };
                Err(wrong(value_fault(path, &error.inner().to_string())))
            }
        }
    }
}

/// Which page of a list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// Items of a page, at most 200; 50 where nothing is said.
    #[param(value_type = Option<w::PageLimit>)]
    pub limit: Option<w::PageLimit>,
    /// The `next` of the page before.
    #[param(value_type = Option<w::Cursor>)]
    pub after: Option<w::Cursor>,
}

/// Items of a page where the client does not say.
pub const LIMIT_DEFAULT: u32 = 50;

impl PageQuery {
    /// As the use cases take it.
    pub fn page(self) -> Page {
        page(self.limit, self.after)
    }
}

/// A page from its two parameters, where a list has filters beside them.
pub fn page(limit: Option<w::PageLimit>, after: Option<w::Cursor>) -> Page {
    let after: Option<Cursor> = after.map(|cursor| cursor.0);
    Page { after, limit: limit.map_or(LIMIT_DEFAULT, |limit| limit.0.0) }
}
