//! The tables of a closure pack: as CSV for programs, and all of them as the sheets of one XLSX for people.
//! The bytes depend on nothing but the rows.

use kernel::{ClassHours, Fen, InstitutionId};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, XlsxError};

use crate::error::AppError;
use crate::ledgers::{App, Ledger};

use super::{sums, trouble};

/// Rows of a table, the first with the names of the columns.
pub(super) type Rows = Vec<Vec<String>>;

/// A cell of a money column as yuan, which spreadsheet programs add up: at most 13 digits before the point.
fn yuan(column: &str, cell: &str) -> Option<f64> {
    let fen = column.ends_with("_fen").then(|| cell.parse::<i64>().ok()).flatten()?;
    let text = Fen::new(fen).to_yuan();
    (text.len() <= 16).then(|| text.parse().ok()).flatten()
}

/// The tables as sheets, by their names. Money is in yuan there.
pub(super) fn workbook(sheets: &[(&str, &Rows)]) -> Result<Vec<u8>, AppError> {
    let written = || -> Result<Vec<u8>, XlsxError> {
        let mut book = Workbook::new();
        // A fixed day: the same rows are the same bytes.
        let day = ExcelDateTime::from_ymd(2000, 1, 1)?;
        book.set_properties(&DocProperties::new().set_creation_datetime(&day));
        for (name, rows) in sheets {
            let sheet = book.add_worksheet();
            sheet.set_name(*name)?;
            let header = rows.first().map(Vec::as_slice).unwrap_or_default();
            for (r, row) in rows.iter().enumerate() {
                for (c, (cell, column)) in row.iter().zip(header).enumerate() {
                    let (line, place) = (u32::try_from(r).unwrap_or(u32::MAX), u16::try_from(c).unwrap_or(u16::MAX));
                    match yuan(column, cell).filter(|_| r > 0) {
                        Some(yuan) => sheet.write_number(line, place, yuan)?,
                        None if r == 0 => sheet.write_string(line, place, column.replace("_fen", "_yuan"))?,
                        None => sheet.write_string(line, place, cell)?,
                    };
                }
            }
        }
        book.save_to_buffer()
    };
    written().map_err(trouble)
}

impl App {
    /// What institutions on the white list offer the families, and what is left of it.
    pub(super) async fn offers_table(&self, ledger: &Ledger, failed: InstitutionId) -> Result<Rows, AppError> {
        let names = ["offer", "institution", "name", "category", "stage", "hours", "hours_left", "offered_at"];
        let mut rows = vec![names.map(str::to_owned).to_vec()];
        let read = self.store.read();
        for offer in store::transfer_offers(&read, ledger.id(), failed).await? {
            let accepted = store::transfer_acceptances(&read, ledger.id(), offer.id).await?;
            let accepted = ClassHours::try_sum(accepted.iter().map(|one| one.hours)).map_err(sums)?;
            let left = offer.hours.checked_sub(accepted).map_err(sums)?;
            let profile = store::profile_load(&read, ledger.id(), &[offer.institution]).await?.pop();
            rows.push(vec![
                offer.id.to_string(),
                offer.institution.to_string(),
                profile.map(|profile| profile.name).unwrap_or_default(),
                offer.category.to_string(),
                offer.stage.to_string(),
                offer.hours.to_string(),
                left.to_string(),
                offer.offered_at.to_string(),
            ]);
        }
        Ok(rows)
    }
}
