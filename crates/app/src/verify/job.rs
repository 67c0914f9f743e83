//! A verification of a ledger while the server runs: asked for by an auditor, done beside everything
//! else by the code of `tutela verify`, looked at while it goes on. It is kept in this process alone:
//! it can be run again at any time, and who asks after a restart is told that there is none since.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use access::{Action, Target};
use kernel::{Instant, LedgerId, UserId};
use ledger::Report;

use super::{Options, verify};
use crate::error::AppError;
use crate::ledgers::{App, Call};
use crate::read::{Viewer, allow};

/// How far a verification is.
#[derive(Clone, Debug)]
pub enum Progress {
    /// Entries are being read, or what stands beside them is compared.
    Running,
    /// It came to its end.
    Done {
        /// When.
        at: Instant,
        /// What was found.
        report: Arc<Report>,
    },
    /// The database or a key could not be read; nothing is said about the ledger.
    CutOff {
        /// When.
        at: Instant,
    },
}

/// A verification.
#[derive(Clone, Debug)]
pub struct Verification {
    /// Who asked for it.
    pub by: UserId,
    /// When it began.
    pub began_at: Instant,
    /// Entries read so far.
    pub checked: u64,
    /// Entries there are.
    pub entries: u64,
    /// How far it is.
    pub progress: Progress,
}

/// The latest verification of each ledger since the process began.
#[derive(Debug)]
pub(crate) struct Verifications {
    since: Instant,
    of: Mutex<BTreeMap<LedgerId, Verification>>,
}

impl Verifications {
    pub(crate) const fn since(since: Instant) -> Verifications {
        Verifications { since, of: Mutex::new(BTreeMap::new()) }
    }

    fn with<T>(&self, act: impl FnOnce(&mut BTreeMap<LedgerId, Verification>) -> T) -> T {
        // Whoever panicked while holding it left a whole map.
        act(&mut self.of.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts a new one in place, unless one is running: then that one, and false.
    fn begin(&self, ledger: &LedgerId, new: Verification) -> (Verification, bool) {
        self.with(|of| match of.get(ledger) {
            Some(running) if matches!(running.progress, Progress::Running) => (running.clone(), false),
            _ => {
                of.insert(ledger.clone(), new.clone());
                (new, true)
            }
        })
    }

    fn change(&self, ledger: &LedgerId, change: impl FnOnce(&mut Verification)) {
        self.with(|of| of.get_mut(ledger).map(change));
    }
}

/// Whoever drops it before the end was cut off: a panic, or a runtime that goes down.
struct Watch {
    app: Arc<App>,
    ledger: LedgerId,
}

impl Drop for Watch {
    fn drop(&mut self) {
        let at = self.app.effects().now();
        self.app.verifications.change(&self.ledger, |run| {
            if matches!(run.progress, Progress::Running) {
                run.progress = Progress::CutOff { at };
            }
        });
    }
}

impl App {
    /// Begins a verification of a ledger; where one is running already, that one.
    ///
    /// # Errors
    /// Not found, denied, of the database.
    pub async fn verification_begin(
        self: &Arc<Self>,
        call: &Call,
        id: &LedgerId,
    ) -> Result<(Verification, Instant), AppError> {
        let ledger = self.ledger_named(id).await?;
        let viewer = call.principal.as_ref();
        allow(viewer, &[Action::LedgerVerify], &Target::Region(ledger.region()), "ledger")?;
        let by = viewer.ok_or(AppError::NotSignedIn)?.user;
        let entries = self.ledger_size(id).await?;
        let new = Verification { by, began_at: call.now, checked: 0, entries, progress: Progress::Running };
        let (run, begun) = self.verifications.begin(id, new);
        if begun {
            let watch = Watch { app: Arc::clone(self), ledger: id.clone() };
            tokio::spawn(async move { watch.run().await });
        }
        Ok((run, self.verifications.since))
    }

    /// The latest verification of a ledger since this process began, and when that was.
    ///
    /// # Errors
    /// Not found, denied.
    pub async fn verification(
        &self,
        viewer: Viewer<'_>,
        id: &LedgerId,
    ) -> Result<(Option<Verification>, Instant), AppError> {
        let ledger = self.ledger_named(id).await?;
        allow(viewer, &[Action::LedgerVerify], &Target::Region(ledger.region()), "ledger")?;
        Ok((self.verifications.with(|of| of.get(id).cloned()), self.verifications.since))
    }
}

impl Watch {
    async fn run(&self) {
        let (app, id) = (&self.app, &self.ledger);
        match self.report().await {
            Ok(report) => {
                let at = app.effects().now();
                tracing::info!(ledger = %id, verdict = report.verdict().as_str(), entries = report.entries, "verified");
                let report = Arc::new(report);
                app.verifications.change(id, |run| {
                    (run.checked, run.entries) = (report.entries, report.entries);
                    run.progress = Progress::Done { at, report };
                });
            }
            // That it was cut off is told when this is dropped.
            Err(error) => tracing::error!(ledger = %id, %error, "a verification was cut off"),
        }
    }

    /// With everything that this process has from outside the database.
    async fn report(&self) -> Result<Report, AppError> {
        let (app, id) = (&self.app, &self.ledger);
        // The last entries are signed a moment after they are written; where nothing is signed any more,
        // the report says that they are not covered.
        let ledger = app.ledger_named(id).await?;
        drop(ledger.checkpoints().covering(app.ledger_size(id).await?).await);
        let options = Options {
            since: app.effects().kept_checkpoint(id)?.into_iter().collect(),
            key: app.effects().log_key_at_hand(id)?.map(|key| key.verifier().clone()),
            vault: Some(&app.vault),
            pages: true,
        };
        verify(app.store(), id, options, |checked, entries| {
            app.verifications.change(id, |run| (run.checked, run.entries) = (checked, entries));
        })
        .await
    }
}
