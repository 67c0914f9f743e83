//! The running ledgers: each with its writer and its checkpointer. A county's ledger opens with the
//! first command that needs it.

use std::collections::BTreeMap;
use std::sync::Arc;

use access::Principal;
use kernel::{Calendar, Instant, LedgerId, RegionCode};
use policy::PolicySet;
use store::Store;
use store::vault::Vault;
use tokio::sync::{RwLock, watch};

use crate::checkpointer::{Checkpoints, checkpointer};
use crate::context::Verb;
use crate::effects::Effects;
use crate::error::AppError;
use crate::idempotency::Key;
use crate::refusal::Corrupt;
use crate::rulebook::Rulebook;
use crate::startup::{self, StartChecks};
use crate::verbs::LedgerOpen;
use crate::witnesses::Witnesses;
use crate::witnessing::witnesses;
use crate::writer::{Command, LedgerCore, Outcome, Writer};

/// A ledger that runs in this process.
pub struct Ledger {
    writer: Writer,
    checkpoints: Checkpoints,
    witnesses: Arc<Witnesses>,
}

/// The application: everything the front doors (HTTP, console, commands) call.
pub struct App {
    pub(crate) store: Store,
    pub(crate) vault: Arc<Vault>,
    pub(crate) effects: Arc<dyn Effects>,
    pub(crate) rulebook: Arc<Rulebook>,
    pub(crate) calendar: Arc<Calendar>,
    pub(crate) sessions: crate::identity::SessionCache,
    pub(crate) lookup: crate::lookup::Lookup,
    pub(crate) watches: crate::warning::Watches,
    /// Who this process is, among the servers of a database.
    pub(crate) server: String,
    pub(crate) reminders: crate::classes::remind::Reminders,
    pub(crate) lesson_imports: crate::classes::import::LessonImports,
    pub(crate) verifications: crate::verify::Verifications,
    ledgers: RwLock<BTreeMap<LedgerId, Arc<Ledger>>>,
}

/// Who asks, when, and how.
#[derive(Clone, Debug)]
pub struct Call {
    /// The user; none for the system's own clocks.
    pub principal: Option<Principal>,
    /// When the request came.
    pub now: Instant,
    /// The client's key, for appending requests.
    pub key: Option<Key>,
    /// Decide only, write nothing.
    pub dry_run: bool,
}

impl Call {
    /// A call of the system's own clock; `key` makes it happen once.
    pub fn system(now: Instant, key: Key) -> Call {
        Call { principal: None, now, key: Some(key), dry_run: false }
    }
}

impl App {
    /// Starts all ledgers of the database. Each is checked first: its head against its entries, and
    /// against the checkpoint kept outside the database.
    ///
    /// # Errors
    /// [`AppError::RolledBack`] when a database does not continue what was signed, [`AppError`] when the shipped policies or the database cannot be read.
    pub async fn start(store: Store, vault: Vault, effects: Arc<dyn Effects>) -> Result<Arc<App>, AppError> {
        App::start_checking(store, vault, effects, StartChecks::default()).await
    }

    /// As [`App::start`], with as much checked before ledgers serve as is said.
    ///
    /// # Errors
    /// As [`App::start`].
    pub async fn start_checking(
        store: Store,
        vault: Vault,
        effects: Arc<dyn Effects>,
        checks: StartChecks,
    ) -> Result<Arc<App>, AppError> {
        let server = crate::effects::new_uuid(&*effects, effects.now()).to_string();
        let began_at = effects.now();
        let app = App {
            store,
            vault: Arc::new(vault),
            effects,
            rulebook: Arc::new(Rulebook::shipped()?),
            calendar: Arc::new(policy::calendar()?),
            sessions: crate::identity::SessionCache::default(),
            lookup: crate::lookup::Lookup::default(),
            watches: crate::warning::Watches::default(),
            server,
            reminders: crate::classes::remind::Reminders::default(),
            lesson_imports: crate::classes::import::LessonImports::default(),
            verifications: crate::verify::Verifications::since(began_at),
            ledgers: RwLock::new(BTreeMap::new()),
        };
        app.rulebook.refresh(&app.store.read()).await?;
        for head in store::ledgers(&app.store.read()).await? {
            let ledger = app.run(&head).await?;
            match startup::check(&app, &ledger, checks).await {
                Ok(None) => {}
                Ok(Some(leaves)) => drop(tokio::spawn(leaves.check())),
                Err(error @ AppError::RolledBack { .. }) => return Err(error),
                Err(error) => ledger.core().stop(&error),
            }
            app.ledgers.write().await.insert(head.ledger, ledger);
        }
        Ok(Arc::new(app))
    }

    async fn run(&self, head: &store::Head) -> Result<Arc<Ledger>, AppError> {
        let core = Arc::new(LedgerCore::new(
            head.ledger.clone(),
            head.region,
            self.store.clone(),
            Arc::clone(&self.vault),
            Arc::clone(&self.effects),
            Arc::clone(&self.rulebook),
            Arc::clone(&self.calendar),
        ));
        // With another key than the ledger was opened with, nothing could be signed in its name.
        let key = self.effects.log_key_at_hand(&head.ledger)?.filter(|key| key.vkey() == head.vkey);
        if key.is_none() {
            core.stop(&Corrupt { what: "the signing key of the log is not at hand" });
        }
        let (committed, sizes) = watch::channel(head.size);
        let checkpoints = checkpointer(Arc::clone(&core), key, sizes).await?;
        let witnesses = witnesses(&core, &checkpoints).await?;
        let writer = Writer::start(core, committed);
        Ok(Arc::new(Ledger { writer, checkpoints, witnesses }))
    }

    /// The ledger of this id, if it runs here. One that another server opened is found too.
    ///
    /// # Errors
    /// [`AppError`] of the database.
    pub async fn ledger(&self, id: &LedgerId) -> Result<Option<Arc<Ledger>>, AppError> {
        if let Some(ledger) = self.ledgers.read().await.get(id) {
            return Ok(Some(Arc::clone(ledger)));
        }
        let heads = store::ledgers(&self.store.read()).await?;
        let Some(head) = heads.into_iter().find(|head| head.ledger == *id) else { return Ok(None) };
        let mut ledgers = self.ledgers.write().await;
        if let Some(ledger) = ledgers.get(id) {
            return Ok(Some(Arc::clone(ledger)));
        }
        let ledger = self.run(&head).await?;
        ledgers.insert(id.clone(), Arc::clone(&ledger));
        Ok(Some(ledger))
    }

    /// The ledger of a county, opened now if it has none.
    ///
    /// # Errors
    /// [`AppError::NoLedger`] for a province or city, [`AppError`] of database and keys.
    pub async fn ledger_of(&self, region: RegionCode) -> Result<Arc<Ledger>, AppError> {
        let id = LedgerId::first_of(region);
        if let Some(ledger) = self.ledger(&id).await? {
            return Ok(ledger);
        }
        if !region.is_county() {
            return Err(AppError::NoLedger { region });
        }
        let key = self.effects.log_key(&id)?;
        let now = self.effects.now();
        let head = store::Head {
            ledger: id.clone(),
            region,
            origin: self.effects.origin(&id),
            vkey: key.vkey(),
            opened_at: now,
            size: 0,
            epoch: 0,
            frontier: Vec::new(),
            last_leaf: [0; 32],
            last_recorded_at: now,
        };
        let (origin, vkey) = (head.origin.parse(), head.vkey.parse());
        let (Ok(origin), Ok(vkey)) = (origin, vkey) else { return Err(crate::effects::EffectError::Key.into()) };
        let tx = self.store.begin().await?;
        match store::ledger_open(&tx, &head).await {
            Ok(()) => tx.commit().await?,
            // Another request or server was first.
            Err(store::StoreError::Constraint(_)) => tx.rollback().await?,
            Err(error) => return Err(error.into()),
        }
        let ledger = self.ledger(&id).await?.ok_or(AppError::NoLedger { region })?;
        let key = Key::new(&self.effects.lookup_key(), "system", "ledger-open", id.as_str(), &serde_json::Value::Null);
        self.submit(&ledger, Call::system(now, key), LedgerOpen { origin, vkey }).await?;
        Ok(ledger)
    }

    /// All ledgers that run here.
    pub async fn all_ledgers(&self) -> Vec<Arc<Ledger>> {
        self.ledgers.read().await.values().cloned().collect()
    }

    /// Submits one command.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn submit(&self, ledger: &Ledger, call: Call, verb: impl Verb + 'static) -> Result<Outcome, AppError> {
        ledger.writer.submit(command(call, Box::new(verb))).await
    }

    /// Submits many commands in order; answers in the same order.
    pub async fn submit_all(
        &self,
        ledger: &Ledger,
        commands: Vec<(Call, Box<dyn Verb>)>,
    ) -> Vec<Result<Outcome, AppError>> {
        ledger.writer.submit_all(commands.into_iter().map(|(call, verb)| command(call, verb)).collect()).await
    }

    /// Clock, randomness, keys.
    pub fn effects(&self) -> &Arc<dyn Effects> {
        &self.effects
    }

    /// The rules as this server last read them; it looks again before every decision and at every
    /// run of the clocks.
    pub fn policies(&self) -> Arc<PolicySet> {
        self.rulebook.set()
    }

    /// Working days.
    pub fn calendar(&self) -> &Calendar {
        &self.calendar
    }

    /// The database.
    pub fn store(&self) -> &Store {
        &self.store
    }
}

fn command(call: Call, verb: Box<dyn Verb>) -> Command {
    Command { verb, principal: call.principal, now: call.now, key: call.key, dry_run: call.dry_run }
}

impl Ledger {
    /// Its id.
    pub fn id(&self) -> &LedgerId {
        &self.core().id
    }

    /// Its county.
    pub fn region(&self) -> RegionCode {
        self.core().region
    }

    /// Signed checkpoints.
    pub fn checkpoints(&self) -> &Checkpoints {
        &self.checkpoints
    }

    /// Witnesses of its checkpoints.
    pub fn witnesses(&self) -> &Witnesses {
        &self.witnesses
    }

    /// What its parts share.
    pub fn core(&self) -> &Arc<LedgerCore> {
        self.writer.core()
    }

    /// Does it accept writes?
    pub fn accepts_writes(&self) -> bool {
        !self.core().is_stopped()
    }
}
