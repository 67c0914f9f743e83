//! Many lessons in one request: each goes to the writer under a key of its own, so that each
//! succeeds, fails and is repeated alone, and the writer may commit them together.

use std::collections::{BTreeMap, BTreeSet};

use access::Principal;
use app::context::Verb;
use app::read::Thing;
use app::verbs::LessonClaim;
use app::{AppError, Call, Outcome};
use axum::http::StatusCode;
use kernel::{ClassSessionId, LedgerId, LessonId};
use serde_json::json;

use crate::answer::{entries, typed};
use crate::dto::batches::{BatchBody, BatchLesson, BatchRequest, BatchResult};
use crate::dto::escrow::LessonBody;
use crate::dto::evidence::{ClassLessonsBody, ClassLessonsRequest};
use crate::extract::{Asked, Command, Prefer};
use crate::problem::Problem;
use crate::problem_type::ProblemType;
use crate::state::ApiState;
use crate::w;
use crate::wire::{Expected, Text};

/// Most lessons of a batch.
pub const BATCH_MAX: usize = 1000;

/// The address under which a problem of one item stands.
const INSTANCE: &str = "/v1/lesson-batches";

/// Commands of one ledger with their places in the request.
type PerLedger = BTreeMap<LedgerId, (Vec<usize>, Vec<(Call, Box<dyn Verb>)>)>;

/// Records the lessons.
///
/// # Errors
/// Too few or too many; else every lesson has its own result.
pub async fn claim(state: &ApiState, command: Command<BatchRequest>) -> Result<BatchBody, Problem> {
    let Command { call, body, prefer, asked } = command;
    let results = claim_all(state, "lessons", &body.lessons, (call, prefer, asked)).await?;
    Ok(BatchBody { results })
}

/// Records a lesson of a session for everybody who was there.
///
/// # Errors
/// Not found, denied; too few or too many; else every lesson has its own result.
pub async fn claim_class(
    state: &ApiState,
    session: ClassSessionId,
    command: Command<ClassLessonsRequest>,
) -> Result<ClassLessonsBody, Problem> {
    let Command { call, body, prefer, asked } = command;
    let (found, enrolled) = state.app.session_with_pupils(call.principal.as_ref(), session).await?;
    let marked: BTreeSet<_> = body.attended.iter().chain(&body.absent).map(|contract| contract.0).collect();
    let unmarked = enrolled.into_iter().filter(|contract| !marked.contains(contract)).map(Text).collect();
    let lesson = |contract: &w::ContractId| BatchLesson {
        contract: *contract,
        hours: body.hours,
        held_on: Text(found.held_on),
        class_session: Some(Text(session)),
    };
    let lessons: Vec<BatchLesson> = body.attended.iter().map(lesson).collect();
    let results = claim_all(state, "attended", &lessons, (call, prefer, asked)).await?;
    Ok(ClassLessonsBody { results, unmarked })
}

async fn claim_all(
    state: &ApiState,
    field: &'static str,
    lessons: &[BatchLesson],
    (call, prefer, asked): (Call, Prefer, Asked),
) -> Result<Vec<BatchResult>, Problem> {
    let count = lessons.len();
    if !(1..=BATCH_MAX).contains(&count) {
        let detail = Expected::of("须有 1 至 1000 条。", "1 to 1000 lessons are needed.");
        let facts = (Some(BATCH_MAX.to_string()), Some(count.to_string()));
        return Err(Problem::of(ProblemType::InvalidField).field(field).detail(detail).facts(facts.0, facts.1));
    }
    let mut results: Vec<Option<BatchResult>> = (0..count).map(|_| None).collect();
    let mut place = |index: usize, answer: Result<Outcome, AppError>| {
        if let Some(slot) = results.get_mut(index) {
            *slot = Some(result(index, answer, prefer));
        }
    };
    let mut per_ledger = PerLedger::new();
    for (index, lesson) in lessons.iter().enumerate() {
        match state.app.ledger_for(&call, Thing::Contract(lesson.contract.0)).await {
            Ok(ledger) => {
                let (places, commands) = per_ledger.entry(ledger.id().clone()).or_default();
                places.push(index);
                commands.push(item(state, &call, &asked, index, lesson));
            }
            Err(error) => place(index, Err(error)),
        }
    }
    for (id, (places, commands)) in per_ledger {
        let ledger = state.app.ledger_named(&id).await?;
        let answers = state.app.submit_all(&ledger, commands).await;
        let mut last = None;
        for (index, answer) in places.into_iter().zip(answers) {
            last = last.max(answer.as_ref().ok().and_then(|o| o.entries.last()).map(|entry| entry.seq));
            place(index, answer);
        }
        if let (Some(last), true) = (last, prefer.wait_for_checkpoint) {
            ledger.checkpoints().covering(last.saturating_add(1)).await?;
        }
    }
    Ok(results.into_iter().flatten().collect())
}

fn item(state: &ApiState, call: &Call, asked: &Asked, index: usize, lesson: &BatchLesson) -> (Call, Box<dyn Verb>) {
    let verb = LessonClaim {
        lesson: state.app.new_id(call, LessonId::new),
        contract: lesson.contract.0,
        hours: lesson.hours.0.0,
        held_on: lesson.held_on.0,
        class_session: lesson.class_session.map(|session| session.0),
    };
    let key = |principal: &Principal| asked.key(state, principal, Some(index), &json!(lesson));
    let call = Call { key: call.principal.as_ref().and_then(key), ..call.clone() };
    (call, Box::new(verb))
}

fn result(index: usize, answer: Result<Outcome, AppError>, prefer: Prefer) -> BatchResult {
    let answer = answer.map_err(Problem::from).and_then(|outcome| {
        let entries = entries(&outcome);
        let lesson: LessonBody = typed(outcome.answer)?;
        Ok(BatchResult {
            index,
            status: StatusCode::CREATED.as_u16(),
            lesson: Some(lesson.id),
            deemed_confirmed_on: lesson.deemed_confirmed_on,
            receipt: entries.last().map(|entry| format!("/v1/receipts/{}", entry.leaf_hash.0)),
            entries,
            replayed: outcome.replayed.then_some(true),
            problem: None,
        })
    });
    answer.unwrap_or_else(|problem| BatchResult {
        index,
        status: problem.kind.status().as_u16(),
        lesson: None,
        deemed_confirmed_on: None,
        entries: Vec::new(),
        receipt: None,
        replayed: problem.replayed.then_some(true),
        problem: Some(problem.document(prefer.language, INSTANCE)),
    })
}
