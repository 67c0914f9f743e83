//! How often a settlement or a refund was paid out and came back: a payout that came back is paid again, and
//! each time is a line of its own at the bank.

use std::collections::{BTreeMap, BTreeSet};

use escrow::bank::Direction;
use escrow::matching::Thing;
use kernel::{Day, InstitutionId};
use ledger::Body;
use store::{BankLine, StoreError};

use super::booking::digest;
use super::import::way;
use crate::error::AppError;
use crate::ledgers::{App, Ledger};
use crate::verbs::named;

/// Entries read at once.
const PAGE: u32 = 512;

/// Money of a thing that moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Movement {
    /// Into the account or out of it.
    pub direction: Direction,
    /// When.
    pub on: Day,
    /// Digest of the bank's reference; none of what came back.
    pub reference: Option<[u8; 32]>,
}

/// What a movement of an entry is, and whether the thing begins with it.
fn moved(body: &Body, on: Day) -> Option<(Thing, Option<Movement>)> {
    let out =
        |reference: ledger::Hash| Some(Movement { direction: way(false), on, reference: Some(*reference.as_bytes()) });
    let back = || Some(Movement { direction: way(true), on, reference: None });
    Some(match body {
        Body::SettlementPaid(d) => (Thing::Settlement(d.settlement), out(d.reference)),
        Body::RefundPaid(d) => (Thing::Refund(d.refund), out(d.reference)),
        Body::SettlementReturned(d) => (Thing::Settlement(d.settlement), back()),
        Body::RefundReturned(d) => (Thing::Refund(d.refund), back()),
        Body::SettlementOrdered(d) => (Thing::Settlement(d.settlement), None),
        Body::RefundRequested(d) => (Thing::Refund(d.refund), None),
        Body::InterestAllotted(d) => (Thing::Refund(d.refund), None),
        _ => return None,
    })
}

/// Movements one way.
pub(super) fn times(movements: &[Movement], direction: Direction) -> u32 {
    u32::try_from(movements.iter().filter(|movement| movement.direction == direction).count()).unwrap_or(u32::MAX)
}

/// The payouts that none of these lines is yet, the earliest first: a line is the payout of its reference, and
/// where none is, the earliest.
pub(super) fn unseen<'a>(movements: &'a [Movement], lines: &[&BankLine]) -> Vec<&'a Movement> {
    let mut payouts: Vec<&Movement> = movements.iter().filter(|movement| movement.direction == way(false)).collect();
    for line in lines.iter().filter(|line| line.direction == way(false)) {
        let own = digest(&line.reference);
        let at = payouts.iter().position(|movement| movement.reference == Some(own)).unwrap_or(0);
        if at < payouts.len() {
            payouts.remove(at);
        }
    }
    payouts
}

impl App {
    /// Everything that these things of an institution did, the earliest first: read back to the entry with
    /// which each begins.
    pub(super) async fn movements(
        &self,
        ledger: &Ledger,
        institution: InstitutionId,
        things: &BTreeSet<Thing>,
    ) -> Result<BTreeMap<Thing, Vec<Movement>>, AppError> {
        let mut found: BTreeMap<Thing, Vec<Movement>> = things.iter().map(|thing| (*thing, Vec::new())).collect();
        let (mut open, mut before) = (things.clone(), None);
        while !open.is_empty() {
            let read = self.store.read();
            let rows = store::entries_of_institution_back(&read, ledger.id(), institution, before, PAGE).await?;
            for row in &rows {
                before = Some(row.institution_seq);
                let corrupt = |_| StoreError::Corrupt { table: "entry", what: "bytes" };
                let entry = ledger::decode(&row.bytes).map_err(corrupt)?;
                match moved(&entry.body, entry.header.effective_on) {
                    Some((thing, Some(movement))) => {
                        if let Some(all) = found.get_mut(&thing) {
                            all.push(movement);
                        }
                    }
                    Some((thing, None)) => drop(open.remove(&thing)),
                    None => {}
                }
            }
            if rows.len() < usize::try_from(PAGE).unwrap_or(usize::MAX) {
                break;
            }
        }
        found.values_mut().for_each(|all| all.reverse());
        Ok(found)
    }

    /// How often the ledger knows that money of a thing moved one way.
    pub(super) async fn times_moved(
        &self,
        ledger: &Ledger,
        institution: InstitutionId,
        thing: Thing,
        direction: Direction,
    ) -> Result<u32, AppError> {
        if matches!(thing, Thing::Payment(_)) {
            return Ok(1);
        }
        let found = self.movements(ledger, institution, &[thing].into()).await?;
        Ok(found.get(&thing).map_or(0, |all| times(all, direction)))
    }
}

/// The lines that are one of these things.
pub(super) fn lines_of(lines: &[BankLine], thing: Thing) -> Vec<&BankLine> {
    lines.iter().filter(|line| line.matched == Some(named(thing).1)).collect()
}
