//! Early warning over a ledger: entries become events, each evening its rules are asked, what they find
//! becomes alerts. What was seen is kept in memory from evening to evening; after a restart it is read
//! again from the first entry, with the same result.

use std::collections::{BTreeMap, BTreeSet};

use escrow::warning::{Event, Found, Limits, Parameters, Taught, Watch};
use kernel::{
    AlertId, ClassHours, ClassSessionId, Day, Fen, Instant, InstitutionId, LedgerId, RecordItemId, RuleId, rounding,
};
use ledger::body::{ConfirmedBy, DisputeDecision, ReconciliationResult, parts_fen};
use ledger::{ApplicationKind, Body};
use policy::types::Categories;
use policy::{Policy, PolicySet};
use registry::graph::TieKind;
use serde_json::Value;

use crate::context::Verb;
use crate::convert;
use crate::error::AppError;
use crate::idempotency::Key;
use crate::ledgers::{App, Call, Ledger};
use crate::refusal::Corrupt;
use crate::verbs::AlertRaise;

/// Entries read in one go.
const PAGE: u32 = 2_000;

/// How far a ledger was watched.
#[derive(Debug, Default)]
pub(crate) struct Watched {
    watch: Watch,
    /// The next entry to look at.
    next_seq: u64,
    /// The day whose evening comes next.
    next_day: Option<Day>,
}

/// What is kept from evening to evening, by ledger.
pub(crate) type Watches = tokio::sync::Mutex<BTreeMap<LedgerId, Watched>>;

fn outside<E>(_: E) -> Corrupt {
    Corrupt { what: "clock outside its range" }
}

/// With what the rules measure on a day; none where the region switched them off.
fn parameters(policy: &Policy) -> Option<Parameters> {
    let with = &policy.early_warning.in_force()?.value;
    Some(Parameters {
        window_days: with.window_days,
        history_windows_max: with.history_windows_max,
        history_windows_min: with.history_windows_min,
        sales_ratio_percent: with.sales_ratio_percent,
        sales_count_min: with.sales_count_min,
        discount_percent: with.discount_percent,
        promotion_percent: with.promotion_percent,
        promotion_count_min: with.promotion_count_min,
        control_days: with.control_days,
        deemed_percent: with.deemed_percent,
        deemed_count_min: with.deemed_count_min,
        deemed_ratio_percent: with.deemed_ratio_percent,
        pupil_hours_a_day_max: with.pupil_hours_a_day_max,
        near_cap_from_percent: with.near_cap_from_percent,
        near_cap_share_percent: with.near_cap_share_percent,
        near_cap_count_min: with.near_cap_count_min,
        near_cap_ratio_percent: with.near_cap_ratio_percent,
        split_days: with.split_days,
        outflow_ratio_percent: with.outflow_ratio_percent,
        outflow_min: with.outflow_min_fen,
        refund_red_days: with.refund_red_days,
        amount_cap: policy.prepaid_amount_max.in_force().map(|rule| rule.value.fen),
        hours_cap: policy.prepaid_hours_max.in_force().map(|rule| rule.value.hours),
        limits: policy.watch_limits.in_force().map(|rule| Limits {
            lessons_from: rule.value.lessons_from,
            ends_offline: policy.class_end_offline.in_force().map(|rule| rule.value),
            ends_online: policy.class_end_online.in_force().map(|rule| rule.value),
            teacher_hours_a_day_max: rule.value.teacher_hours_a_day_max,
            room_hours_a_day_max: rule.value.room_hours_a_day_max,
            class_hour_minutes_min: rule.value.class_hour_minutes_min,
            refused_count_min: rule.value.refused_count_min,
            refused_ratio_percent: rule.value.refused_ratio_percent,
        }),
    })
}

/// What an entry tells the rules, with the sessions of the classes that entries name; most tell nothing.
fn event(body: &Body, policy: &Policy, sessions: &BTreeMap<ClassSessionId, Taught>) -> Option<Event> {
    Some(match body {
        Body::ContractSigned(d) => {
            let caps = policy.prepaid_amount_max.in_force().map_or(Categories::All, |rule| rule.value.categories);
            let one = ClassHours::try_from_hundredths(100).ok()?;
            let lot_hours = d.lots.iter().map(|lot| lot.paid_hours.checked_add(lot.gift_hours).ok());
            let listed = d
                .lots
                .iter()
                .zip(lot_hours.clone())
                .map(|(lot, hours)| rounding::proportion_half_up(lot.list_price_per_hour_fen?, hours?, one).ok());
            Event::Signed {
                contract: d.contract,
                guardian: d.guardian,
                pupil: d.pupil,
                price: Fen::try_sum(d.lots.iter().map(|lot| lot.price_fen)).ok()?,
                list_price: listed.collect::<Option<Vec<_>>>().and_then(|lots| Fen::try_sum(lots).ok()),
                hours: ClassHours::try_sum(lot_hours.collect::<Option<Vec<_>>>()?).ok()?,
                capped: caps.cover(d.category),
            }
        }
        Body::LessonClaimed(d) => {
            let taught = d.class_session.and_then(|session| sessions.get(&session).copied());
            Event::Claimed { contract: d.contract, lesson: d.lesson, held_on: d.held_on, hours: d.hours, taught }
        }
        Body::LessonConfirmed(d) => {
            Event::Confirmed { silent: d.by == ConfirmedBy::Silence, amount: parts_fen(&d.lots).ok()? }
        }
        Body::DisputeDecided(d) if d.decision == DisputeDecision::Institution => {
            Event::Confirmed { silent: false, amount: parts_fen(&d.lots).ok()? }
        }
        Body::SettlementPaid(d) => Event::PaidOut { amount: d.amount_fen },
        Body::RefundRequested(d) => Event::RefundWaits { refund: d.refund, due_on: d.answer_by_on },
        Body::RefundObjected(d) => Event::RefundWaits { refund: d.refund, due_on: d.decide_by_on },
        Body::RefundConsented(d) => Event::RefundWaits { refund: d.refund, due_on: d.pay_by_on },
        Body::RefundDecided(d) if d.decision == DisputeDecision::Institution => Event::RefundOver { refund: d.refund },
        Body::RefundWithdrawn(d) => Event::RefundOver { refund: d.refund },
        Body::RefundPaid(d) => Event::RefundOver { refund: d.refund },
        Body::ApplicationSubmitted(d) => match d.kind {
            ApplicationKind::ChangePromoter
            | ApplicationKind::ChangeRepresentative
            | ApplicationKind::ChangeCapital => Event::ControlChanged,
            _ => return None,
        },
        Body::InspectionRecorded(d) => {
            Event::Inspected { inspection: d.inspection, on: d.inspected_on, finding: convert::finding_of(d.finding) }
        }
        Body::Reconciled(d) if d.result == ReconciliationResult::Shortfall || d.custody_fen.is_negative() => {
            // Less at the bank than is owed; or its lines took more by a day than was held on it.
            let short = d.bank_fen.and_then(|bank| d.required_fen.checked_sub(bank).ok()).unwrap_or(Fen::ZERO);
            let overdrawn = Fen::ZERO.checked_sub(d.custody_fen).ok()?;
            Event::Shortfall { on: d.reconciled_on, missing: short.max(overdrawn) }
        }
        _ => return None,
    })
}

impl App {
    /// Raises the alerts of the evening of a day that is over. Returns how many are new.
    ///
    /// # Errors
    /// [`AppError`] of the database.
    pub(crate) async fn raise_alerts(&self, ledger: &Ledger, now: Instant, day: Day) -> Result<u64, AppError> {
        let found = {
            let mut watches = self.watches.lock().await;
            let watched = watches.entry(ledger.id().clone()).or_default();
            if watched.next_day.is_some_and(|next| next > day) {
                *watched = Watched::default();
            }
            self.watch_until(ledger, watched, day).await?
        };
        let mut commands: Vec<(Call, Box<dyn Verb>)> = Vec::new();
        for found in found.into_iter().filter(|found| found.watched_on == day) {
            let facts = found.canonical();
            let alert = alert_id(&facts);
            let key = Key::new(&self.effects.lookup_key(), "system", &format!("alert:{alert}"), "alert", &Value::Null);
            let rule = found.rule.as_str().parse().map_err(|_| Corrupt { what: "code of a rule" })?;
            let verb = AlertRaise {
                alert,
                institution: found.institution,
                rule,
                name: (found.rule.zh(), found.rule.explanation()),
                version: found.rule.version(),
                level: found.level,
                watched_on: found.watched_on,
                facts,
            };
            commands.push((Call::system(now, key), Box::new(verb)));
        }
        if commands.is_empty() {
            return Ok(0);
        }
        let mut raised = 0_u64;
        for answer in self.submit_all(ledger, commands).await {
            match answer {
                Ok(outcome) if !outcome.replayed && !outcome.entries.is_empty() => raised = raised.saturating_add(1),
                Ok(_) | Err(AppError::Refused { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(raised)
    }

    /// What the rules find on the days `from` to `until`, by the entries alone: the same for everybody
    /// who has them, whenever it is asked.
    ///
    /// # Errors
    /// [`AppError`] of the database.
    pub async fn replay_alerts(&self, ledger: &Ledger, from: Day, until: Day) -> Result<Vec<Found>, AppError> {
        let mut found = self.watch_until(ledger, &mut Watched::default(), until).await?;
        found.retain(|found| found.watched_on >= from);
        Ok(found)
    }

    async fn watch_until(&self, ledger: &Ledger, watched: &mut Watched, until: Day) -> Result<Vec<Found>, AppError> {
        let policies = self.policies_now().await?;
        let refused = store::refused_attempts(&self.store.read(), ledger.id(), watched.next_day, until).await?;
        let mut by_day: BTreeMap<Day, Vec<(InstitutionId, Event)>> = BTreeMap::new();
        for row in refused {
            // A rule that this version does not know any more tells it nothing.
            if let Ok(rule) = row.rule.parse::<RuleId>() {
                let event = Event::Refused { rule, attempts: row.attempts };
                by_day.entry(row.on).or_default().push((row.institution, event));
            }
        }
        let mut rules = Rules { policies: &policies, ledger, known: None, refused: by_day };
        let mut out = Vec::new();
        loop {
            let rows = store::entries_range(&self.store.read(), ledger.id(), watched.next_seq, PAGE).await?;
            let last_page = rows.len() < usize::try_from(PAGE).unwrap_or(usize::MAX);
            let mut over = false;
            let mut page = Vec::with_capacity(rows.len());
            for row in rows {
                if row.recorded_at.day() > until {
                    over = true;
                    break;
                }
                let of = row.institution.map(|(institution, _)| institution);
                let entry = of.map(|_| ledger::decode(&row.bytes)).transpose();
                page.push((
                    row.seq,
                    of,
                    row.recorded_at.day(),
                    entry.map_err(|_| Corrupt { what: "bytes of an entry" })?,
                ));
            }
            let sessions = self.sessions_named(ledger, page.iter().filter_map(|(.., entry)| entry.as_ref())).await?;
            for (seq, of, on, entry) in page {
                evenings(watched, on, &mut rules, &mut out)?;
                watched.next_seq = seq.saturating_add(1);
                let Some((institution, entry)) = of.zip(entry) else { continue };
                if let Some(event) = event(&entry.body, rules.of(on)?, &sessions) {
                    watched.watch.event(institution, on, &event);
                }
            }
            if over || last_page {
                break;
            }
        }
        evenings(watched, until.plus_days(1).map_err(outside)?, &mut rules, &mut out)?;
        Ok(out)
    }
}

impl App {
    /// The sessions that claims of lessons name: when, where, and by whom. A session is cancelled or stays as it
    /// was made, so that a replay finds the same.
    async fn sessions_named(
        &self,
        ledger: &Ledger,
        entries: impl Iterator<Item = &ledger::Entry>,
    ) -> Result<BTreeMap<ClassSessionId, Taught>, AppError> {
        let named: BTreeSet<ClassSessionId> = entries
            .filter_map(|entry| match &entry.body {
                Body::LessonClaimed(d) => d.class_session,
                _ => None,
            })
            .collect();
        if named.is_empty() {
            return Ok(BTreeMap::new());
        }
        let read = self.store.read();
        let ids: Vec<ClassSessionId> = named.into_iter().collect();
        let sessions = store::class_session_load(&read, ledger.id(), &ids).await?;
        let institutions: BTreeSet<InstitutionId> = sessions.iter().map(|session| session.institution).collect();
        let mut people: BTreeMap<RecordItemId, BTreeSet<[u8; 32]>> = BTreeMap::new();
        for row in store::ties_of(&read, ledger.id(), &institutions.into_iter().collect::<Vec<_>>()).await? {
            if row.tie.kind == TieKind::Person {
                people.entry(row.item).or_default().insert(row.tie.key);
            }
        }
        let taught = sessions.into_iter().map(|session| {
            let mut keys = people.get(&session.teacher).into_iter().flatten().copied();
            // Of whom nothing else is known, the place in the institution's own record.
            let own = || {
                let mut key = [0; 32];
                key.iter_mut().zip(session.teacher.uuid().as_bytes()).for_each(|(to, from)| *to = *from);
                key
            };
            let teacher = [Some(keys.next().unwrap_or_else(own)), keys.next()];
            let (from, until) = (session.from, session.until);
            (session.id, Taught { session: session.id, teacher, room: session.room, from, until })
        });
        Ok(taught.collect())
    }
}

/// The rules of the day that was asked last.
struct Rules<'a> {
    policies: &'a PolicySet,
    ledger: &'a Ledger,
    known: Option<(Day, Policy)>,
    /// What rules refused, by day.
    refused: BTreeMap<Day, Vec<(InstitutionId, Event)>>,
}

impl Rules<'_> {
    fn of(&mut self, day: Day) -> Result<&Policy, AppError> {
        if self.known.as_ref().is_none_or(|(on, _)| *on != day) {
            self.known = Some((day, self.policies.resolve(self.ledger.region(), day)?));
        }
        self.known.as_ref().map(|(_, policy)| policy).ok_or_else(|| Corrupt { what: "policy of a day" }.into())
    }
}

/// Closes the days before `day` that are not closed yet, in order.
fn evenings(watched: &mut Watched, day: Day, rules: &mut Rules<'_>, out: &mut Vec<Found>) -> Result<(), AppError> {
    let mut next = *watched.next_day.get_or_insert(day);
    while next < day {
        for (institution, event) in rules.refused.remove(&next).unwrap_or_default() {
            watched.watch.event(institution, next, &event);
        }
        if let Some(parameters) = parameters(rules.of(next)?) {
            out.append(&mut watched.watch.evening(next, &parameters));
        }
        next = next.plus_days(1).map_err(outside)?;
    }
    watched.next_day = Some(next);
    Ok(())
}

/// The id of an alert, made from what it says: the same alert is raised once.
fn alert_id(canonical: &str) -> AlertId {
    let digest = ledger::digest(ledger::tags::ALERT_FACTS, canonical.as_bytes());
    let mut bytes = [0_u8; 16];
    for (to, from) in bytes.iter_mut().zip(digest.as_bytes()) {
        *to = *from;
    }
    AlertId::new(uuid::Builder::from_custom_bytes(bytes).into_uuid())
}
