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
    /// How many, 1 to 200.
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

/// A ledger, after which id there, and how many items at most.
type Wanted<I> = (Arc<Ledger>, Option<I>, u32);

/// Collects a page over ledgers in the order of their ids: says what to fetch next until the page
/// is full, and cuts it. Used through [`across`].
pub(crate) struct Pager<T> {
    ledgers: std::vec::IntoIter<Arc<Ledger>>,
    after: Option<Cursor>,
    most: usize,
    found: Vec<(LedgerId, T)>,
}

impl<T> Pager<T> {
    /// Begins a page.
    pub(crate) fn new(mut ledgers: Vec<Arc<Ledger>>, page: &Page) -> Pager<T> {
        ledgers.sort_by(|a, b| a.id().cmp(b.id()));
        if let Some(cursor) = &page.after {
            ledgers.retain(|ledger| *ledger.id() >= cursor.ledger);
        }
        let most = usize::try_from(page.limit.clamp(1, LIMIT_MAX)).unwrap_or(usize::MAX);
        Pager { ledgers: ledgers.into_iter(), after: page.after.clone(), most, found: Vec::new() }
    }

    /// The next ledger, after which id there, and how many items at most; none when the page is
    /// full or there is no more.
    ///
    /// # Errors
    /// A cursor whose id does not fit is refused as not found.
    pub(crate) fn wanted<I: FromStr>(&mut self) -> Result<Option<Wanted<I>>, AppError> {
        if self.found.len() > self.most {
            return Ok(None);
        }
        let Some(ledger) = self.ledgers.next() else { return Ok(None) };
        let after = match self.after.take() {
            Some(cursor) if *ledger.id() == cursor.ledger => {
                Some(cursor.last.parse().map_err(|_| AppError::not_found("page"))?)
            }
            Some(_) | None => None,
        };
        // One more than fits tells whether there is a next page.
        let left = self.most.saturating_sub(self.found.len()).saturating_add(1);
        Ok(Some((ledger, after, u32::try_from(left).unwrap_or(LIMIT_MAX))))
    }

    /// Takes what a ledger gave.
    pub(crate) fn take(&mut self, ledger: &Ledger, items: Vec<T>) {
        self.found.extend(items.into_iter().map(|item| (ledger.id().clone(), item)));
    }

    /// The page; `id` is what its cursor names.
    pub(crate) fn finish(mut self, id: impl Fn(&T) -> String) -> Paged<T> {
        let more = self.found.len() > self.most;
        self.found.truncate(self.most);
        let last = self.found.last().filter(|_| more);
        let next = last.map(|(ledger, item)| Cursor { ledger: ledger.clone(), last: id(item) });
        Paged { items: self.found.into_iter().map(|(_, item)| item).collect(), next }
    }
}

/// A page over ledgers: what to read of one ledger, and what its cursor names.
macro_rules! across {
    ($ledgers:expr, $page:expr, |$ledger:ident, $after:ident, $limit:ident| $items:expr, $id:expr) => {{
        let mut pager = $crate::read::page::Pager::new($ledgers, $page);
        while let Some(($ledger, $after, $limit)) = pager.wanted()? {
            let items = $items;
            pager.take(&$ledger, items);
        }
        Ok(pager.finish($id))
    }};
}
pub(crate) use across;
