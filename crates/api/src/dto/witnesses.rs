//! Witnesses of a ledger, and what a receipt says of them.

use app::proofs::ReceiptFile;
use app::witnesses::{WitnessInfo, WitnessReport};
use kernel::Instant;
use ledger::log_policy::WitnessedBy;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::w;
use crate::wire::Text;

/// The witnesses of a ledger.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct WitnessesBody {
    /// Entries that the latest checkpoint covers.
    pub checkpoint_size: w::Seq,
    /// Fewest witnesses that are enough; 0 where nobody is asked.
    pub witnesses_min: w::Seq,
    /// Did enough of them cosign the latest checkpoint? Absent where nobody is asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quorum_met: Option<bool>,
    /// Entries that the newest checkpoint covers which enough of them cosigned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quorum_size: Option<w::Seq>,
    /// Each of them.
    pub witnesses: Vec<WitnessBody>,
}

/// A witness.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct WitnessBody {
    /// Its name in the policy.
    pub name: String,
    /// Its key, as C2SP signed notes write it.
    pub vkey: String,
    /// Entries that the largest checkpoint covers which it cosigned here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cosigned_size: Option<w::Seq>,
    /// When it cosigned that, by its own clock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cosigned_at: Option<w::Instant>,
    /// Seconds since then; 0 where its clock is ahead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub age_seconds: Option<w::Seq>,
    /// Why it did not cosign when it was asked last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_error: Option<w::WitnessTrouble>,
    /// When that was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_error_at: Option<w::Instant>,
}

/// Unix seconds as an instant; none outside 1990 to 2199.
fn instant(seconds: u64) -> Option<Instant> {
    let micros = i64::try_from(seconds).ok()?.checked_mul(1_000_000)?;
    Instant::try_from_micros(micros).ok()
}

impl WitnessesBody {
    /// As it is when the latest checkpoint covers `signed` entries.
    pub fn new(report: WitnessReport, signed: u64, now: Instant) -> WitnessesBody {
        let asked = report.fewest > 0;
        WitnessesBody {
            checkpoint_size: Text(signed),
            witnesses_min: Text(u64::try_from(report.fewest).unwrap_or(u64::MAX)),
            quorum_met: asked.then_some(report.met_size == Some(signed)),
            quorum_size: report.met_size.map(Text),
            witnesses: report.witnesses.into_iter().map(|witness| WitnessBody::new(witness, now)).collect(),
        }
    }
}

impl WitnessBody {
    fn new(info: WitnessInfo, now: Instant) -> WitnessBody {
        let cosigned_at = info.last.and_then(|(_, seconds)| instant(seconds));
        let age = cosigned_at.map(|at| now.micros().saturating_sub(at.micros()) / 1_000_000);
        WitnessBody {
            name: info.name,
            vkey: info.vkey,
            cosigned_size: info.last.map(|(size, _)| Text(size)),
            cosigned_at: cosigned_at.map(Text),
            age_seconds: age.map(|age| Text(u64::try_from(age).unwrap_or(0))),
            last_error: info.trouble.map(|(trouble, _)| Text(trouble)),
            last_error_at: info.trouble.map(|(_, at)| Text(at)),
        }
    }
}

/// A receipt, and who witnessed its checkpoint.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ReceiptBody {
    /// The file that verifies without this server.
    pub receipt: String,
    /// Entries that its checkpoint covers.
    pub checkpoint_size: w::Seq,
    /// Who of the ledger's witnesses cosigned that checkpoint.
    pub cosigned_by: Vec<CosignedBody>,
    /// Are they enough? Absent where nobody is asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quorum_met: Option<bool>,
}

/// A witness that cosigned.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct CosignedBody {
    /// Its name in the policy.
    pub name: String,
    /// When, by its own clock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cosigned_at: Option<w::Instant>,
}

impl From<ReceiptFile> for ReceiptBody {
    fn from(file: ReceiptFile) -> ReceiptBody {
        let quorum_met = file.evaluation.as_ref().map(|evaluation| evaluation.met);
        let cosigned = |WitnessedBy { name, time }: WitnessedBy| {
            time.map(|time| CosignedBody { name, cosigned_at: instant(time).map(Text) })
        };
        let witnesses = file.evaluation.map(|evaluation| evaluation.witnesses).unwrap_or_default();
        ReceiptBody {
            receipt: file.text,
            checkpoint_size: Text(file.size),
            cosigned_by: witnesses.into_iter().filter_map(cosigned).collect(),
            quorum_met,
        }
    }
}
