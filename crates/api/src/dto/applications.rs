//! Applications for a licence: papers, wishes, steps, the queue.

use app::papers::ApplicationPaper;
use app::verbs::{Document, GrantedLicence};
use kernel::LicenceId;
use registry::Application;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::registry::{LicenceBody, ScopeBody};
use crate::problem::Problem;
use crate::problem_type::ProblemType;
use crate::w;
use crate::wire::{Expected, Text};

/// A paper that is handed in: only its hash is kept.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DocumentRequest {
    /// What it is.
    pub kind: w::Code,
    /// SHA-256 of the file.
    pub sha256: w::Hash,
}

/// An application for a licence.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApplicationRequest {
    /// What is asked for.
    pub kind: w::ApplicationKind,
    /// For what; the scope held or registered where nothing is said.
    #[serde(default)]
    pub scope: Option<ScopeBody>,
    /// Papers.
    #[serde(default)]
    pub documents: Vec<DocumentRequest>,
    /// What a change is to be: only for changes of name, address, promoter, legal representative and
    /// capital, and for a branch. Not in the ledger; a commitment to it is.
    #[serde(default)]
    pub wish: Option<WishRequest>,
}

/// What a change is to be; what is not named stays.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WishRequest {
    /// The new name.
    #[serde(default)]
    pub name: Option<w::Name>,
    /// The new address, or the branch's.
    #[serde(default)]
    pub address: Option<w::Address>,
    /// The new promoter.
    #[serde(default)]
    pub promoter: Option<w::Name>,
    /// The new legal representative.
    #[serde(default)]
    pub legal_representative: Option<w::Name>,
    /// The new capital, fen.
    #[serde(default)]
    pub capital_fen: Option<w::NonNegative>,
}

impl WishRequest {
    /// As the record has it.
    pub fn record(&self) -> serde_json::Value {
        let text = |value: Option<&str>| value.map(serde_json::Value::from);
        let members = [
            ("address", text(self.address.as_ref().map(|v| v.0.as_str()))),
            ("capital_fen", self.capital_fen.map(|v| v.0.fen().to_string().into())),
            ("legal_representative", text(self.legal_representative.as_ref().map(|v| v.0.as_str()))),
            ("name", text(self.name.as_ref().map(|v| v.0.as_str()))),
            ("promoter", text(self.promoter.as_ref().map(|v| v.0.as_str()))),
        ];
        members.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))).collect()
    }
}

/// The papers.
pub fn documents(papers: &[DocumentRequest]) -> Vec<Document> {
    papers.iter().map(|d| Document { kind: d.kind.0.clone(), sha256: d.sha256.0 }).collect()
}

/// An application.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ApplicationBody {
    /// Id.
    pub id: w::ApplicationId,
    /// Who asks.
    pub institution: w::InstitutionId,
    /// What is asked for.
    pub kind: w::ApplicationKind,
    /// Where it stands.
    pub state: w::ApplicationState,
    /// Last day for the decision, from acceptance; before it, no later than this. None while the
    /// applicant corrects, and while that year's calendar is not known.
    pub decide_by_on: Option<w::Day>,
    /// How often it was moved on: what `If-Match` names.
    pub version: u32,
    /// Last day for acceptance or the notice to correct.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accept_by_on: Option<w::Day>,
    /// Last day for the corrections.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correct_by_on: Option<w::Day>,
    /// Working days left of the clock that runs now; negative when it is past.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days_left: Option<i32>,
    /// Day of acceptance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accepted_on: Option<w::Day>,
    /// What the site check found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site_check: Option<w::SiteCheckResult>,
    /// The advice of the review.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub advice: Option<w::Decision>,
    /// Day it was handed in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub submitted_on: Option<w::Day>,
    /// For what.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<ScopeBody>,
    /// Barred institutions to which the applicant is tied, with the path; for regulators, of one application.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ties: Vec<super::records::ControlPathBody>,
    /// The licence that a grant issued.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub licence: Option<LicenceBody>,
    /// The papers that were handed in; of one application, for those who may see the files.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub papers: Vec<ApplicationPaperBody>,
    /// What a change is to be; of one application, for the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub wish: Option<serde_json::Value>,
    /// What the notice asks to correct; of one application, for the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correction: Option<String>,
}

/// A paper of an application.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ApplicationPaperBody {
    /// What it is.
    pub kind: w::Code,
    /// SHA-256 of the file.
    pub sha256: w::Hash,
    /// The day on which it was named.
    pub named_on: w::Day,
    /// The entry that names it.
    pub seq: w::Seq,
    /// Is it of the check of the site, not of the applicant?
    pub of_site_check: bool,
    /// What the file is; absent where only the hash is known here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_type: Option<String>,
    /// Length of the file; absent where only the hash is known here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
}

impl From<ApplicationPaper> for ApplicationPaperBody {
    fn from(named: ApplicationPaper) -> ApplicationPaperBody {
        ApplicationPaperBody {
            kind: Text(named.paper.kind),
            sha256: Text(named.paper.sha256),
            named_on: Text(named.named_on),
            seq: Text(named.seq),
            of_site_check: named.of_site_check,
            bytes: named.file.as_ref().map(|file| file.bytes),
            media_type: named.file.map(|file| file.media_type),
        }
    }
}

impl ApplicationBody {
    /// With the days left as they are counted today.
    pub fn of(application: Application, days_left: Option<i32>) -> ApplicationBody {
        ApplicationBody {
            version: application.version,
            accept_by_on: application.accept_by_on.map(Text),
            correct_by_on: application.correct_by_on.map(Text),
            days_left,
            accepted_on: application.accepted_on.map(Text),
            site_check: application.site_check.map(Text),
            advice: application.advice.map(Text),
            id: Text(application.id),
            institution: Text(application.institution),
            kind: Text(application.kind),
            state: Text(application.state),
            decide_by_on: application.decide_by_on.map(Text),
            submitted_on: Some(Text(application.submitted_on)),
            scope: Some(ScopeBody::from(&application.scope)),
            ties: Vec::new(),
            licence: None,
            papers: Vec::new(),
            wish: None,
            correction: None,
        }
    }
}

/// A decision on an application.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DecisionRequest {
    /// Yes or no.
    pub decision: w::Decision,
    /// Number of the licence; for a grant.
    #[serde(default)]
    pub licence_number: Option<w::LicenceNumber>,
    /// Its first day; for a grant.
    #[serde(default)]
    pub valid_from_on: Option<w::Day>,
    /// Its last day; for a grant.
    #[serde(default)]
    pub valid_until_on: Option<w::Day>,
    /// The reasons. Not in the ledger; a commitment to them is.
    #[serde(default)]
    pub reason: Option<w::Reasons>,
}

impl DecisionRequest {
    /// The licence to be granted; none where nothing of it is said.
    ///
    /// # Errors
    /// A licence without number or days.
    pub fn licence(&self, id: LicenceId) -> Result<Option<GrantedLicence>, Problem> {
        let missing = |field: &'static str| {
            let detail = Expected::of("准予许可须写明该项。", "A grant needs it.");
            Problem::of(ProblemType::InvalidField).field(field).detail(detail)
        };
        if self.licence_number.is_none() && self.valid_from_on.is_none() && self.valid_until_on.is_none() {
            return Ok(None);
        }
        let number = self.licence_number.as_ref().ok_or_else(|| missing("licence_number"))?;
        Ok(Some(GrantedLicence {
            licence: id,
            number: number.0.clone(),
            valid_from_on: self.valid_from_on.ok_or_else(|| missing("valid_from_on"))?.0,
            valid_until_on: self.valid_until_on.ok_or_else(|| missing("valid_until_on"))?.0,
        }))
    }
}

/// Corrections: an officer says what is to be corrected (`what`), once; the applicant hands in the
/// corrected papers (`documents`).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CorrectionRequest {
    /// All that is to be corrected. Not in the ledger; a commitment to it is.
    #[serde(default)]
    pub what: Option<w::Reasons>,
    /// Last day for the corrections.
    #[serde(default)]
    pub correct_by_on: Option<w::Day>,
    /// Corrected papers.
    #[serde(default)]
    pub documents: Vec<DocumentRequest>,
}

/// A site check by the caller and a second officer.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SiteCheckRequest {
    /// The second officer.
    pub second_officer: w::UserId,
    /// Day of the check.
    pub checked_on: w::Day,
    /// What was found.
    pub result: w::SiteCheckResult,
    /// The findings in words. Not in the ledger; a commitment to them is.
    #[serde(default)]
    pub findings: Option<w::Reasons>,
    /// Minutes and pictures.
    #[serde(default)]
    pub documents: Vec<DocumentRequest>,
}

/// An officer's advice on the decision.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReviewRequest {
    /// The advice.
    pub advice: w::Decision,
    /// The opinion in words. Not in the ledger; a commitment to it is.
    #[serde(default)]
    pub opinion: Option<w::Reasons>,
}

/// The end of an application without a decision.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EndingRequest {
    /// `withdrawn` by the applicant; `not_corrected`, `not_accepted` by an officer.
    pub cause: w::ApplicationEndCause,
    /// The reason in words. Not in the ledger; a commitment to it is.
    #[serde(default)]
    pub reason: Option<w::Reasons>,
}

/// Which applications of the queue.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct QueueQuery {
    /// Only of this region or below; one's own where nothing is said.
    #[param(value_type = Option<w::RegionCode>)]
    pub region: Option<w::RegionCode>,
    /// Only in this state; all that are under way where nothing is said.
    #[param(value_type = Option<w::ApplicationState>)]
    pub state: Option<w::ApplicationState>,
    /// Only of this kind.
    #[param(value_type = Option<w::ApplicationKind>)]
    pub kind: Option<w::ApplicationKind>,
    /// Items of a page, at most 200.
    #[param(value_type = Option<w::PageLimit>)]
    pub limit: Option<w::PageLimit>,
    /// The `next` of the page before.
    #[param(value_type = Option<w::Cursor>)]
    pub after: Option<w::Cursor>,
}
