//! The read side: what a caller may see, found in the ledgers that the caller may look into. Every
//! read names its action and asks the access table; nothing here writes or decides a rule.

mod contracts;
mod escrow;
mod journal;
mod ledgers;
mod lists;
mod locate;
pub(crate) mod page;
mod records;
mod refund_queue;
mod refund_quote;
mod registry;
mod statements;
mod supervision;

use access::{Action, Caller, Principal, Target};

use crate::error::AppError;

pub use store::{AlertFilter, ClassSession, Draft, Enrolment, EntryRow, NamedCourse, NamedInstitution, Payment};

pub use contracts::{ContractQuery, ContractView, StatementView};
pub use escrow::Balances;
pub use journal::Chain;
pub use ledgers::{Export, LedgerInfo};
pub use lists::{ListDifference, ListSnapshot};
pub use locate::Thing;
pub(crate) use page::across;
pub use page::{Cursor, Page, Paged};
pub use records::{Parties, ReadingQuery, ReadingView, Why};
pub use refund_queue::{RefundAge, RefundQueue, RefundWaiting};
pub use refund_quote::Quote;
pub(crate) use refund_quote::refund_facts;
pub(crate) use registry::institution_target;
pub use registry::{InstitutionQuery, InstitutionView, ListedInstitution};
pub use statements::SealView;
pub use supervision::{AlertView, JobsOfLedger};

/// Who looks: a signed-in user, or the public.
pub type Viewer<'a> = Option<&'a Principal>;

/// May the viewer do one of these to the target?
///
/// # Errors
/// [`AppError::NotSignedIn`] for the public; else [`AppError::Denied`] for the first action, or not
/// found where even that the target exists is hidden.
pub fn allow(viewer: Viewer<'_>, actions: &[Action], target: &Target, what: &'static str) -> Result<(), AppError> {
    let caller = viewer.map_or(Caller::Public, Caller::User);
    let mut first = None;
    for action in actions {
        match access::check(caller, *action, target) {
            Ok(()) => return Ok(()),
            Err(denied) => first = first.or(Some(denied)),
        }
    }
    match (viewer, first) {
        (None, Some(_)) => Err(AppError::NotSignedIn),
        (Some(_), Some(denied)) if denied.hide => Err(AppError::not_found(what)),
        (Some(_), Some(denied)) => Err(denied.into()),
        (_, None) => Ok(()),
    }
}
