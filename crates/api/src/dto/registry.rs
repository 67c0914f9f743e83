//! Institutions, applications, licences, lists.

use std::collections::BTreeSet;

use app::drafting::NewInstitution;
use app::read::{InstitutionQuery, InstitutionView, ListedInstitution, NamedInstitution, Page};
use app::verbs::{Document, GrantedLicence};
use kernel::{InstitutionId, LicenceId, Scope};
use registry::{Application, Licence, Listing};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::extract::page;
use crate::problem::Problem;
use crate::problem_type::ProblemType;
use crate::w;
use crate::wire::{Expected, Text};

/// An empty body.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

/// A custody account.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CustodyAccountRequest {
    /// The bank.
    pub bank: w::Name,
    /// Name of the account.
    pub account_name: w::Name,
    /// Number of the account.
    pub account_number: w::Short,
}

/// A custody account, for those who may see it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct CustodyAccountBody {
    /// The bank.
    pub bank: String,
    /// Name of the account.
    pub account_name: String,
    /// Number of the account.
    pub account_number: String,
}

/// A new institution.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InstitutionRequest {
    /// Credit code, with its check character.
    pub credit_code: w::CreditCode,
    /// Name.
    pub name: w::Name,
    /// Legal representative.
    pub legal_representative: w::Name,
    /// Address of teaching.
    pub address: w::Address,
    /// The county that supervises it.
    pub region: w::RegionCode,
    /// Category.
    pub category: w::Category,
    /// At least one.
    pub modes: Vec<w::Mode>,
    /// At least one.
    pub stages: Vec<w::Stage>,
    /// Where prepaid fees go, if it is known already.
    #[serde(default)]
    pub custody_account: Option<CustodyAccountRequest>,
}

/// What is taught, how and to whom.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ScopeBody {
    /// Category.
    pub category: w::Category,
    /// At least one.
    pub modes: Vec<w::Mode>,
    /// At least one.
    pub stages: Vec<w::Stage>,
}

fn set<T: Ord + Copy>(field: &str, words: &[Text<T>]) -> Result<BTreeSet<T>, Problem> {
    if words.is_empty() {
        let detail = Expected::of("至少须有一项。", "At least one is needed.");
        return Err(Problem::of(ProblemType::InvalidField).field(field).detail(detail));
    }
    Ok(words.iter().map(|word| word.0).collect())
}

impl ScopeBody {
    /// As the domain has it.
    ///
    /// # Errors
    /// An empty list, named under `prefix`.
    pub fn scope(&self, prefix: &str) -> Result<Scope, Problem> {
        Ok(Scope {
            category: self.category.0,
            modes: set(&format!("{prefix}modes"), &self.modes)?,
            stages: set(&format!("{prefix}stages"), &self.stages)?,
        })
    }
}

impl From<&Scope> for ScopeBody {
    fn from(scope: &Scope) -> ScopeBody {
        ScopeBody {
            category: Text(scope.category),
            modes: scope.modes.iter().copied().map(Text).collect(),
            stages: scope.stages.iter().copied().map(Text).collect(),
        }
    }
}

impl TryFrom<InstitutionRequest> for NewInstitution {
    type Error = Problem;
    fn try_from(body: InstitutionRequest) -> Result<NewInstitution, Problem> {
        let scope = ScopeBody { category: body.category, modes: body.modes, stages: body.stages }.scope("")?;
        Ok(NewInstitution {
            credit_code: body.credit_code.0,
            name: body.name.0,
            legal_representative: body.legal_representative.0,
            address: body.address.0,
            region: body.region.0,
            scope,
            custody_account: body.custody_account.map(|account| contract::CustodyAccount {
                bank: account.bank.0,
                account_name: account.account_name.0,
                account_number: account.account_number.0,
            }),
        })
    }
}

/// An institution: its public part, and the rest for those who may see it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct InstitutionBody {
    /// Id.
    pub id: w::InstitutionId,
    /// State, from the current licence.
    pub state: w::InstitutionState,
    /// The list it stands on.
    pub listing: w::ListKind,
    /// Name.
    pub name: String,
    /// Credit code.
    pub credit_code: w::CreditCode,
    /// The county that supervises it.
    pub region: w::RegionCode,
    /// Category registered for.
    pub category: w::Category,
    /// Modes registered for.
    pub modes: Vec<w::Mode>,
    /// Stages registered for.
    pub stages: Vec<w::Stage>,
    /// The current or last licence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub licence: Option<LicenceBody>,
    /// Only for those who may see it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub legal_representative: Option<String>,
    /// Only for those who may see it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Only for those who may see it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custody_account: Option<CustodyAccountBody>,
}

impl From<NamedInstitution> for InstitutionBody {
    fn from(NamedInstitution { institution, name }: NamedInstitution) -> InstitutionBody {
        let ScopeBody { category, modes, stages } = ScopeBody::from(&institution.scope);
        InstitutionBody {
            id: Text(institution.id),
            state: Text(institution.state),
            listing: Text(institution.listing),
            name: name.unwrap_or_default(),
            credit_code: Text(institution.credit_code),
            region: Text(institution.region),
            category,
            modes,
            stages,
            licence: None,
            legal_representative: None,
            address: None,
            custody_account: None,
        }
    }
}

impl From<InstitutionView> for InstitutionBody {
    fn from(view: InstitutionView) -> InstitutionBody {
        let (representative, address, account) = view.profile.map_or((None, None, None), |profile| {
            let account = profile.custody_account.map(|account| CustodyAccountBody {
                bank: account.bank,
                account_name: account.account_name,
                account_number: account.account_number,
            });
            (Some(profile.legal_representative), Some(profile.address), account)
        });
        InstitutionBody {
            licence: view.licence.as_ref().map(LicenceBody::from),
            legal_representative: representative,
            address,
            custody_account: account,
            ..InstitutionBody::from(NamedInstitution { institution: view.institution, name: Some(view.name) })
        }
    }
}

/// Filters of the list of institutions.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct InstitutionFilter {
    /// Only of this region or below.
    #[param(value_type = Option<w::RegionCode>)]
    pub region: Option<w::RegionCode>,
    /// Only in this state.
    #[param(value_type = Option<w::InstitutionState>)]
    pub state: Option<w::InstitutionState>,
    /// Only on this list.
    #[param(value_type = Option<w::ListKind>)]
    pub listing: Option<w::ListKind>,
    /// Only with this in the name.
    #[param(value_type = Option<String>)]
    pub name: Option<w::Name>,
    /// Items of a page, at most 200.
    #[param(value_type = Option<w::PageLimit>)]
    pub limit: Option<w::PageLimit>,
    /// The `next` of the page before.
    #[param(value_type = Option<w::Cursor>)]
    pub after: Option<w::Cursor>,
}

impl InstitutionFilter {
    /// As the use cases take it.
    pub fn query(self) -> (InstitutionQuery, Page) {
        let query = InstitutionQuery {
            region: self.region.map(|region| region.0),
            state: self.state.map(|state| state.0),
            listing: self.listing.map(|list| list.0),
            name: self.name.map(|name| name.0),
        };
        (query, page(self.limit, self.after))
    }
}

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
}

impl ApplicationRequest {
    /// The papers.
    pub fn documents(&self) -> Vec<Document> {
        self.documents.iter().map(|d| Document { kind: d.kind.0.clone(), sha256: d.sha256.0 }).collect()
    }
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
    /// Last day for the decision; none while that year's calendar is not known.
    pub decide_by_on: Option<w::Day>,
    /// Day it was handed in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub submitted_on: Option<w::Day>,
    /// For what.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<ScopeBody>,
    /// The licence that a grant issued.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub licence: Option<LicenceBody>,
}

impl From<Application> for ApplicationBody {
    fn from(application: Application) -> ApplicationBody {
        ApplicationBody {
            id: Text(application.id),
            institution: Text(application.institution),
            kind: Text(application.kind),
            state: Text(application.state),
            decide_by_on: application.decide_by_on.map(Text),
            submitted_on: Some(Text(application.submitted_on)),
            scope: Some(ScopeBody::from(&application.scope)),
            licence: None,
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

/// A licence.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct LicenceBody {
    /// Id.
    pub id: w::LicenceId,
    /// The holder.
    pub institution: w::InstitutionId,
    /// Number printed on it.
    pub number: String,
    /// Where it stands.
    pub state: w::LicenceState,
    /// What it permits.
    pub scope: ScopeBody,
    /// First day.
    pub valid_from_on: w::Day,
    /// Last day.
    pub valid_until_on: w::Day,
    /// First day of a decided revocation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked_from_on: Option<w::Day>,
}

impl From<&Licence> for LicenceBody {
    fn from(licence: &Licence) -> LicenceBody {
        LicenceBody {
            id: Text(licence.id),
            institution: Text(licence.institution),
            number: licence.number.clone(),
            state: Text(licence.state),
            scope: ScopeBody::from(&licence.scope),
            valid_from_on: Text(licence.valid_from_on),
            valid_until_on: Text(licence.valid_until_on),
            revoked_from_on: licence.revoked_from_on.map(Text),
        }
    }
}

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
    /// `proposed` or `decided`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revocation: Option<String>,
}

/// A decision on a list.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ListingRequest {
    /// Which list; `none` takes the institution off.
    pub list: w::ListKind,
    /// The facts. Not in the ledger; a commitment to them is.
    #[serde(default)]
    pub cause: Option<w::Reasons>,
    /// The law. Not in the ledger; a commitment to it is.
    #[serde(default)]
    pub basis: Option<w::Reasons>,
    /// Day of publication.
    pub published_on: w::Day,
}

/// A decision on a list.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ListingBody {
    /// Id.
    pub id: w::ListingId,
    /// About whom.
    pub institution: w::InstitutionId,
    /// Which list.
    pub list: w::ListKind,
    /// Day of publication.
    pub published_on: w::Day,
    /// Entry that decided it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seq: Option<w::Seq>,
}

impl From<Listing> for ListingBody {
    fn from(listing: Listing) -> ListingBody {
        ListingBody {
            id: Text(listing.id),
            institution: Text(listing.institution),
            list: Text(listing.list),
            published_on: Text(listing.published_on),
            seq: Some(Text(listing.seq)),
        }
    }
}

/// An institution on a public list.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ListedBody {
    /// The institution.
    pub institution: w::InstitutionId,
    /// Its name.
    pub name: String,
    /// Its credit code.
    pub credit_code: w::CreditCode,
    /// Its county.
    pub region: w::RegionCode,
    /// Its category.
    pub category: w::Category,
    /// Its state.
    pub state: w::InstitutionState,
    /// The list.
    pub list: w::ListKind,
    /// Day of publication.
    pub published_on: Option<w::Day>,
    /// The decision.
    pub listing: Option<w::ListingId>,
}

impl From<ListedInstitution> for ListedBody {
    fn from(listed: ListedInstitution) -> ListedBody {
        let NamedInstitution { institution, name } = listed.institution;
        let id: InstitutionId = institution.id;
        ListedBody {
            institution: Text(id),
            name: name.unwrap_or_default(),
            credit_code: Text(institution.credit_code),
            region: Text(institution.region),
            category: Text(institution.scope.category),
            state: Text(institution.state),
            list: Text(institution.listing),
            published_on: listed.listing.as_ref().map(|listing| Text(listing.published_on)),
            listing: listed.listing.map(|listing| Text(listing.id)),
        }
    }
}

/// Filters of a public list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListFilter {
    /// Only of this region or below.
    #[param(value_type = Option<w::RegionCode>)]
    pub region: Option<w::RegionCode>,
    /// Items of a page, at most 200.
    #[param(value_type = Option<w::PageLimit>)]
    pub limit: Option<w::PageLimit>,
    /// The `next` of the page before.
    #[param(value_type = Option<w::Cursor>)]
    pub after: Option<w::Cursor>,
}
