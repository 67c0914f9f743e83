//! A file of rows, whatever it is written in: CSV in UTF-8, UTF-16 or GB18030, with commas, semicolons
//! or tabs; XLSX. What is too large is refused before it is unpacked.

use std::io::{Cursor, Read};

use calamine::{DataRef, Reader, Xlsx};
use encoding_rs::{GB18030, UTF_16BE, UTF_16LE};

/// Largest file, bytes.
pub const FILE_BYTES_MAX: usize = 20 * 1024 * 1024;
/// Most bytes that a spreadsheet may unpack to.
const UNPACKED_BYTES_MAX: u64 = 200 * 1024 * 1024;
/// Most rows.
pub const ROWS_MAX: usize = 20_000;
/// Most columns; what stands further right is not of this table.
const COLUMNS_MAX: usize = 100;
/// Longest cell, characters.
const CELL_CHARS_MAX: usize = 1_000;

/// Why a file cannot be read at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FileFault {
    /// Nothing in it.
    #[error("the file is empty")]
    Empty,
    /// More than [`FILE_BYTES_MAX`].
    #[error("the file has {0} bytes")]
    TooLarge(usize),
    /// It unpacks to far more than a register needs.
    #[error("the file unpacks to more than {UNPACKED_BYTES_MAX} bytes")]
    UnpacksTooLarge,
    /// More than [`ROWS_MAX`].
    #[error("the file has more than {ROWS_MAX} rows")]
    TooManyRows,
    /// Neither CSV nor XLSX, or broken.
    #[error("the file is neither CSV nor XLSX")]
    Unreadable,
    /// The spreadsheet format before XLSX.
    #[error("the file is an XLS")]
    OldSpreadsheet,
    /// Bytes that no encoding explains.
    #[error("the encoding of the file is not known")]
    Encoding,
}

impl FileFault {
    /// What to do, in Chinese.
    pub fn zh(self) -> String {
        match self {
            FileFault::Empty => "文件中没有数据行，请核对后重新选择。".to_owned(),
            FileFault::TooLarge(bytes) => {
                format!("文件 {bytes} 字节，超过上限 {FILE_BYTES_MAX} 字节，请拆成几个文件。")
            }
            FileFault::UnpacksTooLarge => "文件解压后过大，请只保留需要导入的工作表后另存。".to_owned(),
            FileFault::TooManyRows => format!("超过 {ROWS_MAX} 行，请拆成几个文件；整列格式造成的空行请先删除。"),
            FileFault::Unreadable => "不是可读取的 CSV 或 XLSX 文件，请重新导出。".to_owned(),
            FileFault::OldSpreadsheet => "这是旧版 XLS 文件，请另存为 XLSX 或 CSV。".to_owned(),
            FileFault::Encoding => "无法识别文字编码，请另存为 UTF-8 编码的 CSV，或 XLSX。".to_owned(),
        }
    }

    /// What to do, in English.
    pub fn en(self) -> String {
        match self {
            FileFault::Empty => "The file has no rows: check which file was chosen.".to_owned(),
            FileFault::TooLarge(bytes) => {
                format!("The file has {bytes} bytes, {FILE_BYTES_MAX} are allowed: split it.")
            }
            FileFault::UnpacksTooLarge => {
                "The file unpacks to too much: save only the sheet that is to be imported.".to_owned()
            }
            FileFault::TooManyRows => {
                format!("There are more than {ROWS_MAX} rows: split the file, and delete rows that are only formatted.")
            }
            FileFault::Unreadable => "It is no CSV or XLSX that can be read: export it again.".to_owned(),
            FileFault::OldSpreadsheet => "It is an old XLS file: save it as XLSX or CSV.".to_owned(),
            FileFault::Encoding => "The encoding is not known: save it as CSV in UTF-8, or as XLSX.".to_owned(),
        }
    }
}

/// A row with its number in the file, from 1.
pub type Line = (u32, Vec<String>);

/// Reads a file: the first row with something in it, and the rows after it that have something in them.
///
/// # Errors
/// [`FileFault`].
pub fn read(bytes: &[u8]) -> Result<(Line, Vec<Line>), FileFault> {
    if bytes.len() > FILE_BYTES_MAX {
        return Err(FileFault::TooLarge(bytes.len()));
    }
    let lines = if bytes.starts_with(b"PK\x03\x04") {
        spreadsheet(bytes)?
    } else if bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        return Err(FileFault::OldSpreadsheet);
    } else {
        text(bytes)?
    };
    let mut lines = lines.into_iter();
    let header = lines.next().ok_or(FileFault::Empty)?;
    let rows: Vec<Line> = lines.collect();
    if rows.is_empty() { Err(FileFault::Empty) } else { Ok((header, rows)) }
}

/// A cell without what surrounds it.
fn cell(text: &str) -> String {
    text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}').chars().take(CELL_CHARS_MAX).collect()
}

fn keep(lines: &mut Vec<Line>, number: u32, cells: Vec<String>) -> Result<(), FileFault> {
    if cells.iter().all(String::is_empty) {
        return Ok(());
    }
    // The first is the header.
    if lines.len() > ROWS_MAX {
        return Err(FileFault::TooManyRows);
    }
    lines.push((number, cells));
    Ok(())
}

fn decoded(bytes: &[u8]) -> Result<String, FileFault> {
    let utf_16 = match bytes {
        [0xff, 0xfe, ..] => Some(UTF_16LE),
        [0xfe, 0xff, ..] => Some(UTF_16BE),
        _ => None,
    };
    if let Some(encoding) = utf_16 {
        let (text, _, broken) = encoding.decode(bytes);
        return if broken { Err(FileFault::Encoding) } else { Ok(text.into_owned()) };
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Ok(text.to_owned());
    }
    // What Chinese spreadsheets write where nothing else is asked for.
    let (text, _, broken) = GB18030.decode(bytes);
    if broken { Err(FileFault::Encoding) } else { Ok(text.into_owned()) }
}

fn text(bytes: &[u8]) -> Result<Vec<Line>, FileFault> {
    let text = decoded(bytes)?;
    if text.contains('\0') {
        return Err(FileFault::Unreadable);
    }
    let first = text.lines().find(|line| !line.trim().is_empty()).ok_or(FileFault::Empty)?;
    let of = |delimiter: char| (first.matches(delimiter).count(), delimiter);
    let (_, delimiter) = [of(';'), of('\t'), of(',')].into_iter().max_by_key(|(n, _)| *n).unwrap_or((0, ','));
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(u8::try_from(delimiter).unwrap_or(b','))
        .from_reader(text.as_bytes());
    let mut lines = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|_| FileFault::Unreadable)?;
        let number = record.position().and_then(|at| line_of(&text, at)).unwrap_or(u32::MAX);
        keep(&mut lines, number, record.iter().take(COLUMNS_MAX).map(cell).collect())?;
    }
    Ok(lines)
}

/// The line on which a record stands, from 1: the reader says where it began to look for it, and blank
/// lines may come first.
fn line_of(text: &str, at: &csv::Position) -> Option<u32> {
    let rest = text.as_bytes().get(usize::try_from(at.byte()).ok()?..)?;
    let blank = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).filter(|byte| **byte == b'\n').count();
    u32::try_from(at.line().checked_add(u64::try_from(blank).ok()?)?).ok()
}

/// Does everything in the archive unpack within the limit? What an archive says about itself is not
/// believed: it is unpacked into nothing and counted.
fn unpacks(bytes: &[u8]) -> Result<(), FileFault> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| FileFault::Unreadable)?;
    let mut left = UNPACKED_BYTES_MAX;
    for index in 0..archive.len() {
        let file = archive.by_index(index).map_err(|_| FileFault::Unreadable)?;
        let unpacked = std::io::copy(&mut file.take(left.saturating_add(1)), &mut std::io::sink());
        let unpacked = unpacked.map_err(|_| FileFault::Unreadable)?;
        left = left.checked_sub(unpacked).ok_or(FileFault::UnpacksTooLarge)?;
    }
    Ok(())
}

fn spreadsheet(bytes: &[u8]) -> Result<Vec<Line>, FileFault> {
    unpacks(bytes)?;
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|_| FileFault::Unreadable)?;
    let sheet = book.sheet_names().first().cloned().ok_or(FileFault::Empty)?;
    let mut cells = book.worksheet_cells_reader(&sheet).map_err(|_| FileFault::Unreadable)?;
    let mut lines = Vec::new();
    let (mut at, mut row) = (0_u32, Vec::new());
    while let Some(next) = cells.next_cell().map_err(|_| FileFault::Unreadable)? {
        let (line, column) = next.get_position();
        let Some(column) = usize::try_from(column).ok().filter(|column| *column < COLUMNS_MAX) else { continue };
        if line != at {
            keep(&mut lines, at.saturating_add(1), std::mem::take(&mut row))?;
            at = line;
        }
        if row.len() <= column {
            row.resize(column.saturating_add(1), String::new());
        }
        if let Some(place) = row.get_mut(column) {
            *place = cell(&shown(next.get_value()));
        }
    }
    keep(&mut lines, at.saturating_add(1), row)?;
    Ok(lines)
}

/// A cell as people see it: whole numbers without a point, days as days.
fn shown(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Int(number) => number.to_string(),
        // Up to 15 digits a spreadsheet keeps exactly; beyond, the number was lost before it came here.
        DataRef::Float(number) if number.fract() == 0.0 && number.abs() < 1e15 => format!("{number:.0}"),
        DataRef::Float(number) => number.to_string(),
        DataRef::String(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(truth) => truth.to_string(),
        DataRef::DateTime(when) => {
            let (year, month, day, ..) = when.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
        DataRef::DateTimeIso(text) => text.chars().take(10).collect(),
        DataRef::DurationIso(text) => text.clone(),
        DataRef::Error(_) => "#ERROR".to_owned(),
        DataRef::Empty => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(bytes: &[u8]) -> Vec<Line> {
        let (header, rows) = read(bytes).unwrap();
        std::iter::once(header).chain(rows).collect()
    }

    #[test]
    fn the_same_rows_in_every_encoding_and_with_every_delimiter() {
        let text = "机构名称,地址\n\n丹青画室,\"某路 1 号, 二楼\"\n";
        let (gb, ..) = GB18030.encode(text);
        let mut utf_16 = vec![0xff, 0xfe];
        utf_16.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
        let bom = ["\u{feff}", text].concat();
        let expected = vec![
            (1, vec!["机构名称".to_owned(), "地址".to_owned()]),
            (3, vec!["丹青画室".to_owned(), "某路 1 号, 二楼".to_owned()]),
        ];
        for bytes in [text.as_bytes(), &gb, &utf_16, bom.as_bytes()] {
            assert_eq!(cells(bytes), expected);
        }
        for delimiter in [";", "\t"] {
            let text = text.replace("称,地", &format!("称{delimiter}地")).replace("室,\"", &format!("室{delimiter}\""));
            assert_eq!(cells(text.as_bytes()), expected, "{delimiter:?}");
        }
    }

    #[test]
    fn what_is_no_table_is_said_clearly() {
        let many = "a,b\n".repeat(ROWS_MAX + 2);
        for (bytes, fault) in [
            (&b""[..], FileFault::Empty),
            (b"\n\n", FileFault::Empty),
            (b"only,a,header\n", FileFault::Empty),
            (b"PK\x03\x04not a zip", FileFault::Unreadable),
            (b"\xd0\xcf\x11\xe0\xa1\xb1", FileFault::OldSpreadsheet),
            (b"\xff\xff\xff\xff", FileFault::Encoding),
            (b"\x7fELF\0\0\0\0,\n1,2\n", FileFault::Unreadable),
            (many.as_bytes(), FileFault::TooManyRows),
        ] {
            assert_eq!(read(bytes).unwrap_err(), fault);
        }
        assert_eq!(read(&vec![b'a'; FILE_BYTES_MAX + 1]).unwrap_err(), FileFault::TooLarge(FILE_BYTES_MAX + 1));
    }
}
