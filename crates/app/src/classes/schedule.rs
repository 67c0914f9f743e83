//! Sessions: single ones, or those of a weekly pattern over a period. A day on which the pattern may not
//! meet is left out, and said with the rule that keeps it.

use std::collections::BTreeSet;

use access::Action;
use contract::checks::Session;
use contract::timetable::{self, Booking};
use kernel::{ClassId, ClassSessionId, ContractId, Day, InstitutionId, TimeOfDay};
use store::ClassSession;

use super::{all_hold, target};
use crate::effects::new_uuid;
use crate::error::AppError;
use crate::ledgers::{App, Call};
use crate::read::{Page, Paged, Thing, Viewer, allow};
use crate::refusal::{BrokenRule, Corrupt, Refusal};

/// Most sessions that one request makes: a year of every day.
const SESSIONS_MAX: usize = 366;

/// Sessions to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NewSessions {
    /// These; if one may not be held none is made.
    Each(Vec<Session>),
    /// Those of a weekly pattern; days on which it may not meet are left out.
    Weekly {
        /// Days of the week, 1 for Monday to 7 for Sunday.
        weekdays: BTreeSet<u8>,
        /// Begin.
        from: TimeOfDay,
        /// End.
        until: TimeOfDay,
        /// First day of the period.
        from_on: Day,
        /// Last day of the period.
        until_on: Day,
    },
}

/// A day that was left out, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// The session that was not made.
    pub session: Session,
    /// What it would have broken.
    pub broken: Vec<BrokenRule>,
}

/// What was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// Sessions, in the order of time.
    pub sessions: Vec<ClassSession>,
    /// Days left out.
    pub skipped: Vec<Skipped>,
}

fn booking(session: &ClassSession) -> Booking {
    let time = Session { on: session.held_on, from: session.from, until: session.until };
    Booking { session: time, teacher: session.teacher, room: session.room }
}

fn refuse(what: &'static str, state: String, command: &'static str) -> AppError {
    AppError::refused(Refusal::State { what: what.into(), state: state.into(), command: command.into() })
}

impl App {
    /// Makes sessions of a class. Whether teacher and room are free is decided under the lock of the
    /// ledger's head.
    ///
    /// # Errors
    /// Not found, denied; the rules that single sessions break; too many at once.
    pub async fn sessions_create(&self, call: &Call, class: ClassId, new: NewSessions) -> Result<Made, AppError> {
        let (ledger, class) = self.class_in(call.principal.as_ref(), Action::ClassManage, class).await?;
        let course = store::course_load(&self.store.read(), ledger.id(), &[class.course]).await?.pop();
        let course = course.ok_or(Corrupt { what: "class without course" })?;
        let (wanted, leave_out) = match new {
            NewSessions::Each(sessions) => (sessions, false),
            NewSessions::Weekly { weekdays, from, until, from_on, until_on } => {
                // The course bounds the period: what lies beyond needs no list of a thousand days.
                let (from_on, until_on) = (from_on.max(course.starts_on), until_on.min(course.ends_on));
                let days = timetable::days_of(&weekdays, from_on, until_on);
                (days.into_iter().map(|on| Session { on, from, until }).collect(), true)
            }
        };
        if wanted.len() > SESSIONS_MAX {
            return Err(refuse("class", format!("{} > {SESSIONS_MAX}", wanted.len()), "make_sessions"));
        }
        let days = wanted.iter().map(|session| session.on);
        let Some((first, last)) = days.clone().min().zip(days.max()) else {
            return Ok(Made { sessions: Vec::new(), skipped: Vec::new() });
        };
        let tx = self.lock(ledger.id()).await?;
        let booked = store::class_sessions_between(&tx, ledger.id(), class.institution, (first, last)).await?;
        let mut booked: Vec<Booking> = booked.iter().filter(|s| s.cancelled_for.is_none()).map(booking).collect();
        let (mut made, mut skipped, mut all_broken) = (Vec::new(), Vec::new(), Vec::new());
        for session in wanted {
            // The rules of the day on which it is held.
            let policy = self.rulebook.on(ledger.region(), session.on)?.policy;
            let wanted = Booking { session, teacher: class.teacher, room: class.room };
            let mut broken = timetable::session_broken(&course, &session, &policy, self.calendar());
            broken.extend(timetable::conflicts(&wanted, &booked));
            if !broken.is_empty() {
                if leave_out {
                    let broken = broken.into_iter().map(BrokenRule::from).collect();
                    skipped.push(Skipped { session, broken });
                } else {
                    all_broken.extend(broken);
                }
                continue;
            }
            booked.push(wanted);
            made.push(ClassSession {
                id: ClassSessionId::new(new_uuid(&*self.effects, call.now)),
                class: class.id,
                institution: class.institution,
                held_on: session.on,
                from: session.from,
                until: session.until,
                teacher: class.teacher,
                room: class.room,
                cancelled_for: None,
            });
        }
        if !all_broken.is_empty() || call.dry_run {
            tx.rollback().await?;
            self.refused_count(call, &ledger, class.institution, &all_broken).await?;
            all_hold(all_broken)?;
        } else {
            store::class_sessions_insert(&tx, ledger.id(), &made).await?;
            tx.commit().await?;
        }
        Ok(Made { sessions: made, skipped })
    }

    /// The sessions of a class.
    ///
    /// # Errors
    /// Not found, denied.
    pub async fn class_sessions(
        &self,
        viewer: Viewer<'_>,
        class: ClassId,
        page: &Page,
    ) -> Result<Paged<ClassSession>, AppError> {
        let (ledger, class) = self.class_in(viewer, Action::ClassRead, class).await?;
        let read = self.store.read();
        crate::read::across!(
            vec![ledger],
            page,
            |ledger, after, limit| store::class_sessions_of(&read, ledger.id(), class.id, after, limit).await?,
            |session| session.id.to_string()
        )
    }

    /// The timetable of an institution for the week that a day lies in, Monday to Sunday.
    ///
    /// # Errors
    /// Not found, denied.
    pub async fn timetable(
        &self,
        viewer: Viewer<'_>,
        institution: InstitutionId,
        of: Day,
    ) -> Result<(Day, Vec<ClassSession>), AppError> {
        let ledger = self.ledger_of_allowed(viewer, &[Action::ClassRead], institution).await?;
        let back = i32::from(timetable::weekday(of)).saturating_sub(1);
        let century = |_| AppError::not_found("week");
        let monday = of.plus_days(back.saturating_neg()).map_err(century)?;
        let sunday = monday.plus_days(6).map_err(century)?;
        let found =
            store::class_sessions_between(&self.store.read(), ledger.id(), institution, (monday, sunday)).await?;
        Ok((monday, found))
    }

    /// The sessions of the classes that a contract's pupil is in, for the family and the institution.
    ///
    /// # Errors
    /// Not found, denied.
    pub async fn sessions_of_contract(
        &self,
        viewer: Viewer<'_>,
        contract: ContractId,
    ) -> Result<Vec<ClassSession>, AppError> {
        let (ledger, terms) = self.contract_terms(contract).await?;
        let ledger = self.ledger(&ledger).await?.ok_or_else(|| AppError::not_found("contract"))?;
        let target = access::Target::Contract {
            ledger: ledger.id().clone(),
            region: ledger.region(),
            institution: terms.institution,
            guardian: terms.guardian,
        };
        allow(viewer, &[Action::ContractRead], &target, "contract")?;
        let (read, days) = (self.store.read(), (terms.first_lesson_on, terms.last_lesson_on));
        let sessions = store::class_sessions_between(&read, ledger.id(), terms.institution, days).await?;
        let classes: BTreeSet<ClassId> = sessions.iter().map(|session| session.class).collect();
        let enrolments = store::enrolments_of(&read, ledger.id(), &classes.into_iter().collect::<Vec<_>>()).await?;
        let own = |session: &ClassSession| {
            let mut mine = enrolments.iter().filter(|e| e.contract == contract && e.class == session.class);
            mine.any(|enrolment| enrolment.holds_on(session.held_on))
        };
        Ok(sessions.into_iter().filter(own).collect())
    }

    /// A session is not held. What was claimed for it before stays claimed and can be disputed.
    ///
    /// # Errors
    /// Not found, denied; [`Refusal::State`] for one that was cancelled before.
    pub async fn session_cancel(
        &self,
        call: &Call,
        id: ClassSessionId,
        reason: String,
    ) -> Result<ClassSession, AppError> {
        let viewer = call.principal.as_ref();
        let ledger = self.ledger_with(viewer, Thing::ClassSession(id)).await?;
        let missing = || AppError::not_found("class_session");
        let tx = self.lock(ledger.id()).await?;
        let session = store::class_session_load(&tx, ledger.id(), &[id]).await?.pop().ok_or_else(missing)?;
        allow(viewer, &[Action::ClassManage], &target(&ledger, session.institution), "class_session")?;
        if !store::class_session_cancel(&tx, ledger.id(), id, &reason).await? {
            tx.rollback().await?;
            return Err(refuse("class_session", "cancelled".to_owned(), "cancel"));
        }
        if call.dry_run {
            tx.rollback().await?;
        } else {
            tx.commit().await?;
        }
        Ok(ClassSession { cancelled_for: Some(reason), ..session })
    }
}
