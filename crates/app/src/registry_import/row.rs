//! From a row to an institution and its licence, purely. Every fault has its row and its column.

use std::collections::{BTreeMap, BTreeSet};

use contract::document::CustodyAccount;
use kernel::{Category, CreditCode, Day, Mode, RegionCode, Scope, Stage, words};
use ledger::Line as EntryLine;

use super::table::Line;
use crate::drafting::NewInstitution;

words! {
    /// Columns of a register.
    Column {
        /// Unified social credit code.
        CreditCode = "credit_code" / "统一社会信用代码",
        /// Name.
        Name = "name" / "机构名称",
        /// Legal representative.
        LegalRepresentative = "legal_representative" / "法定代表人",
        /// Address of operation.
        Address = "address" / "办学地址",
        /// Category.
        Category = "category" / "类别",
        /// Modes, one or two.
        Modes = "modes" / "培训方式",
        /// Stages.
        Stages = "stages" / "学段",
        /// Licence number.
        LicenceNumber = "licence_number" / "许可证编号",
        /// First day of the licence.
        ValidFrom = "valid_from_on" / "有效期起",
        /// Last day of the licence.
        ValidUntil = "valid_until_on" / "有效期止",
        /// Custody bank.
        Bank = "bank" / "托管银行",
        /// Name of the custody account.
        AccountName = "account_name" / "托管账户名",
        /// Number of the custody account.
        AccountNumber = "account_number" / "托管账号",
    }
}

/// Columns that a register must have.
const NEEDED: &[Column] = &[
    Column::CreditCode,
    Column::Name,
    Column::LegalRepresentative,
    Column::Address,
    Column::Category,
    Column::Modes,
    Column::Stages,
];

words! {
    /// What is wrong with a cell or a row.
    RowFault {
        /// The column is not in the file.
        ColumnMissing = "column_missing" / "缺少此列",
        /// A column that nobody knows.
        ColumnUnknown = "column_unknown" / "没有这一列，请删除或改用规定的列名",
        /// The column is there twice.
        ColumnTwice = "column_twice" / "此列出现两次",
        /// Nothing in the cell.
        Empty = "empty" / "不能为空",
        /// Too long, or with control characters.
        Text = "text" / "文字过长或含有控制字符",
        /// 18 characters with the right check character.
        CreditCode = "credit_code" / "不是校验码正确的 18 位统一社会信用代码",
        /// Not a word of the list.
        Word = "word" / "不是可选的值",
        /// Not a day.
        Day = "day" / "不是日期，请写成 2026-11-22",
        /// The last day before the first.
        DayOrder = "day_order" / "有效期止日早于起日",
        /// The licence is over.
        Expired = "expired" / "许可证已过期，不能转入",
        /// The licence began after the ledger was opened.
        AfterLedger = "after_ledger" / "账本开立之后取得的许可证请按申请程序办理",
        /// Licence columns belong together.
        LicenceIncomplete = "licence_incomplete" / "许可证编号、有效期起、有效期止须同时填写",
        /// Account columns belong together.
        AccountIncomplete = "account_incomplete" / "托管银行、账户名、账号须同时填写",
        /// The same value stands in an earlier row.
        TwiceInFile = "twice_in_file" / "与前面的行重复",
        /// The ledger has it already.
        InLedger = "in_ledger" / "账本中已有",
    }
}

impl RowFault {
    /// What is wrong, in English.
    pub const fn en(self) -> &'static str {
        match self {
            RowFault::ColumnMissing => "the column is missing",
            RowFault::ColumnUnknown => "there is no such column: delete it or use one of the names listed",
            RowFault::ColumnTwice => "the column is there twice",
            RowFault::Empty => "must not be empty",
            RowFault::Text => "too long, or with control characters",
            RowFault::CreditCode => "not an 18-character credit code with its check character",
            RowFault::Word => "not a value of the list",
            RowFault::Day => "not a day: write 2026-11-22",
            RowFault::DayOrder => "the last day is before the first",
            RowFault::Expired => "the licence has expired and cannot be taken over",
            RowFault::AfterLedger => "the licence began after the ledger was opened: apply for it as usual",
            RowFault::LicenceIncomplete => "number, first and last day of a licence go together",
            RowFault::AccountIncomplete => "bank, name and number of an account go together",
            RowFault::TwiceInFile => "the same as in an earlier row",
            RowFault::InLedger => "the ledger has it already",
        }
    }
}

/// A fault with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Number of the row in the file, from 1.
    pub row: u32,
    /// The column; its name as written where it is unknown.
    pub column: String,
    /// What is wrong.
    pub fault: RowFault,
}

/// An institution of a register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registered {
    /// Number of the row in the file.
    pub row: u32,
    /// The institution.
    pub institution: NewInstitution,
    /// Its licence, if it has one.
    pub licence: Option<ExistingLicence>,
}

/// A licence as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExistingLicence {
    /// Its number.
    pub number: EntryLine,
    /// First day.
    pub valid_from_on: Day,
    /// Last day.
    pub valid_until_on: Day,
}

/// What rows are held against.
#[derive(Clone, Copy, Debug)]
pub struct Facts {
    /// The county.
    pub region: RegionCode,
    /// Today.
    pub today: Day,
    /// The day the ledger was opened.
    pub ledger_opened_on: Day,
}

/// Which column stands where.
///
/// # Errors
/// Columns missing, unknown or doubled, all of them.
pub fn columns(header: &Line) -> Result<BTreeMap<Column, usize>, Vec<Fault>> {
    let (row, names) = header;
    let (mut found, mut faults) = (BTreeMap::new(), Vec::new());
    let mut fault = |column: &str, fault| faults.push(Fault { row: *row, column: column.to_owned(), fault });
    for (index, name) in names.iter().enumerate().filter(|(_, name)| !name.is_empty()) {
        let folded: String = name.chars().filter(|c| !c.is_whitespace()).collect();
        let column = Column::ALL.iter().copied().find(|c| c.zh() == folded || c.as_str() == folded.to_lowercase());
        match column {
            None => fault(name, RowFault::ColumnUnknown),
            Some(column) => {
                if found.insert(column, index).is_some() {
                    fault(column.as_str(), RowFault::ColumnTwice);
                }
            }
        }
    }
    for column in NEEDED.iter().filter(|column| !found.contains_key(*column)) {
        fault(column.as_str(), RowFault::ColumnMissing);
    }
    if faults.is_empty() { Ok(found) } else { Err(faults) }
}

/// One row under examination.
struct Cells<'a> {
    row: u32,
    cells: &'a [String],
    columns: &'a BTreeMap<Column, usize>,
    faults: Vec<Fault>,
}

impl Cells<'_> {
    fn fault(&mut self, column: Column, fault: RowFault) {
        self.faults.push(Fault { row: self.row, column: column.as_str().to_owned(), fault });
    }

    fn get(&self, column: Column) -> Option<&str> {
        let text = self.cells.get(*self.columns.get(&column)?)?.as_str();
        (!text.is_empty()).then_some(text)
    }

    fn text(&mut self, column: Column, chars_max: usize) -> Option<String> {
        let Some(text) = self.get(column).map(str::to_owned) else {
            self.fault(column, RowFault::Empty);
            return None;
        };
        if text.chars().count() > chars_max || text.chars().any(char::is_control) {
            self.fault(column, RowFault::Text);
            return None;
        }
        Some(text)
    }

    fn parsed<T>(&mut self, column: Column, fault: RowFault, parse: impl Fn(&str) -> Option<T>) -> Option<T> {
        let Some(text) = self.get(column) else {
            self.fault(column, RowFault::Empty);
            return None;
        };
        let parsed = parse(text);
        if parsed.is_none() {
            self.fault(column, fault);
        }
        parsed
    }

    fn account(&mut self) -> Option<CustodyAccount> {
        let all = [Column::Bank, Column::AccountName, Column::AccountNumber];
        match all.map(|column| self.get(column).is_some()) {
            [false, false, false] => None,
            [true, true, true] => Some(CustodyAccount {
                bank: self.text(Column::Bank, 100)?,
                account_name: self.text(Column::AccountName, 100)?,
                account_number: self.text(Column::AccountNumber, 60)?,
            }),
            [bank, name, _] => {
                let missing = if !bank {
                    Column::Bank
                } else if !name {
                    Column::AccountName
                } else {
                    Column::AccountNumber
                };
                self.fault(missing, RowFault::AccountIncomplete);
                None
            }
        }
    }

    fn licence(&mut self, facts: &Facts) -> Option<ExistingLicence> {
        let all = [Column::LicenceNumber, Column::ValidFrom, Column::ValidUntil];
        match all.map(|column| self.get(column).is_some()) {
            [false, false, false] => return None,
            [true, true, true] => {}
            [number, from, _] => {
                let missing = if !number {
                    Column::LicenceNumber
                } else if !from {
                    Column::ValidFrom
                } else {
                    Column::ValidUntil
                };
                self.fault(missing, RowFault::LicenceIncomplete);
                return None;
            }
        }
        let number = self.parsed(Column::LicenceNumber, RowFault::Text, |text| text.parse::<EntryLine>().ok());
        let from = self.parsed(Column::ValidFrom, RowFault::Day, day);
        let until = self.parsed(Column::ValidUntil, RowFault::Day, day);
        let (valid_from_on, valid_until_on) = (from?, until?);
        if valid_until_on < valid_from_on {
            self.fault(Column::ValidUntil, RowFault::DayOrder);
        } else if valid_until_on < facts.today {
            self.fault(Column::ValidUntil, RowFault::Expired);
        } else if valid_from_on >= facts.ledger_opened_on {
            self.fault(Column::ValidFrom, RowFault::AfterLedger);
        }
        Some(ExistingLicence { number: number?, valid_from_on, valid_until_on })
    }
}

/// A day as registers write it: 2026-11-22, 2026/11/22, 2026.11.22, 2026年11月22日, 20261122.
fn day(text: &str) -> Option<Day> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let parts: Vec<&str> = text.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty()).collect();
    let (year, month, day) = match (parts.as_slice(), digits.len()) {
        ([year, month, day], _) => (*year, *month, *day),
        ([_], 8) => (digits.get(..4)?, digits.get(4..6)?, digits.get(6..)?),
        _ => return None,
    };
    format!("{year:0>4}-{month:0>2}-{day:0>2}").parse().ok()
}

/// Words of a list with anything between them.
fn list<T: Ord + Copy>(text: &str, one: impl Fn(&str) -> Option<T>) -> Option<BTreeSet<T>> {
    let words = text.split([',', '，', '、', ';', '；', '/', ' ', '+']).filter(|word| !word.is_empty());
    let set: BTreeSet<T> = words.map(one).collect::<Option<_>>()?;
    (!set.is_empty()).then_some(set)
}

fn category(text: &str) -> Option<Category> {
    let text = text.trim_end_matches('类');
    let known = |c: &Category| c.as_str() == text || c.zh() == text;
    Category::ALL.iter().copied().find(known).or(match text {
        "体育艺术" | "艺术" | "文化" | "文化和旅游" => Some(Category::Arts),
        "科学技术" | "科学" => Some(Category::Science),
        "其他" | "非学科" => Some(Category::Other),
        _ => None,
    })
}

fn mode(text: &str) -> Option<Mode> {
    Mode::ALL.iter().copied().find(|mode| mode.as_str() == text || mode.zh() == text)
}

fn stage(text: &str) -> Option<Stage> {
    let known = |stage: &Stage| stage.as_str() == text || stage.zh() == text;
    Stage::ALL.iter().copied().find(known).or(match text {
        "幼儿" | "幼儿园" | "学龄前" => Some(Stage::Preschool),
        "初级中学" => Some(Stage::Junior),
        "高级中学" | "普通高中" => Some(Stage::Senior),
        _ => None,
    })
}

/// Reads a row.
///
/// # Errors
/// Everything that is wrong with it.
pub fn read(line: &Line, columns: &BTreeMap<Column, usize>, facts: &Facts) -> Result<Registered, Vec<Fault>> {
    let mut cells = Cells { row: line.0, cells: &line.1, columns, faults: Vec::new() };
    let credit_code =
        cells.parsed(Column::CreditCode, RowFault::CreditCode, |text| text.to_uppercase().parse::<CreditCode>().ok());
    let name = cells.text(Column::Name, 100);
    let legal_representative = cells.text(Column::LegalRepresentative, 100);
    let address = cells.text(Column::Address, 200);
    let category = cells.parsed(Column::Category, RowFault::Word, category);
    let modes = cells.parsed(Column::Modes, RowFault::Word, |text| list(text, mode));
    let stages = cells.parsed(Column::Stages, RowFault::Word, |text| list(text, stage));
    let licence = cells.licence(facts);
    let custody_account = cells.account();
    let scope = category.zip(modes).zip(stages).map(|((category, modes), stages)| Scope { category, modes, stages });
    match (credit_code, name, legal_representative, address, scope) {
        (Some(credit_code), Some(name), Some(legal_representative), Some(address), Some(scope))
            if cells.faults.is_empty() =>
        {
            let region = facts.region;
            let institution =
                NewInstitution { credit_code, name, legal_representative, address, region, scope, custody_account };
            Ok(Registered { row: line.0, institution, licence })
        }
        _ => Err(cells.faults),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts() -> Facts {
        let day = |text: &str| text.parse().unwrap();
        Facts { region: "330502".parse().unwrap(), today: day("2026-11-22"), ledger_opened_on: day("2026-09-01") }
    }

    fn header() -> Line {
        (1, Column::ALL.iter().map(|column| column.zh().to_owned()).collect())
    }

    fn line(change: &[(Column, &str)]) -> Line {
        let code = CreditCode::complete("52330502MJ8719000").unwrap().to_string();
        let mut cells = [
            &code,
            "丹青画室",
            "王某",
            "某路 1 号",
            "文化艺术类",
            "线下、线上",
            "小学,初中",
            "133050270001239",
            "2024/9/1",
            "2027年8月31日",
            "某银行",
            "丹青画室",
            "6222000000000001",
        ]
        .map(str::to_owned);
        for (column, text) in change {
            let at = Column::ALL.iter().position(|c| c == column).unwrap();
            cells[at] = (*text).to_owned();
        }
        (7, cells.to_vec())
    }

    fn faults(change: &[(Column, &str)]) -> Vec<(String, RowFault)> {
        let columns = columns(&header()).unwrap();
        let faults = read(&line(change), &columns, &facts()).err().unwrap_or_default();
        assert!(faults.iter().all(|fault| fault.row == 7));
        faults.into_iter().map(|fault| (fault.column, fault.fault)).collect()
    }

    #[test]
    fn a_row_becomes_an_institution_with_its_licence() {
        let found = read(&line(&[]), &columns(&header()).unwrap(), &facts()).unwrap();
        assert_eq!(found.institution.scope.category, Category::Arts);
        assert_eq!(found.institution.scope.modes.len(), 2);
        let licence = found.licence.unwrap();
        assert_eq!(
            (licence.number.as_str(), licence.valid_until_on),
            ("133050270001239", "2027-08-31".parse().unwrap())
        );
        assert!(found.institution.custody_account.is_some());
    }

    #[test]
    fn every_fault_names_its_column() {
        use Column as C;
        for (change, column, fault) in [
            (vec![(C::CreditCode, "52330502MJ87190001")], C::CreditCode, RowFault::CreditCode),
            (vec![(C::Name, "")], C::Name, RowFault::Empty),
            (vec![(C::Category, "魔法")], C::Category, RowFault::Word),
            (vec![(C::Modes, "线下、空中")], C::Modes, RowFault::Word),
            (vec![(C::ValidFrom, "去年")], C::ValidFrom, RowFault::Day),
            (vec![(C::ValidFrom, "2024-02-30")], C::ValidFrom, RowFault::Day),
            (vec![(C::ValidUntil, "2024-01-01")], C::ValidUntil, RowFault::DayOrder),
            (vec![(C::ValidUntil, "2026-11-21")], C::ValidUntil, RowFault::Expired),
            (vec![(C::ValidFrom, "2026-09-01")], C::ValidFrom, RowFault::AfterLedger),
            (vec![(C::LicenceNumber, "")], C::LicenceNumber, RowFault::LicenceIncomplete),
            (vec![(C::AccountNumber, "")], C::AccountNumber, RowFault::AccountIncomplete),
        ] {
            assert_eq!(faults(&change), [(column.as_str().to_owned(), fault)], "{change:?}");
        }
        assert_eq!(faults(&[(C::Name, ""), (C::CreditCode, "x")]).len(), 2, "all of them");
    }

    #[test]
    fn columns_are_found_by_either_name_and_in_any_order() {
        let names = |names: &[&str]| (1, names.iter().map(|name| (*name).to_owned()).collect());
        let all = ["name", "统一社会信用代码", "法定代表人 ", "address", "类别", "modes", "学段"];
        assert_eq!(columns(&names(&all)).unwrap()[&Column::Name], 0);
        let faults = columns(&names(&["name", "name", "电话"])).unwrap_err();
        let found: Vec<_> = faults.iter().map(|fault| (fault.column.as_str(), fault.fault)).collect();
        assert_eq!(found[..2], [("name", RowFault::ColumnTwice), ("电话", RowFault::ColumnUnknown)]);
        assert_eq!(faults.len(), 2 + NEEDED.len() - 1);
    }

    #[test]
    fn days() {
        for text in ["2026-11-22", "2026/11/22", "2026.11.22", "2026年11月22日", "20261122"] {
            assert_eq!(day(text), "2026-11-22".parse().ok(), "{text}");
        }
        for text in ["", "2026", "22-11", "2026-13-01", "45000"] {
            assert_eq!(day(text), None, "{text}");
        }
    }
}
