//! What if: a drafted version of a region's rules replayed over the past entries of the ledgers that
//! it concerns. The ledger is folded beside, so that every contract and payment is held against what
//! the family had not yet had of its other contracts. Used is only what entries say and the keys by
//! which a child and a controller are recognised, so the same ledger and the same draft give the same
//! answer. Refused commands leave no entry: what a draft would newly allow cannot be counted; and each
//! decision is judged by what was, not by what would have been if the draft had refused those before it.

use std::collections::{BTreeMap, BTreeSet};

use access::{Action, Caller, Target};
use contract::{Course, LotTerms, RefundTerms, Terms};
use kernel::{
    Calendar, ContractId, CourseId, Day, DayCount, Fen, InstitutionId, LedgerId, LessonId, RefundId, RegionCode,
    RuleId, SubjectId, words,
};
use ledger::body::{ConfirmedBy, ConsentedBy, ContractSigned, CoursePublished, LotHours, LotPart};
use ledger::{Body, Entry, Hash};
use policy::{Policy, PolicySet, Setting};
use store::Store;

use crate::apply::{Fact, apply};
use crate::error::AppError;
use crate::family::together;
use crate::ledgers::{App, Call};
use crate::refusal::Corrupt;
use crate::working_set::WorkingSet;

/// Entries read at once.
const PAGE: u32 = 2_048;

words! {
    /// What a draft would have changed about a decision.
    SimulatedEffect {
        /// It would have been refused.
        Refused = "refused" / "将被拒绝",
        /// Its deadline would have come earlier.
        Earlier = "earlier" / "期限提前",
        /// Its deadline would have come later.
        Later = "later" / "期限推后",
        /// It would have had a deadline.
        Begins = "begins" / "新增期限",
        /// It would have had none.
        Ends = "ends" / "不再有期限",
    }
}

/// A draft to be replayed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SimulationAsked {
    /// Whose rules.
    pub region: RegionCode,
    /// The draft, TOML.
    pub document: String,
    /// The day whose rules the draft is asked for; they are supposed to have held always.
    pub effective_on: Day,
    /// Only entries recorded from this day on.
    pub from_on: Option<Day>,
    /// Only entries recorded until this day.
    pub until_on: Option<Day>,
}

/// Decisions that would differ in one way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SimulationFinding {
    /// The rule that it is about.
    pub rule: Option<RuleId>,
    /// The parameter, where no rule has an id.
    pub parameter: &'static str,
    /// What would differ.
    pub effect: SimulatedEffect,
    /// How many decisions.
    pub decisions: u64,
    /// Of how many families.
    pub families: u64,
    /// How much money they are about, fen.
    pub fen: Fen,
}

/// A ledger that was replayed, so far as it went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SimulatedLedger {
    /// The ledger.
    pub ledger: LedgerId,
    /// Entries replayed up to this size.
    pub size: u64,
    /// Leaf hash of the last of them.
    pub last_leaf: Hash,
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Simulation {
    /// Hash of the rules of the region under the draft.
    pub policy: Hash,
    /// Tagged digest of the draft.
    pub digest: Hash,
    /// What was replayed, in order of the ledgers' ids.
    pub ledgers: Vec<SimulatedLedger>,
    /// Decisions of the kinds that rules bear on.
    pub decisions: u64,
    /// What would differ, in order of rule, parameter and effect.
    pub findings: Vec<SimulationFinding>,
    /// Families concerned, each counted once.
    pub families: u64,
    /// Decisions that would differ, each counted once.
    pub differing: u64,
}

impl App {
    /// Replays a draft over the ledgers of a region.
    ///
    /// # Errors
    /// Denied; [`AppError::PolicyDraft`]; trouble of the database.
    pub async fn policy_simulation(&self, call: &Call, asked: &SimulationAsked) -> Result<Simulation, AppError> {
        let principal = call.principal.as_ref().ok_or(AppError::NotSignedIn)?;
        access::check(Caller::User(principal), Action::PolicySimulate, &Target::Region(asked.region))?;
        let set = self.policies_now().await?;
        simulate(&self.store, &set, &self.calendar, asked).await
    }
}

/// As [`App::policy_simulation`], for who has the database itself.
///
/// # Errors
/// [`AppError::PolicyDraft`]; trouble of the database.
pub async fn simulate(
    store: &Store,
    set: &PolicySet,
    calendar: &Calendar,
    asked: &SimulationAsked,
) -> Result<Simulation, AppError> {
    let supposed = set.supposing("draft", &asked.document, asked.region, asked.effective_on);
    let supposed = supposed.map_err(AppError::PolicyDraft)?;
    let mut tally = Tally::default();
    let mut ledgers = Vec::new();
    let mut heads = store::ledgers(&store.read()).await?;
    heads.retain(|head| asked.region.contains(head.region));
    heads.sort_by(|a, b| a.ledger.cmp(&b.ledger));
    for head in heads {
        let mut replay = Replay {
            region: head.region,
            rules: Rules { old: set, new: &supposed, resolved: BTreeMap::new() },
            calendar,
            asked,
            state: WorkingSet::default(),
            courses: BTreeMap::new(),
            lessons: BTreeMap::new(),
            refunds: BTreeMap::new(),
        };
        let mut next = 0;
        while next < head.size {
            let rows = store::entries_range(&store.read(), &head.ledger, next, PAGE).await?;
            if rows.is_empty() {
                return Err(Corrupt { what: "entries are missing" }.into());
            }
            let mut entries = Vec::with_capacity(rows.len());
            for row in rows.into_iter().filter(|row| row.seq < head.size) {
                let entry = ledger::decode(&row.bytes).map_err(|_| Corrupt { what: "bytes of an entry" })?;
                entries.push((entry, row.leaf_hash));
                next = row.seq.saturating_add(1);
            }
            recognise(store, &head.ledger, &entries, &mut replay.state).await?;
            for (entry, leaf) in &entries {
                replay.entry(entry, &mut tally)?;
                apply(&mut replay.state, &fact(entry, *leaf))?;
            }
        }
        ledgers.push(SimulatedLedger { ledger: head.ledger, size: head.size, last_leaf: Hash::new(head.last_leaf) });
    }
    let policy = supposed.resolve_known(asked.region, asked.effective_on);
    Ok(tally.answer(
        ledger::digest(ledger::tags::POLICY, &policy.canonical_bytes()),
        ledger::digest(ledger::tags::POLICY_DOCUMENT, asked.document.as_bytes()),
        ledgers,
    ))
}

/// Reads the keys by which the children and controllers of some entries are recognised.
async fn recognise(
    store: &Store,
    ledger: &LedgerId,
    entries: &[(Entry, [u8; 32])],
    state: &mut WorkingSet,
) -> Result<(), AppError> {
    let (mut pupils, mut institutions) = (Vec::new(), Vec::new());
    for (entry, _) in entries {
        match &entry.body {
            Body::ContractSigned(body) => pupils.push(body.pupil),
            Body::ContractTransferred(body) => pupils.push(body.pupil),
            Body::InstitutionRegistered(_) => {
                institutions.extend(entry.header.institution.map(|link| link.institution));
            }
            _ => {}
        }
    }
    for (pupil, key) in store::child_key_load(&store.read(), ledger, &pupils).await? {
        state.know_child(pupil, key);
    }
    state.controllers.extend(store::controller_key_load(&store.read(), ledger, &institutions).await?);
    Ok(())
}

fn fact(entry: &Entry, leaf: [u8; 32]) -> Fact<'_> {
    Fact {
        seq: entry.header.seq,
        leaf,
        institution: entry.header.institution.map(|link| link.institution),
        effective_on: entry.header.effective_on,
        recorded_on: entry.header.recorded_at.day(),
        actor: entry.header.actor,
        body: &entry.body,
    }
}

type About = (Option<RuleId>, &'static str, SimulatedEffect);

#[derive(Default)]
struct Count {
    decisions: u64,
    families: BTreeSet<SubjectId>,
    fen: i64,
}

#[derive(Default)]
struct Tally {
    decisions: u64,
    differing: u64,
    families: BTreeSet<SubjectId>,
    counts: BTreeMap<About, Count>,
}

impl Tally {
    /// A decision with all that would differ about it.
    fn decision(&mut self, differences: &[About], family: Option<SubjectId>, fen: Fen) {
        self.decisions = self.decisions.saturating_add(1);
        if !differences.is_empty() {
            self.differing = self.differing.saturating_add(1);
            self.families.extend(family);
        }
        for about in differences {
            let count = self.counts.entry(*about).or_default();
            count.decisions = count.decisions.saturating_add(1);
            count.families.extend(family);
            count.fen = count.fen.saturating_add(fen.fen());
        }
    }

    fn answer(self, policy: Hash, digest: Hash, ledgers: Vec<SimulatedLedger>) -> Simulation {
        let count = |set: &BTreeSet<SubjectId>| u64::try_from(set.len()).unwrap_or(u64::MAX);
        let finding = |((rule, parameter, effect), of): (&About, &Count)| SimulationFinding {
            rule: *rule,
            parameter,
            effect: *effect,
            decisions: of.decisions,
            families: count(&of.families),
            fen: Fen::new(of.fen),
        };
        Simulation {
            policy,
            digest,
            ledgers,
            decisions: self.decisions,
            findings: self.counts.iter().map(finding).collect(),
            families: count(&self.families),
            differing: self.differing,
        }
    }
}

/// The rules as they were and as the draft has them, by day.
struct Rules<'a> {
    old: &'a PolicySet,
    new: &'a PolicySet,
    resolved: BTreeMap<Day, (Policy, Policy)>,
}

impl Rules<'_> {
    fn on(&mut self, region: RegionCode, day: Day) -> &(Policy, Policy) {
        let (old, new) = (self.old, self.new);
        self.resolved.entry(day).or_insert_with(|| (old.resolve_known(region, day), new.resolve_known(region, day)))
    }
}

struct Replay<'a> {
    region: RegionCode,
    rules: Rules<'a>,
    calendar: &'a Calendar,
    asked: &'a SimulationAsked,
    /// The ledger before the entry that is looked at.
    state: WorkingSet,
    courses: BTreeMap<CourseId, Course>,
    /// Day from which the clock of a lesson runs.
    lessons: BTreeMap<LessonId, Day>,
    /// Day on which a refund was asked for.
    refunds: BTreeMap<RefundId, Day>,
}

impl Replay<'_> {
    fn entry(&mut self, entry: &Entry, tally: &mut Tally) -> Result<(), Corrupt> {
        let on = entry.header.recorded_at.day();
        let institution = entry.header.institution.map(|link| link.institution);
        let counts =
            self.asked.from_on.is_none_or(|from| from <= on) && self.asked.until_on.is_none_or(|until| on <= until);
        // What came before the days asked for is read for what it says of later decisions.
        let mut none = Tally::default();
        let tally = if counts { tally } else { &mut none };
        match &entry.body {
            Body::CoursePublished(body) => self.course(institution, body, on, tally),
            Body::ContractSigned(body) => self.contract(institution, body, on, tally)?,
            // A payment is refused with the contract's other caps, see `FeePay`.
            Body::FeePaid(body) => {
                let terms = self.terms(body.contract).cloned();
                let differs = terms.map(|terms| self.across(&terms, on)).transpose()?.unwrap_or_default();
                tally.decision(&differs, self.family(body.contract), body.amount_fen);
            }
            // The time to decide runs from acceptance.
            Body::ApplicationAccepted(_) => {
                let differs = self.clock(on, on, "licence_decision", None, |policy| &policy.licence_decision);
                tally.decision(&differs.into_iter().collect::<Vec<_>>(), None, Fen::ZERO);
            }
            Body::LessonClaimed(body) => {
                let asked_on = body.held_on.max(on);
                self.lessons.insert(body.lesson, asked_on);
                let rule = Some(RuleId::DeemedConfirmationClock);
                let differs = self.clock(on, asked_on, "deemed_confirmation", rule, |p| &p.deemed_confirmation);
                let (family, fen) = (self.family(body.contract), self.value(body.contract, &body.lots));
                tally.decision(&differs.into_iter().collect::<Vec<_>>(), family, fen);
            }
            Body::LessonConfirmed(body) if body.by == ConfirmedBy::Silence => {
                let asked_on = self.lessons.get(&body.lesson).copied().unwrap_or(on);
                let rule = RuleId::DeemedConfirmationClock;
                let refused = self.too_early(on, asked_on, |policy| &policy.deemed_confirmation);
                let differs: Vec<About> = refused
                    .then_some((Some(rule), "deemed_confirmation", SimulatedEffect::Refused))
                    .into_iter()
                    .collect();
                tally.decision(&differs, self.family(body.contract), sum(&body.lots));
            }
            Body::RefundRequested(body) => {
                self.refunds.insert(body.refund, on);
                let rule = Some(RuleId::RefundAnswerClock);
                let differs = self.clock(on, on, "refund_answer", rule, |policy| &policy.refund_answer);
                let family = self.family(body.contract);
                tally.decision(&differs.into_iter().collect::<Vec<_>>(), family, body.amount_fen);
            }
            Body::RefundConsented(body) => {
                let mut differs = Vec::new();
                if body.by == ConsentedBy::Silence {
                    let asked_on = self.refunds.get(&body.refund).copied().unwrap_or(on);
                    if self.too_early(on, asked_on, |policy| &policy.refund_answer) {
                        differs.push((Some(RuleId::RefundAnswerClock), "refund_answer", SimulatedEffect::Refused));
                    }
                }
                differs.extend(self.pay_back(body.contract, on));
                tally.decision(&differs, self.family(body.contract), sum(&body.lots));
            }
            _ => {}
        }
        Ok(())
    }

    fn terms(&self, contract: ContractId) -> Option<&Terms> {
        self.state.accounts.get(contract).map(|account| &account.terms)
    }

    fn family(&self, contract: ContractId) -> Option<SubjectId> {
        self.terms(contract).map(|terms| terms.guardian)
    }

    /// The caps that a contract would newly break together with the family's others at the same seller.
    fn across(&mut self, terms: &Terms, on: Day) -> Result<Vec<About>, Corrupt> {
        let Some((this, others)) = together(&self.state, terms, None)? else { return Ok(Vec::new()) };
        let (old, new) = self.rules.on(self.region, on);
        let broken = |policy| contract::across_violations(&this, &others, policy, "");
        Ok(newly_broken(&broken(old), &broken(new)))
    }

    fn course(&mut self, institution: Option<InstitutionId>, body: &CoursePublished, on: Day, tally: &mut Tally) {
        let Some(institution) = institution else { return };
        let small = |n: u32| u16::try_from(n).unwrap_or(u16::MAX);
        let course = Course {
            id: body.course,
            institution,
            category: body.category,
            mode: body.mode,
            stage: body.stage,
            hours: body.hours,
            minutes_per_hour: small(body.minutes_per_hour),
            price: body.price_fen,
            list_price_per_hour: body.list_price_per_hour_fen,
            class_size_max: small(body.class_size_max),
            starts_on: body.starts_on,
            ends_on: body.ends_on,
            published_seq: None,
        };
        let (old, new) = self.rules.on(self.region, on);
        let broken = |policy| contract::course_charge_violations(&course, policy);
        tally.decision(&newly_broken(&broken(old), &broken(new)), None, course.price);
        self.courses.insert(course.id, course);
    }

    fn contract(
        &mut self,
        institution: Option<InstitutionId>,
        body: &ContractSigned,
        on: Day,
        tally: &mut Tally,
    ) -> Result<(), Corrupt> {
        let Some(institution) = institution else { return Ok(()) };
        let small = |n: u32| u16::try_from(n).unwrap_or(u16::MAX);
        let terms = Terms {
            id: body.contract,
            institution,
            course: body.course,
            category: body.category,
            mode: body.mode,
            stage: body.stage,
            guardian: body.guardian,
            pupil: body.pupil,
            lots: body
                .lots
                .iter()
                .map(|lot| LotTerms {
                    id: lot.lot,
                    paid_hours: lot.paid_hours,
                    gift_hours: lot.gift_hours,
                    price: lot.price_fen,
                    list_price_per_hour: lot.list_price_per_hour_fen,
                })
                .collect(),
            refund_terms: RefundTerms {
                full_refund_days_before_start: small(body.full_refund_days_before_start),
                full_refund_days_after_start: small(body.full_refund_days_after_start),
                pay_back_days: small(body.pay_back_days),
            },
            first_lesson_on: body.first_lesson_on,
            last_lesson_on: body.last_lesson_on,
        };
        let course = self.courses.get(&terms.course);
        let (old, new) = self.rules.on(self.region, on);
        let broken = |policy| contract::charge_violations(&terms, course, policy);
        let mut differs = newly_broken(&broken(old), &broken(new));
        differs.extend(self.across(&terms, on)?);
        tally.decision(&differs, Some(terms.guardian), terms.price().unwrap_or(Fen::ZERO));
        Ok(())
    }

    /// The last days of a term that starts on a day, as it was and as the draft has it.
    fn ends(&mut self, on: Day, from: Day, of: Of) -> (Option<Day>, Option<Day>) {
        let calendar = self.calendar;
        let (old, new) = self.rules.on(self.region, on);
        let end = |policy| calendar.end_of(from, of(policy).in_force()?.value).ok();
        (end(old), end(new))
    }

    fn clock(&mut self, on: Day, from: Day, parameter: &'static str, rule: Option<RuleId>, of: Of) -> Option<About> {
        let (old, new) = self.ends(on, from, of);
        Some((rule, parameter, shift(old, new)?))
    }

    /// Would what silence decided on a day not yet have been decided?
    fn too_early(&mut self, on: Day, from: Day, of: Of) -> bool {
        let (old, new) = self.ends(on, from, of);
        old.is_some_and(|last| last < on) && new.is_none_or(|last| on <= last)
    }

    /// The last day to pay a refund back: the rule's, or the parties' where that is earlier.
    fn pay_back(&mut self, contract: ContractId, on: Day) -> Option<About> {
        let terms = self.terms(contract)?;
        let (before, agreed) = (on < terms.first_lesson_on, DayCount::Days(terms.refund_terms.pay_back_days));
        let agreed = self.calendar.end_of(on, agreed).ok();
        let (parameter, of): (&'static str, Of) = if before {
            ("refund_pay_back_before_start", |policy| &policy.refund_pay_back_before_start)
        } else {
            ("refund_pay_back_after_start", |policy| &policy.refund_pay_back_after_start)
        };
        let (old, new) = self.ends(on, on, of);
        let least = |ruled: Option<Day>| ruled.map(|ruled| agreed.map_or(ruled, |a| a.min(ruled))).or(agreed);
        Some((Some(RuleId::RefundPayBackMax), parameter, shift(least(old), least(new))?))
    }

    /// What hours of lots are worth, each lot rounded half up.
    fn value(&self, contract: ContractId, hours: &[LotHours]) -> Fen {
        let Some(terms) = self.terms(contract) else { return Fen::ZERO };
        let worth = |part: &LotHours| {
            let lot = terms.lots.iter().find(|lot| lot.id == part.lot)?;
            let all = i128::from(lot.paid_hours.checked_add(lot.gift_hours).ok()?.hundredths());
            let twice = i128::from(lot.price.fen()).checked_mul(i128::from(part.hours.hundredths()))?.checked_mul(2)?;
            let rounded = twice.checked_add(all)?.checked_div(all.checked_mul(2)?)?;
            Some(Fen::new(i64::try_from(rounded).ok()?))
        };
        Fen::try_sum(hours.iter().filter_map(worth)).unwrap_or(Fen::ZERO)
    }
}

/// A term among the parameters.
type Of = fn(&Policy) -> &Setting<DayCount>;

fn shift(old: Option<Day>, new: Option<Day>) -> Option<SimulatedEffect> {
    match (old, new) {
        (None, None) => None,
        (None, Some(_)) => Some(SimulatedEffect::Begins),
        (Some(_), None) => Some(SimulatedEffect::Ends),
        (Some(old), Some(new)) if new < old => Some(SimulatedEffect::Earlier),
        (Some(old), Some(new)) if new > old => Some(SimulatedEffect::Later),
        (Some(_), Some(_)) => None,
    }
}

fn newly_broken(old: &[kernel::Violation], new: &[kernel::Violation]) -> Vec<About> {
    let before: BTreeSet<RuleId> = old.iter().map(|violation| violation.rule).collect();
    let after: BTreeSet<RuleId> = new.iter().map(|violation| violation.rule).collect();
    after.difference(&before).map(|rule| (Some(*rule), "", SimulatedEffect::Refused)).collect()
}

fn sum(lots: &[LotPart]) -> Fen {
    Fen::try_sum(lots.iter().map(|part| part.fen)).unwrap_or(Fen::ZERO)
}
