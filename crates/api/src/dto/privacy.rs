//! Readings of families' records, retention, erasure.

use app::read::{Page, Parties, ReadingQuery, ReadingView};
use app::retention::Retention;
use kernel::{RegionCode, SubjectId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use crate::extract::{LIMIT_DEFAULT, page};
use crate::w;
use crate::wire::Text;

/// The parties of a contract. A member is null when it was erased.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct PartiesBody {
    /// Party B: name, telephone, identity document, relation, address.
    pub guardian: Value,
    /// The pupil: name, day of birth, school, grade.
    pub pupil: Value,
}

impl From<Parties> for PartiesBody {
    fn from(parties: Parties) -> PartiesBody {
        let or_null = |record: Option<Value>| record.unwrap_or(Value::Null);
        PartiesBody { guardian: or_null(parties.guardian), pupil: or_null(parties.pupil) }
    }
}

/// A reading of a family's record.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ReadingBody {
    /// Its id.
    pub id: w::ReadingId,
    /// When.
    pub read_at: w::Instant,
    /// What was read: `document`, `parties`.
    pub what: String,
    /// The contract.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contract: Option<w::ContractId>,
    /// Whose record: the guardian.
    pub subject: w::SubjectId,
    /// Who read; families are not told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<w::UserId>,
    /// In which role.
    pub role: String,
    /// Region of an authority or auditor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<w::RegionCode>,
    /// Department of an authority.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub department: Option<String>,
    /// Institution of its user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub institution: Option<w::InstitutionId>,
    /// The reason given.
    pub reason: String,
}

impl From<ReadingView> for ReadingBody {
    fn from(view: ReadingView) -> ReadingBody {
        let reading = view.reading;
        ReadingBody {
            id: Text(reading.id),
            read_at: Text(reading.read_at),
            what: reading.what,
            contract: reading.contract.map(Text),
            subject: Text(reading.subject),
            user: Some(Text(reading.user)),
            role: reading.role,
            region: reading.region.map(Text),
            department: reading.department,
            institution: reading.institution.map(Text),
            reason: view.reason,
        }
    }
}

/// Which readings.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ReadingFilter {
    /// Of this family: the guardian.
    #[param(value_type = Option<w::SubjectId>)]
    pub subject: Option<w::SubjectId>,
    /// By this user.
    #[param(value_type = Option<w::UserId>)]
    pub user: Option<w::UserId>,
    /// Of this contract.
    #[param(value_type = Option<w::ContractId>)]
    pub contract: Option<w::ContractId>,
    /// Items of a page, at most 200; 50 where nothing is said.
    #[param(value_type = Option<w::PageLimit>)]
    pub limit: Option<w::PageLimit>,
    /// The `next` of the page before.
    #[param(value_type = Option<w::Cursor>)]
    pub after: Option<w::Cursor>,
}

impl ReadingFilter {
    /// As the use cases take it.
    pub fn query(self) -> (ReadingQuery, Page) {
        let query = ReadingQuery {
            subject: self.subject.map(|id| id.0),
            user: self.user.map(|id| id.0),
            contract: self.contract.map(|id| id.0),
        };
        (query, page(self.limit, self.after))
    }
}

/// Of which county.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RetentionQuery {
    /// The county.
    #[param(value_type = w::RegionCode)]
    pub region: w::RegionCode,
    /// Families of a page, at most 200; 50 where nothing is said.
    #[param(value_type = Option<w::PageLimit>)]
    pub limit: Option<w::PageLimit>,
    /// The `next` of the page before.
    #[param(value_type = Option<w::SubjectId>)]
    pub after: Option<w::SubjectId>,
}

impl RetentionQuery {
    /// County, after whom, how many.
    pub fn parts(self) -> (RegionCode, Option<SubjectId>, u32) {
        let limit = self.limit.map_or(LIMIT_DEFAULT, |limit| limit.0.0);
        (self.region.0, self.after.map(|id| id.0), limit)
    }
}

/// What holds, and whose time is over.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct RetentionBody {
    /// The county.
    pub region: w::RegionCode,
    /// The day.
    pub on: w::Day,
    /// Years for which records are kept after the last that happened; none where no rule says so.
    pub kept_years: Option<u16>,
    /// The source of the rule, or of the statement that there is none.
    pub source: String,
    /// Families whose time is over.
    pub items: Vec<DueBody>,
    /// Where the next page begins; none after the last.
    pub next: Option<w::SubjectId>,
}

/// A family whose time is over.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct DueBody {
    /// The guardian, as entries name it.
    pub subject: w::SubjectId,
    /// How many contracts.
    pub contracts: u64,
    /// The last day on which something happened.
    pub last_on: w::Day,
    /// The first day on which it may be erased.
    pub erasable_on: w::Day,
}

impl From<Retention> for RetentionBody {
    fn from(retention: Retention) -> RetentionBody {
        RetentionBody {
            region: Text(retention.region),
            on: Text(retention.on),
            kept_years: retention.kept_years,
            source: retention.source,
            items: retention
                .due
                .into_iter()
                .map(|due| DueBody {
                    subject: Text(due.guardian),
                    contracts: due.contracts,
                    last_on: Text(due.last_on),
                    erasable_on: Text(due.erasable_on),
                })
                .collect(),
            next: retention.next.map(Text),
        }
    }
}

/// A family to be erased.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ErasureRequest {
    /// The county.
    pub region: w::RegionCode,
    /// The guardian.
    pub subject: w::SubjectId,
    /// On which ground.
    pub ground: w::ErasureGround,
}

/// An erased family.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ErasedBody {
    /// The guardian.
    pub subject: w::SubjectId,
    /// Guardian and pupils.
    pub erased: Vec<w::SubjectId>,
    /// Contracts whose texts went.
    pub contracts: u64,
    /// On which ground.
    pub ground: w::ErasureGround,
}
