//! The database: rows to domain values and back, queries, locks. Concrete functions, noun first, on
//! a [`Reader`] or a [`Tx`]; no rule is decided here, and no transaction begun but by the caller.

mod access_log;
mod bank_rows;
mod class_rows;
mod connect;
mod constraint;
mod contract_rows;
mod cosignatures;
mod credentials;
mod entries;
mod erasure;
mod error;
mod escrow_reads;
mod escrow_rows;
mod family_rows;
mod faults;
mod head;
mod idempotency;
mod import_rows;
mod integrity;
mod job_rows;
mod leaf_index;
mod login_attempts;
mod offer_rows;
mod outbox_rows;
mod people;
mod policy_rows;
mod postgres_tx;
mod projection;
mod reconciliation_rows;
mod refused_rows;
mod registry_desk;
mod registry_reads;
mod registry_rows;
mod row;
mod run_rows;
mod seal_rows;
mod sessions;
mod sql;
mod sqlite_writer;
mod staff_bar_rows;
mod template_rows;
mod tile_rows;
mod transfer_rows;
mod tree;
mod users;
pub mod vault;
mod watch_rows;

pub use access_log::{Reading, ReadingFilter, reading_append, readings_page};
pub use bank_rows::{
    BankLine, BankLineFilter, Statement, SuspendedLine, bank_line_insert, bank_line_load, bank_line_save,
    bank_lines_by_reference, bank_lines_count, bank_lines_forget, bank_lines_matched, bank_lines_of_statement,
    bank_lines_page, statement_all, statement_load, statement_of_day, statement_save, statements_last, statements_page,
    suspended_line_all, suspended_line_load, suspended_line_save,
};
pub use class_rows::{
    Class, ClassSession, Enrolment, LessonCounts, check_in_all, check_in_load, check_in_save, check_ins_of_sessions,
    class_insert, class_load, class_session_cancel, class_session_load, class_sessions_between, class_sessions_insert,
    class_sessions_of, classes_of_course, enrolment_save, enrolments_of, lesson_counts, lessons_of_sessions,
};
pub use connect::{Conn, Engine, Reader, Store, Tx};
pub use constraint::Constraint;
pub use contract_rows::{
    Draft, account_all, account_load, account_save, course_all, course_load, course_save, draft_all, draft_load,
    draft_save,
};
pub use cosignatures::{CosignatureRow, cosignature_append, cosignatures_of};
pub use credentials::{
    ApiKey, Delegation, IdentityLink, OidcLogin, SecondFactor, api_key_by_hash, api_key_insert, api_key_revoke,
    api_key_used, api_keys_of, api_keys_revoke_of, delegation_insert, delegation_revoke, delegations_of,
    delegations_to, identity_link, identity_link_delete, identity_link_insert, identity_links_of, oidc_login_insert,
    oidc_login_take, recovery_code_use, recovery_codes_left, recovery_codes_replace, second_factor,
    second_factor_delete, second_factor_save, second_factor_use,
};
pub use entries::{
    EntryBack, EntryRecord, EntryRow, entries_append, entries_by_seqs, entries_of_contract, entries_of_institution,
    entries_of_institution_back, entries_range, entries_written, entry_by_seq, entry_records_append,
    entry_records_load, leaf_hashes,
};
pub use erasure::{FamilyErasure, QuietFamily, family_erase, quiet_families};
pub use error::StoreError;
pub use escrow_reads::{
    ContractFilter, accounts_page, clear_projections, draft_document_load, draft_document_save, drafts_by_number,
    drafts_page, holds_page, lessons_disputed, lessons_due, lessons_due_between, lessons_of_contract, lessons_page,
    lessons_unclocked, payments_by_reference, payments_of_contract, payments_unprinted, refunds_due, refunds_page,
    refunds_unclocked, settlements_page,
};
pub use escrow_rows::{
    Payment, hold_all, hold_load, hold_save, lesson_all, lesson_load, lesson_save, payment_all, payment_load,
    payment_save, refund_all, refund_load, refund_save, settlement_all, settlement_load, settlement_save,
};
pub use family_rows::{
    ChildKey, ControllerKey, accounts_of_family, child_key_load, child_key_save, children_by_key, controller_key_load,
    controller_key_save,
};
pub use faults::{Fault, Faults};
pub use head::{Head, HeadMark, head_advance, head_load, head_lock, ledger_open, ledgers};
pub use idempotency::{Answer, idempotency_append, idempotency_load};
pub use import_rows::{
    LessonImport, LessonImportPart, lesson_import_by_id, lesson_import_done, lesson_import_insert, lesson_import_next,
    lesson_import_part, lesson_imports_open,
};
pub use integrity::pages_damaged;
pub use job_rows::{JobLease, JobRun, job_leases, job_release, job_run_insert, job_runs, jobs_lease};
pub use leaf_index::{LeafIndexSum, entry_by_leaf, leaf_index_append, leaf_index_rebuild};
pub use login_attempts::{
    LoginAttempts, login_attempt_block, login_attempt_count, login_attempt_forget, login_attempt_forgive,
    login_attempts, login_attempts_purge,
};
pub use offer_rows::{
    TransferAcceptance, TransferOffer, transfer_acceptance_insert, transfer_acceptances, transfer_offer_insert,
    transfer_offers,
};
pub use outbox_rows::{
    Notice, NoticeFilter, Told, Webhook, notice_address, notice_address_delete, notice_address_save, notice_by_id,
    notice_insert, notice_settle, notice_take, notices_due, notices_page, notices_purge, users_told, webhook_by_id,
    webhook_end, webhook_insert, webhooks_of,
};
pub use people::{Person, person_by_id, person_by_lookup, person_erase, person_save};
pub use policy_rows::{
    PolicyVersion, policy_version_by_id, policy_version_decide, policy_version_insert, policy_versions_adopted,
    policy_versions_count, policy_versions_of,
};
pub use reconciliation_rows::{
    Reconciliation, first_payment_day, institutions_in_custody, missing_that_came, reconciliation_last,
    reconciliation_of_day, reconciliation_save, reconciliations, reconciliations_count, reconciliations_of,
    statement_days,
};
pub use refused_rows::{RefusedAttempts, refused_attempts, refused_attempts_add};
pub use registry_desk::{
    DeskEntry, FileRow, QueueCursor, QueueFilter, TieRow, applications_queue, applications_unanswered, desk_entries,
    file_load, file_save, last_seq_before, licences_past_their_term, listings_past_their_term, listings_through,
    lists_published, names_since, ties_by_key, ties_of, ties_replace,
};
pub use registry_reads::{
    InstitutionFilter, NamedCourse, NamedInstitution, Profile, applications_page, course_name_save, courses_page,
    institutions_by_credit_code, institutions_page, licences_by_number, licences_page, listings_of_institution,
    named_course, profile_load, profile_save,
};
pub use registry_rows::{
    application_all, application_load, application_save, institution_all, institution_load, institution_save,
    licence_all, licence_load, licence_save, listing_all, listing_load, listing_save,
};
pub use run_rows::{Run, RunItem, contracts_count, run_by_id, run_insert, run_items, run_save, runs_open};
pub use seal_rows::{
    Seal, SealedContract, contracts_unsealed, institutions_to_seal, seal_counts, seal_save, sealed_contract_save,
    sealed_contracts_of_institution, seals_of_institution,
};
pub use sessions::{
    Session, session_by_token_hash, session_confirm, session_delete, session_delete_of, session_insert,
    sessions_delete_of, sessions_of_user, sessions_purge_expired,
};
pub use staff_bar_rows::{StaffBar, staff_bar, staff_bar_save, staff_bars, staff_bars_of};
pub use template_rows::{
    ContractTemplate, contract_template_by_id, contract_template_decide, contract_template_insert,
    contract_templates_adopted, contract_templates_all, contract_templates_by_digest,
};
pub use tile_rows::{Tile, tile_hashes, tiles_after, tiles_append, tiles_rebuild};
pub use transfer_rows::{
    contract_holders_save, transfer_all, transfer_load, transfer_save, transfers_of_contract, transfers_of_guardian,
};
pub use tree::{
    Checkpoint, Subtree, checkpoint_at, checkpoint_covering, checkpoint_last, checkpoint_save, checkpoints_after,
    subtree_get, subtree_range, subtrees_append,
};
pub use users::{
    User, UserFilter, user_by_id, user_by_username, user_insert, user_update, users_of_subject, users_page,
};
pub use watch_rows::{
    AlertFilter, alert_all, alert_facts, alert_facts_save, alert_load, alert_save, alerts_page, closure_all,
    closure_load, closure_save, closures_of, inspection_all, inspection_load, inspection_save, inspections_page,
};
