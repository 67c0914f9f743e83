//! Courses and contracts.

use std::collections::{BTreeMap, BTreeSet};

use app::drafting::{NewContract, NewLot, Wording};
use app::read::{ContractQuery, ContractView, NamedCourse, Page};
use contract::model::MODEL_SOURCE;
use contract::{Course, GuardianParty, PupilParty, RefundTerms};
use kernel::{CourseId, InstitutionId, Mode};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::extract::page;
use crate::problem::{Problem, ViolationDocument};
use crate::problem_type::ProblemType;
use crate::w;
use crate::wire::{Expected, Text};

/// A course to be drawn up.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CourseRequest {
    /// Name.
    pub name: w::Name,
    /// Category.
    pub category: w::Category,
    /// Mode.
    pub mode: w::Mode,
    /// Stage.
    pub stage: w::Stage,
    /// Hours of the whole course.
    pub hours: w::SomeHours,
    /// Length of a class hour.
    pub minutes_per_hour: w::Minutes,
    /// Price of an hour before any discount, fen.
    #[serde(default)]
    pub list_price_per_hour_fen: Option<w::NonNegative>,
    /// Price of the whole course, fen.
    pub price_fen: w::Positive,
    /// Most pupils in a class.
    pub class_size_max: w::ClassSize,
    /// First day of teaching.
    pub starts_on: w::Day,
    /// Last day of teaching.
    pub ends_on: w::Day,
}

impl CourseRequest {
    /// The course, unpublished.
    ///
    /// # Errors
    /// Days in the wrong order.
    pub fn course(&self, id: CourseId, institution: InstitutionId) -> Result<Course, Problem> {
        if self.ends_on.0 < self.starts_on.0 {
            return Err(too_early("ends_on", "starts_on"));
        }
        Ok(Course {
            id,
            institution,
            category: self.category.0,
            mode: self.mode.0,
            stage: self.stage.0,
            hours: self.hours.0.0,
            minutes_per_hour: self.minutes_per_hour.0,
            price: self.price_fen.0,
            list_price_per_hour: self.list_price_per_hour_fen.map(|price| price.0),
            class_size_max: self.class_size_max.0,
            starts_on: self.starts_on.0,
            ends_on: self.ends_on.0,
            published_seq: None,
        })
    }
}

fn too_early(field: &str, than: &str) -> Problem {
    let detail = Expected::of(format!("{field} 不得早于 {than}。"), format!("{field} is not before {than}."));
    Problem::of(ProblemType::InvalidField).field(field).detail(detail)
}

/// What drawing up or publishing a course gives.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct CourseChangeBody {
    /// Id.
    pub id: w::CourseId,
    /// Who teaches it.
    pub institution: w::InstitutionId,
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// `draft` or `published`.
    pub state: String,
    /// What stands in the way of publishing it.
    #[serde(default)]
    pub violations: Vec<ViolationDocument>,
}

/// A course.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct CourseBody {
    /// Id.
    pub id: w::CourseId,
    /// Who teaches it.
    pub institution: w::InstitutionId,
    /// Name.
    pub name: String,
    /// `draft` or `published`.
    pub state: String,
    /// Category.
    pub category: w::Category,
    /// Mode.
    pub mode: w::Mode,
    /// Stage.
    pub stage: w::Stage,
    /// Hours of the whole course.
    pub hours: w::ClassHours,
    /// Length of a class hour.
    pub minutes_per_hour: u16,
    /// Price of an hour before any discount, fen.
    pub list_price_per_hour_fen: Option<i64>,
    /// Price of the whole course, fen.
    pub price_fen: i64,
    /// Most pupils in a class.
    pub class_size_max: u16,
    /// First day of teaching.
    pub starts_on: w::Day,
    /// Last day of teaching.
    pub ends_on: w::Day,
}

impl From<NamedCourse> for CourseBody {
    fn from(NamedCourse { course, name }: NamedCourse) -> CourseBody {
        CourseBody {
            id: Text(course.id),
            institution: Text(course.institution),
            name: name.unwrap_or_default(),
            state: if course.published_seq.is_some() { "published" } else { "draft" }.to_owned(),
            category: Text(course.category),
            mode: Text(course.mode),
            stage: Text(course.stage),
            hours: Text(course.hours),
            minutes_per_hour: course.minutes_per_hour,
            list_price_per_hour_fen: course.list_price_per_hour.map(kernel::Fen::fen),
            price_fen: course.price.fen(),
            class_size_max: course.class_size_max,
            starts_on: Text(course.starts_on),
            ends_on: Text(course.ends_on),
        }
    }
}

/// Party B of a contract.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GuardianRequest {
    /// Name.
    pub name: w::Name,
    /// Phone.
    pub phone: w::Phone,
    /// Kind of identity document, `resident_id` for the resident identity card.
    pub id_kind: w::Code,
    /// Its number.
    pub id_number: w::IdNumber,
    /// Relation to the pupil.
    pub relation: w::Short,
    /// Address.
    #[serde(default)]
    pub address: Option<w::Address>,
}

/// The pupil.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PupilRequest {
    /// Name.
    pub name: w::Name,
    /// Day of birth.
    pub birth_on: w::Day,
    /// School.
    #[serde(default)]
    pub school: Option<w::Name>,
    /// Grade.
    #[serde(default)]
    pub grade: Option<w::Short>,
}

/// Hours bought together at one price.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LotRequest {
    /// Hours paid for.
    pub paid_hours: w::SomeHours,
    /// Hours on top.
    #[serde(default)]
    pub gift_hours: Option<w::ClassHours>,
    /// Price, fen.
    pub price_fen: w::Positive,
    /// Price of an hour before any discount, fen.
    #[serde(default)]
    pub list_price_per_hour_fen: Option<w::NonNegative>,
}

/// Days that the parties agree on.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefundTermsRequest {
    /// All back when asked at least so many days before the first lesson.
    pub full_refund_days_before_start: w::Days,
    /// All back when asked at most so many days after the first lesson.
    pub full_refund_days_after_start: w::Days,
    /// Days to pay back.
    pub pay_back_days: w::Days,
}

/// A contract to be drawn up.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContractRequest {
    /// The course.
    pub course: w::CourseId,
    /// Party B.
    pub guardian: GuardianRequest,
    /// The pupil.
    pub pupil: PupilRequest,
    /// 1 to 20 lots, in the order in which hours are used.
    pub lots: Vec<LotRequest>,
    /// Agreed refund terms.
    pub refund_terms: RefundTermsRequest,
    /// Supplement to the printed text.
    #[serde(default)]
    pub supplementary_terms: Option<w::Terms>,
    /// First lesson.
    pub first_lesson_on: w::Day,
    /// Last lesson.
    pub last_lesson_on: w::Day,
    /// Hash of the template version; the one in force where none is named.
    #[serde(default)]
    pub template: Option<w::Hash>,
    /// Values of blanks that the parties fill in, by field (GET /v1/contract-fields).
    #[serde(default)]
    pub values: BTreeMap<String, w::Value>,
    /// Changed clauses of the printed text by number; null where a clause is left out.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub clause_changes: BTreeMap<String, Option<w::Clause>>,
}

/// Most lots of a contract.
const LOTS_MAX: usize = 20;

impl ContractRequest {
    /// The blanks that it fills.
    pub fn filled(&self) -> BTreeSet<String> {
        let filled = self.values.iter().filter(|(_, value)| !value.0.trim().is_empty());
        filled.map(|(name, _)| name.clone()).collect()
    }

    /// What is odd and not forbidden: a resident identity number that cannot be right.
    pub fn warnings(&self) -> Vec<WarningBody> {
        let number = &self.guardian.id_number.0;
        if self.guardian.id_kind.0.as_str() != "resident_id" || is_resident_id(number) {
            return Vec::new();
        }
        vec![WarningBody {
            field: "guardian.id_number".to_owned(),
            text: "身份证号码的长度或校验码不对，请核对。".to_owned(),
            text_en: "The resident identity number has a wrong length or check character.".to_owned(),
        }]
    }
}

/// What the model contract asks for in training of this mode, and the draft leaves empty.
pub fn empty_blanks(mode: Mode, values: &BTreeSet<String>) -> Vec<WarningBody> {
    let told = |field: &contract::model::Field| WarningBody {
        field: format!("values.{}", field.name),
        text: format!("线上培训合同应当填写“{}”（{MODEL_SOURCE}），本合同未填；请核实后补填。", field.zh),
        text_en: format!("A contract on online training names the {} (GF-2021-2604); please fill it in.", field.en),
    };
    contract::model::left_empty(mode, |name| values.contains(name)).into_iter().map(told).collect()
}

impl TryFrom<ContractRequest> for NewContract {
    type Error = Problem;
    fn try_from(body: ContractRequest) -> Result<NewContract, Problem> {
        if !(1..=LOTS_MAX).contains(&body.lots.len()) {
            let detail = Expected::of("须有 1 至 20 个购买批次。", "1 to 20 lots are needed.");
            return Err(Problem::of(ProblemType::InvalidField).field("lots").detail(detail));
        }
        if body.last_lesson_on.0 < body.first_lesson_on.0 {
            return Err(too_early("last_lesson_on", "first_lesson_on"));
        }
        let terms = body.refund_terms;
        Ok(NewContract {
            course: body.course.0,
            guardian: body.guardian.into(),
            pupil: body.pupil.into(),
            lots: body.lots.into_iter().map(NewLot::from).collect(),
            refund_terms: RefundTerms {
                full_refund_days_before_start: terms.full_refund_days_before_start.0,
                full_refund_days_after_start: terms.full_refund_days_after_start.0,
                pay_back_days: terms.pay_back_days.0,
            },
            supplementary_terms: body.supplementary_terms.unwrap_or_default().0,
            first_lesson_on: body.first_lesson_on.0,
            last_lesson_on: body.last_lesson_on.0,
            wording: Wording {
                template: body.template.map(|hash| hash.0),
                values: body.values.into_iter().map(|(name, value)| (name, value.0)).collect(),
                clause_changes: body.clause_changes.into_iter().map(|(id, text)| (id, text.map(|t| t.0))).collect(),
            },
        })
    }
}

impl From<GuardianRequest> for GuardianParty {
    fn from(guardian: GuardianRequest) -> GuardianParty {
        GuardianParty {
            name: guardian.name.0,
            phone: guardian.phone.0,
            id_kind: guardian.id_kind.0.to_string(),
            id_number: guardian.id_number.0,
            relation: guardian.relation.0,
            address: guardian.address.map(|address| address.0).unwrap_or_default(),
        }
    }
}

impl From<PupilRequest> for PupilParty {
    fn from(pupil: PupilRequest) -> PupilParty {
        PupilParty {
            name: pupil.name.0,
            birth_on: pupil.birth_on.0,
            school: pupil.school.map(|school| school.0).unwrap_or_default(),
            grade: pupil.grade.map(|grade| grade.0).unwrap_or_default(),
        }
    }
}

impl From<LotRequest> for NewLot {
    fn from(lot: LotRequest) -> NewLot {
        NewLot {
            paid_hours: lot.paid_hours.0.0,
            gift_hours: lot.gift_hours.map_or(kernel::ClassHours::ZERO, |hours| hours.0),
            price: lot.price_fen.0,
            list_price_per_hour: lot.list_price_per_hour_fen.map(|price| price.0),
        }
    }
}

/// GB 11643-1999: 17 digits and a check character, ISO 7064 MOD 11-2.
fn is_resident_id(number: &str) -> bool {
    let (digits, check) = number.split_at_checked(17).unwrap_or_default();
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return false;
    }
    let sum = digits.bytes().fold(0_u32, |sum, b| (sum + u32::from(b - b'0')) * 2 % 11);
    let expected = (12 - sum % 11) % 11;
    if expected == 10 { check == "X" } else { check == expected.to_string() }
}

/// Something odd that is not forbidden.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct WarningBody {
    /// The field.
    pub field: String,
    /// What is odd, in Chinese.
    pub text: String,
    /// What is odd, in English.
    pub text_en: String,
}

/// A contract that was drawn up.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ContractDraftBody {
    /// Id.
    pub id: w::ContractId,
    /// Number printed on it.
    pub number: String,
    /// Party A.
    pub institution: w::InstitutionId,
    /// The course.
    pub course: w::CourseId,
    /// Where it stands.
    pub state: w::ContractState,
    /// Price, fen.
    pub price_fen: i64,
    /// Hash of the document.
    pub document_hash: w::Hash,
    /// What stands in the way of signing it.
    pub violations: Vec<ViolationDocument>,
    /// What is odd and not forbidden.
    pub warnings: Vec<WarningBody>,
}

/// Who signs.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignatureRequest {
    /// The party.
    pub party: w::Party,
    /// Hash of the document that the party has before it; another than the present one is refused.
    #[serde(default)]
    pub document_hash: Option<w::Hash>,
}

/// A contract after a signature.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct SignatureBody {
    /// Id.
    pub id: w::ContractId,
    /// Number printed on it.
    pub number: String,
    /// Party A.
    pub institution: w::InstitutionId,
    /// Where it stands now.
    pub state: w::ContractState,
    /// Hash of the document that was signed.
    pub document_hash: w::Hash,
}

/// A contract.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ContractBody {
    /// Id.
    pub id: w::ContractId,
    /// Number printed on it.
    pub number: String,
    /// Party A.
    pub institution: w::InstitutionId,
    /// The course.
    pub course: w::CourseId,
    /// Party B, pseudonymous.
    pub guardian: w::SubjectId,
    /// The pupil, pseudonymous.
    pub pupil: w::SubjectId,
    /// Where it stands.
    pub state: w::ContractState,
    /// Category.
    pub category: w::Category,
    /// Mode.
    pub mode: w::Mode,
    /// Stage.
    pub stage: w::Stage,
    /// Price, fen.
    pub price_fen: i64,
    /// Hash of the document.
    pub document_hash: w::Hash,
    /// First lesson.
    pub first_lesson_on: w::Day,
    /// Last lesson.
    pub last_lesson_on: w::Day,
    /// Owed for lessons not yet taken, fen.
    pub prepaid_fen: i64,
    /// Frozen by disputes, fen.
    pub disputed_fen: i64,
    /// Refunds agreed and not yet paid, fen.
    pub refund_fen: i64,
    /// A refund that is requested and not yet consented to.
    pub open_refund: Option<w::RefundId>,
    /// When it was drawn up.
    pub created_at: w::Instant,
}

impl From<ContractView> for ContractBody {
    fn from(view: ContractView) -> ContractBody {
        let state = Text(view.state());
        let (draft, account) = (view.draft, view.account.as_ref());
        let terms = draft.terms;
        ContractBody {
            id: Text(terms.id),
            number: draft.number,
            institution: Text(terms.institution),
            course: Text(terms.course),
            guardian: Text(terms.guardian),
            pupil: Text(terms.pupil),
            state,
            category: Text(terms.category),
            mode: Text(terms.mode),
            stage: Text(terms.stage),
            price_fen: terms.price().map_or(0, kernel::Fen::fen),
            document_hash: Text(ledger::Hash::new(draft.document_hash)),
            first_lesson_on: Text(terms.first_lesson_on),
            last_lesson_on: Text(terms.last_lesson_on),
            prepaid_fen: account.map_or(0, |account| account.prepaid.fen()),
            disputed_fen: account.map_or(0, |account| account.disputed.fen()),
            refund_fen: account.map_or(0, |account| account.refund.fen()),
            open_refund: account.and_then(|account| account.open_refund).map(Text),
            created_at: Text(draft.created_at),
        }
    }
}

/// Filters of the list of contracts.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ContractFilter {
    /// Only of this institution.
    #[param(value_type = Option<w::InstitutionId>)]
    pub institution: Option<w::InstitutionId>,
    /// Only in this state.
    #[param(value_type = Option<w::ContractState>)]
    pub state: Option<w::ContractState>,
    /// Items of a page, at most 200.
    #[param(value_type = Option<w::PageLimit>)]
    pub limit: Option<w::PageLimit>,
    /// The `next` of the page before.
    #[param(value_type = Option<w::Cursor>)]
    pub after: Option<w::Cursor>,
}

impl ContractFilter {
    /// As the use cases take it.
    pub fn query(self) -> (ContractQuery, Page) {
        let institution = self.institution.map(|id| id.0);
        (ContractQuery { institution, state: self.state.map(|state| state.0) }, page(self.limit, self.after))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resident_identity_numbers() {
        // The example of GB 11643-1999.
        assert!(is_resident_id("11010519491231002X"));
        for bad in ["110105194912310021", "11010519491231002x", "330502199001011234", "1101051949123100", "", "甲"] {
            assert!(!is_resident_id(bad), "{bad}");
        }
    }
}
