//! The graph of control: institutions joined by the people, phones, addresses and accounts that they
//! share. It is walked from one institution to those that are barred, and says along what.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use kernel::{InstitutionId, words};

words! {
    /// What two institutions may share (关联类型).
    TieKind {
        /// The same natural person, by identity number or by name and phone.
        Person = "person" / "同一自然人",
        /// The same phone number.
        Phone = "phone" / "同一电话",
        /// The same address.
        Address = "address" / "同一地址",
        /// The same bank account.
        Account = "account" / "同一账户",
    }
}

/// Something of an institution by which it may be found again: never plain, a keyed hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tie {
    /// What.
    pub kind: TieKind,
    /// Keyed hash of it.
    pub key: [u8; 32],
}

/// One step of a path: to which institution, along what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// To whom.
    pub institution: InstitutionId,
    /// Along what.
    pub kind: TieKind,
}

/// Longest path that is looked for: a shell of a shell of a shell.
pub const STEPS_MAX: usize = 3;

/// The shortest path from `from` to every institution of `barred` within [`STEPS_MAX`] steps, in the order
/// of their ids. `ties` are those of all institutions that may be on the way.
pub fn paths(
    from: InstitutionId,
    ties: &BTreeMap<InstitutionId, BTreeSet<Tie>>,
    barred: &BTreeSet<InstitutionId>,
) -> Vec<Vec<Step>> {
    let mut holders: BTreeMap<Tie, Vec<InstitutionId>> = BTreeMap::new();
    for (institution, own) in ties {
        for tie in own {
            holders.entry(*tie).or_default().push(*institution);
        }
    }
    let mut reached: BTreeMap<InstitutionId, Vec<Step>> = BTreeMap::from([(from, Vec::new())]);
    let mut waiting = VecDeque::from([from]);
    while let Some(here) = waiting.pop_front() {
        let path = reached.get(&here).cloned().unwrap_or_default();
        if path.len() >= STEPS_MAX {
            continue;
        }
        for tie in ties.get(&here).into_iter().flatten() {
            for next in holders.get(tie).into_iter().flatten() {
                if !reached.contains_key(next) {
                    let step = Step { institution: *next, kind: tie.kind };
                    reached.insert(*next, path.iter().copied().chain([step]).collect());
                    waiting.push_back(*next);
                }
            }
        }
    }
    reached.into_iter().filter(|(id, path)| !path.is_empty() && barred.contains(id)).map(|(_, path)| path).collect()
}
