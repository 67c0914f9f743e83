//! Tables for people: CSV with a mark for spreadsheet programs, and XLSX. A cell that a spreadsheet
//! program would run as a formula is written as text.

use rust_xlsxwriter::Workbook;

use crate::problem::Problem;
use crate::problem_type::ProblemType;

/// The media type of XLSX.
pub const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Without this a spreadsheet program takes UTF-8 for something else.
const MARK: &str = "\u{feff}";

/// Yuan with two digits, which spreadsheet programs are to add up: at most 13 digits before the point,
/// as many as they keep exactly.
fn amount(text: &str) -> Option<f64> {
    let (yuan, fen) = text.strip_prefix('-').unwrap_or(text).split_once('.')?;
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let plain = (1..=13).contains(&yuan.len()) && fen.len() == 2 && digits(yuan) && digits(fen);
    plain.then(|| text.parse().ok()).flatten()
}

/// A cell as CSV: quoted, and never the beginning of a formula.
fn cell(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']) && amount(text).is_none();
    format!("\"{}{}\"", if formula { "'" } else { "" }, text.replace('"', "\"\""))
}

/// Rows as CSV (RFC 4180), from the first on.
pub fn csv(rows: &[Vec<String>]) -> Vec<u8> {
    format!("{MARK}{}", lines(rows)).into_bytes()
}

/// Further rows of a CSV.
pub fn lines(rows: &[Vec<String>]) -> String {
    let line = |row: &Vec<String>| format!("{}\r\n", row.iter().map(|text| cell(text)).collect::<Vec<_>>().join(","));
    rows.iter().map(line).collect()
}

/// Rows as a sheet of XLSX; amounts are numbers, everything else is text.
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
            let written = match amount(text) {
                Some(amount) => sheet.write_number(r, c, amount),
                None => sheet.write_string(r, c, text),
            };
            written.map_err(failed)?;
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
        assert_eq!(lines(&[vec!["-12.50".to_owned(), "-1".to_owned()]]), "\"-12.50\",\"'-1\"\r\n");
        assert_eq!(amount("12345678901234.00"), None, "a spreadsheet would round it");
    }
}
