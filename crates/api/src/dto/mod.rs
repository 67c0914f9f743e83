//! Bodies of requests and answers, one file per room. Requests become domain values here; nothing is
//! decided.

pub mod calculators;
pub mod checks;
pub mod clauses;
pub mod contracts;
pub mod escrow;
pub mod identity;
pub mod ledgers;
pub mod operations;
pub mod policies;
pub mod policy_versions;
pub mod registry;
pub mod seals;
pub mod users;
pub mod witnesses;
