//! The published lists: as they stood at the end of a day, what changed between two days, and the file
//! that proves where an institution stood.

use std::collections::BTreeMap;

use kernel::{Day, Instant, InstitutionId};
use ledger::body::{Body, ListsPublished};
use ledger::{ListLeaf, ListProof, ListTree};
use registry::{ListKind, Listing};
use store::DeskEntry;

use super::Thing;
use crate::convert;
use crate::error::AppError;
use crate::ledgers::{App, Ledger};
use crate::refusal::Corrupt;

/// A publication and what it is of.
#[derive(Clone, Debug)]
pub struct ListSnapshot {
    /// The entry's number.
    pub seq: u64,
    /// What was published.
    pub published: ListsPublished,
    /// Who stood on a list, sorted by id.
    pub tree: ListTree,
    /// Their names as they are today.
    pub names: BTreeMap<InstitutionId, String>,
}

/// Where an institution stood on two days, where it is not the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListDifference {
    /// Who.
    pub institution: InstitutionId,
    /// The first day's list.
    pub before: ListKind,
    /// The second day's list.
    pub after: ListKind,
}

/// The leaves after these decisions, which are in order.
fn leaves(listings: &[Listing]) -> Vec<ListLeaf> {
    let mut standing: BTreeMap<InstitutionId, ListLeaf> = BTreeMap::new();
    for listing in listings {
        if listing.list == ListKind::None {
            standing.remove(&listing.institution);
            continue;
        }
        let leaf = ListLeaf {
            institution: listing.institution,
            list: convert::list_kind(listing.list),
            listing: listing.id,
            published_on: listing.published_on,
            seq: listing.seq,
        };
        standing.insert(listing.institution, leaf);
    }
    standing.into_values().collect()
}

fn tree(listings: &[Listing]) -> Result<ListTree, AppError> {
    ListTree::new(leaves(listings)).map_err(|_| Corrupt { what: "lists" }.into())
}

impl App {
    /// What is to be published of a day that is over; none where nothing was ever listed, or where it is
    /// published already.
    ///
    /// # Errors
    /// [`AppError`] of the database.
    pub(crate) async fn lists_to_publish(&self, ledger: &Ledger, on: Day) -> Result<Option<ListsPublished>, AppError> {
        let read = self.store().read();
        if !store::lists_published(&read, ledger.id(), Some(on), 1).await?.is_empty() {
            return Ok(None);
        }
        let next = on.plus_days(1).and_then(Instant::start_of).map_err(|_| Corrupt { what: "day" })?;
        let Some(through_seq) = store::last_seq_before(&read, ledger.id(), next).await? else { return Ok(None) };
        let listings = store::listings_through(&read, ledger.id(), through_seq).await?;
        if listings.is_empty() {
            return Ok(None);
        }
        let tree = tree(&listings)?;
        Ok(Some(ListsPublished { listed: tree.size(), lists_on: on, lists_root: tree.root(), through_seq }))
    }

    async fn snapshot_of(&self, ledger: &Ledger, row: DeskEntry) -> Result<ListSnapshot, AppError> {
        let read = self.store().read();
        let Body::ListsPublished(published) = ledger::decode(&row.bytes)?.body else {
            return Err(Corrupt { what: "publication of lists" }.into());
        };
        let tree = tree(&store::listings_through(&read, ledger.id(), published.through_seq).await?)?;
        if tree.root() != published.lists_root {
            return Err(Corrupt { what: "published lists" }.into());
        }
        let ids: Vec<InstitutionId> = tree.leaves().iter().map(|leaf| leaf.institution).collect();
        let profiles = store::profile_load(&read, ledger.id(), &ids).await?;
        let names = profiles.into_iter().map(|profile| (profile.institution, profile.name)).collect();
        Ok(ListSnapshot { seq: row.seq, published, tree, names })
    }

    /// The lists of a county as they stood at the end of a day; public.
    ///
    /// # Errors
    /// Not found where the lists of that day are not published.
    pub async fn lists_on(&self, region: kernel::RegionCode, on: Day) -> Result<ListSnapshot, AppError> {
        let ledger = self.ledger_of(region).await?;
        let found = store::lists_published(&self.store().read(), ledger.id(), Some(on), 1).await?.pop();
        self.snapshot_of(&ledger, found.ok_or_else(|| AppError::not_found("list_publication"))?).await
    }

    /// The publications of a county's lists, newest first; public.
    ///
    /// # Errors
    /// [`AppError`] of the database.
    pub async fn list_publications(
        &self,
        region: kernel::RegionCode,
        limit: u32,
    ) -> Result<Vec<(u64, ListsPublished)>, AppError> {
        let ledger = self.ledger_of(region).await?;
        let rows = store::lists_published(&self.store().read(), ledger.id(), None, limit).await?;
        let mut found = Vec::with_capacity(rows.len());
        for row in rows {
            if let Body::ListsPublished(published) = ledger::decode(&row.bytes)?.body {
                found.push((row.seq, published));
            }
        }
        Ok(found)
    }

    /// Who stands elsewhere on the second day; public.
    ///
    /// # Errors
    /// Not found where the lists of one of the days are not published.
    pub async fn lists_between(
        &self,
        region: kernel::RegionCode,
        from: Day,
        to: Day,
    ) -> Result<Vec<ListDifference>, AppError> {
        let (before, after) = (self.lists_on(region, from).await?, self.lists_on(region, to).await?);
        let mut stood: BTreeMap<InstitutionId, (ListKind, ListKind)> = BTreeMap::new();
        for leaf in before.tree.leaves() {
            stood.insert(leaf.institution, (convert::list_kind_of(leaf.list), ListKind::None));
        }
        for leaf in after.tree.leaves() {
            stood.entry(leaf.institution).or_insert((ListKind::None, ListKind::None)).1 =
                convert::list_kind_of(leaf.list);
        }
        let moved = stood.into_iter().filter(|(_, (before, after))| before != after);
        Ok(moved.map(|(institution, (before, after))| ListDifference { institution, before, after }).collect())
    }

    /// The file that proves where an institution stood at the end of a day; public.
    ///
    /// # Errors
    /// Not found where the lists of that day are not published.
    pub async fn list_proof(&self, institution: InstitutionId, on: Day) -> Result<String, AppError> {
        let ledger = self.ledger_with(None, Thing::Institution(institution)).await?;
        self.institution_in(&ledger, institution).await?;
        let snapshot = self.lists_on(ledger.region(), on).await?;
        let receipt = self.receipt_of_own(&ledger, snapshot.seq).await?;
        let receipt = receipt.parse().map_err(|_| Corrupt { what: "receipt" })?;
        let placed = snapshot.tree.proof(institution).map_err(|_| Corrupt { what: "lists" })?;
        Ok(ListProof { institution, on, placed, receipt }.to_string())
    }
}
