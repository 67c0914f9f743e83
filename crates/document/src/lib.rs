//! What people hold in their hands: contracts and licences, set as a page for the browser and as a PDF
//! with its own font. Nothing is added to the text of a contract but what proves it: hash, state of the
//! signatures, receipt.
#![cfg_attr(not(test), deny(clippy::arithmetic_side_effects))]

mod code;
mod font;
pub mod html;
mod layout;
mod licence;
mod lines;
mod pdf;
mod signed;

pub use code::Code;
pub use licence::Licence;
pub use pdf::{RenderError, Rendered, pdf};
pub use signed::{Receipt, SignedContract};

/// What is printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Printout<'a> {
    /// The text, in the lines of a printed model contract ([`contract::model::blocks`]).
    pub text: &'a str,
    /// What its number is called.
    pub number_label: &'static str,
    /// Its number.
    pub number: &'a str,
    /// At the right of each page's foot.
    pub foot: String,
    /// What tells it from all others.
    pub id: &'a str,
    /// What follows the text.
    pub proof: Proof<'a>,
}

/// The last part of a printout, by which it is checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof<'a> {
    /// Its heading.
    pub title: &'static str,
    /// Labels and values.
    pub rows: Vec<(&'static str, &'a str)>,
    /// What to know about it.
    pub notes: Vec<&'static str>,
    /// A QR code, and what it is.
    pub code: Option<(Code, &'static str)>,
}
