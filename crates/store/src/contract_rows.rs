//! Rows of courses, contract drafts, escrow accounts and their lots.

use contract::{Course, LotTerms, RefundTerms, Terms};
use escrow::{Account, Lot};
use kernel::{ClassHours, ContractId, CourseId, Fen, Instant, InstitutionId, LedgerId, RefundId, SubjectId};

use crate::StoreError;
use crate::connect::{Conn, Tx};
use crate::projection::projection;
use crate::row::{Row, Values};
use crate::sql::{Table, load, page, save};

pub(crate) struct Courses;

impl Table for Courses {
    type Item = Course;
    const NAME: &'static str = "course";
    const KEY: &'static [&'static str] = &["course_id"];
    const COLUMNS: &'static [&'static str] = &[
        "course_id",
        "institution_id",
        "category",
        "mode",
        "stage",
        "hours_hundredths",
        "minutes_per_hour",
        "price_fen",
        "list_price_per_hour_fen",
        "class_size_max",
        "starts_on",
        "ends_on",
        "published_seq",
    ];
    const CHANGING: &'static [&'static str] = &[
        "category",
        "mode",
        "stage",
        "hours_hundredths",
        "minutes_per_hour",
        "price_fen",
        "list_price_per_hour_fen",
        "class_size_max",
        "starts_on",
        "ends_on",
        "published_seq",
    ];

    fn write(item: &Course, values: &mut Values) {
        values
            .id(item.id.uuid())
            .id(item.institution.uuid())
            .word(item.category.as_str())
            .word(item.mode.as_str())
            .word(item.stage.as_str())
            .hours(item.hours)
            .small("minutes_per_hour", item.minutes_per_hour)
            .fen(item.price)
            .fen_opt(item.list_price_per_hour)
            .small("class_size_max", item.class_size_max)
            .text(item.starts_on)
            .text(item.ends_on)
            .count_opt("published_seq", item.published_seq);
    }

    fn read(row: &mut Row<'_>) -> Result<Course, StoreError> {
        Ok(Course {
            id: CourseId::new(row.get()?),
            institution: InstitutionId::new(row.get()?),
            category: row.parse()?,
            mode: row.parse()?,
            stage: row.parse()?,
            hours: row.hours()?,
            minutes_per_hour: row.small()?,
            price: row.fen()?,
            list_price_per_hour: row.fen_opt()?,
            class_size_max: row.small()?,
            starts_on: row.parse()?,
            ends_on: row.parse()?,
            published_seq: row.count_opt()?,
        })
    }
}

projection!(Courses, Course, CourseId, course_load, course_save, course_all);

/// A contract as drawn up; stays after signing, with its number. The document is beside it:
/// [`crate::draft_document_save`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// The terms.
    pub terms: Terms,
    /// Number printed on the document, unique in the ledger.
    pub number: String,
    /// Where the contract stands, as far as signatures go.
    pub state: contract::ContractState,
    /// Hash of the document.
    pub document_hash: [u8; 32],
    /// When it was drawn up.
    pub created_at: Instant,
}

/// The terms without id and lots, in the order of their columns.
fn put_terms(terms: &Terms, values: &mut Values) {
    values
        .id(terms.institution.uuid())
        .id(terms.course.uuid())
        .word(terms.category.as_str())
        .word(terms.mode.as_str())
        .word(terms.stage.as_str())
        .id(terms.guardian.uuid())
        .id(terms.pupil.uuid())
        .small("full_refund_days_before_start", terms.refund_terms.full_refund_days_before_start)
        .small("full_refund_days_after_start", terms.refund_terms.full_refund_days_after_start)
        .small("pay_back_days", terms.refund_terms.pay_back_days)
        .text(terms.first_lesson_on)
        .text(terms.last_lesson_on);
}

fn get_terms(row: &mut Row<'_>) -> Result<Terms, StoreError> {
    Ok(Terms {
        id: ContractId::new(row.get()?),
        institution: InstitutionId::new(row.get()?),
        course: CourseId::new(row.get()?),
        category: row.parse()?,
        mode: row.parse()?,
        stage: row.parse()?,
        guardian: SubjectId::new(row.get()?),
        pupil: SubjectId::new(row.get()?),
        lots: Vec::new(),
        refund_terms: RefundTerms {
            full_refund_days_before_start: row.small()?,
            full_refund_days_after_start: row.small()?,
            pay_back_days: row.small()?,
        },
        first_lesson_on: row.parse()?,
        last_lesson_on: row.parse()?,
    })
}

/// `[["<lot>", paid, gift, price, list price or null], …]`, hundredths and fen.
fn lot_terms_text(lots: &[LotTerms]) -> String {
    let cells: Vec<String> = lots
        .iter()
        .map(|lot| {
            let list_price = lot.list_price_per_hour.map_or_else(|| "null".to_owned(), |fen| fen.to_string());
            let (paid, gift) = (lot.paid_hours.hundredths(), lot.gift_hours.hundredths());
            format!("[\"{}\",{paid},{gift},{},{list_price}]", lot.id, lot.price)
        })
        .collect();
    format!("[{}]", cells.join(","))
}

fn lot_terms(text: &str) -> Option<Vec<LotTerms>> {
    let cells: Vec<(String, i64, i64, i64, Option<i64>)> = serde_json::from_str(text).ok()?;
    cells
        .into_iter()
        .map(|(id, paid, gift, price, list_price)| {
            Some(LotTerms {
                id: id.parse().ok()?,
                paid_hours: ClassHours::try_from_hundredths(paid).ok()?,
                gift_hours: ClassHours::try_from_hundredths(gift).ok()?,
                price: Fen::new(price),
                list_price_per_hour: list_price.map(Fen::new),
            })
        })
        .collect()
}

pub(crate) struct Drafts;

impl Table for Drafts {
    type Item = Draft;
    const NAME: &'static str = "contract_draft";
    const KEY: &'static [&'static str] = &["contract_id"];
    const COLUMNS: &'static [&'static str] = &[
        "contract_id",
        "institution_id",
        "course_id",
        "category",
        "mode",
        "stage",
        "guardian_id",
        "pupil_id",
        "full_refund_days_before_start",
        "full_refund_days_after_start",
        "pay_back_days",
        "first_lesson_on",
        "last_lesson_on",
        "lots",
        "number",
        "state",
        "document_hash",
        "created_at",
    ];
    const CHANGING: &'static [&'static str] = &[
        "full_refund_days_before_start",
        "full_refund_days_after_start",
        "pay_back_days",
        "first_lesson_on",
        "last_lesson_on",
        "lots",
        "state",
        "document_hash",
    ];

    fn write(item: &Draft, values: &mut Values) {
        values.id(item.terms.id.uuid());
        put_terms(&item.terms, values);
        values
            .text(lot_terms_text(&item.terms.lots))
            .text(&item.number)
            .word(item.state.as_str())
            .hash(&item.document_hash)
            .instant(item.created_at);
    }

    fn read(row: &mut Row<'_>) -> Result<Draft, StoreError> {
        let mut terms = get_terms(row)?;
        let lots: String = row.get()?;
        terms.lots = lot_terms(&lots).ok_or_else(|| row.corrupt())?;
        Ok(Draft {
            terms,
            number: row.get()?,
            state: row.parse()?,
            document_hash: row.hash()?,
            created_at: row.instant()?,
        })
    }
}

projection!(Drafts, Draft, ContractId, draft_load, draft_save, draft_all);

pub(crate) struct Contracts;

impl Table for Contracts {
    type Item = Account;
    const NAME: &'static str = "contract";
    const KEY: &'static [&'static str] = &["contract_id"];
    const COLUMNS: &'static [&'static str] = &[
        "contract_id",
        "institution_id",
        "course_id",
        "category",
        "mode",
        "stage",
        "guardian_id",
        "pupil_id",
        "full_refund_days_before_start",
        "full_refund_days_after_start",
        "pay_back_days",
        "first_lesson_on",
        "last_lesson_on",
        "document",
        "state",
        "prepaid_fen",
        "disputed_fen",
        "refund_fen",
        "open_refund_id",
        "holds",
        "last_seq",
        "last_entry",
        "lots",
    ];
    const CHANGING: &'static [&'static str] = &[
        "state",
        "prepaid_fen",
        "disputed_fen",
        "refund_fen",
        "open_refund_id",
        "holds",
        "last_seq",
        "last_entry",
        "lots",
    ];

    fn write(item: &Account, values: &mut Values) {
        values.id(item.terms.id.uuid());
        put_terms(&item.terms, values);
        values
            .hash(&item.document)
            .word(item.state.as_str())
            .fen(item.prepaid)
            .fen(item.disputed)
            .fen(item.refund)
            .id_opt(item.open_refund.map(RefundId::uuid))
            .put(i64::from(item.holds))
            .count("last_seq", item.last_seq)
            .count("last_entry", item.last_entry)
            .text(lots_text(&item.lots));
    }

    fn read(row: &mut Row<'_>) -> Result<Account, StoreError> {
        let mut account = Account {
            terms: get_terms(row)?,
            document: row.hash()?,
            state: row.parse()?,
            lots: Vec::new(),
            prepaid: row.fen()?,
            disputed: row.fen()?,
            refund: row.fen()?,
            open_refund: row.get::<Option<_>>()?.map(RefundId::new),
            holds: row.count_u32()?,
            last_seq: row.count()?,
            last_entry: row.count()?,
        };
        let text: String = row.get()?;
        account.lots = lots(&text).ok_or_else(|| row.corrupt())?;
        account.terms.lots = account
            .lots
            .iter()
            .map(|lot| LotTerms {
                id: lot.id,
                paid_hours: lot.paid_hours,
                gift_hours: lot.gift_hours,
                price: lot.price,
                list_price_per_hour: lot.list_price_per_hour,
            })
            .collect();
        Ok(account)
    }
}

/// `[["<lot>", paid, gift, price, list price or null, paid in, prepaid, claimed, used, disputed,
/// returned], …]` in the order of use; hours in hundredths, money in fen.
fn lots_text(lots: &[Lot]) -> String {
    let cells: Vec<String> = lots
        .iter()
        .map(|lot| {
            let list_price = lot.list_price_per_hour.map_or_else(|| "null".to_owned(), |fen| fen.to_string());
            format!(
                "[\"{}\",{},{},{},{list_price},{},{},{},{},{},{}]",
                lot.id,
                lot.paid_hours.hundredths(),
                lot.gift_hours.hundredths(),
                lot.price,
                lot.paid,
                lot.prepaid,
                lot.claimed.hundredths(),
                lot.used.hundredths(),
                lot.disputed.hundredths(),
                lot.returned.hundredths()
            )
        })
        .collect();
    format!("[{}]", cells.join(","))
}

/// A lot as it is written: id, hours and prices, money, hours by what became of them.
type LotCells = (String, i64, i64, i64, Option<i64>, i64, i64, i64, i64, i64, i64);

/// Nothing when a lot holds what no lot can: there is at least one, no figure is negative, no more
/// is used than was bought, and no more is left than was paid.
fn lots(text: &str) -> Option<Vec<Lot>> {
    let hours = |hundredths| ClassHours::try_from_hundredths(hundredths).ok();
    let fen = |fen: i64| (fen >= 0).then(|| Fen::new(fen));
    let cells: Vec<LotCells> = serde_json::from_str(text).ok()?;
    let lots =
        cells.into_iter().map(|(id, bought, gift, price, list, paid, prepaid, claimed, used, disputed, returned)| {
            let gone = [claimed, used, disputed, returned].into_iter().try_fold(0_i64, i64::checked_add)?;
            if gone > bought.checked_add(gift)? || prepaid > paid || paid > price {
                return None;
            }
            Some(Lot {
                id: id.parse().ok()?,
                paid_hours: hours(bought)?,
                gift_hours: hours(gift)?,
                price: fen(price)?,
                list_price_per_hour: match list {
                    Some(list) => Some(fen(list)?),
                    None => None,
                },
                paid: fen(paid)?,
                prepaid: fen(prepaid)?,
                claimed: hours(claimed)?,
                used: hours(used)?,
                disputed: hours(disputed)?,
                returned: hours(returned)?,
            })
        });
    lots.collect::<Option<Vec<_>>>().filter(|lots| !lots.is_empty())
}
/// What no lot may break, by name: no more hours are gone than were bought, no more money is left than
/// was paid, and no more paid than it costs.
fn broken(lot: &Lot) -> Option<&'static str> {
    let sum = |hours: &[ClassHours]| hours.iter().map(|hours| hours.hundredths()).try_fold(0_i64, i64::checked_add);
    let (gone, bought) =
        (sum(&[lot.claimed, lot.used, lot.disputed, lot.returned]), sum(&[lot.paid_hours, lot.gift_hours]));
    if gone.is_none() || gone > bought {
        Some("ck_lot_hours")
    } else if lot.prepaid > lot.paid || lot.paid > lot.price {
        Some("ck_lot_paid")
    } else {
        None
    }
}

/// Loads the escrow accounts of these contracts, with their lots, in no order.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn account_load(conn: &impl Conn, ledger: &LedgerId, ids: &[ContractId]) -> Result<Vec<Account>, StoreError> {
    let ids: Vec<_> = ids.iter().map(|id| id.uuid()).collect();
    load::<Contracts>(conn, ledger, &ids).await
}

/// Inserts accounts with their lots, or brings balances, hours and state of those that are there up
/// to date; each contract at most once per call. Terms never change once signed and are not
/// written again.
///
/// # Errors
/// [`StoreError::Constraint`], [`StoreError::Check`] and trouble of the database.
pub async fn account_save(tx: &Tx, ledger: &LedgerId, accounts: &[&Account]) -> Result<(), StoreError> {
    if let Some(name) = accounts.iter().flat_map(|account| &account.lots).find_map(broken) {
        return Err(StoreError::Check { name: name.to_owned() });
    }
    save::<Contracts>(tx, ledger, accounts).await
}

/// Pages through all accounts in the order of their contracts' ids.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn account_all(
    conn: &impl Conn,
    ledger: &LedgerId,
    after: Option<ContractId>,
    limit: u32,
) -> Result<Vec<Account>, StoreError> {
    page::<Contracts>(conn, ledger, after.map(ContractId::uuid), limit).await
}
