//! The public look-up and the certificate: what a family needs to know before it pays.

use app::lookup::Found;
use app::read::InstitutionView;
use kernel::Day;
use registry::{Licence, ListKind};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::registry::ScopeBody;
use crate::w;
use crate::wire::Text;

/// What is looked for.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct LookupQuery {
    /// A licence number, a credit code, any part of a name, or the first letters of its pinyin.
    #[param(value_type = String)]
    pub q: w::Name,
    /// Only of this region or below.
    #[param(value_type = Option<w::RegionCode>)]
    pub region: Option<w::RegionCode>,
}

/// An institution that was found.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FoundBody {
    /// The institution.
    pub institution: w::InstitutionId,
    /// Its name.
    pub name: String,
    /// Its credit code.
    pub credit_code: w::CreditCode,
    /// Its county.
    pub region: w::RegionCode,
    /// Its state.
    pub state: w::InstitutionState,
    /// The list it stands on.
    pub listing: w::ListKind,
    /// Its licence's number.
    pub licence_number: Option<String>,
    /// Its licence.
    pub licence: Option<w::LicenceId>,
    /// How it was found: `licence_number`, `credit_code`, `prefix`, `infix`, `initials`.
    pub by: String,
}

impl From<Found> for FoundBody {
    fn from(found: Found) -> FoundBody {
        FoundBody {
            institution: Text(found.institution.id),
            name: found.name,
            credit_code: Text(found.institution.credit_code),
            region: Text(found.institution.region),
            state: Text(found.institution.state),
            listing: Text(found.institution.listing),
            licence_number: found.licence.as_ref().map(|licence| licence.number.clone()),
            licence: found.licence.map(|licence| Text(licence.id)),
            by: found.by.to_owned(),
        }
    }
}

/// The account into which fees are paid, and no other.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PayeeBody {
    /// The bank.
    pub bank: String,
    /// Name of the account.
    pub account_name: String,
    /// Number of the account.
    pub account_number: String,
}

/// The certificate as it is at this moment.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CertificateBody {
    /// The licence.
    pub id: w::LicenceId,
    /// Number printed on it.
    pub number: String,
    /// May the holder take new pupils and fees today?
    pub may_sell: bool,
    /// May it teach today?
    pub may_teach: bool,
    /// Its state.
    pub state: w::LicenceState,
    /// What that means, for a family.
    pub advice: String,
    /// The holder.
    pub institution: w::InstitutionId,
    /// Its name.
    pub name: String,
    /// Its credit code.
    pub credit_code: w::CreditCode,
    /// What may be taught, how and to whom.
    pub scope: ScopeBody,
    /// First day.
    pub valid_from_on: w::Day,
    /// Last day.
    pub valid_until_on: w::Day,
    /// The list it stands on.
    pub listing: w::ListKind,
    /// A change of who controls it is applied for.
    pub change_pending: bool,
    /// The account that may be paid; none: nothing may be paid in advance.
    pub payee: Option<PayeeBody>,
    /// The day of this answer.
    pub as_of_on: w::Day,
}

impl CertificateBody {
    /// A licence with its holder, today.
    pub fn of(licence: &Licence, view: &InstitutionView, payee: Option<PayeeBody>, today: Day, en: bool) -> Self {
        let institution = &view.institution;
        let change_pending = institution.control_change.is_some();
        let current = institution.licence == Some(licence.id);
        let may_sell = current
            && licence.in_force_on(today)
            && !change_pending
            && institution.listing != ListKind::Black
            && payee.is_some();
        let advice = match (may_sell, en) {
            (true, false) => "可以签约缴费；费用只能付入下列账户，收款户名不一致请勿付款并举报。",
            (true, true) => {
                "It may sell. Pay only into the account below; if the payee's name differs, do not pay, and report it."
            }
            (false, false) => "目前不得新签约收费，请勿付款；已缴费用可以申请退费。",
            (false, true) => "It may not sell now: do not pay. Fees already paid can be asked back.",
        };
        CertificateBody {
            id: Text(licence.id),
            number: licence.number.clone(),
            may_sell,
            may_teach: current && licence.may_teach_on(today),
            state: Text(licence.state),
            advice: advice.to_owned(),
            institution: Text(institution.id),
            name: view.name.clone(),
            credit_code: Text(institution.credit_code),
            scope: ScopeBody::from(&licence.scope),
            valid_from_on: Text(licence.valid_from_on),
            valid_until_on: Text(licence.valid_until_on),
            listing: Text(institution.listing),
            change_pending,
            payee: payee.filter(|_| current),
            as_of_on: Text(today),
        }
    }
}
