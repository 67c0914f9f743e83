//! Every page and the answer of every form, over answers made from the schemas of docs/openapi.json:
//! once with all that may be there and once with only what must be. A template that asks for what the
//! API does not say fails here.

use std::sync::{Arc, LazyLock};

use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use serde_json::{Map, Value, json};
use web::{DESKS, Kind, Then};

use crate::upstream::{Calls, Console};

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/openapi.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
});

const ID: &str = "0197a000-0000-7000-8000-000000000001";

/// A value of a schema; `all` with everything that may be left out.
fn sample(schema: &Value, all: bool, depth: u8) -> Value {
    if depth > 12 {
        return Value::Null;
    }
    if let Some(name) = schema["$ref"].as_str() {
        let name = name.rsplit('/').next().unwrap();
        return sample(&DOCUMENT["components"]["schemas"][name], all, depth + 1);
    }
    if let Some(choices) = schema.get("oneOf").or(schema.get("anyOf")).and_then(Value::as_array) {
        let choice = choices.iter().find(|choice| choice["type"] != "null").unwrap();
        return sample(choice, all, depth + 1);
    }
    if let Some(parts) = schema["allOf"].as_array() {
        let parts = parts.iter().map(|part| sample(part, all, depth + 1));
        return Value::Object(parts.filter_map(|part| part.as_object().cloned()).flatten().collect());
    }
    if let Some(first) = schema["enum"].as_array().and_then(|values| values.first()) {
        return first.clone();
    }
    let kind = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().find(|kind| *kind != "null").unwrap().clone(),
        kind => kind.clone(),
    };
    match (kind.as_str(), schema["format"].as_str()) {
        (Some("array"), _) => json!([sample(&schema["items"], all, depth + 1)]),
        (Some("boolean"), _) => json!(all),
        (Some("integer" | "number"), _) => json!(schema["minimum"].as_i64().unwrap_or(0).max(1)),
        (Some("string"), Some("uuid")) => json!(ID),
        (Some("string"), Some("date")) => json!("2026-11-22"),
        (Some("string"), Some("date-time")) => json!("2026-11-22T01:00:00Z"),
        (Some("string"), _) => json!("1"),
        _ => object(schema, all, depth),
    }
}

fn object(schema: &Value, all: bool, depth: u8) -> Value {
    let needed: Vec<&str> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let fields = schema["properties"].as_object().cloned().unwrap_or_default();
    let fields = fields.into_iter().filter(|(name, _)| all || needed.contains(&name.as_str()));
    Value::Object(fields.map(|(name, field)| (name, sample(&field, all, depth + 1))).collect::<Map<_, _>>())
}

/// The answer that the document promises for a call.
fn promised(method: &str, path: &str, all: bool) -> Option<Value> {
    let fits = |pattern: &str| {
        let (mut wanted, mut found) = (pattern.split('/'), path.split('/'));
        loop {
            match (wanted.next(), found.next()) {
                (None, None) => return true,
                (Some(wanted), Some(found)) if wanted == found || wanted.starts_with('{') => {}
                _ => return false,
            }
        }
    };
    // An address of its own goes before one with a blank.
    let paths = DOCUMENT["paths"].as_object().unwrap();
    let known = paths.get(path).or_else(|| paths.iter().find(|(known, _)| fits(known)).map(|(_, methods)| methods))?;
    let answers = known[method.to_lowercase()]["responses"].as_object()?;
    let (_, answer) = answers.iter().find(|(status, _)| status.starts_with('2'))?;
    Some(sample(&answer["content"]["application/json"]["schema"], all, 0))
}

fn api(request: &Request, all: bool) -> Response {
    let token = request.headers().get(header::AUTHORIZATION).map_or("", |token| token.to_str().unwrap());
    let Some(mut answer) = promised(request.method().as_str(), request.uri().path(), all) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    // Lists end.
    if let Some(list) = answer.as_object_mut() {
        list.remove("next");
    }
    if request.uri().path() == "/v1/me" {
        answer["role"] = json!(token.trim_start_matches("Bearer as-"));
        answer["institution"] = json!(ID);
        answer["region"] = json!("330502");
    }
    Json(answer).into_response()
}

fn console(all: bool) -> Console {
    let upstream = Router::new().fallback(move |request: Request| async move { api(&request, all) });
    let options = web::Options {
        secure: false,
        today: Arc::new(|| "2026-11-22".parse().unwrap()),
        fresh: Arc::new(|| "w".to_owned()),
        provider: Arc::new(|| false),
        demo: None,
    };
    Console { routes: web::router(upstream, options).unwrap(), calls: Calls::default() }
}

#[tokio::test]
async fn every_page_can_be_made_of_what_the_api_promises() {
    let mut wrong = Vec::new();
    for all in [true, false] {
        let console = console(all);
        for desk in DESKS {
            let role = desk.roles.first().filter(|role| **role != "*").unwrap_or(&"guardian");
            for language in ["zh", "en"] {
                let cookies = format!("tutela_session=as-{role}; tutela_form=word; tutela_lang={language}");
                for page in desk.pages {
                    let parts = page.path.split('/').map(|part| if part.starts_with('{') { ID } else { part });
                    let path = parts.collect::<Vec<_>>().join("/");
                    let shown = console.get(&format!("{path}?course={ID}&institution={ID}"), &cookies).await;
                    if shown.status != StatusCode::OK {
                        wrong.push(format!("{path} all={all}: {} {}", shown.status, shown.text));
                    }
                    for form in page.forms.iter().filter(|form| form.then == Then::Show) {
                        let fields = [("_csrf", "word"), ("_form", form.name), ("_key", "k")];
                        let is_file = |field: &web::Field| matches!(field.kind, Kind::File(_));
                        let file = form.fields.iter().find(|field| is_file(field));
                        let commit = [fields[0], fields[1], fields[2], ("commit", "false"), ("region", "330502")];
                        let shown = match file {
                            Some(field) => console.hand_in(&path, &cookies, &commit, &[(field.name, b"a,b\n")]).await,
                            None => console.post(&path, &cookies, &fields).await,
                        };
                        if shown.status != StatusCode::OK {
                            wrong.push(format!("{path} {} all={all}: {} {}", form.name, shown.status, shown.text));
                        }
                    }
                }
            }
        }
    }
    wrong.iter_mut().for_each(|text| *text = text.chars().take(600).collect());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
