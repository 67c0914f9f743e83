//! Classes, sessions, enrolment, timetables.

use app::classes::{ClassView, Enrolled, ImportProgress, LessonFigures, Made, NewClass, NewSessions, Skipped};
use app::read::{ClassSession, Enrolment};
use contract::checks::Session;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::language::Language;
use crate::problem::{ViolationDocument, violation};
use crate::w;
use crate::wire::{Expected, Text};

/// A class to be set up.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClassRequest {
    /// Its name.
    pub name: w::Name,
    /// Teacher: a person of the institution's record.
    pub teacher: w::RecordItemId,
    /// Room: a part of the institution's record; none online.
    #[serde(default)]
    pub room: Option<w::RecordItemId>,
    /// Most pupils.
    pub capacity: w::ClassSize,
}

impl From<ClassRequest> for NewClass {
    fn from(request: ClassRequest) -> NewClass {
        NewClass {
            name: request.name.0,
            teacher: request.teacher.0,
            room: request.room.map(|room| room.0),
            capacity: request.capacity.0,
        }
    }
}

/// A class.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ClassBody {
    /// Its id.
    pub id: w::ClassId,
    /// Of which institution.
    pub institution: w::InstitutionId,
    /// Of which course.
    pub course: w::CourseId,
    /// Its name.
    pub name: String,
    /// Teacher: a person of the institution's record.
    pub teacher: w::RecordItemId,
    /// Room: a part of the institution's record; none online.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room: Option<w::RecordItemId>,
    /// Most pupils.
    pub capacity: u16,
    /// Pupils who are in it or will be.
    pub enrolled: u64,
    /// When it was set up.
    pub created_at: w::Instant,
}

impl From<ClassView> for ClassBody {
    fn from(view: ClassView) -> ClassBody {
        let ClassView { class, enrolled } = view;
        ClassBody {
            id: Text(class.id),
            institution: Text(class.institution),
            course: Text(class.course),
            name: class.name,
            teacher: Text(class.teacher),
            room: class.room.map(Text),
            capacity: class.capacity,
            enrolled,
            created_at: Text(class.created_at),
        }
    }
}

/// One session.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SessionTime {
    /// Day.
    pub held_on: w::Day,
    /// Begin.
    pub from: w::TimeOfDay,
    /// End, after the begin.
    pub until: w::TimeOfDay,
}

/// A weekly pattern.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WeeklyRequest {
    /// Days of the week, 1 for Monday to 7 for Sunday.
    #[schema(min_items = 1, max_items = 7)]
    pub weekdays: Vec<w::Weekday>,
    /// Begin.
    pub from: w::TimeOfDay,
    /// End, after the begin.
    pub until: w::TimeOfDay,
    /// First day of the period.
    pub from_on: w::Day,
    /// Last day of the period.
    pub until_on: w::Day,
}

/// Sessions to be made: single ones, or those of a weekly pattern.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SessionsRequest {
    /// Single ones; if one may not be held none is made.
    #[serde(default)]
    #[schema(max_items = 366)]
    pub sessions: Vec<SessionTime>,
    /// Those of a weekly pattern; days on which it may not meet are left out and listed.
    #[serde(default)]
    pub weekly: Option<WeeklyRequest>,
}

fn wrong(field: &'static str, zh: &str, en: &str) -> crate::problem::Problem {
    let detail = Expected::of(zh, en);
    crate::problem::Problem::of(crate::problem_type::ProblemType::InvalidField).field(field).detail(detail)
}

impl SessionsRequest {
    /// As the use case takes it.
    ///
    /// # Errors
    /// Both or neither given, times out of order.
    pub fn sessions(self) -> Result<NewSessions, crate::problem::Problem> {
        let out_of_order = || wrong("until", "结束时间须晚于开始时间。", "A session ends after it begins.");
        match (self.sessions.is_empty(), self.weekly) {
            (false, None) => {
                let times = self.sessions.into_iter().map(|time| Session {
                    on: time.held_on.0,
                    from: time.from.0,
                    until: time.until.0,
                });
                let times: Vec<Session> = times.collect();
                if times.iter().any(|time| time.from >= time.until) {
                    return Err(out_of_order());
                }
                Ok(NewSessions::Each(times))
            }
            (true, Some(weekly)) => {
                if weekly.from.0 >= weekly.until.0 {
                    return Err(out_of_order());
                }
                if weekly.from_on.0 > weekly.until_on.0 {
                    return Err(wrong("until_on", "止日不得早于起日。", "The last day is not before the first."));
                }
                Ok(NewSessions::Weekly {
                    weekdays: weekly.weekdays.into_iter().filter_map(|day| u8::try_from(day.0).ok()).collect(),
                    from: weekly.from.0,
                    until: weekly.until.0,
                    from_on: weekly.from_on.0,
                    until_on: weekly.until_on.0,
                })
            }
            _ => Err(wrong("sessions", "须且只须给出 sessions 与 weekly 之一。", "Give either sessions or weekly.")),
        }
    }
}

/// A session of a class.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ClassSessionBody {
    /// Its id.
    pub id: w::ClassSessionId,
    /// Of which class.
    pub class: w::ClassId,
    /// Day.
    pub held_on: w::Day,
    /// Begin.
    pub from: w::TimeOfDay,
    /// End.
    pub until: w::TimeOfDay,
    /// Who teaches.
    pub teacher: w::RecordItemId,
    /// Where; none online.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room: Option<w::RecordItemId>,
    /// Why it is not held; none: it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancelled_for: Option<String>,
}

impl From<ClassSession> for ClassSessionBody {
    fn from(session: ClassSession) -> ClassSessionBody {
        ClassSessionBody {
            id: Text(session.id),
            class: Text(session.class),
            held_on: Text(session.held_on),
            from: Text(session.from),
            until: Text(session.until),
            teacher: Text(session.teacher),
            room: session.room.map(Text),
            cancelled_for: session.cancelled_for,
        }
    }
}

/// A day that was left out.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SkippedBody {
    /// The session that was not made.
    #[serde(flatten)]
    pub session: SessionTime,
    /// What it would have broken.
    pub violations: Vec<ViolationDocument>,
}

/// Sessions that were made.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SessionsMadeBody {
    /// In the order of time.
    pub sessions: Vec<ClassSessionBody>,
    /// Days left out, and why.
    pub skipped: Vec<SkippedBody>,
}

impl SessionsMadeBody {
    /// In a language.
    pub fn of(made: Made, language: Language) -> SessionsMadeBody {
        let skipped = |skipped: Skipped| SkippedBody {
            session: SessionTime {
                held_on: Text(skipped.session.on),
                from: Text(skipped.session.from),
                until: Text(skipped.session.until),
            },
            violations: skipped.broken.iter().map(|broken| violation(broken, language)).collect(),
        };
        SessionsMadeBody {
            sessions: made.sessions.into_iter().map(ClassSessionBody::from).collect(),
            skipped: made.skipped.into_iter().map(skipped).collect(),
        }
    }
}

/// Why a session is not held.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CancellationRequest {
    /// Why.
    pub reason: w::Address,
}

/// A pupil for a class.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EnrolmentRequest {
    /// The contract.
    pub contract: w::ContractId,
    /// First day; the contract's first lesson where nothing is said.
    #[serde(default)]
    pub from_on: Option<w::Day>,
}

/// A pupil leaves a class.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EnrolmentEndRequest {
    /// The contract.
    pub contract: w::ContractId,
    /// Last day.
    pub until_on: w::Day,
}

/// A contract in a class.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
pub struct EnrolmentBody {
    /// The class.
    pub class: w::ClassId,
    /// The contract.
    pub contract: w::ContractId,
    /// First day.
    pub from_on: w::Day,
    /// Last day; none while it lasts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until_on: Option<w::Day>,
    /// Pupils who are in the class or will be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enrolled: Option<u64>,
}

impl From<Enrolment> for EnrolmentBody {
    fn from(enrolment: Enrolment) -> EnrolmentBody {
        EnrolmentBody {
            class: Text(enrolment.class),
            contract: Text(enrolment.contract),
            from_on: Text(enrolment.from_on),
            until_on: enrolment.until_on.map(Text),
            enrolled: None,
        }
    }
}

impl From<Enrolled> for EnrolmentBody {
    fn from(done: Enrolled) -> EnrolmentBody {
        EnrolmentBody { enrolled: Some(done.enrolled), ..EnrolmentBody::from(done.enrolment) }
    }
}

/// Which week.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WeekQuery {
    /// A day of the week; today where nothing is said.
    #[param(value_type = Option<w::Day>)]
    pub on: Option<w::Day>,
}

/// A week of an institution.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TimetableBody {
    /// The Monday.
    pub from_on: w::Day,
    /// Sessions in the order of time.
    pub sessions: Vec<ClassSessionBody>,
}

/// Which days.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SpanQuery {
    /// First day.
    #[param(value_type = w::Day)]
    pub from: w::Day,
    /// Last day.
    #[param(value_type = w::Day)]
    pub to: w::Day,
}

/// How lessons were answered.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
pub struct LessonFiguresOf {
    /// Lessons claimed.
    pub claimed: u64,
    /// Confirmed by the guardian, or by a check-in where that is enough.
    pub confirmed: u64,
    /// Confirmed by silence.
    pub deemed: u64,
    /// Disputed, decided or not.
    pub disputed: u64,
    /// Check-ins of the pupils' side.
    pub checked_in: u64,
    /// Of the lessons that were answered, how many silence confirmed: hundredths of a per cent, rounded
    /// down; none where none was answered.
    pub deemed_rate_basis_points: Option<u64>,
}

impl From<LessonFigures> for LessonFiguresOf {
    fn from(figures: LessonFigures) -> LessonFiguresOf {
        LessonFiguresOf {
            claimed: figures.claimed,
            confirmed: figures.confirmed,
            deemed: figures.deemed,
            disputed: figures.disputed,
            checked_in: figures.checked_in,
            deemed_rate_basis_points: figures.deemed_rate(),
        }
    }
}

/// A month.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct LessonMonthBody {
    /// The month, as 2026-11.
    pub month: String,
    /// Its figures.
    #[serde(flatten)]
    pub figures: LessonFiguresOf,
}

/// How the lessons of an institution were answered, by the month in which they were held.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct LessonFiguresBody {
    /// Month by month.
    pub months: Vec<LessonMonthBody>,
    /// All of them.
    pub total: LessonFiguresOf,
}

/// A file of lessons.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct LessonImportBody {
    /// Its id.
    pub id: w::LessonImportId,
    /// Of which institution.
    pub institution: w::InstitutionId,
    /// SHA-256 of the file.
    pub sha256: w::Hash,
    /// Lines, without the headings.
    pub lines: u64,
    /// Parts of up to 1,000 lines.
    pub parts: u64,
    /// Lines that were looked at.
    pub done: u64,
    /// Of these, lessons recorded.
    pub recorded: u64,
    /// Of these, refused.
    pub refused: u64,
    /// When it was handed in.
    pub created_at: w::Instant,
    /// When the last line was looked at; none while it goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<w::Instant>,
}

impl From<ImportProgress> for LessonImportBody {
    fn from(progress: ImportProgress) -> LessonImportBody {
        let import = progress.import;
        LessonImportBody {
            id: Text(import.id),
            institution: Text(import.institution),
            sha256: Text(ledger::Hash::new(import.sha256)),
            lines: import.lines,
            parts: progress.parts,
            done: import.done,
            recorded: import.recorded,
            refused: import.refused,
            created_at: Text(import.created_at),
            finished_at: import.finished_at.map(Text),
        }
    }
}

/// Which part of a file.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PartQuery {
    /// Number of the part, from 0; 0 where nothing is said.
    #[param(value_type = Option<w::Seq>)]
    pub part: Option<w::Seq>,
}

/// What became of the lines of a part.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct LessonImportResultsBody {
    /// Number of the part.
    pub part: u64,
    /// Line by line: `line`, `status` (`recorded` or `refused`), the `lesson`, or the `refusal`, or the
    /// `field` that cannot be read; none while it waits.
    pub results: Option<serde_json::Value>,
}
