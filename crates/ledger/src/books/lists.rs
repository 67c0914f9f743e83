//! Which list every institution stands on, replayed, so that what is published of the lists is what the
//! decisions made of them.

use std::collections::{BTreeMap, VecDeque};

use kernel::InstitutionId;
use uuid::Uuid;

use super::{Fault, state};
use crate::body::{Body, ListKind, ListsPublished};
use crate::entry::Entry;
use crate::lists::{ListLeaf, ListTree};

/// The lists of a ledger.
#[derive(Clone, Debug, Default)]
pub(super) struct ListBooks {
    /// As the last publication counted them.
    counted: BTreeMap<InstitutionId, ListLeaf>,
    /// Decisions since, in order.
    since: VecDeque<ListLeaf>,
}

impl ListBooks {
    pub(super) fn play(&mut self, entry: &Entry) -> Result<(), Fault> {
        match (&entry.body, &entry.header.institution) {
            (Body::ListingChanged(d), Some(link)) => {
                self.since.push_back(ListLeaf {
                    institution: link.institution,
                    list: d.list,
                    listing: d.listing,
                    published_on: d.published_on,
                    seq: entry.header.seq,
                });
                Ok(())
            }
            (Body::ListsPublished(d), _) => self.published(d, entry.header.seq),
            _ => Ok(()),
        }
    }

    fn published(&mut self, d: &ListsPublished, seq: u64) -> Result<(), Fault> {
        while let Some(leaf) = self.since.pop_front_if(|leaf| leaf.seq <= d.through_seq) {
            if leaf.list == ListKind::None {
                self.counted.remove(&leaf.institution);
            } else {
                self.counted.insert(leaf.institution, leaf);
            }
        }
        let tree = ListTree::new(self.counted.values().cloned().collect());
        let fits = d.through_seq < seq && tree.is_ok_and(|tree| tree.root() == d.lists_root && tree.size() == d.listed);
        if fits { Ok(()) } else { Err(state("lists_published", Uuid::nil())) }
    }
}
