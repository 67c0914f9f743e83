//! The model contract: its fields, the versions of its text as files with named blanks, what is
//! printed when the blanks are filled, and how a contract differs from its template.

mod changes;
mod field;
mod print;
mod template;

use std::sync::LazyLock;

pub use changes::{Changes, Difference, differences, document_violations};
pub use field::{
    FIELDS, Fallback, Field, FilledBy, Kind, MODEL_SOURCE, Owner, PROJECT_TYPES, Required, Section, field, left_empty,
};
pub(crate) use print::ticked;
pub use print::{Block, PrintError, ValueError, Values, blocks, supplement_of};
pub use template::{Clause, FORM, Item, Part, Piece, TEMPLATE_MAX, Template, TemplateError};

/// The text that ships with the program: the structure of GF-2021-2604 in words of our own, for
/// regions whose regulator has not loaded the official text.
pub const BUILT_IN: &str = include_str!("../../data/template/v1.txt");

static BUILT_IN_TEMPLATE: LazyLock<Option<Template>> = LazyLock::new(|| Template::parse(BUILT_IN.as_bytes()).ok());

/// [`BUILT_IN`], read; there always is one (a test reads it).
pub fn built_in() -> Option<&'static Template> {
    BUILT_IN_TEMPLATE.as_ref()
}
