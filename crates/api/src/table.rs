//! Tables for people: CSV with a mark for spreadsheet programs, and XLSX. A cell that a spreadsheet
//! program would run as a formula is written as text.

use rust_xlsxwriter::Workbook;

use crate::problem::Problem;
use crate::problem_type::ProblemType;

/// The media type of XLSX.
pub const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Without this a spreadsheet program takes UTF-8 for something else.
const MARK: &str = "\u{feff}";

/// A cell as CSV: quoted, and never the beginning of a formula.
fn cell(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    format!("\"{}{}\"", if formula { "'" } else { "" }, text.replace('"', "\"\""))
}

/// Rows as CSV (RFC 4180).
pub fn csv(rows: &[Vec<String>]) -> Vec<u8> {
    let mut text = String::from(MARK);
    for row in rows {
        text.push_str(&row.iter().map(|text| cell(text)).collect::<Vec<_>>().join(","));
        text.push_str("\r\n");
    }
    text.into_bytes()
}

/// Rows as a sheet of XLSX; every cell is text.
///
/// # Errors
/// More rows or longer texts than the format holds.
pub fn xlsx(rows: &[Vec<String>]) -> Result<Vec<u8>, Problem> {
    let failed = |error: rust_xlsxwriter::XlsxError| {
        tracing::error!(%error, "a table cannot be written");
        Problem::of(ProblemType::Internal)
    };
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (r, row) in rows.iter().enumerate() {
        for (c, text) in row.iter().enumerate() {
            let (r, c) = (u32::try_from(r).unwrap_or(u32::MAX), u16::try_from(c).unwrap_or(u16::MAX));
            sheet.write_string(r, c, text).map_err(failed)?;
        }
    }
    book.save_to_buffer().map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_no_formula() {
        let rows = vec![vec!["=1+1".to_owned(), "a\"b,c".to_owned(), "丹青".to_owned()]];
        assert_eq!(String::from_utf8(csv(&rows)).unwrap(), "\u{feff}\"'=1+1\",\"a\"\"b,c\",\"丹青\"\r\n");
        assert_eq!(&xlsx(&rows).unwrap()[..2], b"PK");
    }
}
