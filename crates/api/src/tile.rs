//! Paths and bundles of C2SP tlog-tiles, as the log's addresses carry them.

use std::fmt::{self, Display};
use std::str::FromStr;

use ledger::TilePath;
use ledger::tile::TilePathError;
use utoipa::openapi::schema::{self, ObjectBuilder, Type};

use crate::problem::Problem;
use crate::problem_type::ProblemType;
use crate::wire::{Expected, Wire};

/// What follows `tile/` in the address of a tile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TileRest(pub TilePath);

impl FromStr for TileRest {
    type Err = TilePathError;
    fn from_str(s: &str) -> Result<Self, TilePathError> {
        format!("tile/{s}").parse().map(TileRest)
    }
}

impl Display for TileRest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Wire for TileRest {
    const NAME: &'static str = "TileRest";
    fn expected() -> Expected {
        Expected::of(
            "C2SP tlog-tiles 的瓦片路径，如 0/x001/067.p/12",
            "a tile's path as C2SP tlog-tiles has it, as 0/x001/067.p/12",
        )
    }
    fn object() -> schema::Object {
        ObjectBuilder::new().schema_type(Type::String).build()
    }
}

/// Content of an entry bundle.
///
/// # Errors
/// An entry that no bundle can carry, which no ledger has.
pub fn bundle(entries: &[Vec<u8>]) -> Result<Vec<u8>, Problem> {
    let entries = entries.iter().map(Vec::as_slice);
    ledger::tile::bundle_bytes(entries).map_err(|_| Problem::of(ProblemType::Internal))
}
