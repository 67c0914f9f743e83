//! The front door over HTTP on a real database: the main flow, what is refused and how, and lists
//! that keep routes, rights and documents complete.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on must stop")]

mod accessibility;
mod alerts;
mod bad_input;
mod bank;
mod calculators;
mod checks;
mod classes;
mod clauses;
mod closure;
mod console;
mod console_desks;
mod console_login;
mod deposit;
mod desk;
mod documents;
mod flow;
mod fsck;
mod identity;
mod identity_factors;
mod interest;
mod jobs;
mod journal;
mod lessons;
mod lists;
mod log;
mod oidc;
mod outbox;
mod policies;
mod privacy;
mod reconciliation;
mod refunds;
mod registry_import;
mod rights;
mod rules;
mod settlements;
mod staff_bars;
mod statements;
mod templates;
mod tls;
mod transfer;
mod world;
