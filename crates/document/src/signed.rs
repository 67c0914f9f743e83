//! A contract as it was hashed and signed, with its receipt.

use crate::{Code, Printout, Proof};

/// A contract to be printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedContract<'a> {
    /// The text that was hashed.
    pub text: &'a str,
    /// Number of the contract.
    pub number: &'a str,
    /// Where the contract stands, in Chinese.
    pub state: &'a str,
    /// Hash of the document, 64 digits.
    pub document_hash: &'a str,
    /// The receipt of the entry that put the contract in force; none before.
    pub receipt: Option<Receipt<'a>>,
}

/// A receipt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt<'a> {
    /// Leaf hash of the entry, 64 digits.
    pub leaf_hash: &'a str,
    /// The QR code that holds it; none where it is too long for one.
    pub code: Option<Code>,
}

impl<'a> SignedContract<'a> {
    /// As it is printed.
    pub fn printout(&self) -> Printout<'a> {
        let hash: String = self.document_hash.chars().take(16).collect();
        Printout {
            text: self.text,
            number_label: "合同编号",
            number: self.number,
            foot: format!("文本哈希 {hash}…"),
            id: self.document_hash,
            proof: self.proof(),
        }
    }

    fn proof(&self) -> Proof<'a> {
        let mut rows = vec![("合同状态", self.state), ("合同文本哈希", self.document_hash)];
        let mut notes = vec!["以上各栏及二维码由系统附印，不属于经签署的文本；文本以其哈希为准。"];
        let mut code = None;
        match &self.receipt {
            Some(receipt) => {
                rows.push(("账本条目哈希", receipt.leaf_hash));
                code = receipt.code.clone().map(|code| (code, "凭证二维码"));
                notes.push(if code.is_some() {
                    "扫描二维码，可在浏览器中核验本合同生效的账本凭证，核验不依赖本系统的服务器。"
                } else {
                    "该凭证过长，无法制成二维码，请向机构或者主管部门索取凭证文件核验。"
                });
            }
            None => notes.push("本合同尚未经双方签署，没有账本凭证。"),
        }
        Proof { title: "签署凭证", rows, notes, code }
    }
}
