//! An existing registry from a file.

use app::Outcome;
use app::registry_import::{Fault, Preview};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::w;
use crate::wire::Text;

/// Where to, and whether.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ImportQuery {
    /// The county.
    #[param(value_type = w::RegionCode)]
    pub region: w::RegionCode,
    /// Take it over, if nothing is wrong; without it the file is only looked at.
    #[param(value_type = Option<w::Flag>)]
    pub commit: Option<w::Flag>,
}

impl ImportQuery {
    /// Is it to be taken over?
    pub fn commits(&self) -> bool {
        self.commit.is_some_and(|flag| flag.0)
    }
}

/// A fault of a file.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ImportFaultBody {
    /// Number of the row in the file, from 1.
    pub row: u32,
    /// The column.
    pub column: String,
    /// What is wrong, by its code.
    pub fault: String,
    /// What is wrong, in Chinese.
    pub zh: String,
    /// What is wrong, in English.
    pub en: String,
}

impl From<Fault> for ImportFaultBody {
    fn from(fault: Fault) -> ImportFaultBody {
        ImportFaultBody {
            row: fault.row,
            column: fault.column,
            fault: fault.fault.to_string(),
            zh: fault.fault.zh().to_owned(),
            en: fault.fault.en().to_owned(),
        }
    }
}

/// What is in a file, and what became of it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ImportBody {
    /// Was it taken over?
    pub committed: bool,
    /// Rows read.
    pub rows: usize,
    /// Rows that have nothing wrong.
    pub fit: usize,
    /// Of these, with a licence.
    pub licences: usize,
    /// All faults.
    pub faults_count: usize,
    /// The first 200 of them, in the order of the rows.
    pub faults: Vec<ImportFaultBody>,
    /// The first entry that was appended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_seq: Option<w::Seq>,
    /// The last entry that was appended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_seq: Option<w::Seq>,
}

impl ImportBody {
    /// From what was read, and what was appended.
    pub fn of(preview: Preview, outcome: Option<Outcome>) -> ImportBody {
        let seq = |entry: Option<&app::EntryRef>| entry.map(|entry| Text(entry.seq));
        ImportBody {
            committed: outcome.is_some(),
            rows: preview.rows,
            fit: preview.fit,
            licences: preview.licences,
            faults_count: preview.faults_count,
            faults: preview.faults.into_iter().map(ImportFaultBody::from).collect(),
            first_seq: outcome.as_ref().and_then(|outcome| seq(outcome.entries.first())),
            last_seq: outcome.as_ref().and_then(|outcome| seq(outcome.entries.last())),
        }
    }
}
