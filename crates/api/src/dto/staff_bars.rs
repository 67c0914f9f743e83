//! People who may not teach.

use app::staff_bars::{NewStaffBar, StaffBarView};
use kernel::RegionCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::w;
use crate::wire::Text;

/// A person to be barred from teaching.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StaffBarRequest {
    /// The county.
    pub region: w::RegionCode,
    /// Name.
    pub name: w::Name,
    /// Number of the identity document.
    pub id_number: w::IdNumber,
    /// What the person did.
    pub cause: w::Reasons,
    /// The decision that it rests on.
    pub basis: w::Reasons,
    /// First day.
    pub barred_on: w::Day,
    /// Last day; absent for ever.
    #[serde(default)]
    pub until_on: Option<w::Day>,
}

impl StaffBarRequest {
    /// County and person.
    pub fn parts(self) -> (RegionCode, NewStaffBar) {
        let new = NewStaffBar {
            name: self.name.0.to_string(),
            id_number: self.id_number.0.to_string(),
            cause: self.cause.0.to_string(),
            basis: self.basis.0.to_string(),
            barred_on: self.barred_on.0,
            until_on: self.until_on.map(|day| day.0),
        };
        (self.region.0, new)
    }
}

/// Of which region, with all below.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct StaffBarFilter {
    /// The region; one's own where nothing is said.
    #[param(value_type = Option<w::RegionCode>)]
    pub region: Option<w::RegionCode>,
}

/// A person who is or was barred from teaching.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct StaffBarBody {
    /// Id.
    pub id: w::StaffBarId,
    /// The county that decided.
    pub region: w::RegionCode,
    /// Name.
    pub name: String,
    /// The end of the identity number.
    pub id_number_end: String,
    /// What the person did.
    pub cause: String,
    /// The decision that it rests on.
    pub basis: String,
    /// First day.
    pub barred_on: w::Day,
    /// Last day; absent for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until_on: Option<w::Day>,
    /// When it was entered.
    pub entered_at: w::Instant,
    /// Who entered it.
    pub entered_by: w::UserId,
    /// When it was lifted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lifted_at: Option<w::Instant>,
}

impl From<StaffBarView> for StaffBarBody {
    fn from(view: StaffBarView) -> StaffBarBody {
        let StaffBarView { bar, region, name, id_number_end, cause, basis } = view;
        StaffBarBody {
            id: Text(bar.id),
            region: Text(region),
            name,
            id_number_end,
            cause,
            basis,
            barred_on: Text(bar.barred_on),
            until_on: bar.until_on.map(Text),
            entered_at: Text(bar.entered_at),
            entered_by: Text(bar.entered_by),
            lifted_at: bar.lifted_at.map(Text),
        }
    }
}
