//! The record of an institution: what its entries commit to, opened and put together as of any day; what
//! it lacks for the standards of the place; and the ties by which it is found again under another name.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use access::Action;
use kernel::{ApplicationId, Day, Fen, InstitutionId, RecordItemId, Violation};
use ledger::body::{RecordChange, RecordPart};
use ledger::{Body, Entry};
use registry::closing::{Claims, Shares, shares};
use registry::graph::{Step, Tie, TieKind, paths};
use registry::standards::{RecordFacts, SiteFacts, StaffFacts, shortfalls};
use registry::{ApplicationKind, Institution, Licence, ListKind};
use serde_json::{Map, Value};
use store::{DeskEntry, Profile};

use crate::apply::{Fact, apply};
use crate::context::Side;
use crate::drafting::folded;
use crate::effects::random;
use crate::error::AppError;
use crate::ledgers::{App, Call, Ledger};
use crate::read::Viewer;
use crate::refusal::{Corrupt, Refusal};
use crate::verbs::RecordEdit;
use crate::working_set::WorkingSet;

/// Most institutions that a look along ties goes through.
const REACH_MAX: usize = 2_000;

/// A part of a record as it stood on a day.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordItem {
    /// Of what kind.
    pub part: RecordPart,
    /// Which one.
    pub item: RecordItemId,
    /// Since when it says this.
    pub since_on: Day,
    /// Entry that said it.
    pub seq: u64,
    /// What it says; none where it was erased.
    pub record: Option<Value>,
}

/// A record as it stood on a day.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordView {
    /// The day.
    pub on: Day,
    /// Its parts, in the order in which they came in.
    pub items: Vec<RecordItem>,
}

/// An institution as it stood on a day, from its own chain alone.
#[derive(Clone, Debug, PartialEq)]
pub struct InstitutionThen {
    /// State, list, current licence; balances are not among it.
    pub institution: Institution,
    /// Its name then.
    pub name: String,
    /// Its current or last licence then.
    pub licence: Option<Licence>,
    /// The last entry that is counted.
    pub as_of_seq: u64,
}

/// An entry of the institution's chain in words.
#[derive(Clone, Debug, PartialEq)]
pub struct HistoryItem {
    /// The entry.
    pub entry: Entry,
    /// Its leaf hash.
    pub leaf: ledger::Hash,
}

/// A barred institution that shares something with the one asked about, and along what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ControlPath {
    /// The steps; the last is the barred one.
    pub steps: Vec<Step>,
    /// Names of the institutions on the way, in their order.
    pub names: Vec<String>,
    /// The list that the last one stands on, and its state.
    pub listing: ListKind,
    /// Its state.
    pub state: registry::InstitutionState,
}

fn decoded(entries: &[DeskEntry]) -> Result<Vec<(Entry, &DeskEntry)>, AppError> {
    entries.iter().map(|row| Ok((ledger::decode(&row.bytes)?, row))).collect()
}

/// The part that the registration itself is: the profile has the institution's own id.
fn profile_item(institution: InstitutionId) -> RecordItemId {
    RecordItemId::new(institution.uuid())
}

fn number(record: &Value, key: &str) -> u32 {
    record.get(key).and_then(Value::as_u64).and_then(|n| u32::try_from(n).ok()).unwrap_or(0)
}

fn flag(record: &Value, key: &str) -> bool {
    record.get(key).and_then(Value::as_bool).unwrap_or(false)
}

fn text<'a>(record: &'a Value, key: &str) -> Option<&'a str> {
    record.get(key).and_then(Value::as_str).filter(|text| !text.is_empty())
}

fn money(record: &Value, key: &str) -> Option<Fen> {
    let value = record.get(key)?;
    value.as_i64().or_else(|| value.as_str()?.parse().ok()).map(Fen::new)
}

fn small(n: u32) -> u16 {
    u16::try_from(n).unwrap_or(u16::MAX)
}

/// What the standards look at.
fn facts(view: &RecordView, scope: &kernel::Scope) -> RecordFacts {
    let mut facts =
        RecordFacts { stages: scope.stages.clone(), category: Some(scope.category), ..RecordFacts::default() };
    let of = |part: RecordPart| {
        view.items.iter().filter(move |item| item.part == part).filter_map(|i| Some((i.item, i.record.as_ref()?)))
    };
    for (_, profile) in of(RecordPart::Profile) {
        facts.capital = money(profile, "capital_fen").or(facts.capital);
        facts.equipment = money(profile, "equipment_fen").or(facts.equipment);
    }
    for (site, record) in of(RecordPart::Site) {
        let id = site.to_string();
        let rooms: Vec<&Value> =
            of(RecordPart::Room).map(|(_, room)| room).filter(|room| text(room, "site") == Some(&id)).collect();
        let sum = |key: &str| rooms.iter().fold(0_u32, |sum, room| sum.saturating_add(number(room, key)));
        let rooms_area = sum("area_m2");
        facts.sites.push(SiteFacts {
            floor_area: number(record, "floor_area_m2"),
            teaching_area: if rooms.is_empty() { number(record, "teaching_area_m2") } else { rooms_area },
            highest_floor: small(number(record, "highest_floor")),
            pupils: sum("seats"),
            lease_until_on: text(record, "lease_until_on").and_then(|day| day.parse().ok()),
        });
    }
    for (_, person) in of(RecordPart::Staff) {
        facts.staff.push(StaffFacts {
            full_time_teaching: flag(person, "full_time") && flag(person, "teaches"),
            teaches: flag(person, "teaches"),
            qualified: text(person, "certificate").is_some(),
            serving: flag(person, "serving_teacher"),
            barred: flag(person, "barred"),
        });
    }
    facts
}

/// Letters and digits alone: people write numbers with spaces and dashes.
fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase()
}

/// What tells a person from all others: the number of the identity document.
pub(crate) fn person_identity(id_number: &str) -> String {
    format!("id\n{}", digits(id_number))
}

impl App {
    /// What entries commit to, opened; an erased record is not there.
    pub(crate) async fn opened(&self, ledger: &Ledger, seqs: &[u64]) -> Result<HashMap<u64, Value>, AppError> {
        let mut found = HashMap::with_capacity(seqs.len());
        for record in store::entry_records_load(&self.store.read(), ledger.id(), seqs).await? {
            let plain = self.vault.open(&crate::writer::record_context(ledger.id(), record.seq), &record.sealed)?;
            let bytes = plain.get(32..).ok_or(Corrupt { what: "record of an entry" })?;
            let value = serde_json::from_slice(bytes).map_err(|_| Corrupt { what: "record of an entry" })?;
            found.insert(record.seq, value);
        }
        Ok(found)
    }

    pub(crate) async fn record_in(
        &self,
        ledger: &Ledger,
        institution: InstitutionId,
        on: Day,
    ) -> Result<RecordView, AppError> {
        let rows = store::desk_entries(&self.store.read(), ledger.id(), institution).await?;
        let mut items: BTreeMap<RecordItemId, (usize, RecordItem)> = BTreeMap::new();
        for (place, (entry, row)) in decoded(&rows)?.into_iter().enumerate() {
            let since_on = entry.header.recorded_at.day();
            if since_on > on {
                break;
            }
            let said = match &entry.body {
                Body::InstitutionRegistered(_) => Some((RecordPart::Profile, profile_item(institution), true)),
                Body::RecordChanged(d) => Some((d.part, d.item, d.change == RecordChange::Set)),
                _ => None,
            };
            match said {
                Some((part, item, true)) => {
                    let first = items.get(&item).map_or(place, |(first, _)| *first);
                    items.insert(item, (first, RecordItem { part, item, since_on, seq: row.seq, record: None }));
                }
                Some((_, item, false)) => {
                    items.remove(&item);
                }
                None => {}
            }
        }
        let mut items: Vec<(usize, RecordItem)> = items.into_values().collect();
        items.sort_by_key(|(place, _)| *place);
        let mut items: Vec<RecordItem> = items.into_iter().map(|(_, item)| item).collect();
        let seqs: Vec<u64> = items.iter().map(|item| item.seq).collect();
        let mut records = self.opened(ledger, &seqs).await?;
        for item in &mut items {
            item.record = records.remove(&item.seq);
        }
        Ok(RecordView { on, items })
    }

    /// The record of an institution as it stood at the end of a day.
    ///
    /// # Errors
    /// Not found, denied.
    pub async fn record(
        &self,
        viewer: Viewer<'_>,
        institution: InstitutionId,
        on: Day,
    ) -> Result<RecordView, AppError> {
        let ledger = self.ledger_of_allowed(viewer, &[Action::RecordRead], institution).await?;
        let mut view = self.record_in(&ledger, institution, on).await?;
        self.screen(&mut view, on).await?;
        Ok(view)
    }

    /// What the record lacks for what the place asks today.
    ///
    /// # Errors
    /// Not found, denied.
    pub async fn standards(
        &self,
        viewer: Viewer<'_>,
        institution: InstitutionId,
        today: Day,
    ) -> Result<Vec<Violation>, AppError> {
        let ledger = self.ledger_of_allowed(viewer, &[Action::RecordRead], institution).await?;
        let row = self.institution_in(&ledger, institution).await?;
        self.lacking(&ledger, &row, today).await
    }

    async fn lacking(&self, ledger: &Ledger, row: &Institution, today: Day) -> Result<Vec<Violation>, AppError> {
        let mut view = self.record_in(ledger, row.id, today).await?;
        self.screen(&mut view, today).await?;
        let policy = self.rulebook.on(ledger.region(), today)?.policy;
        Ok(shortfalls(&facts(&view, &row.scope), &policy, self.calendar(), today))
    }

    /// The public part of an institution as it stood at the end of a day, from its own chain.
    ///
    /// # Errors
    /// Not found, also when it was not registered yet.
    pub async fn institution_on(&self, institution: InstitutionId, on: Day) -> Result<InstitutionThen, AppError> {
        let ledger = self.ledger_with(None, crate::read::Thing::Institution(institution)).await?;
        let rows = store::desk_entries(&self.store.read(), ledger.id(), institution).await?;
        let mut state = WorkingSet::default();
        let mut as_of_seq = None;
        for (entry, row) in decoded(&rows)? {
            if entry.header.recorded_at.day() > on {
                break;
            }
            as_of_seq = Some(row.seq);
            // Money is not read from here.
            let money = matches!(
                entry.body,
                Body::SettlementOrdered(_) | Body::SettlementPaid(_) | Body::HoldPlaced(_) | Body::HoldReleased(_)
            );
            if money {
                continue;
            }
            let fact = Fact {
                seq: row.seq,
                leaf: row.leaf_hash,
                institution: Some(institution),
                effective_on: entry.header.effective_on,
                recorded_on: entry.header.recorded_at.day(),
                actor: entry.header.actor,
                body: &entry.body,
            };
            apply(&mut state, &fact)?;
        }
        let found = state.institutions.get(institution).cloned();
        let (institution, as_of_seq) = found.zip(as_of_seq).ok_or_else(|| AppError::not_found("institution"))?;
        let view = self.record_in(&ledger, institution.id, on).await?;
        let profile = view.items.iter().find(|item| item.part == RecordPart::Profile);
        let name = profile.and_then(|item| text(item.record.as_ref()?, "name")).unwrap_or_default().to_owned();
        let licence = institution.licence.and_then(|id| state.licences.get(id)).cloned();
        Ok(InstitutionThen { institution, name, licence, as_of_seq })
    }

    /// What the registry did to an institution, in order; public: entries name nobody.
    ///
    /// # Errors
    /// Not found.
    pub async fn history(&self, institution: InstitutionId) -> Result<Vec<HistoryItem>, AppError> {
        let ledger = self.ledger_with(None, crate::read::Thing::Institution(institution)).await?;
        let rows = store::desk_entries(&self.store.read(), ledger.id(), institution).await?;
        let mut items = Vec::with_capacity(rows.len());
        for (entry, row) in decoded(&rows)? {
            items.push(HistoryItem { leaf: ledger::Hash::new(row.leaf_hash), entry });
        }
        Ok(items)
    }

    /// The notices that were given to the families of an institution; public.
    ///
    /// # Errors
    /// Not found.
    pub async fn notices(&self, institution: InstitutionId) -> Result<Vec<HistoryItem>, AppError> {
        let mut items = self.history(institution).await?;
        items.retain(|item| matches!(item.entry.body, Body::NoticeGiven(_)));
        Ok(items)
    }

    /// The order of payment if the institution ended today: what is owed to families and is in custody is
    /// read from the ledger, wages, other debts and other resources are as the caller says.
    ///
    /// # Errors
    /// Not found, denied; sums that do not fit.
    pub async fn closing_order(
        &self,
        viewer: Viewer<'_>,
        institution: InstitutionId,
        (wages, others, resources): (Fen, Fen, Fen),
    ) -> Result<(Claims, Shares), AppError> {
        let ledger = self.ledger_of_allowed(viewer, &[Action::BalancesRead], institution).await?;
        let row = self.institution_in(&ledger, institution).await?;
        let overflow = |_| AppError::from(Corrupt { what: "sum of money" });
        let families = Fen::try_sum([row.prepaid, row.disputed, row.refund]).map_err(overflow)?;
        let claims = Claims { families, wages, others };
        // What was earned by teaching is the institution's, and pays after the families.
        let own = row.payable.checked_add(resources).map_err(overflow)?;
        let custody = row.custody.checked_sub(row.payable).map_err(overflow)?;
        Ok((claims, shares(custody, own, &claims).map_err(overflow)?))
    }

    pub(crate) fn tie(&self, kind: TieKind, identity: &str) -> Tie {
        let named = format!("tie/{kind}\n{identity}");
        Tie { kind, key: *ledger::keyed(&self.effects.lookup_key(), named.as_bytes()).as_bytes() }
    }

    /// By what a part of a record may be found again in another's: keyed, never plain.
    pub(crate) fn ties_in(&self, part: RecordPart, record: &Value) -> Vec<Tie> {
        let mut ties = Vec::new();
        if matches!(part, RecordPart::Controller | RecordPart::Staff) {
            ties.extend(text(record, "id_number").map(|id| self.tie(TieKind::Person, &person_identity(id))));
            if let Some((name, phone)) = text(record, "name").zip(text(record, "phone")) {
                let identity = format!("name\n{}\n{}", folded(name), digits(phone));
                ties.push(self.tie(TieKind::Person, &identity));
            }
        }
        ties.extend(text(record, "phone").map(|phone| self.tie(TieKind::Phone, &digits(phone))));
        ties.extend(text(record, "address").map(|address| self.tie(TieKind::Address, &folded(address))));
        let accounts = [record.get("custody_account"), Some(record)];
        for account in accounts.into_iter().flatten() {
            ties.extend(text(account, "account_number").map(|n| self.tie(TieKind::Account, &digits(n))));
        }
        ties
    }

    /// A change of the record, sealed and ready to be written.
    ///
    /// # Errors
    /// [`AppError`] of the database and the seal.
    pub async fn record_edit(
        &self,
        call: &Call,
        ledger: &Ledger,
        institution: InstitutionId,
        part: RecordPart,
        item: Option<RecordItemId>,
        record: Option<Value>,
    ) -> Result<RecordEdit, AppError> {
        let item = match (part, item) {
            (RecordPart::Profile, _) => profile_item(institution),
            (_, Some(item)) => item,
            (_, None) => self.new_id(call, RecordItemId::new),
        };
        let change = if record.is_some() { RecordChange::Set } else { RecordChange::Removed };
        let mut record = record.unwrap_or(Value::Null);
        let mut side = Vec::new();
        if part == RecordPart::Profile {
            record = self.merged_profile(ledger, institution, &record).await?;
            side.push(self.profile_side(call, ledger, institution, &record)?);
        }
        // The custody account is what contracts print and the public is told.
        if part == RecordPart::Account && text(&record, "kind") == Some("custody") {
            let account = ["bank", "account_name", "account_number"];
            let account: Map<String, Value> =
                account.into_iter().filter_map(|key| Some((key.to_owned(), record.get(key)?.clone()))).collect();
            let merged =
                self.merged_profile(ledger, institution, &serde_json::json!({ "custody_account": account })).await?;
            side.push(self.profile_side(call, ledger, institution, &merged)?);
        }
        side.push(Side::Ties(institution, item, self.ties_in(part, &record)));
        Ok(RecordEdit { change, part, item, record: self.secret(&record), side })
    }

    /// A change of the record that its holder or an officer asks for.
    ///
    /// # Errors
    /// Not found; [`Refusal::State`] for what changes by application only.
    pub async fn record_change(
        &self,
        call: &Call,
        institution: InstitutionId,
        part: RecordPart,
        item: Option<RecordItemId>,
        record: Option<Value>,
    ) -> Result<RecordEdit, AppError> {
        let ledger = self.ledger_for(call, crate::read::Thing::Institution(institution)).await?;
        self.institution_in(&ledger, institution).await?;
        // The right is asked for again where it is decided; here, so that nothing sealed is opened for others.
        let target = access::Target::Institution { ledger: ledger.id().clone(), region: ledger.region(), institution };
        crate::read::allow(call.principal.as_ref(), &[Action::RecordChange], &target, "institution")?;
        if let (RecordPart::Profile, Some(changes)) = (part, &record) {
            self.profile_may_change(&ledger, institution, changes).await?;
        }
        self.record_edit(call, &ledger, institution, part, item, record).await
    }

    /// The profile as it is, with the members of `changes` in place of its own.
    async fn merged_profile(
        &self,
        ledger: &Ledger,
        institution: InstitutionId,
        changes: &Value,
    ) -> Result<Value, AppError> {
        let profile = store::profile_load(&self.store.read(), ledger.id(), &[institution]).await?.pop();
        let profile = profile.ok_or_else(|| AppError::not_found("institution"))?;
        let plain = self.vault.open(&crate::drafting::profile_context(ledger.id(), institution), &profile.sealed)?;
        let mut merged: Map<String, Value> = serde_json::from_slice(&plain).map_err(|_| Corrupt { what: "profile" })?;
        for (key, value) in changes.as_object().into_iter().flatten() {
            merged.insert(key.clone(), value.clone());
        }
        Ok(Value::Object(merged))
    }

    fn profile_side(
        &self,
        call: &Call,
        ledger: &Ledger,
        institution: InstitutionId,
        record: &Value,
    ) -> Result<Side, AppError> {
        let context = crate::drafting::profile_context(ledger.id(), institution);
        let sealed = self.vault.seal(&context, random(&*self.effects), record.to_string().as_bytes())?;
        Ok(Side::Profile(Box::new(Profile {
            institution,
            name: text(record, "name").unwrap_or_default().to_owned(),
            sealed,
            custody_account_present: record.get("custody_account").is_some_and(Value::is_object),
            changed_at: call.now,
        })))
    }

    /// A profile may be set by its holder only where nothing is set yet: later it takes an application.
    ///
    /// # Errors
    /// [`Refusal::State`] with the member that is set already.
    pub async fn profile_may_change(
        &self,
        ledger: &Ledger,
        institution: InstitutionId,
        changes: &Value,
    ) -> Result<(), AppError> {
        let now = self.merged_profile(ledger, institution, &Value::Null).await?;
        let fixed = ["promoter", "capital_fen"].into_iter().find(|key| {
            let asked = changes.get(*key);
            asked.is_some() && now.get(*key).is_some_and(|set| Some(set) != asked)
        });
        match fixed {
            Some(key) => {
                let (state, command) = (key.into(), "change_without_application".into());
                Err(AppError::refused(Refusal::State { what: "profile".into(), state, command }))
            }
            None => Ok(()),
        }
    }

    /// What a grant of this application changes in the record, and what the record lacks for it.
    ///
    /// # Errors
    /// Not found; [`AppError`] of the database and the seal.
    pub async fn grant_follows(
        &self,
        call: &Call,
        application: ApplicationId,
    ) -> Result<(Vec<RecordEdit>, Vec<Violation>), AppError> {
        let ledger = self.ledger_for(call, crate::read::Thing::Application(application)).await?;
        let found = store::application_load(&self.store.read(), ledger.id(), &[application]).await?.pop();
        // The verb tells that it is not there.
        let Some(found) = found else { return Ok((Vec::new(), Vec::new())) };
        let today = call.now.day();
        let mut edits = Vec::new();
        if found.kind.is_control_change() {
            let rows = store::desk_entries(&self.store.read(), ledger.id(), found.institution).await?;
            let submitted = decoded(&rows)?.into_iter().find_map(|(entry, row)| match entry.body {
                Body::ApplicationSubmitted(d) if d.application == application => Some(row.seq),
                _ => None,
            });
            let seq = submitted.ok_or(Corrupt { what: "application without entry" })?;
            if let Some(wish) = self.opened(&ledger, &[seq]).await?.remove(&seq) {
                let part = RecordPart::Profile;
                edits.push(self.record_edit(call, &ledger, found.institution, part, None, Some(wish)).await?);
            }
        }
        let premises = matches!(
            found.kind,
            ApplicationKind::New | ApplicationKind::Conversion | ApplicationKind::ChangeSite | ApplicationKind::Branch
        );
        let row = self.institution_in(&ledger, found.institution).await?;
        let view = self.record_in(&ledger, row.id, today).await?;
        // Paper applications without a record are checked on site; what is recorded must suffice.
        let recorded = view.items.iter().any(|item| matches!(item.part, RecordPart::Site | RecordPart::Staff));
        let lacking = if premises && recorded { self.lacking(&ledger, &row, today).await? } else { Vec::new() };
        Ok((edits, lacking))
    }

    /// Barred institutions that share people, phones, addresses or accounts with this one, within three
    /// steps, over all ledgers here.
    ///
    /// # Errors
    /// Not found, denied.
    pub async fn control_paths(
        &self,
        viewer: Viewer<'_>,
        institution: InstitutionId,
    ) -> Result<Vec<ControlPath>, AppError> {
        self.ledger_of_allowed(viewer, &[Action::ControlGraphRead], institution).await?;
        let ledgers = self.all_ledgers().await;
        let read = self.store.read();
        let mut ties: BTreeMap<InstitutionId, BTreeSet<Tie>> = BTreeMap::new();
        let mut frontier = vec![institution];
        for _ in 0..=registry::graph::STEPS_MAX {
            let mut keys: BTreeSet<[u8; 32]> = BTreeSet::new();
            for ledger in &ledgers {
                for row in store::ties_of(&read, ledger.id(), &frontier).await? {
                    ties.entry(row.institution).or_default().insert(row.tie);
                    keys.insert(row.tie.key);
                }
            }
            let keys: Vec<[u8; 32]> = keys.into_iter().collect();
            let mut next: BTreeSet<InstitutionId> = BTreeSet::new();
            for ledger in &ledgers {
                next.extend(store::ties_by_key(&read, ledger.id(), &keys).await?.iter().map(|row| row.institution));
            }
            frontier = next.into_iter().filter(|id| !ties.contains_key(id)).take(REACH_MAX).collect();
            if frontier.is_empty() || ties.len() > REACH_MAX {
                break;
            }
        }
        let ids: Vec<InstitutionId> = ties.keys().copied().collect();
        let (mut rows, mut names) = (HashMap::new(), HashMap::new());
        for ledger in &ledgers {
            for row in store::institution_load(&read, ledger.id(), &ids).await? {
                rows.insert(row.id, row);
            }
            for profile in store::profile_load(&read, ledger.id(), &ids).await? {
                names.insert(profile.institution, profile.name);
            }
        }
        let barred =
            |row: &Institution| row.listing == ListKind::Black || row.state == registry::InstitutionState::Revoked;
        let barred: BTreeSet<InstitutionId> = rows.values().filter(|row| barred(row)).map(|row| row.id).collect();
        let found = paths(institution, &ties, &barred).into_iter().filter_map(|steps| {
            let last = rows.get(&steps.last()?.institution)?;
            let names = steps.iter().map(|step| names.get(&step.institution).cloned().unwrap_or_default()).collect();
            Some(ControlPath { names, listing: last.listing, state: last.state, steps })
        });
        Ok(found.collect())
    }
}
