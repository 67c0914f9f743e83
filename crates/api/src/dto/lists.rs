//! Published lists: snapshots, differences, steps, points, grades.

use app::read::{ListDifference, ListSnapshot};
use ledger::body::ListsPublished;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::w;
use crate::wire::Text;

/// A publication of the lists.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PublicationBody {
    /// The entry's number; its receipt is the signature.
    pub seq: w::Seq,
    /// The day at whose end they stood so.
    pub on: w::Day,
    /// Institutions on a list.
    pub listed: u64,
    /// Root of the tree over them.
    pub root: w::Hash,
    /// Last entry that is counted.
    pub through_seq: w::Seq,
}

impl PublicationBody {
    /// Of an entry.
    pub fn of(seq: u64, published: &ListsPublished) -> PublicationBody {
        PublicationBody {
            seq: Text(seq),
            on: Text(published.lists_on),
            listed: published.listed,
            root: Text(published.lists_root),
            through_seq: Text(published.through_seq),
        }
    }
}

/// An institution of a snapshot.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SnapshotItemBody {
    /// Who.
    pub institution: w::InstitutionId,
    /// Its name as it is today.
    pub name: String,
    /// The list.
    pub list: String,
    /// Day of publication.
    pub published_on: w::Day,
    /// The decision.
    pub listing: w::ListingId,
    /// Entry that decided it.
    pub seq: w::Seq,
}

/// The lists as they stood at the end of a day.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SnapshotBody {
    /// The publication.
    #[serde(flatten)]
    pub publication: PublicationBody,
    /// Who stood on a list, in the order of the tree.
    pub items: Vec<SnapshotItemBody>,
}

impl From<ListSnapshot> for SnapshotBody {
    fn from(snapshot: ListSnapshot) -> SnapshotBody {
        let name = |id| snapshot.names.get(&id).cloned().unwrap_or_default();
        let items = snapshot.tree.leaves().iter().map(|leaf| SnapshotItemBody {
            institution: Text(leaf.institution),
            name: name(leaf.institution),
            list: leaf.list.as_str().to_owned(),
            published_on: Text(leaf.published_on),
            listing: Text(leaf.listing),
            seq: Text(leaf.seq),
        });
        let items = items.collect();
        SnapshotBody { publication: PublicationBody::of(snapshot.seq, &snapshot.published), items }
    }
}

/// Where an institution stood on two days.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ListDifferenceBody {
    /// Who.
    pub institution: w::InstitutionId,
    /// On the first day.
    pub before: w::ListKind,
    /// On the second day.
    pub after: w::ListKind,
}

impl From<ListDifference> for ListDifferenceBody {
    fn from(one: ListDifference) -> ListDifferenceBody {
        ListDifferenceBody { institution: Text(one.institution), before: Text(one.before), after: Text(one.after) }
    }
}

/// Whose lists, of which day.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SnapshotQuery {
    /// The county.
    #[param(value_type = w::RegionCode)]
    pub region: w::RegionCode,
    /// The day.
    #[param(value_type = w::Day)]
    pub on: w::Day,
}

/// Whose lists.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PublicationsQuery {
    /// The county.
    #[param(value_type = w::RegionCode)]
    pub region: w::RegionCode,
}

/// Whose lists, between which days.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DifferenceQuery {
    /// The county.
    #[param(value_type = w::RegionCode)]
    pub region: w::RegionCode,
    /// The first day.
    #[param(value_type = w::Day)]
    pub from: w::Day,
    /// The second day.
    #[param(value_type = w::Day)]
    pub to: w::Day,
}

/// A day.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DayQuery {
    /// The day.
    #[param(value_type = w::Day)]
    pub on: w::Day,
}

/// What is said about a listing. Not in the ledger; a commitment to it is.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ListingStepRequest {
    /// An officer's decision: `upheld`, `rejected` or `accepted`, `refused`; none: the institution objects or
    /// asks for repair.
    #[serde(default)]
    pub decision: Option<w::Code>,
    /// The words.
    #[serde(default)]
    pub words: Option<w::Reasons>,
}

/// Points scored or cancelled.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PointsRequest {
    /// How many.
    pub points: u32,
    /// Cause by its code.
    pub cause_code: w::Code,
    /// The score that is cancelled; a new one where nothing is said.
    #[serde(default)]
    pub cancels: Option<w::RecordItemId>,
    /// The facts. Not in the ledger; a commitment to them is.
    #[serde(default)]
    pub facts: Option<w::Reasons>,
}

/// Points.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct PointsBody {
    /// The score.
    pub id: w::RecordItemId,
    /// Whose.
    pub institution: w::InstitutionId,
    /// `scored` or `cancelled`.
    pub change: String,
    /// How many.
    pub points: u32,
    /// Points that bring on the black list, where the place counts them.
    pub points_max: Option<u16>,
}

/// A grade on a scale of the place.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GradeRequest {
    /// The scale.
    pub scale: w::Code,
    /// The grade.
    pub grade: w::Code,
    /// The year graded.
    pub year: u16,
    /// The indicators. Not in the ledger; a commitment to them is.
    #[serde(default)]
    pub indicators: Option<w::Reasons>,
}

/// A grade.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct GradeBody {
    /// Whose.
    pub institution: w::InstitutionId,
    /// The scale.
    pub scale: String,
    /// The grade.
    pub grade: String,
    /// The year graded.
    pub year: u16,
}
