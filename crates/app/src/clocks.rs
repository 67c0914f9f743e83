//! The ledger's own clocks: what happens because time passes is an entry at its time, never a silent
//! effect of a query. Every run may be repeated: each thing has its key. When they run is the
//! scheduler's business.

use kernel::Instant;
use ledger::body::ConfirmedBy;
use serde_json::Value;

use crate::context::Verb;
use crate::error::AppError;
use crate::idempotency::Key;
use crate::ledgers::{App, Call, Ledger};
use crate::verbs::{LessonConfirm, RefundConsent};

/// Most things done in one go.
const PAGE: u32 = 512;

/// What a run of the clocks did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClockRun {
    /// Lessons confirmed by silence.
    pub lessons: u64,
    /// Refunds consented to by silence.
    pub refunds: u64,
    /// Applications accepted or granted by law, licences whose term passed.
    pub desk: u64,
    /// Alerts raised.
    pub alerts: u64,
    /// Days sealed.
    pub seals: u64,
}

/// What silence decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Silence {
    /// Lessons are confirmed.
    Lessons,
    /// Refunds are agreed.
    Refunds,
}

impl App {
    /// Lets time have its effects up to `now`, in one ledger: one look of the scheduler.
    ///
    /// # Errors
    /// [`AppError`] of the database. What a rule still refuses is left for the next run.
    pub async fn run_clocks(&self, ledger: &Ledger, now: Instant) -> Result<ClockRun, AppError> {
        let look = self.run_jobs(ledger, now).await?;
        Ok(ClockRun {
            lessons: look.of("lessons"),
            refunds: look.of("refunds"),
            desk: look.of("desk"),
            alerts: look.of("alerts"),
            seals: look.of("seals"),
        })
    }

    /// Confirms or agrees what nobody answered in time. Returns how many.
    pub(crate) async fn deem(&self, ledger: &Ledger, now: Instant, what: Silence) -> Result<u64, AppError> {
        let mut done = 0_u64;
        loop {
            let today = now.day();
            let read = self.store.read();
            let mut commands: Vec<(Call, Box<dyn Verb>)> = Vec::new();
            let mut push = |what: &str, id: String, verb: Box<dyn Verb>| {
                let key = format!("{what}:{id}:{today}");
                let key = Key::new(&self.effects.lookup_key(), "system", &key, what, &Value::Null);
                commands.push((Call::system(now, key), verb));
            };
            match what {
                Silence::Lessons => {
                    let lessons = store::lessons_due(&read, ledger.id(), today, PAGE).await?;
                    let unclocked = store::lessons_unclocked(&read, ledger.id(), None, PAGE).await?;
                    for lesson in lessons.iter().chain(&unclocked) {
                        let verb = LessonConfirm { lesson: lesson.id, by: ConfirmedBy::Silence };
                        push("deem-confirm", lesson.id.to_string(), Box::new(verb));
                    }
                }
                Silence::Refunds => {
                    for refund in &store::refunds_due(&read, ledger.id(), today, PAGE).await? {
                        push("deem-consent", refund.id.to_string(), Box::new(RefundConsent { refund: refund.id }));
                    }
                }
            }
            if commands.is_empty() {
                return Ok(done);
            }
            let before = done;
            for answer in self.submit_all(ledger, commands).await {
                match answer {
                    Ok(outcome) if !outcome.replayed => done = done.saturating_add(1),
                    Ok(_) | Err(AppError::Refused { .. }) => {}
                    Err(error) => return Err(error),
                }
            }
            if done == before {
                return Ok(done);
            }
        }
    }
}
