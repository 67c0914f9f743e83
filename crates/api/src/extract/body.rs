//! JSON bodies: read within the limit, parsed strictly, with the path of what is wrong.

use axum::body::Body as HttpBody;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, header};
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::error::Category;
use tokio_stream::StreamExt;

use crate::problem::Problem;
use crate::problem_type::ProblemType;
use crate::state::ApiState;
use crate::wire::Expected;

/// A JSON body, parsed; and as a value, for the fingerprint of an idempotency key.
#[derive(Clone, Debug)]
pub struct Body<T> {
    /// Parsed.
    pub parsed: T,
    /// As sent.
    pub value: Value,
}

impl<T: DeserializeOwned> FromRequest<ApiState> for Body<T> {
    type Rejection = Problem;
    async fn from_request(request: Request, state: &ApiState) -> Result<Body<T>, Problem> {
        let (parts, body) = request.into_parts();
        let bytes = read(body, &parts.headers, state.options.body_bytes_max).await?;
        if bytes.is_empty() {
            return read_json(b"{}");
        }
        if is_json(&parts.headers) { read_json(&bytes) } else { Err(Problem::of(ProblemType::UnsupportedMediaType)) }
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let text = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = text.split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("application/json") || kind.to_ascii_lowercase().ends_with("+json")
}

async fn read(body: HttpBody, headers: &HeaderMap, limit: usize) -> Result<Vec<u8>, Problem> {
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    let too_large = |actual: Option<usize>| {
        Problem::of(ProblemType::BodyTooLarge).facts(Some(limit.to_string()), actual.map(|bytes| bytes.to_string()))
    };
    if announced.is_some_and(|bytes| bytes > limit) {
        return Err(too_large(announced));
    }
    let mut bytes = Vec::with_capacity(announced.unwrap_or(0));
    let mut pieces = body.into_data_stream();
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|_| Problem::of(ProblemType::MalformedJson))?;
        if bytes.len().saturating_add(piece.len()) > limit {
            return Err(too_large(None));
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes)
}

/// Parses a JSON body.
///
/// # Errors
/// What is wrong and where.
pub fn read_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<Body<T>, Problem> {
    // As a value first: what is not JSON at all is said before what a field should be. A number out
    // of range is JSON, and is reported with its field.
    let value = match serde_json::from_slice::<Value>(bytes) {
        Ok(value) if value.is_object() => value,
        Ok(_) => {
            let detail = Expected::of("请求体须为一个 JSON 对象。", "The body must be a JSON object.");
            return Err(Problem::of(ProblemType::InvalidField).detail(detail));
        }
        Err(error) => {
            let explained = explain::<T>(bytes).filter(|_| is_out_of_range(&error));
            return Err(faults(bytes, explained.unwrap_or((String::new(), error))));
        }
    };
    match serde_json::from_slice(bytes) {
        Ok(parsed) => Ok(Body { parsed, value }),
        Err(error) => Err(faults(bytes, explain::<T>(bytes).unwrap_or((String::new(), error)))),
    }
}

fn is_out_of_range(error: &serde_json::Error) -> bool {
    error.classify() == Category::Syntax && error.to_string().starts_with("number out of range")
}

/// The same again, slower, to learn where it goes wrong.
fn explain<T: DeserializeOwned>(bytes: &[u8]) -> Option<(String, serde_json::Error)> {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    match serde_path_to_error::deserialize::<_, T>(&mut json) {
        Ok(_) => json.end().err().map(|error| (String::new(), error)),
        Err(error) => {
            let path = error.path().to_string();
            Some((path, error.into_inner()))
        }
    }
}

fn faults(bytes: &[u8], (path, error): (String, serde_json::Error)) -> Problem {
    let path = if path == "." { String::new() } else { path };
    let text = error.to_string();
    let at = (error.line(), error.column());
    if error.classify() != Category::Data {
        // A number that no machine can hold is a wrong value, not wrong JSON.
        if is_out_of_range(&error) && !path.is_empty() {
            let detail = Expected::of("数字超出范围。", "The number is out of range.");
            return Problem::of(ProblemType::InvalidField).field(path).detail(detail);
        }
        let problem = Problem::of(ProblemType::MalformedJson).detail(syntax(bytes, &text, at));
        return if path.is_empty() { problem } else { problem.field(path) };
    }
    value_fault(&path, &text)
}

fn syntax(bytes: &[u8], text: &str, (line, column): (usize, usize)) -> Expected {
    if std::str::from_utf8(bytes).is_err() {
        return Expected::of("请求体不是 UTF-8 编码。", "The body is not UTF-8.");
    }
    if text.starts_with("recursion limit exceeded") {
        return Expected::of("JSON 嵌套过深，至多 128 层。", "The JSON is nested too deeply; 128 levels are allowed.");
    }
    Expected::of(
        format!("第 {line} 行第 {column} 列不是有效的 JSON。"),
        format!("Line {line}, column {column} is not valid JSON."),
    )
}

/// What the deserializer says about a value, as a problem. Its own texts begin in fixed ways; the
/// values of [`crate::wire`] bring what they expect with them.
pub(super) fn value_fault(path: &str, text: &str) -> Problem {
    let named = || text.split('`').nth(1).unwrap_or_default();
    let within = |field: &str| {
        let (parent, _) = path.rsplit_once('.').unwrap_or_default();
        if path == field || path.ends_with(&format!(".{field}")) {
            path.to_owned()
        } else if path.is_empty() {
            field.to_owned()
        } else {
            format!("{}.{field}", if path.ends_with('?') { parent } else { path })
        }
    };
    if text.starts_with("unknown field") {
        let detail = Expected::of(format!("没有字段 {}。", named()), format!("There is no field `{}`.", named()));
        return Problem::of(ProblemType::UnknownField).field(within(named())).detail(detail);
    }
    if text.starts_with("missing field") {
        let detail = Expected::of(format!("缺少字段 {}。", named()), format!("The field `{}` is missing.", named()));
        return Problem::of(ProblemType::InvalidField).field(within(named())).detail(detail);
    }
    if text.starts_with("duplicate field") {
        let detail =
            Expected::of(format!("字段 {} 重复。", named()), format!("The field `{}` is given twice.", named()));
        return Problem::of(ProblemType::InvalidField).field(within(named())).detail(detail);
    }
    let detail = Expected::found_in(text).map_or_else(
        || Expected::of("值的类型不对。", "The value is of the wrong type."),
        |expected| Expected::of(format!("须为{}。", expected.zh), format!("It must be {}.", expected.en)),
    );
    let problem = Problem::of(ProblemType::InvalidField).detail(detail);
    if path.is_empty() { problem } else { problem.field(path) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::w;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only parsed")]
    struct Lot {
        price_fen: w::Positive,
        hours: Option<w::SomeHours>,
    }

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only parsed")]
    struct Thing {
        name: w::Name,
        lots: Vec<Lot>,
        on: Option<w::Day>,
    }

    #[test]
    fn every_fault_names_its_place() {
        for (body, kind, field) in [
            (r#"{"name":"a","lots":[],"colour":1}"#, ProblemType::UnknownField, Some("colour")),
            (r#"{"name":"a","lots":[{"price_fen":1,"x":2}]}"#, ProblemType::UnknownField, Some("lots[0].x")),
            (r#"{"lots":[]}"#, ProblemType::InvalidField, Some("name")),
            (r#"{"name":"a","lots":[{"price_fen":1},{}]}"#, ProblemType::InvalidField, Some("lots[1].price_fen")),
            (r#"{"name":"a","lots":[{"price_fen":-1}]}"#, ProblemType::InvalidField, Some("lots[0].price_fen")),
            (r#"{"name":"a","lots":[{"price_fen":0}]}"#, ProblemType::InvalidField, Some("lots[0].price_fen")),
            (r#"{"name":"a","lots":[{"price_fen":1.5}]}"#, ProblemType::InvalidField, Some("lots[0].price_fen")),
            (r#"{"name":"a","lots":[{"price_fen":1e999}]}"#, ProblemType::InvalidField, Some("lots[0].price_fen")),
            (r#"{"name":"a","lots":[{"price_fen":"1"}]}"#, ProblemType::InvalidField, Some("lots[0].price_fen")),
            (
                r#"{"name":"a","lots":[{"price_fen":99999999999999999999}]}"#,
                ProblemType::InvalidField,
                Some("lots[0].price_fen"),
            ),
            (r#"{"name":"a","lots":[{"price_fen":1,"hours":"0"}]}"#, ProblemType::InvalidField, Some("lots[0].hours")),
            (r#"{"name":"a","lots":[{"price_fen":1,"hours":1.5}]}"#, ProblemType::InvalidField, Some("lots[0].hours")),
            (r#"{"name":"a","name":"b","lots":[]}"#, ProblemType::InvalidField, Some("name")),
            (r#"{"name":"a","lots":[],"on":"0226-11-22"}"#, ProblemType::InvalidField, Some("on")),
            (r#"{"name":"\u0007","lots":[]}"#, ProblemType::InvalidField, Some("name")),
            ("[]", ProblemType::InvalidField, None),
            ("null", ProblemType::InvalidField, None),
            ("{", ProblemType::MalformedJson, None),
            ("{} {}", ProblemType::MalformedJson, None),
            (r#"["a",[],null]"#, ProblemType::InvalidField, None),
            ("", ProblemType::MalformedJson, None),
        ] {
            let problem = read_json::<Thing>(body.as_bytes()).unwrap_err();
            assert_eq!((problem.kind, problem.field.as_deref()), (kind, field), "{body}: {problem:?}");
        }
    }

    #[test]
    fn a_bomb_of_brackets_and_bad_utf_8_are_only_errors() {
        for bytes in
            ["[".repeat(1_000_000).into_bytes(), "{\"a\":".repeat(100_000).into_bytes(), vec![b'"', 0xff, b'"']]
        {
            assert_eq!(read_json::<Thing>(&bytes).unwrap_err().kind, ProblemType::MalformedJson);
        }
    }
}
