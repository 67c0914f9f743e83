//! People who may not teach (从业人员黑名单). The authority enters them by their identity number; the staff
//! of every institution here is screened against them, in whichever county they were entered.

use std::collections::BTreeSet;

use access::{Action, Target};
use kernel::{Day, RegionCode, StaffBarId};
use ledger::body::RecordPart;
use registry::graph::TieKind;
use serde_json::{Value, json};
pub use store::StaffBar;

use crate::effects::{new_uuid, random};
use crate::error::AppError;
use crate::ledgers::{App, Call, Ledger};
use crate::read::{Viewer, allow};
use crate::record::RecordView;
use crate::refusal::{Corrupt, Refusal};

/// A person to be barred.
#[derive(Clone, PartialEq, Eq)]
pub struct NewStaffBar {
    /// Name.
    pub name: String,
    /// Number of the identity document, by which the person is found.
    pub id_number: String,
    /// What the person did.
    pub cause: String,
    /// The decision that it rests on.
    pub basis: String,
    /// First day.
    pub barred_on: Day,
    /// Last day; none for ever.
    pub until_on: Option<Day>,
}

/// A bar with what is sealed of it, opened.
#[derive(Clone, PartialEq, Eq)]
pub struct StaffBarView {
    /// The bar.
    pub bar: StaffBar,
    /// The county that entered it.
    pub region: RegionCode,
    /// Name.
    pub name: String,
    /// The end of the identity number, behind stars.
    pub id_number_end: String,
    /// What the person did.
    pub cause: String,
    /// The decision that it rests on.
    pub basis: String,
}

fn context(ledger: &Ledger, id: StaffBarId) -> String {
    format!("tutela/staff-bar/1/{}/{id}", ledger.id())
}

/// The last four characters: enough to tell two of one name apart.
fn end_of(id_number: &str) -> String {
    let kept = id_number.chars().count().saturating_sub(4);
    format!("****{}", id_number.chars().skip(kept).collect::<String>())
}

impl App {
    /// Bars a person from teaching.
    ///
    /// # Errors
    /// Denied; [`Refusal::Exists`] where the person is barred here already; [`AppError::NoLedger`].
    pub async fn staff_bar_enter(
        &self,
        call: &Call,
        region: RegionCode,
        new: NewStaffBar,
    ) -> Result<StaffBarView, AppError> {
        let viewer = call.principal.as_ref();
        allow(viewer, &[Action::StaffBar], &Target::Region(region), "region")?;
        let Some(principal) = viewer else { return Err(AppError::NotSignedIn) };
        let ledger = self.ledger_of(region).await?;
        let id = StaffBarId::new(new_uuid(&*self.effects, call.now));
        let record = json!({
            "name": new.name, "id_number": new.id_number, "cause": new.cause, "basis": new.basis,
        });
        let bytes = record.to_string().into_bytes();
        let bar = StaffBar {
            id,
            person_key: self.person_tie(&new.id_number).key,
            sealed: self.vault.seal(&context(&ledger, id), random(&*self.effects), &bytes)?,
            barred_on: new.barred_on,
            until_on: new.until_on,
            entered_by: principal.user,
            entered_at: call.now,
            lifted_by: None,
            lifted_at: None,
        };
        let tx = self.store.begin().await?;
        // Of two at once the second sees the first.
        store::head_lock(&tx, ledger.id()).await?.ok_or(Corrupt { what: "ledger without head" })?;
        let known = store::staff_bars_of(&tx, ledger.id(), &[bar.person_key]).await?;
        // One that begins later counts too: there is one decision about a person at a time.
        if known.iter().any(|known| known.lifted_at.is_none() && known.until_on.is_none_or(|u| u >= bar.barred_on)) {
            tx.rollback().await?;
            let (what, field) = ("staff_bar".into(), "id_number".into());
            return Err(AppError::refused(Refusal::Exists { what, field }));
        }
        store::staff_bar_save(&tx, ledger.id(), &bar).await?;
        if call.dry_run {
            tx.rollback().await?
        } else {
            tx.commit().await?
        }
        self.staff_bar_view(&ledger, bar)
    }

    /// Lifts a bar: from now on it holds on no day.
    ///
    /// # Errors
    /// Not found, denied; [`Refusal::State`] where it was lifted before.
    pub async fn staff_bar_lift(&self, call: &Call, id: StaffBarId) -> Result<StaffBarView, AppError> {
        let viewer = call.principal.as_ref();
        let principal = viewer.ok_or(AppError::NotSignedIn)?;
        for ledger in self.all_ledgers().await {
            let Some(bar) = store::staff_bar(&self.store.read(), ledger.id(), id).await? else { continue };
            allow(viewer, &[Action::StaffBar], &Target::Region(ledger.region()), "staff_bar")?;
            let tx = self.store.begin().await?;
            store::head_lock(&tx, ledger.id()).await?.ok_or(Corrupt { what: "ledger without head" })?;
            let bar = store::staff_bar(&tx, ledger.id(), id).await?.unwrap_or(bar);
            if bar.lifted_at.is_some() {
                tx.rollback().await?;
                let (what, state, command) = ("staff_bar".into(), "lifted".into(), "lift".into());
                return Err(AppError::refused(Refusal::State { what, state, command }));
            }
            let bar = StaffBar { lifted_by: Some(principal.user), lifted_at: Some(call.now), ..bar };
            store::staff_bar_save(&tx, ledger.id(), &bar).await?;
            if call.dry_run {
                tx.rollback().await?
            } else {
                tx.commit().await?
            }
            return self.staff_bar_view(&ledger, bar);
        }
        Err(AppError::not_found("staff_bar"))
    }

    /// Everybody who is or was barred in a region, one's own where none is named.
    ///
    /// # Errors
    /// Denied.
    pub async fn staff_bars(
        &self,
        viewer: Viewer<'_>,
        region: Option<RegionCode>,
    ) -> Result<Vec<StaffBarView>, AppError> {
        let own = || viewer.and_then(|principal| principal.role.region());
        let Some(region) = region.or_else(own) else {
            allow(viewer, &[Action::StaffBarRead], &Target::Nothing, "region")?;
            return Err(AppError::not_found("region"));
        };
        allow(viewer, &[Action::StaffBarRead], &Target::Region(region), "region")?;
        let mut views = Vec::new();
        for ledger in self.all_ledgers().await.into_iter().filter(|ledger| region.contains(ledger.region())) {
            for bar in store::staff_bars(&self.store.read(), ledger.id()).await? {
                views.push(self.staff_bar_view(&ledger, bar)?);
            }
        }
        Ok(views)
    }

    /// Marks the staff of a record whom a bar of any county here holds against on a day.
    ///
    /// # Errors
    /// [`AppError`] of the database.
    pub(crate) async fn screen(&self, view: &mut RecordView, on: Day) -> Result<(), AppError> {
        let key_of = |record: Option<&Value>| {
            let number = record?.get("id_number")?.as_str().filter(|number| !number.is_empty())?;
            Some(self.person_tie(number).key)
        };
        let staff = |part: RecordPart| part == RecordPart::Staff;
        let keys: BTreeSet<[u8; 32]> =
            view.items.iter().filter(|item| staff(item.part)).filter_map(|item| key_of(item.record.as_ref())).collect();
        if keys.is_empty() {
            return Ok(());
        }
        let keys: Vec<[u8; 32]> = keys.into_iter().collect();
        let mut barred = BTreeSet::new();
        for ledger in self.all_ledgers().await {
            let found = store::staff_bars_of(&self.store.read(), ledger.id(), &keys).await?;
            barred.extend(found.iter().filter(|bar| bar.holds_on(on)).map(|bar| bar.person_key));
        }
        for item in view.items.iter_mut().filter(|item| staff(item.part)) {
            if key_of(item.record.as_ref()).is_some_and(|key| barred.contains(&key))
                && let Some(Value::Object(record)) = &mut item.record
            {
                record.insert("barred".to_owned(), Value::Bool(true));
            }
        }
        Ok(())
    }

    fn person_tie(&self, id_number: &str) -> registry::graph::Tie {
        self.tie(TieKind::Person, &crate::record::person_identity(id_number))
    }

    fn staff_bar_view(&self, ledger: &Ledger, bar: StaffBar) -> Result<StaffBarView, AppError> {
        let plain = self.vault.open(&context(ledger, bar.id), &bar.sealed)?;
        let record: Value = serde_json::from_slice(&plain).map_err(|_| Corrupt { what: "staff bar" })?;
        let text = |key: &str| record.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        let id_number_end = end_of(&text("id_number"));
        let (name, cause, basis) = (text("name"), text("cause"), text("basis"));
        Ok(StaffBarView { bar, region: ledger.region(), name, id_number_end, cause, basis })
    }
}
