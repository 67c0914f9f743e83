//! Forms: fields become the body of one call of the API. What is refused comes back as the same page
//! with everything that was typed; what meets a session that is over waits behind the log-in.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::Response;
use serde_json::{Map, Value, json};

use crate::Console;
use crate::amount::{self, fen_of_yuan};
use crate::cookies;
use crate::fill::{at, fill, put, text};
use crate::login;
use crate::page::{Field, Form, Kind, Page, Then};
use crate::render::Renderer;
use crate::serve::{find, problem, see, show};
use crate::upload::{self, Typed};
use crate::upstream::{self, Answer, Question};
use crate::visit::Visit;

/// The field with the version that was read: it goes along as `If-Match`, so that nobody overwrites
/// what a colleague changed meanwhile.
const VERSION: &str = "etag";

/// A form that was sent, and what came of it.
#[derive(Clone, Debug)]
pub struct Sent {
    /// Name of the form.
    pub form: String,
    /// What was typed.
    pub fields: Vec<(String, String)>,
    /// What the API said.
    pub answer: Answer,
    /// Was it only tried?
    pub trial: bool,
}

fn get<'f>(fields: &'f [(String, String)], name: &str) -> Option<&'f str> {
    fields.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
}

/// The fields of a form without files.
pub async fn fields(request: Request) -> (axum::http::request::Parts, Vec<(String, String)>) {
    let (parts, body) = request.into_parts();
    let typed = upload::typed(&parts, body, upload::TEXT_BYTES_MAX).await.unwrap_or_default();
    (parts, typed.fields)
}

/// How many bytes of a form are read: many only where the page takes files from this reader.
fn bytes_max(visit: &Visit) -> usize {
    match find(&visit.path) {
        Some((desk, page, _)) if upload::takes_files(page) && desk.admits(visit.role()) => {
            if visit.me.is_null() {
                upload::PUBLIC_FILES_BYTES_MAX
            } else {
                upload::FILES_BYTES_MAX
            }
        }
        _ => upload::TEXT_BYTES_MAX,
    }
}

/// Sends a form that comes from a page of ours.
async fn own(console: &Console, visit: &Visit, headers: &HeaderMap, typed: Typed) -> Response {
    if cookies::is_own(headers, get(&typed.fields, "_csrf")) {
        return run(console, visit, typed).await;
    }
    problem(console, visit, &refusal(visit, StatusCode::FORBIDDEN, "error.foreign_form"))
}

fn refusal(visit: &Visit, status: StatusCode, key: &str) -> Answer {
    let title = Renderer::word(visit.language, &format!("{key}_title"));
    Answer::refused(status.as_u16(), &title, &Renderer::word(visit.language, key))
}

/// POST of a page.
pub async fn form(State(console): State<Arc<Console>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let visit = Visit::of(&console, &parts).await;
    let mut response = match upload::typed(&parts, body, bytes_max(&visit)).await {
        Ok(typed) => own(&console, &visit, &parts.headers, typed).await,
        Err(upload::TooLarge) => {
            problem(&console, &visit, &refusal(&visit, StatusCode::PAYLOAD_TOO_LARGE, "error.too_large"))
        }
    };
    visit.keep(&console, &mut response);
    response
}

/// Sends a form of the page at the address of a visit.
pub async fn run(console: &Console, visit: &Visit, mut typed: Typed) -> Response {
    let Some((desk, page, segments)) = find(&visit.path) else {
        return problem(console, visit, &Answer { status: 404, body: Value::Null });
    };
    let Some(form) = page.forms.iter().find(|form| Some(form.name) == get(&typed.fields, "_form")) else {
        return problem(console, visit, &Answer { status: 404, body: Value::Null });
    };
    if visit.me.is_null() && !desk.roles.is_empty() {
        return login::keeping(console, visit, &typed.fields);
    }
    if !desk.admits(visit.role()) {
        return problem(console, visit, &Answer { status: 403, body: Value::Null });
    }
    let mut values = visit.values(console);
    values.extend(segments);
    let trial = form.trial && get(&typed.fields, "_trial").is_some();
    let written = typed.fields.iter().map(|(name, value)| (name.clone(), Value::from(value.trim()))).collect();
    values.insert("field".to_owned(), Value::Object(written));
    let answer = match papers(console, visit, form, &mut typed, &values).await {
        Ok(()) => call(console, visit, form, &typed, &values, trial).await,
        Err(answer) => answer,
    };
    if answer.status == 401 {
        return login::keeping(console, visit, &typed.fields);
    }
    if answer.is_success() && !trial {
        values.insert("answer".to_owned(), answer.body.clone());
        match form.then {
            Then::Go(to) => return see(&fill(to, &values).unwrap_or_else(|| "/".to_owned())),
            Then::Back => return see(&format!("{}?done={}", visit.path, form.name)),
            Then::Show => {}
        }
    }
    let sent = Sent { form: form.name.to_owned(), fields: typed.fields, answer, trial };
    show(console, visit, Some(&sent)).await
}

/// Hands in the papers of a form. Each becomes its hash in the field in which it was chosen, so that
/// nobody chooses it again when the form is refused.
async fn papers(
    console: &Console,
    visit: &Visit,
    form: &Form,
    typed: &mut Typed,
    values: &Map<String, Value>,
) -> Result<(), Answer> {
    for field in form.fields.iter().filter(|field| matches!(field.kind, Kind::Paper(_))) {
        for file in typed.files.iter().filter(|file| file.field == field.name) {
            let path = fill(form.keeps, values).ok_or(Answer { status: 404, body: Value::Null })?;
            let file = Some(("application/octet-stream", file.bytes.clone()));
            let question = Question { method: Method::POST, path, file, ..Question::default() };
            let mut answer = upstream::answer(&console.api, &visit.caller, question).await;
            let hash = answer.body.get("sha256").and_then(Value::as_str).map(str::to_owned);
            match hash.filter(|_| answer.is_success()) {
                Some(hash) => typed.fields.push((field.name.to_owned(), hash)),
                None => {
                    put(&mut answer.body, "field", Value::from(field.json));
                    return Err(answer);
                }
            }
        }
    }
    Ok(())
}

/// Makes the call of a form.
async fn call(
    console: &Console,
    visit: &Visit,
    form: &Form,
    sent: &Typed,
    values: &Map<String, Value>,
    trial: bool,
) -> Answer {
    let fields = &sent.fields[..];
    let file = form.fields.iter().find(|field| matches!(field.kind, Kind::File(_)));
    let chosen = file.and_then(|field| sent.files.iter().find(|file| file.field == field.name));
    let body = match body(form, fields) {
        Ok(_) if file.is_some_and(|field| field.needed) && chosen.is_none() => return unchosen(visit, file),
        Ok(_) if form.raw => {
            Value::from(form.fields.first().and_then(|field| get(fields, field.name)).unwrap_or_default())
        }
        Ok(body) => body,
        Err(field) => {
            let title = Renderer::word(visit.language, "error.field_title");
            let detail = Renderer::word(visit.language, &format!("error.{}", kind_word(field.kind)));
            let mut answer = Answer::refused(422, &title, &detail);
            put(&mut answer.body, "field", Value::from(field.json));
            return answer;
        }
    };
    let Some(mut path) = fill(form.path, values) else { return Answer { status: 404, body: Value::Null } };
    if trial {
        path.push_str(if path.contains('?') { "&dry_run=true" } else { "?dry_run=true" });
    }
    let method = Method::from_bytes(form.method.as_bytes()).unwrap_or(Method::POST);
    // A key counts once; a trial and a second attempt after a refusal each have one of their own.
    let key = if trial { Some((console.options.fresh)()) } else { get(fields, "_key").map(str::to_owned) };
    // What is taken away is named by its path; a body goes along only where the form has one.
    let bare = method == Method::DELETE && form.fields.iter().all(|field| field.json.is_empty());
    let body = (!bare).then_some(body);
    let if_match = get(fields, VERSION).map(str::to_owned);
    let file = chosen.map(|file| (upstream::table_type(&file.bytes), file.bytes.clone()));
    upstream::answer(&console.api, &visit.caller, Question { method, path, body, file, key, if_match }).await
}

/// What is answered where no file was chosen.
fn unchosen(visit: &Visit, field: Option<&Field>) -> Answer {
    let mut answer = refusal(visit, StatusCode::UNPROCESSABLE_ENTITY, "error.file");
    put(&mut answer.body, "field", field.map_or(Value::Null, |field| Value::from(field.json)));
    answer
}

const fn kind_word(kind: Kind) -> &'static str {
    match kind {
        Kind::Yuan => "yuan",
        Kind::Moment => "moment",
        _ => "whole",
    }
}

/// A choice as the body has it.
fn chosen_value(kind: Kind, value: &str) -> Option<Value> {
    match kind {
        Kind::Numbers(_) => value.parse::<i64>().ok().map(Value::from),
        _ => Some(Value::from(value)),
    }
}

/// The body of a call; or the field that holds no value of its kind.
fn body<'f>(form: &'f Form, fields: &[(String, String)]) -> Result<Value, &'f Field> {
    let mut body = json!({});
    for field in form.fields.iter().filter(|field| !field.json.is_empty()) {
        let typed = get(fields, field.name).unwrap_or_default();
        let typed = if matches!(field.kind, Kind::Area | Kind::Secret) { typed } else { typed.trim() };
        let value = match field.kind {
            Kind::Flag => Value::from(!typed.is_empty()),
            Kind::File(_) => continue,
            Kind::Paper(kind) => {
                for (_, hash) in fields.iter().filter(|(name, value)| name == field.name && !value.is_empty()) {
                    let named = body.get(field.json).and_then(Value::as_array).map_or(0, Vec::len);
                    put(&mut body, &format!("{}.{named}", field.json), json!({"kind": kind, "sha256": hash}));
                }
                continue;
            }
            Kind::Many(_) | Kind::AnyOf(..) | Kind::Numbers(_) => {
                let chosen = fields.iter().filter(|(name, value)| name == field.name && !value.is_empty());
                let chosen: Option<Vec<Value>> = chosen.map(|(_, value)| chosen_value(field.kind, value)).collect();
                let chosen = chosen.ok_or(field)?;
                if chosen.is_empty() && !field.needed {
                    continue;
                }
                Value::Array(chosen)
            }
            _ if typed.is_empty() => continue,
            Kind::Words => typed.split_whitespace().map(Value::from).collect(),
            Kind::Yuan => fen_of_yuan(typed).map(Value::from).ok_or(field)?,
            Kind::Int => typed.parse::<i64>().map(Value::from).map_err(|_| field)?,
            Kind::Moment => amount::instant(typed).map(|instant| Value::from(instant.to_string())).ok_or(field)?,
            // Forms end lines as the network does; a text has the line ends of texts.
            Kind::Area => Value::from(typed.replace("\r\n", "\n")),
            _ => Value::from(typed),
        };
        put(&mut body, field.json, value);
    }
    Ok(body)
}

/// The forms of a page as its template is given them.
pub fn forms(console: &Console, visit: &Visit, page: &Page, sent: Option<&Sent>, values: &mut Map<String, Value>) {
    let mut all = Map::new();
    for form in page.forms {
        let sent = sent.filter(|sent| sent.form == form.name);
        let refused = sent.filter(|sent| !sent.answer.is_success()).map(|sent| &sent.answer.body);
        let wrong = refused.and_then(|problem| problem.get("field")).and_then(Value::as_str);
        let fields: Vec<Value> = form.fields.iter().map(|field| shown(field, values, sent, wrong)).collect();
        let answer = sent.filter(|sent| sent.answer.is_success()).map(|sent| sent.answer.body.clone());
        let shown = json!({
            "name": form.name,
            "action": visit.path,
            "csrf": visit.word,
            "key": (console.options.fresh)(),
            "fields": fields,
            "trial": form.trial,
            "files": form.fields.iter().any(|field| matches!(field.kind, Kind::File(_) | Kind::Paper(_))),
            "tried": sent.is_some_and(|sent| sent.trial && sent.answer.is_success()),
            "problem": refused,
            "answer": answer,
        });
        all.insert(form.name.to_owned(), shown);
    }
    values.insert("forms".to_owned(), Value::Object(all));
}

fn shown(field: &Field, values: &Map<String, Value>, sent: Option<&Sent>, wrong: Option<&str>) -> Value {
    let first = match field.from.strip_prefix('=') {
        Some(fixed) => Some(fixed.to_owned()),
        None => at(values, field.from).and_then(text),
    };
    let typed = match sent {
        Some(sent) => get(&sent.fields, field.name).map(str::to_owned),
        None => first,
    };
    let typed = match field.kind {
        Kind::Secret => None,
        Kind::Flag => typed.filter(|typed| typed != "false"),
        _ => typed,
    };
    let chosen: Vec<String> = match sent {
        Some(sent) => {
            sent.fields.iter().filter(|(name, _)| name == field.name).map(|(_, value)| value.clone()).collect()
        }
        None => at(values, field.from).and_then(Value::as_array).into_iter().flatten().filter_map(text).collect(),
    };
    let (kind, choices) = match field.kind {
        Kind::Text | Kind::Words => ("text", Vec::new()),
        Kind::Time => ("time", Vec::new()),
        Kind::Moment => ("moment", Vec::new()),
        Kind::Area => ("area", Vec::new()),
        Kind::Secret => ("secret", Vec::new()),
        Kind::Yuan => ("yuan", Vec::new()),
        Kind::Int => ("int", Vec::new()),
        Kind::Decimal => ("decimal", Vec::new()),
        Kind::Day => ("day", Vec::new()),
        Kind::Flag => ("flag", Vec::new()),
        Kind::Hidden => ("hidden", Vec::new()),
        Kind::File(accepted) => ("file", vec![json!({"value": accepted})]),
        Kind::Paper(_) => ("paper", vec![json!({"value": ".pdf,.jpg,.jpeg,.png,.docx,.xlsx"})]),
        Kind::One(choices) => ("one", choices.iter().map(|choice| json!({"value": choice})).collect()),
        Kind::Many(choices) | Kind::Numbers(choices) => {
            ("many", choices.iter().map(|choice| json!({"value": choice})).collect())
        }
        Kind::Of(list, value, label) => ("one", listed(values, list, value, label)),
        Kind::AnyOf(list, value, label) => ("many", listed(values, list, value, label)),
    };
    json!({
        "name": field.name, "kind": kind, "needed": field.needed, "choices": choices,
        "value": typed, "chosen": chosen, "wrong": !field.json.is_empty() && wrong == Some(field.json),
    })
}

fn listed(values: &Map<String, Value>, list: &str, value: &str, label: &str) -> Vec<Value> {
    let items = at(values, list).and_then(Value::as_array).cloned().unwrap_or_default();
    let of = |item: &Value, place: &str| item.as_object().and_then(|item| at(item, place)).and_then(text);
    items.iter().map(|item| json!({"value": of(item, value), "label": of(item, label)})).collect()
}
