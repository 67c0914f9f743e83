//! Institutions, applications, licences, lists.

use std::collections::BTreeSet;

use app::drafting::NewInstitution;
use app::read::{InstitutionQuery, InstitutionView, ListedInstitution, NamedInstitution, Page};
use kernel::{InstitutionId, Scope};
use registry::{Licence, Listing};
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
    /// The last entry that is counted, where a day of the past was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub as_of_seq: Option<w::Seq>,
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
            as_of_seq: None,
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

/// A day of the past.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OnQuery {
    /// As it stood at the end of this day; now where nothing is said.
    #[param(value_type = Option<w::Day>)]
    pub on: Option<w::Day>,
}

impl From<app::record::InstitutionThen> for InstitutionBody {
    fn from(then: app::record::InstitutionThen) -> InstitutionBody {
        let licence = then.licence.as_ref().map(LicenceBody::from);
        let named = NamedInstitution { institution: then.institution, name: Some(then.name) };
        InstitutionBody { licence, as_of_seq: Some(Text(then.as_of_seq)), ..InstitutionBody::from(named) }
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
    /// Cause by its code; on the black list one of the grounds of the place.
    #[serde(default)]
    pub cause_code: Option<w::Code>,
    /// Last day to put things right; the term of the place where nothing is said.
    #[serde(default)]
    pub rectify_by_on: Option<w::Day>,
    /// Last day on the list; the term of the place where nothing is said.
    #[serde(default)]
    pub until_on: Option<w::Day>,
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
    /// Cause by its code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause_code: Option<String>,
    /// Last day to object.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub objection_by_on: Option<w::Day>,
    /// Last day to put things right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rectify_by_on: Option<w::Day>,
    /// Last day on the list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until_on: Option<w::Day>,
    /// The last step after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<w::ListingStep>,
}

impl From<Listing> for ListingBody {
    fn from(listing: Listing) -> ListingBody {
        ListingBody {
            id: Text(listing.id),
            institution: Text(listing.institution),
            list: Text(listing.list),
            published_on: Text(listing.published_on),
            seq: Some(Text(listing.seq)),
            cause_code: listing.cause_code,
            objection_by_on: listing.objection_by_on.map(Text),
            rectify_by_on: listing.rectify_by_on.map(Text),
            until_on: listing.until_on.map(Text),
            step: listing.step.map(Text),
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
