//! The document of a contract as it is kept: which template, the filled values, what the parties
//! changed, and the printed text, in one record whose digest the parties sign.

use std::collections::BTreeMap;

use contract::model::{Changes, Difference, Values, differences, document_violations, supplement_of};
use kernel::Violation;
use ledger::Hash;
use serde::{Deserialize, Serialize};

use crate::refusal::Corrupt;
use crate::templates::TemplateText;

/// What the record calls itself.
const FORM: &str = "tutela-contract/2";

/// The record, members in the order of their canonical bytes (RFC 8785).
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Record {
    changes: BTreeMap<String, Option<String>>,
    form: String,
    template: String,
    text: String,
    values: BTreeMap<String, String>,
}

/// A contract's document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptDocument {
    /// Hash of the template version.
    pub template: Hash,
    /// The filled values.
    pub values: Values,
    /// What the parties changed of the printed clauses.
    pub changes: Changes,
    /// The printed text.
    pub text: String,
    bytes: Vec<u8>,
}

impl KeptDocument {
    /// Prints a template with values and changes.
    ///
    /// # Errors
    /// [`contract::model::PrintError`].
    pub fn print(
        template: &TemplateText,
        values: Values,
        changes: Changes,
    ) -> Result<KeptDocument, contract::model::PrintError> {
        let text = template.template.print(&values, &changes)?;
        let record = Record {
            changes: changes.all().clone(),
            form: FORM.to_owned(),
            template: template.hash.to_string(),
            text: text.clone(),
            values: values.all().clone(),
        };
        // A record of texts is always written.
        let bytes = serde_json::to_vec(&record).unwrap_or_default();
        Ok(KeptDocument { template: template.hash, values, changes, text, bytes })
    }

    /// Reads what was kept.
    ///
    /// # Errors
    /// [`Corrupt`] for other bytes than [`KeptDocument::bytes`] gave.
    pub fn open(bytes: &[u8]) -> Result<KeptDocument, Corrupt> {
        let corrupt = Corrupt { what: "document" };
        let record: Record = serde_json::from_slice(bytes).map_err(|_| corrupt)?;
        if record.form != FORM || serde_json::to_vec(&record).ok().as_deref() != Some(bytes) {
            return Err(corrupt);
        }
        Ok(KeptDocument {
            template: record.template.parse().map_err(|_| corrupt)?,
            values: Values::kept(record.values),
            changes: Changes::new(record.changes),
            text: record.text,
            bytes: bytes.to_vec(),
        })
    }

    /// The canonical bytes: what is kept, hashed and handed out.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// What the parties sign: covers template, values, changes and printed text.
    pub fn hash(&self) -> Hash {
        ledger::digest(ledger::tags::DOCUMENT, &self.bytes)
    }

    /// How it differs from its template.
    ///
    /// # Errors
    /// [`Corrupt`] when the values do not fill the template.
    pub fn differences(&self, template: &TemplateText) -> Result<Vec<Difference>, Corrupt> {
        self.is_of(template)?;
        differences(&template.template, &self.values, &self.text).map_err(|_| Corrupt { what: "document" })
    }

    /// Every rule that what the parties wrote breaks.
    ///
    /// # Errors
    /// [`Corrupt`] when the values do not fill the template.
    pub fn violations(&self, template: &TemplateText) -> Result<Vec<Violation>, Corrupt> {
        self.is_of(template)?;
        document_violations(&template.template, &self.values, &self.text).map_err(|_| Corrupt { what: "document" })
    }

    /// Terms that somebody should look at before signing.
    pub fn doubtful(&self) -> Vec<&'static str> {
        contract::checks::doubtful_terms(&supplement_of(&self.text))
    }

    fn is_of(&self, template: &TemplateText) -> Result<(), Corrupt> {
        if self.template == template.hash { Ok(()) } else { Err(Corrupt { what: "template of a document" }) }
    }
}
