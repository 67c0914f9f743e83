//! camt.053 (ISO 20022, bank to customer statement), versions .02 to .10, as far as they have the same
//! elements. Read as a stream of events; no document types, no entities, a bounded depth.

use escrow::bank::{Direction, LineKind};
use kernel::{Day, Fen};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::file::{FileLine, FileStatement, LINES_MAX, STATEMENTS_MAX, StatementFault, VALUE_CHARS_MAX, yuan};

/// No element of a statement is deeper.
const DEPTH_MAX: usize = 24;

const NAMESPACE: &str = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.";

/// A balance under construction.
#[derive(Default)]
struct Balance {
    code: String,
    amount: Option<Fen>,
    debit: bool,
    on: Option<Day>,
}

/// A line under construction.
#[derive(Default)]
struct Entry {
    amount: Option<Fen>,
    direction: Option<Direction>,
    booked_on: Option<Day>,
    booked: bool,
    reference: String,
    end_to_end: Vec<String>,
    interest: bool,
    returned: bool,
    debtor: Option<String>,
    creditor: Option<String>,
    text: String,
}

#[derive(Default)]
struct Statement {
    account: String,
    legal_sequence: Option<u64>,
    electronic_sequence: Option<u64>,
    opening: Option<Fen>,
    closing: Option<(Fen, Day)>,
    lines: Vec<FileLine>,
}

fn value(line: usize, what: &'static str) -> StatementFault {
    StatementFault::Value { line: u64::try_from(line).unwrap_or(u64::MAX), what }
}

fn day(text: &str) -> Option<Day> {
    text.get(..10)?.parse().ok()
}

fn text_of(text: &str) -> Option<String> {
    let text: String = text.trim().chars().filter(|c| !c.is_control()).take(VALUE_CHARS_MAX).collect();
    (!text.is_empty() && text != "NOTPROVIDED").then_some(text)
}

/// What is being read, and where.
struct Walk {
    path: Vec<String>,
    text: String,
    statements: Vec<FileStatement>,
    statement: Statement,
    balance: Balance,
    entry: Entry,
}

impl Walk {
    fn line(&self) -> usize {
        self.statement.lines.len().saturating_add(1)
    }

    fn open(&mut self, start: &BytesStart<'_>) -> Result<(), StatementFault> {
        let name = start.local_name().as_ref().to_owned();
        if self.path.len() >= DEPTH_MAX {
            return Err(StatementFault::Depth);
        }
        if self.path.is_empty() {
            self.version(start, &name)?;
        }
        self.path.push(name);
        self.text.clear();
        let path: Vec<&str> = self.path.iter().map(String::as_str).collect();
        match path.as_slice() {
            ["Document", "BkToCstmrStmt", "Stmt"] => self.statement = Statement::default(),
            ["Document", _, "Stmt", "Bal"] => self.balance = Balance::default(),
            ["Document", _, "Stmt", "Ntry"] => self.entry = Entry::default(),
            ["Document", _, "Stmt", "Ntry", .., "RtrInf"] => self.entry.returned = true,
            ["Document", _, "Stmt", "Bal" | "Ntry", "Amt"] => self.currency(start)?,
            _ => {}
        }
        Ok(())
    }

    fn version(&self, start: &BytesStart<'_>, name: &str) -> Result<(), StatementFault> {
        if name != "Document" {
            return Err(StatementFault::Format);
        }
        let namespaces = start.attributes().flatten().filter(|a| a.key.as_ref().starts_with("xmlns"));
        let mut namespaces = namespaces;
        let version = namespaces.find_map(|a| a.value.strip_prefix(NAMESPACE).map(str::to_owned));
        match version.and_then(|version| version.parse::<u8>().ok()) {
            Some(2..=10) => Ok(()),
            Some(_) => Err(StatementFault::Version),
            None => Err(StatementFault::Format),
        }
    }

    fn currency(&self, start: &BytesStart<'_>) -> Result<(), StatementFault> {
        let line = if self.path.iter().any(|name| name == "Ntry") { self.line() } else { 0 };
        let found = start.attributes().flatten().find(|attribute| attribute.key.as_ref() == "Ccy");
        let found = found.ok_or_else(|| value(line, "Ccy"))?;
        if found.value.as_ref() == "CNY" {
            return Ok(());
        }
        Err(StatementFault::Currency(found.value.chars().filter(char::is_ascii_alphabetic).take(3).collect()))
    }

    fn close(&mut self) -> Result<(), StatementFault> {
        let path = std::mem::take(&mut self.path);
        let names: Vec<&str> = path.iter().map(String::as_str).collect();
        if let ["Document", "BkToCstmrStmt", "Stmt", rest @ ..] = names.as_slice() {
            self.in_statement(rest)?;
        }
        self.path = path;
        self.path.pop();
        self.text.clear();
        Ok(())
    }

    fn in_statement(&mut self, path: &[&str]) -> Result<(), StatementFault> {
        let text = self.text.trim();
        let number = |what| text.parse::<u64>().map(Some).map_err(|_| value(0, what));
        match path {
            [] => self.finish()?,
            ["ElctrncSeqNb"] => self.statement.electronic_sequence = number("ElctrncSeqNb")?,
            ["LglSeqNb"] => self.statement.legal_sequence = number("LglSeqNb")?,
            ["StmtPgntn", "LastPgInd"] if text == "false" || text == "0" => return Err(StatementFault::Pages),
            ["Acct", "Id", "IBAN"] | ["Acct", "Id", "Othr", "Id"] => {
                self.statement.account = text_of(text).ok_or_else(|| value(0, "Acct/Id"))?;
            }
            ["Acct", "Ccy"] if text != "CNY" => {
                return Err(StatementFault::Currency(text.chars().filter(char::is_ascii_alphabetic).take(3).collect()));
            }
            ["Bal"] => self.balance_done()?,
            ["Bal", rest @ ..] => self.in_balance(rest)?,
            ["Ntry"] => self.entry_done()?,
            ["Ntry", rest @ ..] => self.in_entry(rest)?,
            _ => {}
        }
        Ok(())
    }

    fn in_balance(&mut self, path: &[&str]) -> Result<(), StatementFault> {
        let text = self.text.trim();
        match path {
            ["Tp", "CdOrPrtry", "Cd"] => self.balance.code = text.to_owned(),
            ["Amt"] => self.balance.amount = Some(yuan(text).ok_or_else(|| value(0, "Bal/Amt"))?),
            ["CdtDbtInd"] => self.balance.debit = text == "DBIT",
            ["Dt", "Dt" | "DtTm"] => self.balance.on = Some(day(text).ok_or_else(|| value(0, "Bal/Dt"))?),
            _ => {}
        }
        Ok(())
    }

    fn balance_done(&mut self) -> Result<(), StatementFault> {
        let balance = std::mem::take(&mut self.balance);
        if !matches!(balance.code.as_str(), "OPBD" | "PRCD" | "CLBD") {
            return Ok(());
        }
        let amount = balance.amount.ok_or_else(|| value(0, "Bal/Amt"))?;
        if balance.debit && amount != Fen::ZERO {
            return Err(StatementFault::Overdrawn);
        }
        if balance.code == "CLBD" {
            self.statement.closing = Some((amount, balance.on.ok_or_else(|| value(0, "Bal/Dt"))?));
        } else if balance.code == "OPBD" || self.statement.opening.is_none() {
            self.statement.opening = Some(amount);
        }
        Ok(())
    }

    fn in_entry(&mut self, path: &[&str]) -> Result<(), StatementFault> {
        let line = self.line();
        let text = self.text.trim();
        let entry = &mut self.entry;
        match path {
            ["Amt"] => entry.amount = Some(yuan(text).ok_or_else(|| value(line, "Amt"))?),
            ["CdtDbtInd"] => {
                entry.direction = match text {
                    "CRDT" => Some(Direction::Credit),
                    "DBIT" => Some(Direction::Debit),
                    _ => return Err(value(line, "CdtDbtInd")),
                };
            }
            // The second from version 8 on.
            ["Sts"] if !text.is_empty() => entry.booked = text == "BOOK",
            ["Sts", "Cd"] => entry.booked = text == "BOOK",
            ["BookgDt", "Dt" | "DtTm"] => {
                entry.booked_on = Some(day(text).ok_or_else(|| value(line, "BookgDt"))?);
            }
            ["AcctSvcrRef"] => entry.reference = text_of(text).unwrap_or_default(),
            ["NtryRef"] | ["NtryDtls", "TxDtls", "Refs", "AcctSvcrRef" | "TxId"] if entry.reference.is_empty() => {
                entry.reference = text_of(text).unwrap_or_default();
            }
            ["NtryDtls", "TxDtls", "Refs", "EndToEndId"] => entry.end_to_end.extend(text_of(text)),
            ["BkTxCd", "Domn", "Fmly", "SubFmlyCd"] => {
                entry.interest |= text == "INTR";
                entry.returned |= matches!(text, "RRTN" | "RPCR" | "ARET");
            }
            ["NtryDtls", "TxDtls", "RltdPties", "Dbtr", "Nm"]
            | ["NtryDtls", "TxDtls", "RltdPties", "Dbtr", "Pty", "Nm"] => entry.debtor = text_of(text),
            ["NtryDtls", "TxDtls", "RltdPties", "Cdtr", "Nm"]
            | ["NtryDtls", "TxDtls", "RltdPties", "Cdtr", "Pty", "Nm"] => entry.creditor = text_of(text),
            ["NtryDtls", "TxDtls", "RmtInf", "Ustrd"] | ["AddtlNtryInf"] => {
                if let Some(more) = text_of(text).filter(|_| entry.text.len() < VALUE_CHARS_MAX) {
                    if !entry.text.is_empty() {
                        entry.text.push(' ');
                    }
                    entry.text.push_str(&more);
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn entry_done(&mut self) -> Result<(), StatementFault> {
        let line = self.line();
        let entry = std::mem::take(&mut self.entry);
        if !entry.booked {
            // Announced, not booked: it is on a later statement.
            return Ok(());
        }
        if line > LINES_MAX {
            return Err(StatementFault::TooMany);
        }
        let amount = entry.amount.ok_or_else(|| value(line, "Amt"))?;
        let direction = entry.direction.ok_or_else(|| value(line, "CdtDbtInd"))?;
        if amount == Fen::ZERO {
            return Err(value(line, "Amt"));
        }
        if entry.reference.is_empty() {
            return Err(value(line, "AcctSvcrRef"));
        }
        let kind = match (entry.returned, entry.interest && direction == Direction::Credit) {
            (true, _) => LineKind::Returned,
            (false, true) => LineKind::Interest,
            (false, false) => LineKind::Transfer,
        };
        let mut end_to_end = entry.end_to_end.into_iter();
        let end_to_end = match (end_to_end.next(), end_to_end.next()) {
            (Some(one), None) => Some(one),
            _ => None,
        };
        self.statement.lines.push(FileLine {
            booked_on: entry.booked_on.ok_or_else(|| value(line, "BookgDt"))?,
            direction,
            amount,
            reference: entry.reference,
            end_to_end,
            kind,
            party: if direction == Direction::Credit { entry.debtor } else { entry.creditor },
            text: text_of(&entry.text),
        });
        Ok(())
    }

    fn finish(&mut self) -> Result<(), StatementFault> {
        let statement = std::mem::take(&mut self.statement);
        if self.statements.len() >= STATEMENTS_MAX {
            return Err(StatementFault::TooMany);
        }
        if statement.account.is_empty() {
            return Err(value(0, "Acct/Id"));
        }
        let sequence = statement.legal_sequence.or(statement.electronic_sequence).filter(|number| *number > 0);
        let (closing, on) = statement.closing.ok_or_else(|| value(0, "Bal CLBD"))?;
        self.statements.push(FileStatement {
            account_number: statement.account,
            account: None,
            sequence: sequence.ok_or_else(|| value(0, "LglSeqNb"))?,
            on,
            opening: statement.opening.ok_or_else(|| value(0, "Bal OPBD"))?,
            closing,
            lines: statement.lines,
        });
        Ok(())
    }
}

/// Reads the statements of a message.
///
/// # Errors
/// [`StatementFault`].
pub(super) fn read(bytes: &[u8]) -> Result<Vec<FileStatement>, StatementFault> {
    let text = std::str::from_utf8(bytes).map_err(|_| StatementFault::Encoding)?;
    let mut reader = Reader::from_str(text);
    let mut walk = Walk {
        path: Vec::new(),
        text: String::new(),
        statements: Vec::new(),
        statement: Statement::default(),
        balance: Balance::default(),
        entry: Entry::default(),
    };
    loop {
        let at = reader.buffer_position();
        let broken = || StatementFault::Xml { at };
        match reader.read_event().map_err(|_| broken())? {
            Event::Start(start) => walk.open(&start)?,
            Event::Empty(start) => {
                walk.open(&start)?;
                walk.close()?;
            }
            Event::End(_) => walk.close()?,
            Event::Text(text) => {
                if walk.text.len() < VALUE_CHARS_MAX.saturating_mul(4) {
                    walk.text.push_str(text.as_ref());
                }
            }
            Event::CData(text) => {
                if walk.text.len() < VALUE_CHARS_MAX.saturating_mul(4) {
                    walk.text.push_str(text.as_ref());
                }
            }
            Event::GeneralRef(name) => {
                let character = match name.resolve_char_ref().map_err(|_| broken())? {
                    Some(character) => character,
                    None => match name.as_ref() {
                        "amp" => '&',
                        "lt" => '<',
                        "gt" => '>',
                        "quot" => '"',
                        "apos" => '\'',
                        _ => return Err(StatementFault::Doctype),
                    },
                };
                walk.text.push(character);
            }
            Event::DocType(_) => return Err(StatementFault::Doctype),
            Event::Eof => break,
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
        }
    }
    if walk.path.is_empty() { Ok(walk.statements) } else { Err(StatementFault::Xml { at: reader.buffer_position() }) }
}
