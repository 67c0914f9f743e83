//! The ledger's own clocks: what happens because time passes is an entry at its time, never a silent
//! effect of a query. Every run may be repeated: each thing has its key.

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
    /// Days sealed.
    pub seals: u64,
}

impl App {
    /// Confirms what silence confirms, up to `now`, in one ledger; then seals the day that is over. First the
    /// ledger is told of versions of its rules that it does not know of.
    ///
    /// # Errors
    /// [`AppError`] of the database. What a rule still refuses is left for the next run.
    pub async fn run_clocks(&self, ledger: &Ledger, now: Instant) -> Result<ClockRun, AppError> {
        self.announce_policies(ledger, now).await?;
        self.announce_templates(ledger, now).await?;
        let desk = self.desk_clocks(ledger, now).await?;
        let run = ClockRun { desk, ..self.deem(ledger, now).await? };
        Ok(ClockRun { seals: self.seal_days(ledger, now).await?, ..run })
    }

    async fn deem(&self, ledger: &Ledger, now: Instant) -> Result<ClockRun, AppError> {
        let mut run = ClockRun::default();
        loop {
            let today = now.day();
            let read = self.store.read();
            let lessons = store::lessons_due(&read, ledger.id(), today, PAGE).await?;
            let refunds = store::refunds_due(&read, ledger.id(), today, PAGE).await?;
            let unclocked = store::lessons_unclocked(&read, ledger.id(), None, PAGE).await?;
            let mut commands: Vec<(Call, Box<dyn Verb>)> = Vec::new();
            let mut push = |what: &str, id: String, verb: Box<dyn Verb>| {
                let key = format!("{what}:{id}:{today}");
                let key = Key::new(&self.effects.lookup_key(), "system", &key, what, &Value::Null);
                commands.push((Call::system(now, key), verb));
            };
            for lesson in lessons.iter().chain(&unclocked) {
                let verb = LessonConfirm { lesson: lesson.id, by: ConfirmedBy::Silence };
                push("deem-confirm", lesson.id.to_string(), Box::new(verb));
            }
            for refund in &refunds {
                push("deem-consent", refund.id.to_string(), Box::new(RefundConsent { refund: refund.id }));
            }
            if commands.is_empty() {
                return Ok(run);
            }
            let lessons_asked = lessons.len() + unclocked.len();
            let mut progress = false;
            for (i, answer) in self.submit_all(ledger, commands).await.into_iter().enumerate() {
                match answer {
                    Ok(outcome) if !outcome.replayed => {
                        progress = true;
                        let count = if i < lessons_asked { &mut run.lessons } else { &mut run.refunds };
                        *count += 1;
                    }
                    Ok(_) | Err(AppError::Refused { .. }) => {}
                    Err(error) => return Err(error),
                }
            }
            if !progress {
                return Ok(run);
            }
        }
    }
}
