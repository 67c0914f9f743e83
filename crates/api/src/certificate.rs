//! A licence as it is printed: what the registry knows, in the words of the certificate.

use app::drafting::ProfileDetails;
use document::{Code, RenderError, Rendered};
use kernel::Day;
use registry::{Institution, Licence};

/// What a certificate is made of.
pub struct Certificate {
    /// The licence.
    pub licence: Licence,
    /// Name of the holder.
    pub name: String,
    /// The holder.
    pub institution: Institution,
    /// Who represents it, where it is, which account may be paid.
    pub profile: ProfileDetails,
    /// Leads to its live state.
    pub code: Option<Code>,
}

impl Certificate {
    /// The PDF, printed on a day.
    ///
    /// # Errors
    /// [`RenderError`].
    pub fn pdf(self, today: Day) -> Result<Rendered, RenderError> {
        let Certificate { licence, name, institution, profile, code } = self;
        let joined = |words: Vec<&str>| words.join("、");
        let modes = joined(licence.scope.modes.iter().map(|mode| mode.zh()).collect());
        let stages = joined(licence.scope.stages.iter().map(|stage| stage.zh()).collect());
        let (from, until) = (licence.valid_from_on.to_string(), licence.valid_until_on.to_string());
        let (printed_on, leaf) = (today.to_string(), ledger::Hash::new(institution.last_leaf).to_string());
        let (authority, credit_code) = (institution.region.to_string(), institution.credit_code.to_string());
        let account = profile.custody_account.as_ref();
        let certificate = document::Licence {
            number: &licence.number,
            name: &name,
            credit_code: &credit_code,
            legal_representative: &profile.legal_representative,
            address: &profile.address,
            category: licence.scope.category.zh(),
            modes: &modes,
            stages: &stages,
            authority: &authority,
            valid: (&from, &until),
            state: licence.state.zh(),
            printed_on: &printed_on,
            payee: account.map(|account| (&*account.bank, &*account.account_name, &*account.account_number)),
            leaf_hash: &leaf,
            code,
        };
        document::pdf(&certificate.printout(&certificate.text()))
    }
}
