//! Handlers, one file per resource, thin: parse, one use case, answer.

pub mod accounts;
pub mod applications;
pub mod bank;
pub mod calculators;
pub mod checks;
pub mod classes;
pub mod clauses;
pub mod closures;
pub mod contracts;
pub mod courses;
pub mod deposits;
pub mod endings;
pub mod evidence;
pub mod files;
pub mod holds;
pub mod institutions;
pub mod interest;
pub mod journal;
pub mod ledgers;
pub mod lesson_imports;
pub mod lessons;
pub mod licences;
pub mod lists;
pub mod log;
pub mod lookup;
pub mod offers;
pub mod operations;
pub mod outbox;
pub mod payment_orders;
pub mod policies;
pub mod printouts;
pub mod privacy;
pub mod records;
pub mod refund_process;
pub mod refunds;
pub mod registry_imports;
pub mod sessions;
pub mod settlements;
pub mod staff_bars;
pub mod statements;
pub mod supervision;
pub mod templates;
pub mod users;
pub mod verify;

use std::sync::Arc;

use access::Action;
use app::context::{Secret, Verb};
use app::read::Thing;
use app::{App, Call};
use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::answer::{self, Resource};
use crate::extract::Prefer;
use crate::problem::Problem;
use crate::w;

/// The use cases, as handlers take them.
pub type Uses = State<Arc<App>>;

/// What a handler that appends answers.
pub type Answered = Result<Response, Problem>;

/// What a handler that reads answers.
pub type Read<T> = Result<Resource<T>, Problem>;

/// Submits a command about a thing and answers with what it appended.
async fn run<T>(
    app: &App,
    call: Call,
    prefer: Prefer,
    action: Action,
    thing: Thing,
    verb: impl Verb + 'static,
) -> Answered
where
    T: Serialize + DeserializeOwned,
{
    let dry_run = call.dry_run;
    let (ledger, outcome) = app.submit_about(call, action, thing, verb).await?;
    answer::appended::<T>(app, &ledger, outcome, prefer, dry_run).await
}

/// Free text, committed to and not contained in the ledger. Its members are named so that the
/// record behind a commitment explains itself.
fn committed(app: &App, members: &[(&str, &Option<w::Reasons>)]) -> Secret {
    let texts = members.iter().map(|(name, text)| {
        let text = text.as_ref().map(|text| Value::from(text.0.as_str()));
        ((*name).to_owned(), text.unwrap_or(Value::Null))
    });
    app.secret(&json!(texts.collect::<serde_json::Map<_, _>>()))
}

/// The hash under which entries name a bank's reference.
fn reference_hash(reference: &w::BankReference) -> ledger::Hash {
    ledger::digest(ledger::tags::BANK_REFERENCE, reference.0.as_bytes())
}
