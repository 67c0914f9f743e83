//! Why somebody reads the record of a family: a header, percent-encoded since headers are ASCII, or a
//! query parameter.

use app::read::Why;
use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use utoipa::IntoParams;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::{schema::ObjectBuilder, schema::Type};

use super::Now;
use crate::problem::Problem;
use crate::problem_type::ProblemType;
use crate::state::ApiState;
use crate::wire::Expected;

/// The header.
const HEADER: &str = "x-access-reason";
/// Longest header, bytes: 200 characters, each of up to four bytes written as `%XX`.
const BYTES_MAX: usize = 2400;

/// The reason given, and when.
#[derive(Clone, Debug)]
pub struct Reason(pub Why);

impl FromRequestParts<ApiState> for Reason {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Reason, Problem> {
        let now = parts.extensions.get::<Now>().map_or_else(|| state.app.effects().now(), |now| now.0);
        let pairs = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri)
            .map_err(|_| Problem::of(ProblemType::InvalidParameter))?;
        let mut asked = None;
        for (name, value) in pairs.0 {
            if name != "reason" || asked.is_some() {
                return Err(Problem::parameter(name, Expected::of("reason，且只出现一次", "`reason`, given once")));
            }
            asked = Some(value);
        }
        let header = parts.headers.get(HEADER).map(|value| value.to_str().ok().and_then(decoded));
        let reason = match (header, asked) {
            (Some(None), _) => {
                let expected = Expected::of("UTF-8 百分号编码的文字", "percent-encoded UTF-8");
                return Err(Problem::parameter("X-Access-Reason", expected));
            }
            (Some(Some(reason)), _) | (None, Some(reason)) => Some(reason),
            (None, None) => None,
        };
        Ok(Reason(Why { now, reason }))
    }
}

/// Text from its percent-encoded form.
fn decoded(text: &str) -> Option<String> {
    if text.len() > BYTES_MAX {
        return None;
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
            let (high, low) = (digit(rest.next()?)?, digit(rest.next()?)?);
            bytes.push((high << 4) | low);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

/// For the OpenAPI document.
pub struct ReasonParams;

impl IntoParams for ReasonParams {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let text = || ObjectBuilder::new().schema_type(Type::String);
        let says = "Why the record is read, 4 to 200 characters; families need none for their own.";
        vec![
            ParameterBuilder::new()
                .name("X-Access-Reason")
                .parameter_in(ParameterIn::Header)
                .description(Some(format!("{says} Percent-encoded UTF-8.")))
                .schema(Some(text()))
                .build(),
            ParameterBuilder::new()
                .name("reason")
                .parameter_in(ParameterIn::Query)
                .description(Some(says))
                .schema(Some(text()))
                .build(),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_carries_any_text() {
        assert_eq!(decoded("%E6%A0%B8%E5%AE%9E%20x").as_deref(), Some("核实 x"));
        assert_eq!(decoded("plain words").as_deref(), Some("plain words"));
        for bad in ["%", "%E", "%zz", "%ff", "%E6%A0"] {
            assert_eq!(decoded(bad), None, "{bad}");
        }
        assert_eq!(decoded(&"x".repeat(2401)), None);
    }
}
