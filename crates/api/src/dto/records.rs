//! The record of an institution, part by part; its history; who it shares things with.

use app::record::{ControlPath, HistoryItem, RecordItem};
use kernel::Fen;
use ledger::body::RecordPart;
use registry::closing::{Claims, Shares};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use crate::problem::Problem;
use crate::problem_type::ProblemType;
use crate::w;
use crate::wire::{Expected, Text};

/// What the profile says beyond what it was registered with.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProfilePart {
    /// Legal form: company, private non-enterprise unit …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub legal_form: Option<w::Short>,
    /// Promoter (举办者); once set, it changes by application.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promoter: Option<w::Name>,
    /// Capital, fen; once set, it changes by application.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capital_fen: Option<w::NonNegative>,
    /// Value of the equipment, fen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub equipment_fen: Option<w::NonNegative>,
    /// Phone for the public.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<w::Short>,
    /// ICP number of an online institution.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub icp_number: Option<w::Short>,
}

/// Who stands behind the institution.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ControllerPart {
    /// Name.
    pub name: w::Name,
    /// As what: `promoter`, `legal_representative`, `controller`, `shareholder` …
    pub role: w::Code,
    /// Identity number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id_number: Option<w::Short>,
    /// Phone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<w::Short>,
    /// Share, per cent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share_percent: Option<w::Percent>,
}

/// An address.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SitePart {
    /// Address.
    pub address: w::Address,
    /// Floor area, square metres.
    pub floor_area_m2: u32,
    /// Of it teaching rooms; counted from the rooms where they are recorded.
    #[serde(default)]
    pub teaching_area_m2: u32,
    /// Highest floor with a classroom.
    #[serde(default)]
    pub highest_floor: u16,
    /// Last day of the lease; none where it is owned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lease_until_on: Option<w::Day>,
}

/// A room.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RoomPart {
    /// At which address.
    pub site: w::RecordItemId,
    /// Name or number.
    pub name: w::Name,
    /// Area, square metres.
    pub area_m2: u32,
    /// Pupils at once.
    pub seats: u16,
}

/// A bank account.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AccountPart {
    /// `custody`, `deposit`, `basic` …; the custody account is what contracts print.
    pub kind: w::Code,
    /// The bank.
    pub bank: w::Name,
    /// Name of the account.
    pub account_name: w::Name,
    /// Number of the account.
    pub account_number: w::Short,
}

/// A person of the staff.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StaffPart {
    /// Name.
    pub name: w::Name,
    /// Post.
    pub post: w::Code,
    /// Teaches or does research.
    #[serde(default)]
    pub teaches: bool,
    /// Full time.
    #[serde(default)]
    pub full_time: bool,
    /// What is taught.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<w::Short>,
    /// Number of the teacher's or professional certificate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<w::Short>,
    /// Is a serving teacher of a school or kindergarten.
    #[serde(default)]
    pub serving_teacher: bool,
    /// Screening found the staff blacklist, or another bar by law.
    #[serde(default)]
    pub barred: bool,
    /// Day of the screening.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub screened_on: Option<w::Day>,
    /// Identity number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id_number: Option<w::Short>,
    /// Phone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<w::Short>,
}

/// A change of the record: what a part says from now on, or that it is removed. Not in the ledger; a
/// commitment to it is.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordRequest {
    /// Which part, where it is there already; a new one where nothing is said.
    #[serde(default)]
    pub item: Option<w::RecordItemId>,
    /// Removed, of this kind.
    #[serde(default)]
    pub removed: Option<w::RecordPart>,
    /// The profile.
    #[serde(default)]
    pub profile: Option<ProfilePart>,
    /// A controller.
    #[serde(default)]
    pub controller: Option<ControllerPart>,
    /// An address.
    #[serde(default)]
    pub site: Option<SitePart>,
    /// A room.
    #[serde(default)]
    pub room: Option<RoomPart>,
    /// An account.
    #[serde(default)]
    pub account: Option<AccountPart>,
    /// A person of the staff.
    #[serde(default)]
    pub staff: Option<StaffPart>,
}

fn value(part: &Option<impl Serialize>) -> Option<Value> {
    serde_json::to_value(part.as_ref()?).ok()
}

impl RecordRequest {
    /// Which part, and what it says; none when it is removed.
    ///
    /// # Errors
    /// None or several of the members, or a removal without its id.
    pub fn change(&self) -> Result<(RecordPart, Option<Value>), Problem> {
        use RecordPart as P;
        let said = [
            (P::Profile, value(&self.profile)),
            (P::Controller, value(&self.controller)),
            (P::Site, value(&self.site)),
            (P::Room, value(&self.room)),
            (P::Account, value(&self.account)),
            (P::Staff, value(&self.staff)),
        ];
        let mut said: Vec<(P, Option<Value>)> = said.into_iter().filter(|(_, value)| value.is_some()).collect();
        if let (Some(part), true) = (self.removed, self.item.is_some()) {
            // The profile is the institution's own and stays with it.
            said.extend((part.0 != P::Profile).then_some((part.0, None)));
        }
        match (said.pop(), said.is_empty()) {
            (Some(one), true) => Ok(one),
            _ => {
                let detail = Expected::of(
                    "须且只须给出一项：profile、controller、site、room、account、staff，或者 removed 与 item。",
                    "Give exactly one of profile, controller, site, room, account, staff, or removed with item.",
                );
                Err(Problem::of(ProblemType::InvalidField).field("profile").detail(detail))
            }
        }
    }
}

/// A part that was changed.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct RecordChangedBody {
    /// Which one.
    pub id: w::RecordItemId,
    /// Whose.
    pub institution: w::InstitutionId,
    /// Of what kind.
    pub part: w::RecordPart,
    /// `set` or `removed`.
    pub change: String,
}

/// A part of the record as it stood.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RecordItemBody {
    /// Which one.
    pub id: w::RecordItemId,
    /// Of what kind.
    pub part: w::RecordPart,
    /// Since when it says this.
    pub since_on: w::Day,
    /// Entry that said it.
    pub seq: w::Seq,
    /// What it says; none where it was erased.
    #[schema(value_type = Option<Object>)]
    pub record: Option<Value>,
}

impl From<RecordItem> for RecordItemBody {
    fn from(item: RecordItem) -> RecordItemBody {
        RecordItemBody {
            id: Text(item.item),
            part: Text(item.part),
            since_on: Text(item.since_on),
            seq: Text(item.seq),
            record: item.record,
        }
    }
}

/// The record as it stood at the end of a day.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RecordBody {
    /// The day.
    pub on: w::Day,
    /// Its parts.
    pub items: Vec<RecordItemBody>,
}

/// What the record lacks.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StandardsBody {
    /// Every shortfall: what is asked, what is there, and the source.
    pub violations: Vec<crate::problem::ViolationDocument>,
}

/// An entry of the institution's chain in words.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HistoryBody {
    /// Number in the ledger.
    pub seq: w::Seq,
    /// Type of entry.
    #[serde(rename = "type")]
    pub entry_type: String,
    /// When it was recorded.
    pub recorded_at: w::Instant,
    /// Day from which it has effect.
    pub effective_on: w::Day,
    /// Leaf hash: what receipts and proofs are about.
    pub leaf_hash: w::Hash,
    /// What it says, Chinese.
    pub zh: String,
    /// What it says, English.
    pub en: String,
}

impl From<HistoryItem> for HistoryBody {
    fn from(item: HistoryItem) -> HistoryBody {
        let said = item.entry.body.describe();
        HistoryBody {
            seq: Text(item.entry.header.seq),
            entry_type: item.entry.body.entry_type().as_str().to_owned(),
            recorded_at: Text(item.entry.header.recorded_at),
            effective_on: Text(item.entry.header.effective_on),
            leaf_hash: Text(item.leaf),
            zh: said.zh,
            en: said.en,
        }
    }
}

/// One step along what two institutions share.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ControlStepBody {
    /// To whom.
    pub institution: w::InstitutionId,
    /// Its name.
    pub name: String,
    /// Along what: `person`, `phone`, `address`, `account`.
    pub shares: String,
}

/// A barred institution, and along what it is tied to the one asked about.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ControlPathBody {
    /// The steps; the last is the barred one.
    pub path: Vec<ControlStepBody>,
    /// The list that it stands on.
    pub listing: w::ListKind,
    /// Its state.
    pub state: w::InstitutionState,
}

impl From<ControlPath> for ControlPathBody {
    fn from(found: ControlPath) -> ControlPathBody {
        let steps = found.steps.iter().zip(found.names).map(|(step, name)| ControlStepBody {
            institution: Text(step.institution),
            name,
            shares: step.kind.as_str().to_owned(),
        });
        ControlPathBody { path: steps.collect(), listing: Text(found.listing), state: Text(found.state) }
    }
}

/// What is owed and there beyond the ledger, fen, as decimal digits.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ClosingQuery {
    /// Wages and social insurance owed.
    #[param(value_type = Option<String>)]
    pub wages_fen: Option<w::Seq>,
    /// Other debts.
    #[param(value_type = Option<String>)]
    pub others_fen: Option<w::Seq>,
    /// What the institution has outside custody.
    #[param(value_type = Option<String>)]
    pub resources_fen: Option<w::Seq>,
}

impl ClosingQuery {
    /// As the use cases take them.
    pub fn amounts(&self) -> (Fen, Fen, Fen) {
        let fen = |n: &Option<w::Seq>| Fen::new(n.as_ref().map_or(0, |n| i64::try_from(n.0).unwrap_or(i64::MAX)));
        (fen(&self.wages_fen), fen(&self.others_fen), fen(&self.resources_fen))
    }
}

/// What a rank is owed and gets, fen.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct RankBody {
    /// Owed.
    pub owed_fen: i64,
    /// Paid out of what there is.
    pub paid_fen: i64,
}

/// The order of payment.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct ClosingBody {
    /// First: fees to be refunded.
    pub families: RankBody,
    /// Second: wages and social insurance.
    pub wages: RankBody,
    /// Third: other debts.
    pub others: RankBody,
    /// Left over.
    pub left_fen: i64,
}

impl ClosingBody {
    /// Of claims and shares.
    pub fn of(claims: &Claims, shares: &Shares) -> ClosingBody {
        let rank = |owed: Fen, paid: Fen| RankBody { owed_fen: owed.fen(), paid_fen: paid.fen() };
        ClosingBody {
            families: rank(claims.families, shares.families),
            wages: rank(claims.wages, shares.wages),
            others: rank(claims.others, shares.others),
            left_fen: shares.left.fen(),
        }
    }
}
