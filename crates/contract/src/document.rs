//! What a contract names beside its terms, and the values that these give to the blanks of the model
//! contract ([`crate::model`]). The hash of what is printed from them goes into the ledger.

use std::fmt::Write;

use kernel::{ClassHours, Day, Fen, Mode, fen::FenError};

use crate::Terms;
use crate::amount::amount_in_words;
use crate::model::{PROJECT_TYPES, Values, field};

/// Party A, as its registration and licence say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstitutionParty {
    /// Name.
    pub name: String,
    /// Unified social credit code.
    pub credit_code: String,
    /// Address of teaching.
    pub address: String,
    /// Legal representative.
    pub legal_representative: String,
    /// Number of the licence.
    pub licence_number: String,
    /// Last day of the licence.
    pub licence_valid_until_on: Day,
}

/// The account into which fees are paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustodyAccount {
    /// The bank.
    pub bank: String,
    /// Name of the account.
    pub account_name: String,
    /// Number of the account.
    pub account_number: String,
}

/// Party B.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GuardianParty {
    /// Name.
    pub name: String,
    /// Phone.
    pub phone: String,
    /// Kind of identity document.
    pub id_kind: String,
    /// Its number.
    pub id_number: String,
    /// Relation to the pupil.
    pub relation: String,
    /// Address.
    pub address: String,
}

/// The pupil.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PupilParty {
    /// Name.
    pub name: String,
    /// Day of birth.
    pub birth_on: Day,
    /// School.
    pub school: String,
    /// Grade.
    pub grade: String,
}

/// Everybody whom the contract names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parties {
    /// Party A.
    pub institution: InstitutionParty,
    /// Where the fee goes; none where the region does not require custody.
    pub custody_account: Option<CustodyAccount>,
    /// Party B.
    pub guardian: GuardianParty,
    /// The pupil.
    pub pupil: PupilParty,
}

/// What the document says beside parties and terms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Details {
    /// Number of the contract, for people.
    pub number: String,
    /// Name of the course.
    pub course_name: String,
    /// Length of a class hour, minutes.
    pub minutes_per_hour: u16,
    /// Most pupils in a class.
    pub class_size_max: u16,
    /// What the parties add; may be empty, may have several lines.
    pub supplementary_terms: String,
    /// Hash of the template version, 64 digits.
    pub template: String,
    /// Random bytes, so that nobody can find the hash of the document by guessing what it says.
    pub code: [u8; 32],
}

/// Adds what parties, terms and details say to the values that the parties filled in.
///
/// # Errors
/// [`FenError`] when the price cannot be written ([`amount_in_words`]).
pub fn fill(values: &mut Values, terms: &Terms, parties: &Parties, details: &Details) -> Result<(), FenError> {
    head(values, details);
    party_a(values, &parties.institution);
    party_b(values, &parties.guardian, &parties.pupil);
    service(values, terms, details);
    fee(values, terms, parties.custody_account.as_ref())?;
    refund(values, terms);
    values.set("supplementary_terms", details.supplementary_terms.trim());
    values.set("signature_institution", &parties.institution.name);
    values.set("signature_guardian", &parties.guardian.name);
    Ok(())
}

fn head(values: &mut Values, details: &Details) {
    let mut code = String::with_capacity(64);
    for byte in details.code {
        // Writing to a String cannot fail.
        let _ = write!(code, "{byte:02x}");
    }
    values.set("contract_number", &details.number);
    values.set("template_hash", &details.template);
    values.set("document_code", code);
}

fn party_a(values: &mut Values, a: &InstitutionParty) {
    values.set("institution_name", &a.name);
    values.set("credit_code", &a.credit_code);
    values.set("institution_address", &a.address);
    values.set("legal_representative", &a.legal_representative);
    values.set("licence_number", &a.licence_number);
    values.set("licence_valid_until_on", a.licence_valid_until_on);
}

fn party_b(values: &mut Values, b: &GuardianParty, pupil: &PupilParty) {
    values.set("guardian_name", &b.name);
    values.set("guardian_relation", &b.relation);
    values.set("guardian_id_kind", &b.id_kind);
    values.set("guardian_id_number", &b.id_number);
    values.set("guardian_phone", &b.phone);
    values.set("guardian_address", &b.address);
    values.set("pupil_name", &pupil.name);
    values.set("pupil_birth_on", pupil.birth_on);
    values.set("pupil_school", &pupil.school);
    values.set("pupil_grade", &pupil.grade);
}

/// The choices of a field with a tick at one.
fn ticked(name: &'static str, chosen: &str) -> String {
    match field(name).map(|field| field.kind) {
        Some(crate::model::Kind::Choice(choices)) => crate::model::ticked(choices, chosen),
        _ => chosen.to_owned(),
    }
}

fn service(values: &mut Values, terms: &Terms, details: &Details) {
    let [offline_subject, online_subject, offline_other, online_other] = PROJECT_TYPES else { return };
    let (project, _) = match (terms.mode, terms.category.is_subject()) {
        (Mode::Offline, true) => offline_subject,
        (Mode::Online, true) => online_subject,
        (Mode::Offline, false) => offline_other,
        (Mode::Online, false) => online_other,
    };
    let hours = |pick: fn(&crate::LotTerms) -> ClassHours| {
        ClassHours::try_sum(terms.lots.iter().map(pick)).map_or_else(|e| e.to_string(), |h| h.to_string())
    };
    values.set("project_type", ticked("project_type", project));
    values.set("category", terms.category.zh());
    values.set("stage", terms.stage.zh());
    values.set("course_name", &details.course_name);
    values.set("hours_total", format!("购买{}课时，赠送{}课时", hours(|l| l.paid_hours), hours(|l| l.gift_hours)));
    values.set("minutes_per_hour", details.minutes_per_hour);
    values.set("class_size_max", details.class_size_max);
    values.set("first_lesson_on", terms.first_lesson_on);
    values.set("last_lesson_on", terms.last_lesson_on);
}

fn fee(values: &mut Values, terms: &Terms, account: Option<&CustodyAccount>) -> Result<(), FenError> {
    let mut lots = String::from("批次┃购买课时┃赠送课时┃价款┃优惠前每课时标价");
    for (index, lot) in terms.lots.iter().enumerate() {
        let number = index.saturating_add(1);
        let list_price = lot.list_price_per_hour.map_or_else(|| "—".to_owned(), Fen::to_yuan);
        let price = lot.price.to_yuan();
        let _ = write!(lots, "\n第{number}批┃{}┃{}┃{price}┃{list_price}", lot.paid_hours, lot.gift_hours);
    }
    let total: Fen = terms.price()?;
    values.set("lots", lots);
    values.set("fee_total", total.to_yuan());
    values.set("fee_total_in_words", amount_in_words(total)?);
    match account {
        Some(account) => {
            values.set("supervision_mode", "银行托管");
            values.set("account_bank", &account.bank);
            values.set("account_name", &account.account_name);
            values.set("account_number", &account.account_number);
        }
        None => values.set("supervision_mode", "按当地监管要求管理"),
    }
    Ok(())
}

fn refund(values: &mut Values, terms: &Terms) {
    let refund = terms.refund_terms;
    values.set("full_refund_days_before_start", refund.full_refund_days_before_start);
    values.set("full_refund_days_after_start", refund.full_refund_days_after_start);
    values.set("pay_back_days", refund.pay_back_days);
    values.set("refund_basis", ticked("refund_basis", "balance"));
}
