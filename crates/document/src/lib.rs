//! Contracts for people to read: the printed text that was hashed, set as a page for the browser and
//! as a PDF with its own font. Nothing is added to the text but what proves it: hash, state of the
//! signatures, receipt.
#![cfg_attr(not(test), deny(clippy::arithmetic_side_effects))]

mod code;
mod font;
pub mod html;
mod layout;
mod lines;
mod pdf;

pub use code::Code;
pub use pdf::{RenderError, Rendered, pdf};

/// What is printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Printout<'a> {
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

/// The last part of a printout, which is no part of the text that was hashed.
pub(crate) struct Proof<'a> {
    pub title: &'static str,
    pub rows: Vec<(&'static str, &'a str)>,
    pub notes: Vec<&'static str>,
}

impl<'a> Printout<'a> {
    pub(crate) fn proof(&self) -> Proof<'a> {
        let mut rows = vec![("合同状态", self.state), ("合同文本哈希", self.document_hash)];
        let mut notes = vec!["以上各栏及二维码由系统附印，不属于经签署的文本；文本以其哈希为准。"];
        match &self.receipt {
            Some(receipt) => {
                rows.push(("账本条目哈希", receipt.leaf_hash));
                notes.push(if receipt.code.is_some() {
                    "扫描二维码，可在浏览器中核验本合同生效的账本凭证，核验不依赖本系统的服务器。"
                } else {
                    "该凭证过长，无法制成二维码，请向机构或者主管部门索取凭证文件核验。"
                });
            }
            None => notes.push("本合同尚未经双方签署，没有账本凭证。"),
        }
        Proof { title: "签署凭证", rows, notes }
    }
}
