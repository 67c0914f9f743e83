//! Papers that go with an application, as fields of its forms: chosen as files, handed in, then named
//! by kind and hash. Kinds are those that 民办教育促进法 (12–15) and its rules ask for.

use crate::page::{Field, Kind, field};

const fn paper(name: &'static str, kind: &'static str) -> Field {
    field(name, Kind::Paper(kind)).at("documents").or_not()
}

/// Charter.
pub const CHARTER: Field = paper("paper_charter", "charter");
/// Title or lease of the place.
pub const SITE: Field = paper("paper_site", "site_lease");
/// Check of fire safety.
pub const FIRE: Field = paper("paper_fire", "fire_check");
/// Where the money comes from, and that it is there.
pub const CAPITAL: Field = paper("paper_capital", "capital_proof");
/// Staff with their certificates.
pub const STAFF: Field = paper("paper_staff", "staff_list");
/// Who promotes it.
pub const PROMOTER: Field = paper("paper_promoter", "promoter_identity");
/// Decision of the board.
pub const RESOLUTION: Field = paper("paper_resolution", "board_resolution");
/// The licence held.
pub const LICENCE: Field = paper("paper_licence", "existing_licence");
/// Anything else.
pub const OTHER: Field = paper("paper_other", "other");
/// Who came.
pub const ATTENDANCE: Field = paper("paper_attendance", "attendance_sheet");
/// Minutes of a check of the place.
pub const MINUTES: Field = paper("paper_minutes", "site_minutes");
/// Pictures of it.
pub const PICTURES: Field = paper("paper_pictures", "site_pictures");

/// What an applicant hands in to correct an application.
pub const CORRECTED: &[Field] = &[CHARTER, SITE, FIRE, CAPITAL, STAFF, PROMOTER, RESOLUTION, LICENCE, OTHER];
