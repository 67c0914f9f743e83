//! Many lessons in one request, and what became of each.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::answer::AppendedEntry;
use crate::problem::ProblemDocument;
use crate::w;

/// A lesson of a batch.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BatchLesson {
    /// Of which contract.
    pub contract: w::ContractId,
    /// Hours.
    pub hours: w::SomeHours,
    /// Day.
    pub held_on: w::Day,
    /// The session of a class that it was part of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class_session: Option<w::ClassSessionId>,
}

/// Many lessons at once.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BatchRequest {
    /// 1 to 1,000 lessons; each succeeds or fails alone.
    pub lessons: Vec<BatchLesson>,
}

/// What became of one lesson of a batch.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct BatchResult {
    /// Its place in the request, from 0.
    pub index: usize,
    /// The status that a request of its own would have had.
    pub status: u16,
    /// The lesson.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lesson: Option<w::LessonId>,
    /// Last day for the guardian's answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deemed_confirmed_on: Option<w::Day>,
    /// What it appended.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub entries: Vec<AppendedEntry>,
    /// Address of its receipt.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub receipt: Option<String>,
    /// Was it answered before under the same key?
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replayed: Option<bool>,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<ProblemDocument>,
}

/// What became of a batch.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct BatchBody {
    /// In the order of the request.
    pub results: Vec<BatchResult>,
}
