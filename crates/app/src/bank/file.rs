//! A statement as a file says it, in whichever format; and what can be wrong with a file.

use escrow::bank::{AccountKind, Direction, LineKind};
use kernel::{Day, Fen};

/// Most bytes of a file: about a year of a large institution's lines as camt.053.
pub const FILE_BYTES_MAX: usize = 128 * 1024 * 1024;

/// Most lines of a statement.
pub const LINES_MAX: usize = 500_000;

/// Most statements of a file.
pub const STATEMENTS_MAX: usize = 1_000;

/// Most characters of one value; longer ones are no name, reference or remittance text.
pub const VALUE_CHARS_MAX: usize = 1_000;

/// A statement of an account for a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileStatement {
    /// Number of the account.
    pub account_number: String,
    /// Which account the file says it is, if it says so.
    pub account: Option<AccountKind>,
    /// Number of the statement at the bank, from 1.
    pub sequence: u64,
    /// Its day.
    pub on: Day,
    /// Balance at the beginning.
    pub opening: Fen,
    /// Balance at the end.
    pub closing: Fen,
    /// Its lines, in the order of the file.
    pub lines: Vec<FileLine>,
}

/// A line of a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileLine {
    /// Day on which the bank booked it.
    pub booked_on: Day,
    /// Which way the money went.
    pub direction: Direction,
    /// How much; more than nothing.
    pub amount: Fen,
    /// The bank's reference.
    pub reference: String,
    /// The reference that came with the payment.
    pub end_to_end: Option<String>,
    /// What the bank says it is.
    pub kind: LineKind,
    /// The other party's name.
    pub party: Option<String>,
    /// Remittance text.
    pub text: Option<String>,
}

/// Why a file, or a statement in it, is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StatementFault {
    /// Nothing in it.
    #[error("the file is empty")]
    Empty,
    /// More than [`FILE_BYTES_MAX`].
    #[error("the file has {0} bytes")]
    TooLarge(usize),
    /// More lines or statements than are read.
    #[error("too many lines or statements")]
    TooMany,
    /// Neither camt.053 nor the CSV that is described in docs/BANK.md.
    #[error("the format is not known")]
    Format,
    /// A version of camt.053 that is not read.
    #[error("the version of the message is not known")]
    Version,
    /// The XML is broken.
    #[error("the XML cannot be read at byte {at}")]
    Xml {
        /// Where.
        at: u64,
    },
    /// A document type or an entity of its own: never needed, and a way to attack.
    #[error("the XML declares a document type or entities")]
    Doctype,
    /// Nested deeper than any statement.
    #[error("the XML is nested too deeply")]
    Depth,
    /// A value is missing or has no form.
    #[error("{what} of line {line} is missing or malformed")]
    Value {
        /// Line of the statement, from 1; 0 for the statement itself.
        line: u64,
        /// Which value.
        what: &'static str,
    },
    /// Another currency than CNY.
    #[error("the currency is {0}")]
    Currency(String),
    /// A page of a statement, not all of it.
    #[error("the statement has more pages")]
    Pages,
    /// Opening balance and lines do not give the closing balance.
    #[error("the lines lead to {actual} fen, the closing balance is {limit} fen")]
    Sum {
        /// The closing balance, fen.
        limit: i64,
        /// Opening balance and lines, fen.
        actual: i64,
    },
    /// Below nothing.
    #[error("the balance is below nothing")]
    Overdrawn,
    /// Bytes that no encoding explains.
    #[error("the encoding is not known")]
    Encoding,
    /// No account of this number is registered, or several are.
    #[error("{found} accounts of the ledger have this number")]
    Account {
        /// How many have it.
        found: usize,
    },
    /// The same day of the account was recorded before with another content.
    #[error("another statement of {on} was recorded")]
    OtherOfDay {
        /// The day.
        on: Day,
    },
}

impl StatementFault {
    /// A stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            StatementFault::Empty => "empty",
            StatementFault::TooLarge(_) => "too_large",
            StatementFault::TooMany => "too_many",
            StatementFault::Format => "format",
            StatementFault::Version => "version",
            StatementFault::Xml { .. } => "xml",
            StatementFault::Doctype => "doctype",
            StatementFault::Depth => "depth",
            StatementFault::Value { .. } => "value",
            StatementFault::Currency(_) => "currency",
            StatementFault::Pages => "pages",
            StatementFault::Sum { .. } => "sum",
            StatementFault::Overdrawn => "overdrawn",
            StatementFault::Encoding => "encoding",
            StatementFault::Account { .. } => "account",
            StatementFault::OtherOfDay { .. } => "other_of_day",
        }
    }

    /// What to do, in Chinese.
    pub fn zh(&self) -> String {
        match self {
            StatementFault::Empty => "文件中没有对账单，请核对后重新选择。".to_owned(),
            StatementFault::TooLarge(bytes) => format!("文件 {bytes} 字节，超过上限，请按账户或按日拆分。"),
            StatementFault::TooMany => "对账单或明细过多，请按账户或按日拆分。".to_owned(),
            StatementFault::Format => {
                "不是 camt.053 报文，也不是约定格式的 CSV，请按 docs/BANK.md 重新导出。".to_owned()
            }
            StatementFault::Version => "不支持此版本的 camt.053，请用 camt.053.001.02 至 .10。".to_owned(),
            StatementFault::Xml { at } => format!("XML 在第 {at} 字节处无法读取，请重新导出。"),
            StatementFault::Doctype => "XML 含有文档类型或实体声明，出于安全不予读取，请去掉后重新导出。".to_owned(),
            StatementFault::Depth => "XML 嵌套过深，不是正常的对账单，请重新导出。".to_owned(),
            StatementFault::Value { line: 0, what } => format!("对账单的 {what} 缺失或格式不对，请改正后重新导出。"),
            StatementFault::Value { line, what } => format!("第 {line} 笔的 {what} 缺失或格式不对，请改正后重新导出。"),
            StatementFault::Currency(currency) => format!("币种为 {currency}，只接受人民币（CNY）账户的对账单。"),
            StatementFault::Pages => "这只是对账单的一页，请导出整份对账单。".to_owned(),
            StatementFault::Sum { limit, actual } => {
                format!("期初余额加各笔发生额为 {actual} 分，与期末余额 {limit} 分不符，请重新导出。")
            }
            StatementFault::Overdrawn => "余额为负，监管账户不得透支，请与银行核对。".to_owned(),
            StatementFault::Encoding => "无法识别文字编码，请另存为 UTF-8。".to_owned(),
            StatementFault::Account { found: 0 } => {
                "账号不属于本账本已登记的任何机构账户，请先登记账户或核对账号。".to_owned()
            }
            StatementFault::Account { .. } => "多家机构登记了同一账号，无法确定归属，请先更正登记。".to_owned(),
            StatementFault::OtherOfDay { on } => {
                format!("该账户 {on} 的对账单已入账且内容不同，请与银行核对，不得替换。")
            }
        }
    }

    /// What to do, in English.
    pub fn en(&self) -> String {
        match self {
            StatementFault::Empty => "The file has no statement: check which file was chosen.".to_owned(),
            StatementFault::TooLarge(bytes) => {
                format!("The file has {bytes} bytes, more than is read: split it by account or day.")
            }
            StatementFault::TooMany => "Too many statements or lines: split the file by account or day.".to_owned(),
            StatementFault::Format => "It is neither camt.053 nor the CSV of docs/BANK.md: export it again.".to_owned(),
            StatementFault::Version => "This version of camt.053 is not read: use camt.053.001.02 to .10.".to_owned(),
            StatementFault::Xml { at } => format!("The XML cannot be read at byte {at}: export it again."),
            StatementFault::Doctype => {
                "The XML declares a document type or entities; for safety it is not read. Export it without.".to_owned()
            }
            StatementFault::Depth => "The XML is nested too deeply for a statement: export it again.".to_owned(),
            StatementFault::Value { line: 0, what } => {
                format!("{what} of the statement is missing or malformed: correct and export again.")
            }
            StatementFault::Value { line, what } => {
                format!("{what} of line {line} is missing or malformed: correct and export again.")
            }
            StatementFault::Currency(currency) => {
                format!("The currency is {currency}: only statements of CNY accounts are taken.")
            }
            StatementFault::Pages => "This is one page of a statement: export all of it.".to_owned(),
            StatementFault::Sum { limit, actual } => format!(
                "Opening balance and lines lead to {actual} fen, the closing balance is {limit} fen: export it again."
            ),
            StatementFault::Overdrawn => {
                "The balance is below nothing, which a supervised account never is: ask the bank.".to_owned()
            }
            StatementFault::Encoding => "The encoding is not known: save it as UTF-8.".to_owned(),
            StatementFault::Account { found: 0 } => {
                "No registered account has this number: register the account or check the number.".to_owned()
            }
            StatementFault::Account { .. } => {
                "Several institutions registered this number: correct the register first.".to_owned()
            }
            StatementFault::OtherOfDay { on } => {
                format!("Another statement of this account for {on} was recorded: ask the bank; it cannot be replaced.")
            }
        }
    }
}

/// Yuan with at most two decimals that are not zero, as fen; no sign.
pub fn yuan(text: &str) -> Option<Fen> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let part = part.trim_end_matches('0');
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || whole.len() > 15 || part.len() > 2 || !digits(whole) || !digits(part) {
        return None;
    }
    let cents: i64 = format!("{part:0<2}").parse().ok()?;
    let fen = whole.parse::<i64>().ok()?.checked_mul(100)?.checked_add(cents)?;
    Some(Fen::new(fen))
}

impl FileStatement {
    /// Do opening balance and lines give the closing balance?
    ///
    /// # Errors
    /// [`StatementFault::Sum`].
    pub fn adds_up(&self) -> Result<(), StatementFault> {
        let sum = self.lines.iter().try_fold(self.opening, |sum, line| match line.direction {
            Direction::Credit => sum.checked_add(line.amount),
            Direction::Debit => sum.checked_sub(line.amount),
        });
        match sum {
            Ok(sum) if sum == self.closing => Ok(()),
            Ok(sum) => Err(StatementFault::Sum { limit: self.closing.fen(), actual: sum.fen() }),
            Err(_) => Err(StatementFault::Value { line: 0, what: "amount" }),
        }
    }

    /// The one way to write it down, for the digest that tells a statement from another.
    pub fn canonical(&self) -> Vec<u8> {
        let mut out =
            format!("{}\n{}\n{}\n{}\n{}\n", self.account_number, self.sequence, self.on, self.opening, self.closing);
        for line in &self.lines {
            let fields = [
                line.booked_on.to_string(),
                line.direction.to_string(),
                line.amount.to_string(),
                line.reference.clone(),
                line.end_to_end.clone().unwrap_or_default(),
                line.kind.to_string(),
                line.party.clone().unwrap_or_default(),
                line.text.clone().unwrap_or_default(),
            ];
            out.push_str(&fields.map(|field| field.replace(['\t', '\n', '\r'], " ")).join("\t"));
            out.push('\n');
        }
        out.into_bytes()
    }
}

/// Reads the statements of a file, camt.053 or CSV, and checks that each adds up.
///
/// # Errors
/// [`StatementFault`].
pub fn read(bytes: &[u8]) -> Result<Vec<FileStatement>, StatementFault> {
    if bytes.len() > FILE_BYTES_MAX {
        return Err(StatementFault::TooLarge(bytes.len()));
    }
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let first = text.iter().find(|byte| !byte.is_ascii_whitespace()).ok_or(StatementFault::Empty)?;
    let statements = if *first == b'<' { super::camt::read(text)? } else { super::csv_file::read(text)? };
    if statements.is_empty() {
        return Err(StatementFault::Empty);
    }
    for statement in &statements {
        statement.adds_up()?;
    }
    Ok(statements)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yuan_are_read_exactly() {
        for (text, fen) in [("0", 0), ("12345.67", 1_234_567), ("1.5", 150), ("1.50000", 150), ("7.", 700)] {
            assert_eq!(yuan(text), Some(Fen::new(fen)), "{text}");
        }
        for text in ["", ".5", "1.005", "-1", "1,000.00", "1e3", "12345678901234567", " 1", "１"] {
            assert_eq!(yuan(text), None, "{text}");
        }
    }
}
