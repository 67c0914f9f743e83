//! Statements as CSV: one row per line, the statement's own values repeated in each; a statement
//! without lines is one row without an amount. UTF-8 or GB 18030. The columns are in docs/BANK.md.

use escrow::bank::{AccountKind, Direction, LineKind};
use kernel::Fen;

use super::file::{FileLine, FileStatement, LINES_MAX, STATEMENTS_MAX, StatementFault, VALUE_CHARS_MAX, yuan};

/// Columns and the Chinese names that they may have.
const COLUMNS: [(&str, &str); 14] = [
    ("account_number", "账号"),
    ("account", "账户种类"),
    ("sequence", "对账单号"),
    ("statement_on", "对账日"),
    ("opening", "期初余额"),
    ("closing", "期末余额"),
    ("booked_on", "记账日"),
    ("direction", "收付"),
    ("amount", "金额"),
    ("reference", "流水号"),
    ("end_to_end", "端到端编号"),
    ("kind", "种类"),
    ("party", "对方户名"),
    ("text", "附言"),
];

/// Fewer known columns than the statement's own values and the amount are no statement.
const COLUMNS_MIN: usize = 8;

/// Where each column stands in this file.
struct Header([Option<usize>; COLUMNS.len()]);

impl Header {
    fn of(row: &csv::StringRecord) -> Header {
        let place = |(name, zh): (&str, &str)| {
            row.iter().position(|cell| {
                let cell = cell.trim();
                cell.eq_ignore_ascii_case(name) || cell == zh
            })
        };
        Header(COLUMNS.map(place))
    }

    fn get<'a>(&self, row: &'a csv::StringRecord, column: &str) -> &'a str {
        let at = COLUMNS.iter().position(|(name, _)| *name == column).and_then(|n| self.0.get(n).copied().flatten());
        at.and_then(|at| row.get(at)).map(str::trim).unwrap_or_default()
    }
}

fn text(cell: &str) -> Option<String> {
    let text: String = cell.chars().filter(|c| !c.is_control()).take(VALUE_CHARS_MAX).collect();
    (!text.is_empty()).then_some(text)
}

fn line(header: &Header, row: &csv::StringRecord, number: u64) -> Result<FileLine, StatementFault> {
    let fault = |what| StatementFault::Value { line: number, what };
    let direction = match header.get(row, "direction") {
        "credit" | "收入" | "贷" => Direction::Credit,
        "debit" | "支出" | "借" => Direction::Debit,
        _ => return Err(fault("direction")),
    };
    let kind = match header.get(row, "kind") {
        "" | "transfer" | "转账" => LineKind::Transfer,
        "interest" | "结息" => LineKind::Interest,
        "returned" | "退汇" => LineKind::Returned,
        _ => return Err(fault("kind")),
    };
    let amount = yuan(header.get(row, "amount")).filter(|fen| *fen > Fen::ZERO).ok_or_else(|| fault("amount"))?;
    Ok(FileLine {
        booked_on: header.get(row, "booked_on").parse().map_err(|_| fault("booked_on"))?,
        direction,
        amount,
        reference: text(header.get(row, "reference")).ok_or_else(|| fault("reference"))?,
        end_to_end: text(header.get(row, "end_to_end")),
        kind,
        party: text(header.get(row, "party")),
        text: text(header.get(row, "text")),
    })
}

fn statement(header: &Header, row: &csv::StringRecord) -> Result<FileStatement, StatementFault> {
    let fault = |what| StatementFault::Value { line: 0, what };
    let money = |column| {
        let cell = header.get(row, column);
        if cell.starts_with('-') { Err(StatementFault::Overdrawn) } else { yuan(cell).ok_or_else(|| fault(column)) }
    };
    let sequence = header.get(row, "sequence").parse().ok().filter(|number: &u64| *number > 0);
    let account = match header.get(row, "account") {
        "" => None,
        word => Some(word.parse::<AccountKind>().map_err(|_| fault("account"))?),
    };
    Ok(FileStatement {
        account_number: text(header.get(row, "account_number")).ok_or_else(|| fault("account_number"))?,
        account,
        sequence: sequence.ok_or_else(|| fault("sequence"))?,
        on: header.get(row, "statement_on").parse().map_err(|_| fault("statement_on"))?,
        opening: money("opening")?,
        closing: money("closing")?,
        lines: Vec::new(),
    })
}

/// Reads the statements of a file.
///
/// # Errors
/// [`StatementFault`].
pub(super) fn read(bytes: &[u8]) -> Result<Vec<FileStatement>, StatementFault> {
    let decoded = match std::str::from_utf8(bytes) {
        Ok(text) => std::borrow::Cow::Borrowed(text),
        Err(_) => encoding_rs::GB18030
            .decode_without_bom_handling_and_without_replacement(bytes)
            .ok_or(StatementFault::Encoding)?,
    };
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(decoded.as_bytes());
    let mut rows = reader.records();
    let header = rows.next().ok_or(StatementFault::Empty)?.map_err(|_| StatementFault::Format)?;
    let header = Header::of(&header);
    if header.0.iter().flatten().count() < COLUMNS_MIN {
        return Err(StatementFault::Format);
    }
    let mut statements: Vec<FileStatement> = Vec::new();
    for row in rows {
        let row = row.map_err(|_| StatementFault::Format)?;
        if row.iter().all(str::is_empty) {
            continue;
        }
        let head = statement(&header, &row)?;
        let same = statements.last().is_some_and(|last| {
            (&last.account_number, last.sequence, last.on, last.opening, last.closing)
                == (&head.account_number, head.sequence, head.on, head.opening, head.closing)
        });
        if !same {
            if statements.len() >= STATEMENTS_MAX {
                return Err(StatementFault::TooMany);
            }
            statements.push(head);
        }
        let current = statements.last_mut().ok_or(StatementFault::Empty)?;
        if current.lines.len() >= LINES_MAX {
            return Err(StatementFault::TooMany);
        }
        if !header.get(&row, "amount").is_empty() {
            let number = u64::try_from(current.lines.len()).unwrap_or(u64::MAX).saturating_add(1);
            current.lines.push(line(&header, &row, number)?);
        }
    }
    Ok(statements)
}
