//! The pupil's side of a lesson, and disputes with what stands beside them.

use app::classes::{Argument, Code, DisputeView};
use escrow::Lesson;
use ledger::body::SubmittedDocument;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::applications::DocumentRequest;
use super::batches::BatchResult;
use super::classes::ClassSessionBody;
use super::escrow::LessonBody;
use crate::w;
use crate::wire::Text;

/// The code of a session as it is shown now.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct CodeBody {
    /// Six digits.
    pub code: String,
    /// Until when it is shown.
    pub shown_until_at: w::Instant,
}

impl From<Code> for CodeBody {
    fn from(code: Code) -> CodeBody {
        CodeBody { code: code.code, shown_until_at: Text(code.shown_until) }
    }
}

/// A check-in.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckInRequest {
    /// The contract.
    pub contract: w::ContractId,
    /// The code that is shown in the room.
    pub code: w::CheckInCode,
}

/// A check-in that was recorded.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct CheckInBody {
    /// Its id.
    pub id: w::CheckInId,
    /// The contract.
    pub contract: w::ContractId,
    /// The session.
    pub class_session: w::ClassSessionId,
    /// Day of the session.
    pub held_on: w::Day,
    /// The lesson claimed for it, where it is.
    #[serde(default)]
    pub lesson: Option<w::LessonId>,
    /// Where that stands.
    #[serde(default)]
    pub lesson_state: Option<w::LessonState>,
}

/// The lessons of a class.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClassLessonsRequest {
    /// Hours that the session counts for.
    pub hours: w::SomeHours,
    /// Contracts of those who were there: a lesson is recorded for each.
    #[schema(max_items = 1000)]
    pub attended: Vec<w::ContractId>,
    /// Contracts of those who were not: nothing is recorded.
    #[serde(default)]
    #[schema(max_items = 1000)]
    pub absent: Vec<w::ContractId>,
}

/// What became of the lessons of a class.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ClassLessonsBody {
    /// Of those who were there, in the order of the request.
    pub results: Vec<BatchResult>,
    /// In the class on that day, and in neither list.
    pub unmarked: Vec<w::ContractId>,
}

/// An argument.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ArgumentRequest {
    /// What the party holds to; giving in ends the dispute.
    pub stance: w::DisputeStance,
    /// What it says. Not in the ledger; a commitment to it is.
    #[serde(default)]
    pub statement: Option<w::Reasons>,
    /// Papers: only their hashes are kept.
    #[serde(default)]
    #[schema(max_items = 200)]
    pub documents: Vec<DocumentRequest>,
}

impl ArgumentRequest {
    /// The papers.
    pub fn papers(&self) -> Vec<SubmittedDocument> {
        self.documents.iter().map(|d| SubmittedDocument { kind: d.kind.0.clone(), sha256: d.sha256.0 }).collect()
    }
}

/// A paper.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct PaperBody {
    /// What it is.
    pub kind: w::Code,
    /// SHA-256 of the file.
    pub sha256: w::Hash,
}

/// What a party said.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ArgumentBody {
    /// Who.
    pub by: w::Party,
    /// What it holds to.
    pub stance: w::DisputeStance,
    /// What it said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub statement: Option<String>,
    /// Papers.
    pub documents: Vec<PaperBody>,
    /// When.
    pub said_at: w::Instant,
    /// The entry.
    pub seq: w::Seq,
}

impl From<Argument> for ArgumentBody {
    fn from(argument: Argument) -> ArgumentBody {
        let by = match argument.by {
            ledger::Party::Institution => contract::Party::Institution,
            ledger::Party::Guardian => contract::Party::Guardian,
        };
        let papers = argument.documents.into_iter();
        ArgumentBody {
            by: Text(by),
            stance: Text(argument.stance),
            statement: argument.statement,
            documents: papers.map(|d| PaperBody { kind: Text(d.kind), sha256: Text(d.sha256) }).collect(),
            said_at: Text(argument.said_at),
            seq: Text(argument.seq),
        }
    }
}

/// A dispute with what stands beside it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct DisputeBody {
    /// The lesson.
    pub lesson: LessonBody,
    /// Why it is disputed.
    pub reason: w::DisputeReason,
    /// When.
    pub disputed_at: w::Instant,
    /// Last day for the decision.
    pub decide_by_on: Option<w::Day>,
    /// Is the decision late?
    pub overdue: bool,
    /// The session that it was claimed for.
    pub session: Option<ClassSessionBody>,
    /// Day on which the pupil's side checked in at that session; none: it did not.
    pub checked_in_on: Option<w::Day>,
    /// What the parties said.
    pub arguments: Vec<ArgumentBody>,
    /// The decision.
    pub decision: Option<w::DisputeDecision>,
}

impl From<DisputeView> for DisputeBody {
    fn from(view: DisputeView) -> DisputeBody {
        DisputeBody {
            decide_by_on: view.lesson.decide_by_on.map(Text),
            lesson: view.lesson.into(),
            reason: Text(view.reason),
            disputed_at: Text(view.disputed_at),
            overdue: view.overdue,
            session: view.session.map(ClassSessionBody::from),
            checked_in_on: view.checked_in_on.map(Text),
            arguments: view.arguments.into_iter().map(ArgumentBody::from).collect(),
            decision: view.decision.map(Text),
        }
    }
}

/// A dispute in a list.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct OpenDisputeBody {
    /// The lesson.
    #[serde(flatten)]
    pub lesson: LessonBody,
    /// Of which institution.
    pub institution: w::InstitutionId,
    /// Last day for the decision.
    pub decide_by_on: Option<w::Day>,
}

impl From<Lesson> for OpenDisputeBody {
    fn from(lesson: Lesson) -> OpenDisputeBody {
        OpenDisputeBody {
            institution: Text(lesson.institution),
            decide_by_on: lesson.decide_by_on.map(Text),
            lesson: lesson.into(),
        }
    }
}

/// Which disputes.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DisputeQuery {
    /// Only those whose decision is late.
    #[param(value_type = Option<w::Flag>)]
    pub overdue: Option<w::Flag>,
    /// Items of a page.
    #[param(value_type = Option<w::PageLimit>)]
    pub limit: Option<w::PageLimit>,
    /// The `next` of the page before.
    #[param(value_type = Option<w::Cursor>)]
    pub after: Option<w::Cursor>,
}
