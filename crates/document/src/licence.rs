//! A licence as its holder hangs it on the wall: what it permits, which account may be paid, and a code
//! that leads to its state of the day it is scanned.

use crate::{Code, Printout, Proof};

/// A licence to be printed; all words in Chinese, days as `YYYY-MM-DD`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Licence<'a> {
    /// Number of the licence.
    pub number: &'a str,
    /// Name of the institution.
    pub name: &'a str,
    /// Its credit code.
    pub credit_code: &'a str,
    /// Who represents it.
    pub legal_representative: &'a str,
    /// Where it teaches.
    pub address: &'a str,
    /// What may be taught.
    pub category: &'a str,
    /// How it may be taught.
    pub modes: &'a str,
    /// To whom.
    pub stages: &'a str,
    /// Who supervises it, by name or region code.
    pub authority: &'a str,
    /// First and last day.
    pub valid: (&'a str, &'a str),
    /// Its state on the day of printing.
    pub state: &'a str,
    /// The day of printing.
    pub printed_on: &'a str,
    /// Bank, name and number of the account that may be paid; none: nothing may be paid in advance.
    pub payee: Option<(&'a str, &'a str, &'a str)>,
    /// Leaf hash of the holder's last entry in the ledger, 64 digits.
    pub leaf_hash: &'a str,
    /// The code that leads to its live state.
    pub code: Option<Code>,
}

impl Licence<'_> {
    /// The text, in lines.
    pub fn text(&self) -> String {
        let (from, until) = self.valid;
        let nothing = "无：不得预收费用";
        let (bank, account_name, account_number) = self.payee.unwrap_or((nothing, nothing, nothing));
        let held = [
            ("许可证号", self.number),
            ("机构名称", self.name),
            ("统一社会信用代码", self.credit_code),
            ("法定代表人", self.legal_representative),
            ("办学地址", self.address),
            ("审批机关", self.authority),
        ];
        let permitted = [("培训类别", self.category), ("培训方式", self.modes), ("培训对象", self.stages)];
        let paid = [("开户银行", bank), ("账户名称", account_name), ("账号", account_number)];
        let rows = |rows: &[(&str, &str)]| rows.iter().map(|(label, value)| format!("　{label}：{value}\n")).collect();
        let [held, permitted, paid]: [String; 3] = [rows(&held), rows(&permitted), rows(&paid)];
        let advice = "　※费用只能付入上列账户；收款户名与此不符的，请勿付款并举报。\n";
        let term = format!("　有效期限：{from} 至 {until}\n");
        ["校外培训机构办学许可证\n", &held, &term, "许可范围\n", &permitted, "唯一收费账户\n", &paid, advice].concat()
    }

    /// As it is printed; `text` is what [`Licence::text`] gave.
    pub fn printout<'t>(&'t self, text: &'t str) -> Printout<'t> {
        let rows =
            vec![("打印时状态", self.state), ("打印日期", self.printed_on), ("机构账本末条哈希", self.leaf_hash)];
        let code = self.code.clone().map(|code| (code, "许可证状态二维码"));
        let notes = vec!["本件为打印件，许可状态、许可范围和收费账户以扫描二维码当日查询的结果为准。"];
        Printout {
            text,
            number_label: "许可证号",
            number: self.number,
            foot: format!("打印于 {}", self.printed_on),
            id: self.leaf_hash,
            proof: Proof { title: "核验", rows, notes, code },
        }
    }
}
