//! A request that changes something: who, when, under which key, and the body. One extractor, so
//! that no route can forget a part of it.

use access::Principal;
use app::{Call, Key};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::{HeaderMap, request::Parts};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use utoipa::IntoParams;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::{Required, schema::ObjectBuilder, schema::Type};

use super::{Body, Query, SignedIn};
use crate::language::Language;
use crate::problem::Problem;
use crate::problem_type::ProblemType;
use crate::state::ApiState;
use crate::w;
use crate::wire::Expected;

/// A command that appends to a ledger: its key is required, unless nothing is to be written.
#[derive(Clone, Debug)]
pub struct Command<T> {
    /// Who, when, under which key.
    pub call: Call,
    /// The body.
    pub body: T,
    /// How to answer.
    pub prefer: Prefer,
    /// Method and path, and the body as sent: what a key stands for.
    pub asked: Asked,
}

/// A command that writes beside the ledger: a key is welcome, not required.
#[derive(Clone, Debug)]
pub struct Draft<T>(pub Command<T>);

/// What a key stands for.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Method and path.
    pub operation: String,
    /// The client's key.
    pub key: Option<String>,
}

/// How the client wants its answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Prefer {
    /// Only when a checkpoint covers the entries.
    pub wait_for_checkpoint: bool,
    /// With the receipt's text in it.
    pub receipt_inline: bool,
    /// In which language.
    pub language: Language,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct CommandQuery {
    dry_run: Option<w::Flag>,
}

/// The client's key, 1 to 200 visible ASCII characters.
fn client_key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let mut values = headers.get_all("idempotency-key").iter();
    let Some(value) = values.next() else { return Ok(None) };
    let fits = |key: &&str| (1..=app::idempotency::KEY_BYTES_MAX).contains(&key.len());
    let key = value.to_str().ok().filter(fits).filter(|key| key.bytes().all(|b| b.is_ascii_graphic()));
    match (key, values.next()) {
        (Some(key), None) => Ok(Some(key.to_owned())),
        _ => Err(Problem::parameter(
            "Idempotency-Key",
            Expected::of("1 至 200 个可见 ASCII 字符，且只出现一次", "1 to 200 visible ASCII characters, given once"),
        )),
    }
}

fn prefer(headers: &HeaderMap) -> Prefer {
    let mut prefer = Prefer { language: Language::of(headers), ..Prefer::default() };
    for value in headers.get_all("prefer").iter().filter_map(|value| value.to_str().ok()) {
        for wish in value.split(',').map(str::trim) {
            // Wishes that are not known are ignored (RFC 7240).
            prefer.wait_for_checkpoint |= wish.eq_ignore_ascii_case("wait=checkpoint");
            prefer.receipt_inline |= wish.eq_ignore_ascii_case("return=representation");
        }
    }
    prefer
}

impl<T> Command<T> {
    async fn read(request: Request, state: &ApiState, key_required: bool) -> Result<Command<T>, Problem>
    where
        T: DeserializeOwned,
    {
        let (mut parts, body) = request.into_parts();
        let SignedIn { principal, now, .. } = SignedIn::from_request_parts(&mut parts, state).await?;
        let Query(CommandQuery { dry_run }) = Query::from_request_parts(&mut parts, state).await?;
        let dry_run = dry_run.is_some_and(|flag| flag.0);
        let client_key = client_key(&parts.headers)?;
        if key_required && client_key.is_none() && !dry_run {
            return Err(Problem::of(ProblemType::IdempotencyKeyRequired).field("Idempotency-Key"));
        }
        let (prefer, operation) = (prefer(&parts.headers), operation(&parts));
        let request = Request::from_parts(parts, body);
        let Body { parsed, value } = Body::from_request(request, state).await?;
        // A dry run leaves nothing behind, so it has no key.
        let asked = Asked { operation, key: client_key.filter(|_| !dry_run) };
        let key = asked.key(state, &principal, None, &value);
        let call = Call { principal: Some(principal), now, key, dry_run };
        Ok(Command { call, body: parsed, prefer, asked })
    }
}

impl Asked {
    /// The key of the command, or of one item of a batch.
    pub fn key(&self, state: &ApiState, principal: &Principal, item: Option<usize>, body: &Value) -> Option<Key> {
        let client = self.key.as_ref()?;
        let client = item.map_or_else(|| client.clone(), |index| format!("{client}#{index}"));
        Some(Key::new(&state.app.effects().lookup_key(), &principal.actor(), &client, &self.operation, body))
    }
}

/// The key of a command whose body is a file: required.
///
/// # Errors
/// A key that is missing or malformed.
pub fn command_key(parts: &Parts, state: &ApiState, principal: &Principal, body: &[u8]) -> Result<Key, Problem> {
    let missing = || Problem::of(ProblemType::IdempotencyKeyRequired).field("Idempotency-Key");
    let asked = Asked { operation: operation(parts), key: Some(client_key(&parts.headers)?.ok_or_else(missing)?) };
    let digest = Value::from(ledger::digest("tutela/command-body/1", body).to_string());
    asked.key(state, principal, None, &digest).ok_or_else(missing)
}

fn operation(parts: &Parts) -> String {
    format!("{} {}", parts.method, parts.uri.path())
}

impl<T: DeserializeOwned> FromRequest<ApiState> for Command<T> {
    type Rejection = Problem;
    async fn from_request(request: Request, state: &ApiState) -> Result<Command<T>, Problem> {
        Command::read(request, state, true).await
    }
}

impl<T: DeserializeOwned> FromRequest<ApiState> for Draft<T> {
    type Rejection = Problem;
    async fn from_request(request: Request, state: &ApiState) -> Result<Draft<T>, Problem> {
        Ok(Draft(Command::read(request, state, false).await?))
    }
}

/// For the OpenAPI document: what every appending request may carry beside its body.
pub struct CommandParams;
/// For the OpenAPI document: the same where the key is not required.
pub struct DraftParams;

fn command_params(key: Required) -> Vec<Parameter> {
    let text = || ObjectBuilder::new().schema_type(Type::String);
    vec![
        ParameterBuilder::new()
            .name("Idempotency-Key")
            .parameter_in(ParameterIn::Header)
            .required(key)
            .description(Some("1 to 200 visible ASCII characters. The same key with the same request has one effect."))
            .schema(Some(text().min_length(Some(1)).max_length(Some(200))))
            .build(),
        ParameterBuilder::new()
            .name("Prefer")
            .parameter_in(ParameterIn::Header)
            .description(Some("`wait=checkpoint`, `return=representation`."))
            .schema(Some(text()))
            .build(),
        ParameterBuilder::new()
            .name("dry_run")
            .parameter_in(ParameterIn::Query)
            .description(Some("Decide, and write nothing."))
            .schema(Some(text().enum_values(Some(["true", "false"]))))
            .build(),
    ]
}

impl IntoParams for CommandParams {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        command_params(Required::True)
    }
}

impl IntoParams for DraftParams {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        command_params(Required::False)
    }
}
