//! Classes, their sessions and who is in them. Operational rows, decided under the lock of the ledger's
//! head: two requests at once never book a teacher or a room twice. See docs/CLASSES.md.

mod enrol;
mod evidence;
pub(crate) mod import;
pub(crate) mod remind;
mod schedule;

use std::sync::Arc;

use access::{Action, Target};
use contract::timetable::{self, RoomFacts};
use kernel::{ClassId, CourseId, Day, InstitutionId, LedgerId, RecordItemId, RuleId, Violation};
use ledger::RecordPart;
use registry::standards::StaffFacts;
use serde_json::Value;
use store::{Class, Tx};

use crate::effects::new_uuid;
use crate::error::AppError;
use crate::ledgers::{App, Call, Ledger};
use crate::read::{Page, Paged, Thing, Viewer, allow};
use crate::refusal::{BrokenRule, Corrupt, Refusal};

pub use enrol::Enrolled;
pub use evidence::{Argument, Code, DisputeView, LessonFigures};
pub use import::{ImportProgress, LINES_MAX, PART_LINES};
pub use schedule::{Made, NewSessions, Skipped};

/// A class to be set up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewClass {
    /// Its name.
    pub name: String,
    /// Teacher: a person of the institution's record.
    pub teacher: RecordItemId,
    /// Room: a part of the institution's record; none online.
    pub room: Option<RecordItemId>,
    /// Most pupils.
    pub capacity: u16,
}

/// A class with the number of its pupils.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClassView {
    /// The class.
    pub class: Class,
    /// Pupils who are in it or will be.
    pub enrolled: u64,
}

/// Refuses for broken rules.
fn refused(broken: Vec<Violation>) -> AppError {
    AppError::refused(Refusal::Rules { violations: broken.into_iter().map(BrokenRule::from).collect() })
}

/// Refuses when any rule is broken.
fn all_hold(broken: Vec<Violation>) -> Result<(), AppError> {
    if broken.is_empty() { Ok(()) } else { Err(refused(broken)) }
}

fn number(record: &Value, key: &str) -> Option<u32> {
    record.get(key).and_then(Value::as_u64).and_then(|n| u32::try_from(n).ok()).filter(|n| *n > 0)
}

fn flag(record: &Value, key: &str) -> bool {
    record.get(key).and_then(Value::as_bool).unwrap_or(false)
}

pub(super) fn target(ledger: &Ledger, institution: InstitutionId) -> Target {
    Target::Institution { ledger: ledger.id().clone(), region: ledger.region(), institution }
}

impl App {
    /// Takes the ledger's head, so that nothing that is looked at changes before the commit.
    async fn lock(&self, ledger: &LedgerId) -> Result<Tx, AppError> {
        let tx = self.store.begin().await?;
        store::head_lock(&tx, ledger).await?.ok_or(Corrupt { what: "ledger without head" })?;
        Ok(tx)
    }

    /// Counts what the rules refused an institution: what is decided here passes no writer.
    async fn refused_count(
        &self,
        call: &Call,
        ledger: &Ledger,
        institution: InstitutionId,
        broken: &[Violation],
    ) -> Result<(), AppError> {
        let own = call.principal.as_ref().map(|principal| &principal.role);
        if broken.is_empty() || call.dry_run || !matches!(own, Some(access::Role::Institution { .. })) {
            return Ok(());
        }
        let rules: std::collections::BTreeSet<&str> = broken.iter().map(|violation| violation.rule.as_str()).collect();
        let on = call.now.day();
        let items: Vec<_> = rules
            .into_iter()
            .map(|rule| store::RefusedAttempts { institution, on, rule: rule.to_owned(), attempts: 1 })
            .collect();
        let tx = self.store.begin().await?;
        store::refused_attempts_add(&tx, ledger.id(), &items).await?;
        Ok(tx.commit().await?)
    }

    /// A room and a teacher of the institution's record, as they are today.
    async fn room_and_teacher(
        &self,
        ledger: &Ledger,
        institution: InstitutionId,
        (room, teacher): (Option<RecordItemId>, RecordItemId),
        today: Day,
    ) -> Result<(Option<RoomFacts>, StaffFacts), AppError> {
        let mut record = self.record_in(ledger, institution, today).await?;
        self.screen(&mut record, today).await?;
        let find = |part, item| {
            let found = record.items.iter().find(|found| found.part == part && found.item == item);
            found.map(|found| found.record.clone().unwrap_or(Value::Null))
        };
        let room = match room {
            None => None,
            Some(room) => {
                let found = find(RecordPart::Room, room).ok_or_else(|| AppError::not_found("room"))?;
                Some(RoomFacts { seats: number(&found, "seats"), area_m2: number(&found, "area_m2") })
            }
        };
        let person = find(RecordPart::Staff, teacher).ok_or_else(|| AppError::not_found("teacher"))?;
        let certificate = person.get("certificate").and_then(Value::as_str).unwrap_or_default();
        let teacher = StaffFacts {
            full_time_teaching: flag(&person, "full_time") && flag(&person, "teaches"),
            teaches: flag(&person, "teaches"),
            qualified: !certificate.is_empty(),
            serving: flag(&person, "serving_teacher"),
            barred: flag(&person, "barred"),
        };
        Ok((room, teacher))
    }

    /// A published course and its ledger, if the caller may do this with it.
    async fn own_course(
        &self,
        call: &Call,
        action: Action,
        course: CourseId,
    ) -> Result<(Arc<Ledger>, contract::Course), AppError> {
        let ledger = self.ledger_for(call, Thing::Course(course)).await?;
        let missing = || AppError::not_found("course");
        let course = store::course_load(&self.store.read(), ledger.id(), &[course]).await?.pop().ok_or_else(missing)?;
        allow(call.principal.as_ref(), &[action], &target(&ledger, course.institution), "course")?;
        Ok((ledger, course))
    }

    /// A class and its ledger, if the viewer may do this with it.
    pub(super) async fn class_in(
        &self,
        viewer: Viewer<'_>,
        action: Action,
        id: ClassId,
    ) -> Result<(Arc<Ledger>, Class), AppError> {
        // Nobody learns without logging in which classes there are.
        viewer.ok_or(AppError::NotSignedIn)?;
        let ledger = self.ledger_with(viewer, Thing::Class(id)).await?;
        let missing = || AppError::not_found("class");
        let class = store::class_load(&self.store.read(), ledger.id(), &[id]).await?.pop().ok_or_else(missing)?;
        allow(viewer, &[action], &target(&ledger, class.institution), "class")?;
        Ok((ledger, class))
    }

    /// Sets a class of a published course up.
    ///
    /// # Errors
    /// Not found, denied; [`Refusal::State`] for a course that is a draft; rules on size, room, teacher.
    pub async fn class_create(&self, call: &Call, course: CourseId, new: NewClass) -> Result<ClassView, AppError> {
        let (ledger, course) = self.own_course(call, Action::ClassManage, course).await?;
        if course.published_seq.is_none() {
            let (what, state, command) = ("course".into(), "draft".into(), "open_class".into());
            return Err(AppError::refused(Refusal::State { what, state, command }));
        }
        let today = call.now.day();
        let policy = self.rulebook.on(ledger.region(), today)?.policy;
        let wanted = (new.room, new.teacher);
        let (room, teacher) = self.room_and_teacher(&ledger, course.institution, wanted, today).await?;
        let mut broken = timetable::teacher_broken(&teacher);
        broken.extend(timetable::class_broken(&course, new.capacity, room.as_ref(), &policy));
        if course.mode == kernel::Mode::Offline && room.is_none() {
            broken.push(Violation::of(RuleId::RoomCapacity).field("room"));
        }
        broken.sort_by_key(|violation| violation.rule);
        self.refused_count(call, &ledger, course.institution, &broken).await?;
        all_hold(broken)?;
        let class = Class {
            id: ClassId::new(new_uuid(&*self.effects, call.now)),
            institution: course.institution,
            course: course.id,
            name: new.name,
            teacher: new.teacher,
            room: new.room,
            capacity: new.capacity,
            created_at: call.now,
        };
        if !call.dry_run {
            let tx = self.store.begin().await?;
            store::class_insert(&tx, ledger.id(), &class).await?;
            tx.commit().await?;
        }
        Ok(ClassView { class, enrolled: 0 })
    }

    /// The classes of a course.
    ///
    /// # Errors
    /// Not found, denied.
    pub async fn classes(
        &self,
        viewer: Viewer<'_>,
        course: CourseId,
        page: &Page,
    ) -> Result<Paged<ClassView>, AppError> {
        let ledger = self.ledger_with(viewer, Thing::Course(course)).await?;
        let found = store::course_load(&self.store.read(), ledger.id(), &[course]).await?.pop();
        let found = found.ok_or_else(|| AppError::not_found("course"))?;
        allow(viewer, &[Action::ClassRead], &target(&ledger, found.institution), "course")?;
        let read = self.store.read();
        let paged: Result<Paged<Class>, AppError> = crate::read::across!(
            vec![ledger.clone()],
            page,
            |ledger, after, limit| store::classes_of_course(&read, ledger.id(), course, after, limit).await?,
            |class| class.id.to_string()
        );
        let Paged { items, next } = paged?;
        let ids: Vec<ClassId> = items.iter().map(|class| class.id).collect();
        let enrolments = store::enrolments_of(&read, ledger.id(), &ids).await?;
        let count = |id: ClassId| {
            let own = enrolments.iter().filter(|enrolment| enrolment.class == id && enrolment.until_on.is_none());
            u64::try_from(own.count()).unwrap_or(u64::MAX)
        };
        let items = items.into_iter().map(|class| ClassView { enrolled: count(class.id), class }).collect();
        Ok(Paged { items, next })
    }
}
