//! The clocks of the regulator's desk: what the law deems because nobody acted in time, and licences
//! whose term has passed.

use kernel::{Instant, ListingId};
use registry::ListingStep;
use serde_json::{Value, json};

use crate::context::Verb;
use crate::error::AppError;
use crate::idempotency::Key;
use crate::ledgers::{App, Call, Ledger};
use crate::refusal::Corrupt;
use crate::verbs::{ApplicationDeemAccepted, LicenceExpire, ListingStepTake, ListsPublish, RenewalDeemGranted};

/// Most things done in one go; the rest is done by the next run.
const PAGE: u32 = 256;

impl App {
    /// Accepts by law what nobody answered, grants by law the renewals that nobody decided, ends licences
    /// whose term has passed. Returns how many things it did.
    ///
    /// # Errors
    /// [`AppError`] of the database. What a rule still refuses is left for the next run.
    pub(crate) async fn desk_clocks(&self, ledger: &Ledger, now: Instant) -> Result<u64, AppError> {
        let today = now.day();
        let read = self.store.read();
        let mut commands: Vec<(Call, Box<dyn Verb>)> = Vec::new();
        for application in store::applications_unanswered(&read, ledger.id(), today, PAGE).await? {
            let verb = ApplicationDeemAccepted { application: application.id };
            commands.push((self.clock_call(now, "deem-accept", &application.id.to_string()), Box::new(verb)));
        }
        let mut done = self.tick(ledger, commands).await?;
        let past = store::licences_past_their_term(&read, ledger.id(), today, PAGE).await?;
        let holders: Vec<_> = past.iter().map(|licence| licence.institution).collect();
        let holders = store::institution_load(&read, ledger.id(), &holders).await?;
        let mut renewals: Vec<(Call, Box<dyn Verb>)> = Vec::new();
        for application in holders.iter().filter_map(|holder| holder.open_application) {
            let call = self.clock_call(now, "deem-renewal", &application.to_string());
            renewals.push((call, Box::new(RenewalDeemGranted { application })));
        }
        done = done.saturating_add(self.tick(ledger, renewals).await?);
        let mut expired: Vec<(Call, Box<dyn Verb>)> = Vec::new();
        // What was renewed by law just now is past its term no more.
        for licence in store::licences_past_their_term(&read, ledger.id(), today, PAGE).await? {
            let call = self.clock_call(now, "expire", &licence.id.to_string());
            let listing = self.new_id(&call, ListingId::new);
            let reason = self.secret(&json!({ "cause": "许可证有效期届满", "basis": "行政许可法 70" }));
            expired.push((call, Box::new(LicenceExpire { licence: licence.id, listing, reason })));
        }
        done = done.saturating_add(self.tick(ledger, expired).await?);
        let mut over: Vec<(Call, Box<dyn Verb>)> = Vec::new();
        for listing in store::listings_past_their_term(&read, ledger.id(), today, PAGE).await? {
            let call = self.clock_call(now, "unlist", &listing.id.to_string());
            let removal = self.new_id(&call, ListingId::new);
            let said = || self.secret(&json!({ "cause": "列入期限届满" }));
            let (step, words) = (ListingStep::Expired, [said(), said()]);
            over.push((call, Box::new(ListingStepTake { listing: listing.id, step, removal, words })));
        }
        done = done.saturating_add(self.tick(ledger, over).await?);
        let yesterday = today.plus_days(-1).map_err(|_| Corrupt { what: "day" })?;
        let mut lists: Vec<(Call, Box<dyn Verb>)> = Vec::new();
        if let Some(published) = self.lists_to_publish(ledger, yesterday).await? {
            let call = self.clock_call(now, "lists", &yesterday.to_string());
            lists.push((call, Box::new(ListsPublish { published })));
        }
        Ok(done.saturating_add(self.tick(ledger, lists).await?))
    }

    /// A command of the ledger's own clock: once a day for each thing.
    fn clock_call(&self, now: Instant, what: &str, id: &str) -> Call {
        let key = format!("{what}:{id}:{}", now.day());
        Call::system(now, Key::new(&self.effects.lookup_key(), "system", &key, what, &Value::Null))
    }

    async fn tick(&self, ledger: &Ledger, commands: Vec<(Call, Box<dyn Verb>)>) -> Result<u64, AppError> {
        if commands.is_empty() {
            return Ok(0);
        }
        let mut done: u64 = 0;
        for answer in self.submit_all(ledger, commands).await {
            match answer {
                Ok(outcome) if !outcome.replayed => done = done.saturating_add(1),
                Ok(_) | Err(AppError::Refused { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(done)
    }
}
