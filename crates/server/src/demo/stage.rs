//! The stage on which the script plays: it sets the clock, knows who acts, and hands commands to the
//! use cases in order. Nothing is written but through them.

use std::sync::Arc;

use access::Principal;
use anyhow::{Context, bail};
use app::context::Verb;
use app::identity::{HashedPassword, NewRole};
use app::{App, AppError, Call, Effects, Key, Ledger, Outcome, Refusal};
use kernel::Day;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha20Rng;
use serde_json::Value;

use super::effects::DemoEffects;

/// Seed of what the people of the county do. Not that of ids and salts, so that another way of
/// making those does not change what happens.
const CHANCE_SEED: [u8; 32] = *b"tutela demo: what people do next";

/// A command and who gives it.
pub type Act = (Principal, Box<dyn Verb>);

/// Something that a rule stopped, for the end of the play.
#[derive(Clone, Debug)]
pub struct Caught {
    /// The day.
    pub on: Day,
    /// What was tried.
    pub zh: &'static str,
    /// What was tried.
    pub en: &'static str,
    /// What the system said.
    pub refusal: Refusal,
}

/// The stage.
pub struct Stage {
    /// The application.
    pub app: Arc<App>,
    /// The county's ledger.
    pub ledger: Arc<Ledger>,
    effects: Arc<DemoEffects>,
    today: Day,
    password: HashedPassword,
    chance: ChaCha20Rng,
    keys: u64,
    caught: Vec<Caught>,
}

impl Stage {
    /// Of an application that was started with these effects.
    pub fn new(app: Arc<App>, ledger: Arc<Ledger>, effects: Arc<DemoEffects>, password: HashedPassword) -> Stage {
        let today = effects.now().day();
        let chance = ChaCha20Rng::from_seed(CHANCE_SEED);
        Stage { app, ledger, effects, today, password, chance, keys: 0, caught: Vec::new() }
    }

    /// The day being played.
    pub const fn today(&self) -> Day {
        self.today
    }

    /// The time of the day being played.
    pub fn now(&self) -> kernel::Instant {
        self.effects.now()
    }

    /// Sets the clock.
    ///
    /// # Errors
    /// A day outside the accepted years.
    pub fn set(&mut self, day: Day, hour: i64, minute: i64) -> anyhow::Result<()> {
        self.today = day;
        self.effects.set(day, hour, minute)?;
        Ok(())
    }

    /// A number from 0 to `below - 1`.
    pub fn chance(&mut self, below: u32) -> u32 {
        // A remainder is not quite even, and the same in every version of every library.
        self.chance.next_u32().checked_rem(below).unwrap_or(0)
    }

    /// A call by somebody, with a key of its own.
    pub fn call(&mut self, who: &Principal) -> Call {
        self.keys = self.keys.saturating_add(1);
        let client_key = format!("demo-{:06}", self.keys);
        let key = Key::new(&self.effects.lookup_key(), &who.actor(), &client_key, "demo", &Value::Null);
        Call { principal: Some(who.clone()), now: self.effects.now(), key: Some(key), dry_run: false }
    }

    /// A new id.
    pub fn id<T>(&mut self, who: &Principal, make: impl Fn(uuid::Uuid) -> T) -> T {
        let call = Call { principal: Some(who.clone()), now: self.effects.now(), key: None, dry_run: false };
        self.app.new_id(&call, make)
    }

    /// What an entry commits to: a reason in words.
    pub fn reason(&self, text: &str) -> app::context::Secret {
        self.app.secret(&serde_json::json!({ "reason": text }))
    }

    /// Does one thing.
    ///
    /// # Errors
    /// When it is refused: the script is wrong then.
    pub async fn act(&mut self, who: &Principal, verb: impl Verb + 'static) -> anyhow::Result<Outcome> {
        let call = self.call(who);
        self.app.submit(&self.ledger, call, verb).await.with_context(|| format!("on {}", self.today)).map_err(told)
    }

    /// Does many things in order.
    ///
    /// # Errors
    /// When one is refused.
    pub async fn act_all(&mut self, acts: Vec<Act>) -> anyhow::Result<Vec<Outcome>> {
        if acts.is_empty() {
            return Ok(Vec::new());
        }
        let commands = acts.into_iter().map(|(who, verb)| (self.call(&who), verb)).collect();
        let answers = self.app.submit_all(&self.ledger, commands).await;
        let today = self.today;
        answers.into_iter().map(|answer| answer.with_context(|| format!("on {today}")).map_err(told)).collect()
    }

    /// Tries something that a rule must stop, and remembers what was said.
    ///
    /// # Errors
    /// When it is not stopped.
    pub async fn caught(
        &mut self,
        who: &Principal,
        zh: &'static str,
        en: &'static str,
        verb: impl Verb + 'static,
    ) -> anyhow::Result<()> {
        let call = self.call(who);
        let answer = self.app.submit(&self.ledger, call, verb).await;
        self.caught_by(answer, zh, en)
    }

    /// The same of an answer that was given already.
    ///
    /// # Errors
    /// When it was not stopped.
    pub fn caught_by<T>(
        &mut self,
        answer: Result<T, AppError>,
        zh: &'static str,
        en: &'static str,
    ) -> anyhow::Result<()> {
        match answer {
            Err(AppError::Refused { refusal, .. }) => {
                self.caught.push(Caught { on: self.today, zh, en, refusal });
                Ok(())
            }
            Ok(_) => bail!("on {}: was not refused: {en}", self.today),
            Err(error) => Err(error.into()),
        }
    }

    /// Everything that was stopped so far.
    pub fn all_caught(&self) -> &[Caught] {
        &self.caught
    }

    /// Makes a user with the password of the demo.
    ///
    /// # Errors
    /// When it cannot be made.
    pub async fn user(&mut self, username: &str, role: NewRole) -> anyhow::Result<Principal> {
        // The installation itself, as the first administrator is made.
        let call = Call { principal: None, now: self.effects.now(), key: None, dry_run: false };
        let user = self
            .app
            .user_create_hashed(&call, username.to_owned(), role, &self.password)
            .await
            .map_err(|error| anyhow::Error::new(error).context(format!("user {username}")))?;
        Ok(Principal::new(user.id, user.role))
    }

    /// Lets the ledger's own clocks run.
    ///
    /// # Errors
    /// Of the database.
    pub async fn clocks(&mut self) -> anyhow::Result<app::clocks::ClockRun> {
        Ok(self.app.run_clocks(&self.ledger, self.effects.now()).await?)
    }

    /// Entries so far.
    ///
    /// # Errors
    /// Of the database.
    pub async fn size(&self) -> anyhow::Result<u64> {
        let head = store::head_load(&self.app.store().read(), self.ledger.id()).await?;
        Ok(head.map_or(0, |head| head.size))
    }
}

/// A refusal says nothing by itself: what was refused belongs to the error of the script.
fn told(error: anyhow::Error) -> anyhow::Error {
    match error.downcast_ref::<AppError>() {
        Some(AppError::Refused { refusal, .. }) => {
            let refusal = format!("{refusal:?}");
            error.context(refusal)
        }
        _ => error,
    }
}
