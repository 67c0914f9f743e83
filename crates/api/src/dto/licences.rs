//! Licences: looking up, what is ordered of them, hearings, revocation, carry-over.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::applications::DocumentRequest;
use crate::w;

/// Looks a licence up.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct LicenceNumberQuery {
    /// Number printed on it.
    #[param(value_type = String)]
    pub number: w::LicenceNumber,
}

/// Reasons of a decision. Not in the ledger; a commitment to them is.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReasonRequest {
    /// The reasons.
    #[serde(default)]
    pub reason: Option<w::Reasons>,
}

/// A revocation, proposed or decided by the duty of the caller.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RevocationRequest {
    /// The ground by its code.
    pub reason_code: w::Code,
    /// Facts and law. Not in the ledger; a commitment to them is.
    #[serde(default)]
    pub basis: Option<w::Reasons>,
    /// First day without the licence.
    pub effective_on: w::Day,
}

/// What became of a licence.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct LicenceChangeBody {
    /// Id.
    pub id: w::LicenceId,
    /// The holder.
    pub institution: w::InstitutionId,
    /// Where it stands now.
    pub state: w::LicenceState,
    /// The hold that came with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold: Option<w::HoldId>,
    /// First day of a revocation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective_on: Option<w::Day>,
    /// Last day for the holder to ask for a hearing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hearing_by_on: Option<w::Day>,
    /// Day of the hearing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hearing_on: Option<w::Day>,
    /// What was ordered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measure: Option<w::LicenceMeasure>,
    /// Last day to comply.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until_on: Option<w::Day>,
    /// Result of the annual inspection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grade: Option<w::InspectionGrade>,
    /// Year of the annual inspection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub year: Option<u16>,
    /// Last day of the public notice of the annual inspection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_until_on: Option<w::Day>,
    /// `proposed`, `decided`, `dropped`, or where the hearing stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revocation: Option<String>,
}

/// A measure short of suspension.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MeasureRequest {
    /// What.
    pub measure: w::LicenceMeasure,
    /// Reason by its code.
    pub reason_code: w::Code,
    /// Last day to comply; the term of the place where nothing is said.
    #[serde(default)]
    pub until_on: Option<w::Day>,
    /// Facts and law. Not in the ledger; a commitment to them is.
    #[serde(default)]
    pub basis: Option<w::Reasons>,
}

/// The lifting of a measure.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MeasureLiftRequest {
    /// What.
    pub measure: w::LicenceMeasure,
    /// Why. Not in the ledger; a commitment to it is.
    #[serde(default)]
    pub reason: Option<w::Reasons>,
}

/// The annual inspection of a licence.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnnualInspectionRequest {
    /// The year inspected.
    pub year: u16,
    /// Its result.
    pub grade: w::InspectionGrade,
    /// What was found. Not in the ledger; a commitment to it is.
    #[serde(default)]
    pub findings: Option<w::Reasons>,
}

/// A step between the proposal of a revocation and its decision.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HearingRequest {
    /// The holder: `hearing_asked`, `hearing_waived`; an officer: `hearing_set`, `hearing_held`, `dropped`.
    pub step: w::RevocationStep,
    /// Day of the hearing.
    #[serde(default)]
    pub held_on: Option<w::Day>,
    /// What was said. Not in the ledger; a commitment to it is.
    #[serde(default)]
    pub words: Option<w::Reasons>,
}

/// A licence that is older than the ledger.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CarryOverRequest {
    /// Number printed on it.
    pub licence_number: w::LicenceNumber,
    /// Its first day, before the ledger was opened.
    pub valid_from_on: w::Day,
    /// Its last day.
    pub valid_until_on: w::Day,
    /// The licence itself, and what else proves it; at least one.
    pub documents: Vec<DocumentRequest>,
    /// Why it is carried over. Not in the ledger; a commitment to it is.
    #[serde(default)]
    pub reason: Option<w::Reasons>,
}
