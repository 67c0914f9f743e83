//! Bodies of requests and answers, one file per room. Requests become domain values here; nothing is
//! decided.

pub mod accounts;
pub mod applications;
pub mod bank;
pub mod batches;
pub mod calculators;
pub mod checks;
pub mod classes;
pub mod clauses;
pub mod closures;
pub mod contracts;
pub mod endings;
pub mod escrow;
pub mod evidence;
pub mod holds;
pub mod identity;
pub mod interest;
pub mod ledgers;
pub mod licences;
pub mod lists;
pub mod lookup;
pub mod operations;
pub mod outbox;
pub mod payment_orders;
pub mod policies;
pub mod policy_versions;
pub mod privacy;
pub mod records;
pub mod refund_process;
pub mod registry;
pub mod registry_imports;
pub mod seals;
pub mod supervision;
pub mod templates;
pub mod users;
pub mod witnesses;
