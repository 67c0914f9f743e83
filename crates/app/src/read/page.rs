//! Pages of lists that may run over several ledgers: a page ends where the limit is reached, and
//! its cursor names the ledger and the last id seen there.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use kernel::{LedgerId, category::WordError};

use crate::error::AppError;
use crate::ledgers::Ledger;

/// Most items of a page.
pub const LIMIT_MAX: u32 = 200;

/// Where a page ended: a ledger, and an id or number in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// The ledger.
    pub ledger: LedgerId,
    /// The last item seen, as text.
    pub last: String,
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}~{}", self.ledger, self.last)
    }
}

impl FromStr for Cursor {
    type Err = WordError;
    fn from_str(s: &str) -> Result<Cursor, WordError> {
        let (ledger, last) = s.split_once('~').ok_or(WordError)?;
        let plain = !last.is_empty() && last.len() <= 64 && last.bytes().all(|b| b.is_ascii_graphic());
        if !plain {
            return Err(WordError);
        }
        Ok(Cursor { ledger: ledger.parse().map_err(|_| WordError)?, last: last.to_owned() })
    }
}

/// Which page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// After which item; none for the first page.
    pub after: Option<Cursor>,
    /// How many, 1 to [`LIMIT_MAX`].
    pub limit: u32,
}

/// A page's items and where the next begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paged<T> {
    /// The items.
    pub items: Vec<T>,
    /// Cursor of the next page; none when this is the last.
    pub next: Option<Cursor>,
}

impl<T> Paged<T> {
    /// Another shape of the same items.
    pub fn map<U>(self, shape: impl Fn(T) -> U) -> Paged<U> {
        Paged { items: self.items.into_iter().map(shape).collect(), next: self.next }
    }
}

/// Collects a page over ledgers in the order of their ids. `fetch` reads at most so many items of
/// one ledger after an id; `id` is what the cursor names.
///
/// # Errors
/// Those of `fetch`; a cursor whose id does not fit is refused as not found.
pub async fn across<T, I: FromStr>(
    mut ledgers: Vec<Arc<Ledger>>,
    page: &Page,
    fetch: impl AsyncFn(&Ledger, Option<I>, u32) -> Result<Vec<T>, AppError>,
    id: impl Fn(&T) -> String,
) -> Result<Paged<T>, AppError> {
    ledgers.sort_by(|a, b| a.id().cmp(b.id()));
    let limit = page.limit.clamp(1, LIMIT_MAX);
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    let mut found: Vec<(LedgerId, T)> = Vec::new();
    for ledger in &ledgers {
        let after = match &page.after {
            Some(cursor) if ledger.id() < &cursor.ledger => continue,
            Some(cursor) if ledger.id() == &cursor.ledger => {
                Some(cursor.last.parse().map_err(|_| AppError::not_found("page"))?)
            }
            Some(_) | None => None,
        };
        // One more than fits tells whether there is a next page.
        let left = u32::try_from(most.saturating_sub(found.len())).unwrap_or(limit).saturating_add(1);
        let items = fetch(ledger, after, left).await?;
        found.extend(items.into_iter().map(|item| (ledger.id().clone(), item)));
        if found.len() > most {
            break;
        }
    }
    let more = found.len() > most;
    found.truncate(most);
    let next =
        if more { found.last().map(|(ledger, item)| Cursor { ledger: ledger.clone(), last: id(item) }) } else { None };
    Ok(Paged { items: found.into_iter().map(|(_, item)| item).collect(), next })
}
