//! The year of the county, day by day from September to June. Each chapter has a file; here is the
//! calendar, and what the chapters share.

mod april;
mod bank;
mod classes;
mod lessons;
mod money;
mod october;
mod sales;
mod september;

use std::collections::BTreeMap;

use access::Principal;
use kernel::{ContractId, CourseId, Day, InstitutionId, LessonId, LicenceId, RecordItemId, RefundId};

use super::cast::{CourseCast, Term};
use super::stage::Stage;
use crate::progress::Progress;

/// First day of the play.
pub const FIRST_DAY: &str = "2025-09-01";
/// Last day of the play.
pub const LAST_DAY: &str = "2026-06-30";

/// Those who act for the authorities and the bank.
pub struct Officials {
    /// Education officer of the county.
    pub bureau: Principal,
    /// Approver of the county.
    pub approver: Principal,
    /// Sports officer.
    pub sports: Principal,
    /// Culture officer.
    pub culture: Principal,
    /// Market-supervision officer.
    pub market: Principal,
    /// The custody bank.
    pub bank: Principal,
}

/// An institution on the stage.
pub struct Player {
    /// Its id.
    pub id: InstitutionId,
    /// Who acts for it; none for those without a log-in.
    pub owner: Option<Principal>,
    /// Its licence.
    pub licence: Option<LicenceId>,
}

/// A course on the stage.
pub struct Course {
    /// From the cast.
    pub cast: CourseCast,
    /// Its id.
    pub id: CourseId,
    /// Contracts of it, by their place in [`World::contracts`].
    pub contracts: Vec<usize>,
    /// Its class, where the institution keeps a timetable.
    pub class: Option<classes::Class>,
}

/// A contract on the stage.
pub struct Contract {
    /// Its id.
    pub id: ContractId,
    /// Place of its course in [`World::courses`].
    pub course: usize,
    /// The family.
    pub family: usize,
    /// Are its lessons still taught?
    pub taught: bool,
    /// Will the family ask its money back half way?
    pub withdraws: bool,
}

/// What a guardian does about a lesson.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Confirms it.
    Confirm,
    /// Disputes it.
    Dispute(ledger::DisputeReason),
}

/// Steps of a refund that are due on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefundStep {
    /// The family asks.
    Request(usize, escrow::RefundCause),
    /// The institution consents.
    Consent(RefundId, usize),
    /// The bank pays.
    Pay(RefundId),
}

/// Everything on the stage, and what is due when.
pub struct World {
    /// Officials.
    pub officials: Officials,
    /// Institutions, in the order of the cast.
    pub players: Vec<Player>,
    /// Courses, in the order of publication.
    pub courses: Vec<Course>,
    /// Contracts, in the order of sale.
    pub contracts: Vec<Contract>,
    /// Guardians by family.
    pub guardians: Vec<Option<Principal>>,
    /// Answers to lessons, by day.
    pub answers: BTreeMap<Day, Vec<(LessonId, usize, Answer)>>,
    /// Disputes to be decided, by day.
    pub disputes: BTreeMap<Day, Vec<(LessonId, ledger::DisputeReason)>>,
    /// Disputes decided so far, those about lessons that were not held apart.
    pub disputes_decided: usize,
    /// Refunds, by day.
    pub refunds: BTreeMap<Day, Vec<RefundStep>>,
    /// Bank references given out so far.
    pub references: u64,
    /// Room and teacher of each institution that keeps a timetable, by its place in the cast.
    pub rooms: BTreeMap<usize, (RecordItemId, RecordItemId)>,
    /// What the bank's books say of each institution.
    pub books: BTreeMap<InstitutionId, bank::Book>,
}

impl World {
    /// Who acts for an institution.
    ///
    /// # Errors
    /// An institution without a log-in.
    pub fn owner(&self, player: usize) -> anyhow::Result<Principal> {
        let owner = self.players.get(player).and_then(|player| player.owner.clone());
        owner.ok_or_else(|| anyhow::anyhow!("institution {player} has no log-in"))
    }

    /// The guardian of a contract.
    ///
    /// # Errors
    /// A family that has not signed anything yet.
    pub fn guardian(&self, contract: usize) -> anyhow::Result<Principal> {
        let family = self.contracts.get(contract).map(|contract| contract.family);
        let guardian = family.and_then(|family| self.guardians.get(family)?.clone());
        guardian.ok_or_else(|| anyhow::anyhow!("contract {contract} has no guardian"))
    }

    /// The institution that sold a contract.
    ///
    /// # Errors
    /// An unknown contract.
    pub fn seller(&self, contract: usize) -> anyhow::Result<usize> {
        let course = self.contracts.get(contract).and_then(|contract| self.courses.get(contract.course));
        course.map(|course| course.cast.institution).ok_or_else(|| anyhow::anyhow!("contract {contract} is unknown"))
    }

    /// A reference as the bank prints it, never the same twice.
    pub fn reference(&mut self, on: Day) -> String {
        self.references = self.references.saturating_add(1);
        format!("HZ{}{:08}", on.to_string().replace('-', ""), self.references)
    }
}

/// Digest of a bank's reference as entries hold it.
pub fn reference_hash(reference: &str) -> ledger::Hash {
    ledger::digest(ledger::tags::BANK_REFERENCE, reference.as_bytes())
}

/// A day as the script writes it.
///
/// # Errors
/// None: the days are in the source.
pub fn day(text: &str) -> anyhow::Result<Day> {
    Ok(text.parse()?)
}

/// Plays the year.
///
/// # Errors
/// When something is refused that should not be, or the other way round.
pub async fn play(stage: &mut Stage, progress: &mut Progress) -> anyhow::Result<World> {
    let (first, last) = (day(FIRST_DAY)?, day(LAST_DAY)?);
    stage.set(first, 8, 0)?;
    let mut world = september::open(stage).await?;
    let mut today = first;
    let mut done: u64 = 0;
    while today <= last {
        stage.set(today, 8, 30)?;
        chapters(stage, &mut world, today).await?;
        for term in Term::ALL {
            sales::day(stage, &mut world, term, today).await?;
        }
        money::refunds(stage, &mut world, today).await?;
        lessons::decisions(stage, &mut world, today).await?;
        if weekday(first, today) == FRIDAY {
            money::settlements(stage, &mut world, today).await?;
        }
        lessons::held(stage, &mut world, today).await?;
        lessons::answers(stage, &mut world, today).await?;
        bank::statements(stage, &mut world, today).await?;
        stage.set(today, 23, 0)?;
        stage.clocks().await?;
        today = today.plus_days(1)?;
        done = done.saturating_add(1);
        let size = stage.size().await?;
        progress.at(done, &format!("{today} {size} entries"));
    }
    Ok(world)
}

/// Days of the play.
///
/// # Errors
/// None.
pub fn days() -> anyhow::Result<u64> {
    let days = day(FIRST_DAY)?.days_until(day(LAST_DAY)?);
    Ok(u64::try_from(days).unwrap_or(0).saturating_add(1))
}

/// The first day is a Monday.
const FRIDAY: i32 = 4;

fn weekday(first: Day, today: Day) -> i32 {
    first.days_until(today).rem_euclid(7)
}

/// What the authorities do, on its day.
async fn chapters(stage: &mut Stage, world: &mut World, today: Day) -> anyhow::Result<()> {
    match today.to_string().as_str() {
        "2025-09-01" => september::carry_over(stage, world).await,
        "2025-09-02" => september::apply(stage, world).await,
        "2025-09-15" => september::grant(stage, world).await,
        "2025-09-16" => september::white_list(stage, world).await,
        "2025-09-17" => classes::rooms_and_teachers(stage, world).await,
        "2025-09-26" => sales::course_of_61_hours(stage, world).await,
        "2025-10-09" => {
            sales::contract_above_the_cap(stage, world).await?;
            sales::contracts_with_unfair_terms(stage, world).await?;
            sales::one_sale_in_three_contracts(stage, world).await?;
            classes::book_twice(stage, world).await
        }
        "2025-10-10" => october::stop(stage, world).await,
        "2025-10-14" => october::close_too_early(stage, world).await,
        "2025-10-20" => october::apply(stage, world).await,
        "2025-10-30" => october::decide(stage, world).await,
        "2025-11-05" => october::sell_without_licence(stage, world).await,
        "2026-04-13" => april::suspend(stage, world).await,
        "2026-04-16" => april::close(stage, world).await,
        "2026-04-17" => april::pay_out_under_hold(stage, world).await,
        "2026-04-21" => april::propose_revocation(stage, world).await,
        "2026-04-30" => april::revoke(stage, world).await,
        "2026-05-06" => april::black_list(stage, world).await,
        "2026-05-25" => april::refund_all(stage, world).await,
        _ => Ok(()),
    }
}
