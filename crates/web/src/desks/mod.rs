//! The desks. Each has a file here, a folder of templates and a message file in each language; pages
//! are found by their name in all three.

mod account;
mod admin;
mod auditor;
mod bank;
mod family;
mod institution;
mod institution_shapes;
mod papers;
mod public;
mod record;
mod regulator;
mod regulator_desk;
mod regulator_shapes;
mod users;

use crate::page::Desk;

/// All desks, in the order in which addresses are looked for.
pub const DESKS: &[Desk] = &[
    public::DESK,
    regulator::DESK,
    institution::DESK,
    family::DESK,
    auditor::DESK,
    bank::DESK,
    admin::DESK,
    account::DESK,
];

/// The templates of a desk: names below `templates/` and their texts.
macro_rules! templates {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../templates/", $name)))),*]
    };
}
use templates;
