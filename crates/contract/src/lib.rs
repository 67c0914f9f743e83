//! The model contract (培训服务合同): terms, the checks that decide whether it may be signed, its
//! document, and its life up to the end. Money movements are in `escrow`.
#![cfg_attr(not(test), deny(clippy::arithmetic_side_effects))]

pub mod amount;
pub mod checks;
pub mod clauses;
pub mod course;
pub mod document;
pub mod model;
pub mod penalty;
pub mod refund;
pub mod state;
pub mod terms;
pub mod timetable;
pub mod transfer;

pub use amount::amount_in_words;
pub use checks::{
    ClassFacts, FeeFacts, FeeFields, FeeFindings, GuidedPrice, Outstanding, PaymentForm, PriceAnswer, PriceError,
    PriceQuestion, Seller, Session, Warning, across_violations, charge_violations, course_charge_violations,
    fee_findings, guided_price, publication_violations, sign_violations,
};
pub use course::Course;
pub use document::{CustodyAccount, Details, GuardianParty, InstitutionParty, Parties, PupilParty};
pub use refund::RefundCause;
pub use state::{ContractCommand, ContractState, Party};
pub use terms::{LotTerms, RefundTerms, Terms};
pub use transfer::{Transfer, TransferFacts, transfer_violations};
