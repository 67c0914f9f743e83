-- The SQLite schema, made from the migrations. PostgreSQL has the same tables.

CREATE TABLE access_log (
    ledger_id TEXT NOT NULL,
    reading_id BLOB NOT NULL,
    subject_id BLOB NOT NULL,
    contract_id BLOB,
    user_id BLOB NOT NULL,
    reader_role TEXT NOT NULL,
    reader_region TEXT,
    reader_department TEXT,
    reader_institution_id BLOB,
    what TEXT NOT NULL,
    reason_sealed BLOB NOT NULL,
    read_at INTEGER NOT NULL,
    CONSTRAINT pk_access_log PRIMARY KEY (ledger_id, reading_id),
    CONSTRAINT ck_access_log_reading_id CHECK (octet_length(reading_id) = 16),
    CONSTRAINT ck_access_log_subject_id CHECK (octet_length(subject_id) = 16),
    CONSTRAINT ck_access_log_contract_id CHECK (octet_length(contract_id) = 16),
    CONSTRAINT ck_access_log_user_id CHECK (octet_length(user_id) = 16),
    CONSTRAINT ck_access_log_reader_institution_id CHECK (octet_length(reader_institution_id) = 16)
) STRICT, WITHOUT ROWID;

CREATE INDEX ix_access_log_subject ON access_log (ledger_id, subject_id);

CREATE INDEX ix_access_log_user ON access_log (ledger_id, user_id);

CREATE TRIGGER tg_access_log_no_delete BEFORE DELETE ON access_log BEGIN SELECT RAISE(ABORT, 'access_log is append-only'); END;

CREATE TRIGGER tg_access_log_no_update BEFORE UPDATE ON access_log BEGIN SELECT RAISE(ABORT, 'access_log is append-only'); END;

CREATE TABLE alert (
    ledger_id TEXT NOT NULL,
    alert_id BLOB NOT NULL,
    institution_id BLOB NOT NULL,
    rule TEXT NOT NULL,
    rule_version INTEGER NOT NULL,
    level TEXT NOT NULL,
    watched_on TEXT NOT NULL,
    facts_hash BLOB NOT NULL,
    state TEXT NOT NULL,
    seq INTEGER NOT NULL,
    CONSTRAINT pk_alert PRIMARY KEY (ledger_id, alert_id),
    CONSTRAINT ck_alert_alert_id CHECK (octet_length(alert_id) = 16),
    CONSTRAINT ck_alert_institution_id CHECK (octet_length(institution_id) = 16),
    CONSTRAINT ck_alert_rule_version CHECK (rule_version >= 0),
    CONSTRAINT ck_alert_level CHECK (level IN ('notice', 'yellow', 'red')),
    CONSTRAINT ck_alert_watched_on CHECK (length(watched_on) = 10),
    CONSTRAINT ck_alert_facts_hash CHECK (octet_length(facts_hash) = 32),
    CONSTRAINT ck_alert_state CHECK (state IN ('raised', 'acknowledged', 'explained', 'escalated', 'closed')),
    CONSTRAINT ck_alert_seq CHECK (seq >= 0)
) STRICT, WITHOUT ROWID;

CREATE INDEX ix_alert_institution ON alert (ledger_id, institution_id, rule, watched_on);

CREATE INDEX ix_alert_state ON alert (ledger_id, state, alert_id);

CREATE TABLE alert_fact (
    ledger_id TEXT NOT NULL,
    alert_id BLOB NOT NULL,
    facts TEXT NOT NULL,
    CONSTRAINT pk_alert_fact PRIMARY KEY (ledger_id, alert_id),
    CONSTRAINT ck_alert_fact_alert_id CHECK (octet_length(alert_id) = 16)
) STRICT;

CREATE TABLE api_key (
    api_key_id BLOB NOT NULL,
    user_id BLOB NOT NULL,
    key_hash BLOB NOT NULL,
    prefix TEXT NOT NULL,
    name TEXT NOT NULL,
    scope TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    last_used_at INTEGER,
    revoked_at INTEGER,
    CONSTRAINT pk_api_key PRIMARY KEY (api_key_id),
    CONSTRAINT uq_api_key_hash UNIQUE (key_hash),
    CONSTRAINT ck_api_key_api_key_id CHECK (octet_length(api_key_id) = 16),
    CONSTRAINT ck_api_key_user_id CHECK (octet_length(user_id) = 16),
    CONSTRAINT ck_api_key_key_hash CHECK (octet_length(key_hash) = 32)
) STRICT, WITHOUT ROWID;

CREATE INDEX ix_api_key_user ON api_key (user_id);

CREATE TABLE app_user (
    user_id BLOB NOT NULL,
    username TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    role TEXT NOT NULL,
    region TEXT,
    department TEXT,
    duties TEXT NOT NULL,
    ledger_id TEXT,
    institution_id BLOB,
    subject_id BLOB,
    active INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    version INTEGER NOT NULL DEFAULT 1,
    CONSTRAINT pk_app_user PRIMARY KEY (user_id),
    CONSTRAINT uq_app_user_username UNIQUE (username),
    CONSTRAINT ck_app_user_user_id CHECK (octet_length(user_id) = 16),
    CONSTRAINT ck_app_user_role CHECK (role IN ('regulator', 'institution', 'guardian', 'bank', 'auditor', 'admin')),
    CONSTRAINT ck_app_user_institution_id CHECK (octet_length(institution_id) = 16),
    CONSTRAINT ck_app_user_subject_id CHECK (octet_length(subject_id) = 16),
    CONSTRAINT ck_app_user_active CHECK (active IN (0, 1))
) STRICT, WITHOUT ROWID;

CREATE TABLE application (
    ledger_id TEXT NOT NULL,
    application_id BLOB NOT NULL,
    institution_id BLOB NOT NULL,
    kind TEXT NOT NULL,
    category TEXT NOT NULL,
    modes TEXT NOT NULL,
    stages TEXT NOT NULL,
    state TEXT NOT NULL,
    submitted_on TEXT NOT NULL,
    corrected_on TEXT,
    accepted_on TEXT,
    accept_by_on TEXT,
    correct_by_on TEXT,
    decide_by_on TEXT,
    submitted_by BLOB,
    site_checked_by BLOB,
    site_checked_with BLOB,
    site_check TEXT,
    reviewed_by BLOB,
    advice TEXT,
    version INTEGER NOT NULL,
    CONSTRAINT pk_application PRIMARY KEY (ledger_id, application_id),
    CONSTRAINT ck_application_application_id CHECK (octet_length(application_id) = 16),
    CONSTRAINT ck_application_institution_id CHECK (octet_length(institution_id) = 16),
    CONSTRAINT ck_application_kind CHECK (kind IN ('new', 'renewal', 'change', 'conversion', 'closure', 'change_name', 'change_site', 'change_promoter', 'change_representative', 'change_capital', 'branch')),
    CONSTRAINT ck_application_category CHECK (category IN ('subject', 'sports', 'arts', 'science', 'other')),
    CONSTRAINT ck_application_state CHECK (state IN ('submitted', 'correcting', 'corrected', 'accepted', 'site_checked', 'reviewed', 'granted', 'refused', 'ended')),
    CONSTRAINT ck_application_submitted_on CHECK (length(submitted_on) = 10),
    CONSTRAINT ck_application_corrected_on CHECK (length(corrected_on) = 10),
    CONSTRAINT ck_application_accepted_on CHECK (length(accepted_on) = 10),
    CONSTRAINT ck_application_accept_by_on CHECK (length(accept_by_on) = 10),
    CONSTRAINT ck_application_correct_by_on CHECK (length(correct_by_on) = 10),
    CONSTRAINT ck_application_decide_by_on CHECK (length(decide_by_on) = 10),
    CONSTRAINT ck_application_submitted_by CHECK (octet_length(submitted_by) = 16),
    CONSTRAINT ck_application_site_checked_by CHECK (octet_length(site_checked_by) = 16),
    CONSTRAINT ck_application_site_checked_with CHECK (octet_length(site_checked_with) = 16),
    CONSTRAINT ck_application_reviewed_by CHECK (octet_length(reviewed_by) = 16),
    CONSTRAINT ck_application_version CHECK (version >= 0)
) STRICT, WITHOUT ROWID;

CREATE INDEX ix_application_institution ON application (ledger_id, institution_id, application_id);

CREATE INDEX ix_application_state ON application (ledger_id, state, application_id);

CREATE TABLE bank_line (
    ledger_id TEXT NOT NULL,
    line_id BLOB NOT NULL,
    statement_id BLOB NOT NULL,
    institution_id BLOB NOT NULL,
    account TEXT NOT NULL,
    number INTEGER NOT NULL,
    booked_on TEXT NOT NULL,
    direction TEXT NOT NULL,
    amount_fen INTEGER NOT NULL,
    reference TEXT NOT NULL,
    end_to_end TEXT,
    kind TEXT NOT NULL,
    party_sealed BLOB,
    state TEXT NOT NULL,
    rule TEXT,
    matched_kind TEXT,
    matched_id BLOB,
    CONSTRAINT pk_bank_line PRIMARY KEY (ledger_id, line_id),
    CONSTRAINT ck_bank_line_line_id CHECK (octet_length(line_id) = 16),
    CONSTRAINT ck_bank_line_statement_id CHECK (octet_length(statement_id) = 16),
    CONSTRAINT ck_bank_line_institution_id CHECK (octet_length(institution_id) = 16),
    CONSTRAINT ck_bank_line_account CHECK (account IN ('custody', 'deposit')),
    CONSTRAINT ck_bank_line_number CHECK (number >= 0),
    CONSTRAINT ck_bank_line_booked_on CHECK (length(booked_on) = 10),
    CONSTRAINT ck_bank_line_direction CHECK (direction IN ('credit', 'debit')),
    CONSTRAINT ck_bank_line_amount_fen CHECK (amount_fen >= 0),
    CONSTRAINT ck_bank_line_kind CHECK (kind IN ('transfer', 'interest', 'returned')),
    CONSTRAINT ck_bank_line_state CHECK (state IN ('open', 'matched', 'suspended', 'cleared')),
    CONSTRAINT ck_bank_line_matched_id CHECK (octet_length(matched_id) = 16)
) STRICT, WITHOUT ROWID;

CREATE INDEX ix_bank_line_matched ON bank_line (ledger_id, matched_id);

CREATE INDEX ix_bank_line_reference ON bank_line (ledger_id, institution_id, reference);

CREATE INDEX ix_bank_line_state ON bank_line (ledger_id, institution_id, state, line_id);

CREATE INDEX ix_bank_line_statement ON bank_line (ledger_id, statement_id, number);

CREATE TABLE bank_statement (
    ledger_id TEXT NOT NULL,
    statement_id BLOB NOT NULL,
    institution_id BLOB NOT NULL,
    account TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    statement_on TEXT NOT NULL,
    opening_fen INTEGER NOT NULL,
    closing_fen INTEGER NOT NULL,
    lines INTEGER NOT NULL,
    file_hash BLOB NOT NULL,
    account_hash BLOB NOT NULL,
    seq INTEGER NOT NULL,
    CONSTRAINT pk_bank_statement PRIMARY KEY (ledger_id, statement_id),
    CONSTRAINT uq_bank_statement_day UNIQUE (ledger_id, institution_id, account, statement_on),
    CONSTRAINT ck_bank_statement_statement_id CHECK (octet_length(statement_id) = 16),
    CONSTRAINT ck_bank_statement_institution_id CHECK (octet_length(institution_id) = 16),
    CONSTRAINT ck_bank_statement_account CHECK (account IN ('custody', 'deposit')),
    CONSTRAINT ck_bank_statement_sequence CHECK (sequence >= 0),
    CONSTRAINT ck_bank_statement_statement_on CHECK (length(statement_on) = 10),
    CONSTRAINT ck_bank_statement_opening_fen CHECK (opening_fen >= 0),
    CONSTRAINT ck_bank_statement_closing_fen CHECK (closing_fen >= 0),
    CONSTRAINT ck_bank_statement_lines CHECK (lines >= 0),
    CONSTRAINT ck_bank_statement_file_hash CHECK (octet_length(file_hash) = 32),
    CONSTRAINT ck_bank_statement_account_hash CHECK (octet_length(account_hash) = 32),
    CONSTRAINT ck_bank_statement_seq CHECK (seq >= 0)
) STRICT, WITHOUT ROWID;

CREATE TABLE check_in (
    ledger_id TEXT NOT NULL,
    check_in_id BLOB NOT NULL,
    contract_id BLOB NOT NULL,
    institution_id BLOB NOT NULL,
    class_session_id BLOB NOT NULL,
    held_on TEXT NOT NULL,
    checked_in_on TEXT NOT NULL,
    CONSTRAINT pk_check_in PRIMARY KEY (ledger_id, check_in_id),
    CONSTRAINT uq_check_in_session UNIQUE (ledger_id, class_session_id, contract_id),
    CONSTRAINT ck_check_in_check_in_id CHECK (octet_length(check_in_id) = 16),
    CONSTRAINT ck_check_in_contract_id CHECK (octet_length(contract_id) = 16),
    CONSTRAINT ck_check_in_institution_id CHECK (octet_length(institution_id) = 16),
    CONSTRAINT ck_check_in_class_session_id CHECK (octet_length(class_session_id) = 16),
    CONSTRAINT ck_check_in_held_on CHECK (length(held_on) = 10),
    CONSTRAINT ck_check_in_checked_in_on CHECK (length(checked_in_on) = 10)
) STRICT, WITHOUT ROWID;

CREATE INDEX ix_check_in_institution ON check_in (ledger_id, institution_id, held_on);

CREATE TABLE checkpoint (
    ledger_id TEXT NOT NULL,
    size INTEGER NOT NULL,
    signed_at INTEGER NOT NULL,
    note TEXT NOT NULL,
    CONSTRAINT pk_checkpoint PRIMARY KEY (ledger_id, size),
    CONSTRAINT ck_checkpoint_size CHECK (size >= 0)
) STRICT, WITHOUT ROWID;

CREATE TABLE child_key (
    ledger_id TEXT NOT NULL,
    subject_id BLOB NOT NULL,
    child_key BLOB NOT NULL,
    CONSTRAINT pk_child_key PRIMARY KEY (ledger_id, subject_id),
    CONSTRAINT ck_child_key_subject_id CHECK (octet_length(subject_id) = 16),
    CONSTRAINT ck_child_key_child_key CHECK (octet_length(child_key) = 32)
) STRICT, WITHOUT ROWID;

CREATE INDEX ix_child_key_key ON child_key (ledger_id, child_key);

CREATE TABLE class (
    ledger_id TEXT NOT NULL,
    class_id BLOB NOT NULL,
    institution_id BLOB NOT NULL,
    course_id BLOB NOT NULL,
    name TEXT NOT NULL,
    teacher_item_id BLOB NOT NULL,
    room_item_id BLOB,
    capacity INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    CONSTRAINT pk_class PRIMARY KEY (ledger_id, class_id),
    CONSTRAINT ck_class_class_id CHECK (octet_length(class_id) = 16),
    CONSTRAINT ck_class_institution_id CHECK (octet_length(institution_id) = 16),
    CONSTRAINT ck_class_course_id CHECK (octet_length(course_id) = 16),
    CONSTRAINT ck_class_teacher_item_id CHECK (octet_length(teacher_item_id) = 16),
    CONSTRAINT ck_class_room_item_id CHECK (octet_length(room_item_id) = 16),
    CONSTRAINT ck_class_capacity CHECK (capacity >= 0)
) STRICT, WITHOUT ROWID;

CREATE INDEX ix_class_course ON class (ledger_id, course_id, class_id);

CREATE TABLE class_session (
    ledger_id TEXT NOT NULL,
    session_id BLOB NOT NULL,
    class_id BLOB NOT NULL,
    institution_id BLOB NOT NULL,
    held_on TEXT NOT NULL,
    from_minute INTEGER NOT NULL,
    until_minute INTEGER NOT NULL,
    teacher_item_id BLOB NOT NULL,
    room_item_id BLOB,
    cancelled_for TEXT,
    CONSTRAINT pk_class_session PRIMARY KEY (ledger_id, session_id),
    CONSTRAINT ck_class_session_session_id CHECK (octet_length(session_id) = 16),
    CONSTRAINT ck_class_session_class_id CHECK (octet_length(class_id) = 16),
    CONSTRAINT ck_class_session_institution_id CHECK (octet_length(institution_id) = 16),
    CONSTRAINT ck_class_session_held_on CHECK (length(held_on) = 10),
    CONSTRAINT ck_class_session_from_minute CHECK (from_minute >= 0),
    CONSTRAINT ck_class_session_until_minute CHECK (until_minute >= 0),
    CONSTRAINT ck_class_session_teacher_item_id CHECK (octet_length(teacher_item_id) = 16),
    CONSTRAINT ck_class_session_room_item_id CHECK (octet_length(room_item_id) = 16),
    CONSTRAINT ck_class_session_times CHECK (from_minute < until_minute AND until_minute <= 1440)
) STRICT, WITHOUT ROWID;

CREATE INDEX ix_class_session_class ON class_session (ledger_id, class_id, held_on, from_minute);

CREATE INDEX ix_class_session_day ON class_session (ledger_id, institution_id, held_on, from_minute);

CREATE TABLE closure (
    ledger_id TEXT NOT NULL,
    closure_id BLOB NOT NULL,
    institution_id BLOB NOT NULL,
    contracts INTEGER NOT NULL,
    hours_left_hundredths INTEGER NOT NULL,
    owed_fen INTEGER NOT NULL,
    manifest_hash BLOB NOT NULL,
    seq INTEGER NOT NULL,
    CONSTRAINT pk_closure PRIMARY KEY (ledger_id, closure_id),
    CONSTRAINT ck_closure_closure_id CHECK (octet_length(closure_id) = 16),
    CONSTRAINT ck_closure_institution_id CHECK (octet_length(institution_id) = 16),
    CONSTRAINT ck_closure_contracts CHECK (contracts >= 0),
    CONSTRAINT ck_closure_hours_left_hundredths CHECK (hours_left_hundredths >= 0),
    CONSTRAINT ck_closure_owed_fen CHECK (owed_fen >= 0),
    CONSTRAINT ck_closure_manifest_hash CHECK (octet_length(manifest_hash) = 32),
    CONSTRAINT ck_closure_seq CHECK (seq >= 0)
) STRICT, WITHOUT ROWID;

CREATE INDEX ix_closure_institution ON closure (ledger_id, institution_id, seq);

CREATE TABLE contract (
    ledger_id TEXT NOT NULL,
    contract_id BLOB NOT NULL,
    institution_id BLOB NOT NULL,
    course_id BLOB NOT NULL,
    category TEXT NOT NULL,
    mode TEXT NOT NULL,
    stage TEXT NOT NULL,
    guardian_id BLOB NOT NULL,
    pupil_id BLOB NOT NULL,
    full_refund_days_before_start INTEGER NOT NULL,
    full_refund_days_after_start INTEGER NOT NULL,
    pay_back_days INTEGER NOT NULL,
    first_lesson_on TEXT NOT NULL,
    last_lesson_on TEXT NOT NULL,
    document BLOB NOT NULL,
    state TEXT NOT NULL,
    prepaid_fen INTEGER NOT NULL,
    disputed_fen INTEGER NOT NULL,
    refund_fen INTEGER NOT NULL,
    open_refund_id BLOB,
    last_seq INTEGER NOT NULL,
    last_entry INTEGER NOT NULL DEFAULT 0 CONSTRAINT ck_contract_last_entry CHECK (last_entry >= 0),
    lots TEXT NOT NULL DEFAULT '',
    holds INTEGER NOT NULL DEFAULT 0 CONSTRAINT ck_contract_holds CHECK (holds >= 0),
    CONSTRAINT pk_contract PRIMARY KEY (ledger_id, contract_id),
    CONSTRAINT ck_contract_contract_id CHECK (octet_length(contract_id) = 16),
    CONSTRAINT ck_contract_institution_id CHECK (octet_length(institution_id) = 16),
    CONSTRAINT ck_contract_course_id CHECK (octet_length(course_id) = 16),
    CONSTRAINT ck_contract_category CHECK (category IN ('subject', 'sports', 'arts', 'science', 'other')),
    CONSTRAINT ck_contract_mode CHECK (mode IN ('offline', 'online')),
    CONSTRAINT ck_contract_stage CHECK (stage IN ('preschool', 'primary', 'junior', 'senior')),
    CONSTRAINT ck_contract_guardian_id CHECK (octet_length(guardian_id) = 16),
    CONSTRAINT ck_contract_pupil_id CHECK (octet_length(pupil_id) = 16),
    CONSTRAINT ck_contract_full_refund_days_before_start CHECK (full_refund_days_before_start >= 0),
    CONSTRAINT ck_contract_full_refund_days_after_start CHECK (full_refund_days_after_start >= 0),
    CONSTRAINT ck_contract_pay_back_days CHECK (pay_back_days >= 0),
    CONSTRAINT ck_contract_first_lesson_on CHECK (length(first_lesson_on) = 10),
    CONSTRAINT ck_contract_last_lesson_on CHECK (length(last_lesson_on) = 10),
    CONSTRAINT ck_contract_document CHECK (octet_length(document) = 32),
    CONSTRAINT ck_contract_state CHECK (state IN ('draft', 'signed_by_institution', 'signed_by_guardian', 'signed', 'ended')),
    CONSTRAINT ck_contract_prepaid_fen CHECK (prepaid_fen >= 0),
    CONSTRAINT ck_contract_disputed_fen CHECK (disputed_fen >= 0),
    CONSTRAINT ck_contract_refund_fen CHECK (refund_fen >= 0),
    CONSTRAINT ck_contract_open_refund_id CHECK (octet_length(open_refund_id) = 16),
    CONSTRAINT ck_contract_last_seq CHECK (last_seq >= 0)
) STRICT, WITHOUT ROWID;

CREATE INDEX ix_contract_guardian ON contract (ledger_id, guardian_id, contract_id);

CREATE INDEX ix_contract_institution ON contract (ledger_id, institution_id, contract_id);

CREATE INDEX ix_contract_pupil ON contract (ledger_id, pupil_id, contract_id);

CREATE TABLE contract_draft (
    ledger_id TEXT NOT NULL,
    contract_id BLOB NOT NULL,
    institution_id BLOB NOT NULL,
    course_id BLOB NOT NULL,
    category TEXT NOT NULL,
    mode TEXT NOT NULL,
    stage TEXT NOT NULL,
    guardian_id BLOB NOT NULL,
    pupil_id BLOB NOT NULL,
    full_refund_days_before_start INTEGER NOT NULL,
    full_refund_days_after_start INTEGER NOT NULL,
    pay_back_days INTEGER NOT NULL,
    first_lesson_on TEXT NOT NULL,
    last_lesson_on TEXT NOT NULL,
    lots TEXT NOT NULL,
    number TEXT NOT NULL,
    state TEXT NOT NULL,
    document_hash BLOB NOT NULL,
    document_sealed BLOB,
    created_at INTEGER NOT NULL,
    CONSTRAINT pk_contract_draft PRIMARY KEY (ledger_id, contract_id),
    CONSTRAINT uq_contract_draft_number UNIQUE (ledger_id, number),
    CONSTRAINT ck_contract_draft_contract_id CHECK (octet_length(contract_id) = 16),
    CONSTRAINT ck_contract_draft_institution_id CHECK (octet_length(institution_id) = 16),
    CONSTRAINT ck_contract_draft_course_id CHECK (octet_length(course_id) = 16),
    CONSTRAINT ck_contract_draft_category CHECK (category IN ('subject', 'sports', 'arts', 'science', 'other')),
    CONSTRAINT ck_contract_draft_mode CHECK (mode IN ('offline', 'online')),
    CONSTRAINT ck_contract_draft_stage CHECK (stage IN ('preschool', 'primary', 'junior', 'senior')),
    CONSTRAINT ck_contract_draft_guardian_id CHECK (octet_length(guardian_id) = 16),
    CONSTRAINT ck_contract_draft_pupil_id CHECK (octet_length(pupil_id) = 16),
    CONSTRAINT ck_contract_draft_full_refund_days_before_start CHECK (full_refund_days_before_start >= 0),
    CONSTRAINT ck_contract_draft_full_refund_days_after_start CHECK (full_refund_days_after_start >= 0),
    CONSTRAINT ck_contract_draft_pay_back_days CHECK (pay_back_days >= 0),
    CONSTRAINT ck_contract_draft_first_lesson_on CHECK (length(first_lesson_on) = 10),
    CONSTRAINT ck_contract_draft_last_lesson_on CHECK (length(last_lesson_on) = 10),
    CONSTRAINT ck_contract_draft_state CHECK (state IN ('draft', 'signed_by_institution', 'signed_by_guardian', 'signed', 'ended')),
    CONSTRAINT ck_contract_draft_document_hash CHECK (octet_length(document_hash) = 32)
) STRICT;

CREATE INDEX ix_contract_draft_guardian ON contract_draft (ledger_id, guardian_id, contract_id);

CREATE INDEX ix_contract_draft_institution ON contract_draft (ledger_id, institution_id, contract_id);

CREATE INDEX ix_contract_draft_pupil ON contract_draft (ledger_id, pupil_id, contract_id);

CREATE TABLE contract_template (
    template_id BLOB NOT NULL,
    region TEXT NOT NULL,
    state TEXT NOT NULL,
    effective_on TEXT NOT NULL,
    name TEXT NOT NULL,
    document TEXT NOT NULL,
    digest BLOB NOT NULL,
    drafted_by BLOB NOT NULL,
    drafted_at INTEGER NOT NULL,
    decided_by BLOB,
    decided_at INTEGER,
    CONSTRAINT pk_contract_template PRIMARY KEY (template_id),
    CONSTRAINT ck_contract_template_template_id CHECK (octet_length(template_id) = 16),
    CONSTRAINT ck_contract_template_state CHECK (state IN ('draft', 'adopted', 'rejected')),
    CONSTRAINT ck_contract_template_effective_on CHECK (length(effective_on) = 10),
    CONSTRAINT ck_contract_template_digest CHECK (octet_length(digest) = 32),
    CONSTRAINT ck_contract_template_drafted_by CHECK (octet_length(drafted_by) = 16),
    CONSTRAINT ck_contract_template_decided_by CHECK (octet_length(decided_by) = 16),
    CONSTRAINT ck_contract_template_decided_at CHECK (decided_at >= 0),
    CONSTRAINT ck_contract_template_decided CHECK ((state = 'draft') = (decided_by IS NULL))
) STRICT;

CREATE INDEX ix_contract_template_digest ON contract_template (digest);

CREATE INDEX ix_contract_template_region ON contract_template (region);

CREATE TABLE contract_transfer (
    ledger_id TEXT NOT NULL,
    transfer_id BLOB NOT NULL,
    contract_id BLOB NOT NULL,
    contract_seq INTEGER NOT NULL,
    from_guardian_id BLOB NOT NULL,
    from_pupil_id BLOB NOT NULL,
    guardian_id BLOB NOT NULL,
    pupil_id BLOB NOT NULL,
    CONSTRAINT pk_contract_transfer PRIMARY KEY (ledger_id, transfer_id),
    CONSTRAINT ck_contract_transfer_transfer_id CHECK (octet_length(transfer_id) = 16),
    CONSTRAINT ck_contract_transfer_contract_id CHECK (octet_length(contract_id) = 16),
    CONSTRAINT ck_contract_transfer_contract_seq CHECK (contract_seq >= 0),
    CONSTRAINT ck_contract_transfer_from_guardian_id CHECK (octet_length(from_guardian_id) = 16),
    CONSTRAINT ck_contract_transfer_from_pupil_id CHECK (octet_length(from_pupil_id) = 16),
    CONSTRAINT ck_contract_transfer_guardian_id CHECK (octet_length(guardian_id) = 16),
    CONSTRAINT ck_contract_transfer_pupil_id CHECK (octet_length(pupil_id) = 16)
) STRICT, WITHOUT ROWID;

CREATE INDEX ix_contract_transfer_contract ON contract_transfer (ledger_id, contract_id, contract_seq);

CREATE INDEX ix_contract_transfer_from ON contract_transfer (ledger_id, from_guardian_id);

CREATE TABLE control_tie (
    ledger_id TEXT NOT NULL,
    institution_id BLOB NOT NULL,
    item_id BLOB NOT NULL,
    kind TEXT NOT NULL,
    tie_key BLOB NOT NULL,
    CONSTRAINT pk_control_tie PRIMARY KEY (ledger_id, institution_id, item_id, kind, tie_key),
    CONSTRAINT ck_control_tie_institution_id CHECK (octet_length(institution_id) = 16),
    CONSTRAINT ck_control_tie_item_id CHECK (octet_length(item_id) = 16),
    CONSTRAINT ck_control_tie_kind CHECK (kind IN ('person', 'phone', 'address', 'account')),
    CONSTRAINT ck_control_tie_tie_key CHECK (octet_length(tie_key) = 32)
) STRICT, WITHOUT ROWID;

CREATE INDEX ix_control_tie_key ON control_tie (ledger_id, tie_key);

CREATE TABLE controller_key (
    ledger_id TEXT NOT NULL,
    institution_id BLOB NOT NULL,
    controller_key BLOB NOT NULL,
    CONSTRAINT pk_controller_key PRIMARY KEY (ledger_id, institution_id),
    CONSTRAINT ck_controller_key_institution_id CHECK (octet_length(institution_id) = 16),
    CONSTRAINT ck_controller_key_controller_key CHECK (octet_length(controller_key) = 32)
) STRICT, WITHOUT ROWID;

CREATE INDEX ix_controller_key_key ON controller_key (ledger_id, controller_key);

CREATE TABLE cosignature (
    ledger_id TEXT NOT NULL,
    witness TEXT NOT NULL,
    size INTEGER NOT NULL,
    cosigned_at INTEGER NOT NULL,
    line TEXT NOT NULL,
    CONSTRAINT pk_cosignature PRIMARY KEY (ledger_id, witness, size),
    CONSTRAINT ck_cosignature_size CHECK (size >= 0)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER tg_cosignature_no_delete BEFORE DELETE ON cosignature BEGIN SELECT RAISE(ABORT, 'cosignature is append-only'); END;

CREATE TRIGGER tg_cosignature_no_update BEFORE UPDATE ON cosignature BEGIN SELECT RAISE(ABORT, 'cosignature is append-only'); END;

CREATE TABLE course (
    ledger_id TEXT NOT NULL,
    course_id BLOB NOT NULL,
    institution_id BLOB NOT NULL,
    name TEXT,
    category TEXT NOT NULL,
    mode TEXT NOT NULL,
    stage TEXT NOT NULL,
    hours_hundredths INTEGER NOT NULL,
    minutes_per_hour INTEGER NOT NULL,
    price_fen INTEGER NOT NULL,
    list_price_per_hour_fen INTEGER,
    class_size_max INTEGER NOT NULL,
    starts_on TEXT NOT NULL,
    ends_on TEXT NOT NULL,
    published_seq INTEGER,
    CONSTRAINT pk_course PRIMARY KEY (ledger_id, course_id),
    CONSTRAINT ck_course_course_id CHECK (octet_length(course_id) = 16),
    CONSTRAINT ck_course_institution_id CHECK (octet_length(institution_id) = 16),
    CONSTRAINT ck_course_category CHECK (category IN ('subject', 'sports', 'arts', 'science', 'other')),
    CONSTRAINT ck_course_mode CHECK (mode IN ('offline', 'online')),
    CONSTRAINT ck_course_stage CHECK (stage IN ('preschool', 'primary', 'junior', 'senior')),
    CONSTRAINT ck_course_hours_hundredths CHECK (hours_hundredths >= 0),
    CONSTRAINT ck_course_minutes_per_hour CHECK (minutes_per_hour >= 0),
    CONSTRAINT ck_course_price_fen CHECK (price_fen >= 0),
    CONSTRAINT ck_course_list_price_per_hour_fen CHECK (list_price_per_hour_fen >= 0),
    CONSTRAINT ck_course_class_size_max CHECK (class_size_max >= 0),
    CONSTRAINT ck_course_starts_on CHECK (length(starts_on) = 10),
    CONSTRAINT ck_course_ends_on CHECK (length(ends_on) = 10),
    CONSTRAINT ck_course_published_seq CHECK (published_seq >= 0)
) STRICT, WITHOUT ROWID;

CREATE INDEX ix_course_institution ON course (ledger_id, institution_id, course_id);

CREATE TABLE delegation (
    delegation_id BLOB NOT NULL,
    from_user_id BLOB NOT NULL,
    to_user_id BLOB NOT NULL,
    duties TEXT NOT NULL,
    from_on TEXT NOT NULL,
    until_on TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    revoked_at INTEGER,
    CONSTRAINT pk_delegation PRIMARY KEY (delegation_id),
    CONSTRAINT ck_delegation_delegation_id CHECK (octet_length(delegation_id) = 16),
    CONSTRAINT ck_delegation_from_user_id CHECK (octet_length(from_user_id) = 16),
    CONSTRAINT ck_delegation_to_user_id CHECK (octet_length(to_user_id) = 16),
    CONSTRAINT ck_delegation_from_on CHECK (length(from_on) = 10),
    CONSTRAINT ck_delegation_until_on CHECK (length(until_on) = 10)
) STRICT, WITHOUT ROWID;

CREATE INDEX ix_delegation_from ON delegation (from_user_id);

CREATE INDEX ix_delegation_to ON delegation (to_user_id);

CREATE TABLE enrolment (
    ledger_id TEXT NOT NULL,
    class_id BLOB NOT NULL,
    contract_id BLOB NOT NULL,
    from_on TEXT NOT NULL,
    until_on TEXT,
    CONSTRAINT pk_enrolment PRIMARY KEY (ledger_id, class_id, contract_id),
    CONSTRAINT ck_enrolment_class_id CHECK (octet_length(class_id) = 16),
    CONSTRAINT ck_enrolment_contract_id CHECK (octet_length(contract_id) = 16),
    CONSTRAINT ck_enrolment_from_on CHECK (length(from_on) = 10),
    CONSTRAINT ck_enrolment_until_on CHECK (length(until_on) = 10)
) STRICT, WITHOUT ROWID;

CREATE INDEX ix_enrolment_contract ON enrolment (ledger_id, contract_id);

CREATE TABLE entry (
    ledger_id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    leaf_hash BLOB NOT NULL,
    entry_type TEXT NOT NULL,
    institution_id BLOB,
    institution_seq INTEGER,
    contract_id BLOB,
    contract_seq INTEGER,
    contract_before INTEGER,
    recorded_at INTEGER NOT NULL,
    effective_on TEXT NOT NULL,
    bytes BLOB NOT NULL,
    CONSTRAINT pk_entry PRIMARY KEY (ledger_id, seq),
    CONSTRAINT uq_entry_institution_seq UNIQUE (ledger_id, institution_id, institution_seq),
    CONSTRAINT ck_entry_seq CHECK (seq >= 0),
    CONSTRAINT ck_entry_leaf_hash CHECK (octet_length(leaf_hash) = 32),
    CONSTRAINT ck_entry_institution_id CHECK (octet_length(institution_id) = 16),
    CONSTRAINT ck_entry_institution_seq CHECK (institution_seq >= 0),
    CONSTRAINT ck_entry_contract_id CHECK (octet_length(contract_id) = 16),
    CONSTRAINT ck_entry_contract_seq CHECK (contract_seq >= 0),
    CONSTRAINT ck_entry_contract_before CHECK (contract_before >= 0),
    CONSTRAINT ck_entry_effective_on CHECK (length(effective_on) = 10),
    CONSTRAINT ck_entry_institution_pair CHECK ((institution_id IS NULL) = (institution_seq IS NULL)),
    CONSTRAINT ck_entry_contract_pair CHECK ((contract_id IS NULL) = (contract_seq IS NULL)),
    CONSTRAINT ck_entry_bytes CHECK (octet_length(bytes) BETWEEN 2 AND 65535)
) STRICT;

CREATE INDEX ix_entry_desk ON entry (ledger_id, institution_id, institution_seq) WHERE contract_id IS NULL AND entry_type <> 'day_sealed' AND entry_type <> 'bank_statement_recorded' AND entry_type <> 'bank_line_suspended' AND entry_type <> 'suspense_cleared' AND entry_type <> 'reconciled' AND entry_type <> 'interest_credited';

CREATE INDEX ix_entry_lists ON entry (ledger_id, seq) WHERE entry_type = 'lists_published';

CREATE UNIQUE INDEX uq_entry_contract_first ON entry (ledger_id, contract_id) WHERE contract_seq = 1;

CREATE TRIGGER tg_entry_no_delete BEFORE DELETE ON entry BEGIN SELECT RAISE(ABORT, 'entry is append-only'); END;

CREATE TRIGGER tg_entry_no_update BEFORE UPDATE ON entry BEGIN SELECT RAISE(ABORT, 'entry is append-only'); END;

CREATE TABLE entry_record (
    ledger_id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    sealed BLOB NOT NULL,
    CONSTRAINT pk_entry_record PRIMARY KEY (ledger_id, seq),
    CONSTRAINT ck_entry_record_seq CHECK (seq >= 0)
) STRICT, WITHOUT ROWID;

CREATE TABLE file (
    ledger_id TEXT NOT NULL,
    institution_id BLOB NOT NULL,
    sha256 BLOB NOT NULL,
    media_type TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    uploaded_by BLOB NOT NULL,
    uploaded_at INTEGER NOT NULL,
    CONSTRAINT pk_file PRIMARY KEY (ledger_id, institution_id, sha256),
    CONSTRAINT ck_file_institution_id CHECK (octet_length(institution_id) = 16),
    CONSTRAINT ck_file_sha256 CHECK (octet_length(sha256) = 32),
    CONSTRAINT ck_file_bytes CHECK (bytes >= 0),
    CONSTRAINT ck_file_uploaded_by CHECK (octet_length(uploaded_by) = 16)
) STRICT, WITHOUT ROWID;

CREATE TABLE hold (
    ledger_id TEXT NOT NULL,
    hold_id BLOB NOT NULL,
    institution_id BLOB NOT NULL,
    contract_id BLOB,
    cause TEXT NOT NULL,
    state TEXT NOT NULL,
    CONSTRAINT pk_hold PRIMARY KEY (ledger_id, hold_id),
    CONSTRAINT ck_hold_hold_id CHECK (octet_length(hold_id) = 16),
    CONSTRAINT ck_hold_institution_id CHECK (octet_length(institution_id) = 16),
    CONSTRAINT ck_hold_contract_id CHECK (octet_length(contract_id) = 16),
    CONSTRAINT ck_hold_cause CHECK (cause IN ('suspension', 'revocation', 'order', 'control_change', 'suspected_flight', 'account')),
    CONSTRAINT ck_hold_state CHECK (state IN ('placed', 'released'))
) STRICT, WITHOUT ROWID;

CREATE INDEX ix_hold_institution ON hold (ledger_id, institution_id, hold_id);

CREATE TABLE idempotency (
    ledger_id TEXT NOT NULL,
    idem_key TEXT NOT NULL,
    actor TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    status INTEGER NOT NULL,
    body TEXT NOT NULL,
    first_seq INTEGER,
    entry_count INTEGER NOT NULL,
    CONSTRAINT pk_idempotency PRIMARY KEY (ledger_id, idem_key),
    CONSTRAINT ck_idempotency_status CHECK (status >= 0),
    CONSTRAINT ck_idempotency_first_seq CHECK (first_seq >= 0),
    CONSTRAINT ck_idempotency_entry_count CHECK (entry_count >= 0),
    CONSTRAINT ck_idempotency_entries CHECK ((first_seq IS NULL) = (entry_count = 0))
) STRICT;

CREATE TRIGGER tg_idempotency_no_delete BEFORE DELETE ON idempotency BEGIN SELECT RAISE(ABORT, 'idempotency is append-only'); END;

CREATE TRIGGER tg_idempotency_no_update BEFORE UPDATE ON idempotency BEGIN SELECT RAISE(ABORT, 'idempotency is append-only'); END;

CREATE TABLE identity_link (
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    user_id BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    CONSTRAINT pk_identity_link PRIMARY KEY (issuer, subject),
    CONSTRAINT ck_identity_link_user_id CHECK (octet_length(user_id) = 16)
) STRICT, WITHOUT ROWID;

CREATE INDEX ix_identity_link_user ON identity_link (user_id);

CREATE TABLE inspection (
    ledger_id TEXT NOT NULL,
    inspection_id BLOB NOT NULL,
    institution_id BLOB NOT NULL,
    inspected_on TEXT NOT NULL,
    finding TEXT NOT NULL,
    problems INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    CONSTRAINT pk_inspection PRIMARY KEY (ledger_id, inspection_id),
    CONSTRAINT ck_inspection_inspection_id CHECK (octet_length(inspection_id) = 16),
    CONSTRAINT ck_inspection_institution_id CHECK (octet_length(institution_id) = 16),
    CONSTRAINT ck_inspection_inspected_on CHECK (length(inspected_on) = 10),
    CONSTRAINT ck_inspection_finding CHECK (finding IN ('in_order', 'problems', 'site_closed', 'unlicensed', 'payee_mismatch')),
    CONSTRAINT ck_inspection_problems CHECK (problems >= 0),
    CONSTRAINT ck_inspection_seq CHECK (seq >= 0)
) STRICT, WITHOUT ROWID;

CREATE INDEX ix_inspection_institution ON inspection (ledger_id, institution_id, inspected_on);

CREATE TABLE institution (
    ledger_id TEXT NOT NULL,
    institution_id BLOB NOT NULL,
    region TEXT NOT NULL,
    credit_code TEXT NOT NULL,
    category TEXT NOT NULL,
    modes TEXT NOT NULL,
    stages TEXT NOT NULL,
    state TEXT NOT NULL,
    listing TEXT NOT NULL,
    licence_id BLOB,
    open_application_id BLOB,
    holds INTEGER NOT NULL,
    custody_fen INTEGER NOT NULL,
    prepaid_fen INTEGER NOT NULL,
    disputed_fen INTEGER NOT NULL,
    refund_fen INTEGER NOT NULL,
    payable_fen INTEGER NOT NULL,
    settling_fen INTEGER NOT NULL,
    last_seq INTEGER NOT NULL,
    last_leaf BLOB NOT NULL,
    control_change_id BLOB CONSTRAINT ck_institution_control_change_id CHECK (octet_length(control_change_id) = 16),
    account_holds INTEGER NOT NULL DEFAULT 0 CONSTRAINT ck_institution_account_holds CHECK (account_holds >= 0),
    interest_fen INTEGER NOT NULL DEFAULT 0 CONSTRAINT ck_institution_interest_fen CHECK (interest_fen >= 0),
    suspended_in_fen INTEGER NOT NULL DEFAULT 0 CONSTRAINT ck_institution_suspended_in_fen CHECK (suspended_in_fen >= 0),
    suspended_out_fen INTEGER NOT NULL DEFAULT 0 CONSTRAINT ck_institution_suspended_out_fen CHECK (suspended_out_fen >= 0),
    deposit_fen INTEGER NOT NULL DEFAULT 0 CONSTRAINT ck_institution_deposit_fen CHECK (deposit_fen >= 0),
    deposit_locked INTEGER NOT NULL DEFAULT 0 CONSTRAINT ck_institution_deposit_locked CHECK (deposit_locked IN (0, 1)),
    CONSTRAINT pk_institution PRIMARY KEY (ledger_id, institution_id),
    CONSTRAINT uq_institution_credit_code UNIQUE (ledger_id, credit_code),
    CONSTRAINT ck_institution_institution_id CHECK (octet_length(institution_id) = 16),
    CONSTRAINT ck_institution_category CHECK (category IN ('subject', 'sports', 'arts', 'science', 'other')),
    CONSTRAINT ck_institution_state CHECK (state IN ('unlicensed', 'licensed', 'suspended', 'revoked', 'closed')),
    CONSTRAINT ck_institution_listing CHECK (listing IN ('white', 'black', 'warning', 'rectifying', 'none')),
    CONSTRAINT ck_institution_licence_id CHECK (octet_length(licence_id) = 16),
    CONSTRAINT ck_institution_open_application_id CHECK (octet_length(open_application_id) = 16),
    CONSTRAINT ck_institution_holds CHECK (holds >= 0),
    CONSTRAINT ck_institution_custody_fen CHECK (custody_fen >= 0),
    CONSTRAINT ck_institution_prepaid_fen CHECK (prepaid_fen >= 0),
    CONSTRAINT ck_institution_disputed_fen CHECK (disputed_fen >= 0),
    CONSTRAINT ck_institution_refund_fen CHECK (refund_fen >= 0),
    CONSTRAINT ck_institution_payable_fen CHECK (payable_fen >= 0),
    CONSTRAINT ck_institution_settling_fen CHECK (settling_fen >= 0),
    CONSTRAINT ck_institution_last_seq CHECK (last_seq >= 0),
    CONSTRAINT ck_institution_last_leaf CHECK (octet_length(last_leaf) = 32)
) STRICT, WITHOUT ROWID;

CREATE INDEX ix_institution_listing ON institution (ledger_id, listing, institution_id);

CREATE TABLE institution_profile (
    ledger_id TEXT NOT NULL,
    institution_id BLOB NOT NULL,
    name TEXT NOT NULL,
    sealed BLOB NOT NULL,
    custody_account_present INTEGER NOT NULL,
    changed_at INTEGER NOT NULL DEFAULT 631152000000000,
    CONSTRAINT pk_institution_profile PRIMARY KEY (ledger_id, institution_id),
    CONSTRAINT ck_institution_profile_institution_id CHECK (octet_length(institution_id) = 16),
    CONSTRAINT ck_institution_profile_custody_account_present CHECK (custody_account_present IN (0, 1))
) STRICT, WITHOUT ROWID;

CREATE INDEX ix_institution_profile_changed ON institution_profile (ledger_id, changed_at);

CREATE INDEX ix_institution_profile_name ON institution_profile (ledger_id, name);

CREATE TABLE job_lease (
    ledger_id TEXT NOT NULL,
    job TEXT NOT NULL,
    holder TEXT NOT NULL,
    leased_until INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    done_through_on TEXT,
    next_due_at INTEGER,
    CONSTRAINT pk_job_lease PRIMARY KEY (ledger_id, job),
    CONSTRAINT ck_job_lease_epoch CHECK (epoch >= 0),
    CONSTRAINT ck_job_lease_done_through_on CHECK (length(done_through_on) = 10)
) STRICT, WITHOUT ROWID;

CREATE TABLE job_run (
    ledger_id TEXT NOT NULL,
    job TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    due_on TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    ended_at INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    items INTEGER NOT NULL,
    CONSTRAINT pk_job_run PRIMARY KEY (ledger_id, job, epoch, due_on),
    CONSTRAINT ck_job_run_epoch CHECK (epoch >= 0),
    CONSTRAINT ck_job_run_due_on CHECK (length(due_on) = 10),
    CONSTRAINT ck_job_run_outcome CHECK (outcome IN ('done', 'failed')),
    CONSTRAINT ck_job_run_items CHECK (items >= 0)
) STRICT, WITHOUT ROWID;

CREATE INDEX ix_job_run_started ON job_run (ledger_id, started_at);

CREATE TABLE leaf_index (
    ledger_id TEXT NOT NULL,
    first_byte INTEGER NOT NULL,
    first_seq INTEGER NOT NULL,
    cells BLOB NOT NULL,
    CONSTRAINT pk_leaf_index PRIMARY KEY (ledger_id, first_byte, first_seq),
    CONSTRAINT ck_leaf_index_first_byte CHECK (first_byte >= 0),
    CONSTRAINT ck_leaf_index_first_seq CHECK (first_seq >= 0)
) STRICT, WITHOUT ROWID;

CREATE TABLE ledger (
    ledger_id TEXT NOT NULL,
    region TEXT NOT NULL,
    origin TEXT NOT NULL,
    vkey TEXT NOT NULL,
    opened_at INTEGER NOT NULL,
    size INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    frontier BLOB NOT NULL,
    last_leaf BLOB NOT NULL,
    last_recorded_at INTEGER NOT NULL,
    CONSTRAINT pk_ledger PRIMARY KEY (ledger_id),
    CONSTRAINT ck_ledger_size CHECK (size >= 0),
    CONSTRAINT ck_ledger_epoch CHECK (epoch >= 0),
    CONSTRAINT ck_ledger_last_leaf CHECK (octet_length(last_leaf) = 32),
    CONSTRAINT ck_ledger_frontier CHECK (octet_length(frontier) % 32 = 0)
) STRICT, WITHOUT ROWID;

CREATE TABLE lesson (
    ledger_id TEXT NOT NULL,
    lesson_id BLOB NOT NULL,
    contract_id BLOB NOT NULL,
    institution_id BLOB NOT NULL,
    hours_hundredths INTEGER NOT NULL,
    held_on TEXT NOT NULL,
    deemed_confirmed_on TEXT,
    lots TEXT NOT NULL,
    frozen TEXT NOT NULL,
    state TEXT NOT NULL,
    class_session_id BLOB CONSTRAINT ck_lesson_class_session_id CHECK (octet_length(class_session_id) = 16),
    claimed_on TEXT CONSTRAINT ck_lesson_claimed_on CHECK (length(claimed_on) = 10),
    decide_by_on TEXT CONSTRAINT ck_lesson_decide_by_on CHECK (length(decide_by_on) = 10),
    CONSTRAINT pk_lesson PRIMARY KEY (ledger_id, lesson_id),
    CONSTRAINT ck_lesson_lesson_id CHECK (octet_length(lesson_id) = 16),
    CONSTRAINT ck_lesson_contract_id CHECK (octet_length(contract_id) = 16),
    CONSTRAINT ck_lesson_institution_id CHECK (octet_length(institution_id) = 16),
    CONSTRAINT ck_lesson_hours_hundredths CHECK (hours_hundredths >= 0),
    CONSTRAINT ck_lesson_held_on CHECK (length(held_on) = 10),
    CONSTRAINT ck_lesson_deemed_confirmed_on CHECK (length(deemed_confirmed_on) = 10),
    CONSTRAINT ck_lesson_state CHECK (state IN ('claimed', 'confirmed', 'deemed_confirmed', 'disputed', 'upheld', 'rejected'))
) STRICT, WITHOUT ROWID;

CREATE INDEX ix_lesson_contract ON lesson (ledger_id, contract_id, lesson_id);

CREATE INDEX ix_lesson_dispute ON lesson (ledger_id, state, decide_by_on, lesson_id) WHERE decide_by_on IS NOT NULL;

CREATE INDEX ix_lesson_due ON lesson (ledger_id, state, deemed_confirmed_on, lesson_id);

CREATE INDEX ix_lesson_institution ON lesson (ledger_id, institution_id, state, lesson_id);

CREATE INDEX ix_lesson_session ON lesson (ledger_id, class_session_id, contract_id) WHERE class_session_id IS NOT NULL;

CREATE TABLE lesson_import (
    ledger_id TEXT NOT NULL,
    import_id BLOB NOT NULL,
    institution_id BLOB NOT NULL,
    user_id BLOB NOT NULL,
    sha256 BLOB NOT NULL,
    line_count INTEGER NOT NULL,
    done_count INTEGER NOT NULL,
    recorded_count INTEGER NOT NULL,
    refused_count INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    finished_at INTEGER,
    CONSTRAINT pk_lesson_import PRIMARY KEY (ledger_id, import_id),
    CONSTRAINT ck_lesson_import_import_id CHECK (octet_length(import_id) = 16),
    CONSTRAINT ck_lesson_import_institution_id CHECK (octet_length(institution_id) = 16),
    CONSTRAINT ck_lesson_import_user_id CHECK (octet_length(user_id) = 16),
    CONSTRAINT ck_lesson_import_sha256 CHECK (octet_length(sha256) = 32),
    CONSTRAINT ck_lesson_import_line_count CHECK (line_count >= 0),
    CONSTRAINT ck_lesson_import_done_count CHECK (done_count >= 0),
    CONSTRAINT ck_lesson_import_recorded_count CHECK (recorded_count >= 0),
    CONSTRAINT ck_lesson_import_refused_count CHECK (refused_count >= 0)
) STRICT, WITHOUT ROWID;

CREATE INDEX ix_lesson_import_institution ON lesson_import (ledger_id, institution_id, import_id);

CREATE TABLE lesson_import_part (
    ledger_id TEXT NOT NULL,
    import_id BLOB NOT NULL,
    part INTEGER NOT NULL,
    lines TEXT NOT NULL,
    results TEXT,
    CONSTRAINT pk_lesson_import_part PRIMARY KEY (ledger_id, import_id, part),
    CONSTRAINT ck_lesson_import_part_import_id CHECK (octet_length(import_id) = 16),
    CONSTRAINT ck_lesson_import_part_part CHECK (part >= 0)
) STRICT;

CREATE TABLE licence (
    ledger_id TEXT NOT NULL,
    licence_id BLOB NOT NULL,
    institution_id BLOB NOT NULL,
    number TEXT NOT NULL,
    category TEXT NOT NULL,
    modes TEXT NOT NULL,
    stages TEXT NOT NULL,
    valid_from_on TEXT NOT NULL,
    valid_until_on TEXT NOT NULL,
    state TEXT NOT NULL,
    revocation_proposed_by BLOB,
    hearing_by_on TEXT,
    hearing TEXT,
    hearing_on TEXT,
    revoked_from_on TEXT,
    rectify_by_on TEXT,
    close_from_on TEXT,
    inspected_year INTEGER,
    inspected_grade TEXT,
    CONSTRAINT pk_licence PRIMARY KEY (ledger_id, licence_id),
    CONSTRAINT uq_licence_number UNIQUE (ledger_id, number),
    CONSTRAINT ck_licence_licence_id CHECK (octet_length(licence_id) = 16),
    CONSTRAINT ck_licence_institution_id CHECK (octet_length(institution_id) = 16),
    CONSTRAINT ck_licence_category CHECK (category IN ('subject', 'sports', 'arts', 'science', 'other')),
    CONSTRAINT ck_licence_valid_from_on CHECK (length(valid_from_on) = 10),
    CONSTRAINT ck_licence_valid_until_on CHECK (length(valid_until_on) = 10),
    CONSTRAINT ck_licence_state CHECK (state IN ('in_force', 'rectifying', 'enrolment_suspended', 'suspended', 'closing', 'revoked', 'expired', 'surrendered', 'ended', 'deregistered')),
    CONSTRAINT ck_licence_revocation_proposed_by CHECK (octet_length(revocation_proposed_by) = 16),
    CONSTRAINT ck_licence_hearing_by_on CHECK (length(hearing_by_on) = 10),
    CONSTRAINT ck_licence_hearing_on CHECK (length(hearing_on) = 10),
    CONSTRAINT ck_licence_revoked_from_on CHECK (length(revoked_from_on) = 10),
    CONSTRAINT ck_licence_rectify_by_on CHECK (length(rectify_by_on) = 10),
    CONSTRAINT ck_licence_close_from_on CHECK (length(close_from_on) = 10),
    CONSTRAINT ck_licence_inspected_year CHECK (inspected_year >= 0)
) STRICT, WITHOUT ROWID;

CREATE INDEX ix_licence_institution ON licence (ledger_id, institution_id, licence_id);

CREATE INDEX ix_licence_state ON licence (ledger_id, state, valid_until_on);

CREATE TABLE listing (
    ledger_id TEXT NOT NULL,
    listing_id BLOB NOT NULL,
    institution_id BLOB NOT NULL,
    list TEXT NOT NULL,
    published_on TEXT NOT NULL,
    seq INTEGER NOT NULL,
    cause_code TEXT,
    objection_by_on TEXT CONSTRAINT ck_listing_objection_by_on CHECK (length(objection_by_on) = 10),
    rectify_by_on TEXT CONSTRAINT ck_listing_rectify_by_on CHECK (length(rectify_by_on) = 10),
    until_on TEXT CONSTRAINT ck_listing_until_on CHECK (length(until_on) = 10),
    step TEXT,
    CONSTRAINT pk_listing PRIMARY KEY (ledger_id, listing_id),
    CONSTRAINT ck_listing_listing_id CHECK (octet_length(listing_id) = 16),
    CONSTRAINT ck_listing_institution_id CHECK (octet_length(institution_id) = 16),
    CONSTRAINT ck_listing_list CHECK (list IN ('white', 'black', 'warning', 'rectifying', 'none')),
    CONSTRAINT ck_listing_published_on CHECK (length(published_on) = 10),
    CONSTRAINT ck_listing_seq CHECK (seq >= 0)
) STRICT, WITHOUT ROWID;

CREATE INDEX ix_listing_institution ON listing (ledger_id, institution_id, seq);

CREATE TABLE login_attempt (
    subject BLOB NOT NULL,
    failures INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    blocked_until_at INTEGER,
    CONSTRAINT pk_login_attempt PRIMARY KEY (subject),
    CONSTRAINT ck_login_attempt_subject CHECK (octet_length(subject) = 32),
    CONSTRAINT ck_login_attempt_failures CHECK (failures >= 0)
) STRICT, WITHOUT ROWID;

CREATE INDEX ix_login_attempt_last ON login_attempt (last_at);

CREATE TABLE notice_address (
    user_id BLOB NOT NULL,
    sealed BLOB NOT NULL,
    changed_at INTEGER NOT NULL,
    CONSTRAINT pk_notice_address PRIMARY KEY (user_id),
    CONSTRAINT ck_notice_address_user_id CHECK (octet_length(user_id) = 16)
) STRICT, WITHOUT ROWID;

CREATE TABLE oidc_login (
    state_hash BLOB NOT NULL,
    binding_hash BLOB NOT NULL,
    sealed BLOB NOT NULL,
    expires_at INTEGER NOT NULL,
    CONSTRAINT pk_oidc_login PRIMARY KEY (state_hash),
    CONSTRAINT ck_oidc_login_state_hash CHECK (octet_length(state_hash) = 32),
    CONSTRAINT ck_oidc_login_binding_hash CHECK (octet_length(binding_hash) = 32)
) STRICT, WITHOUT ROWID;

CREATE INDEX ix_oidc_login_expires ON oidc_login (expires_at);

CREATE TABLE outbox (
    ledger_id TEXT NOT NULL,
    notice_id BLOB NOT NULL,
    dedup_key TEXT NOT NULL,
    channel TEXT NOT NULL,
    topic TEXT NOT NULL,
    institution_id BLOB,
    user_id BLOB,
    webhook_id BLOB,
    sealed BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    next_attempt_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    state TEXT NOT NULL,
    last_error TEXT,
    settled_at INTEGER,
    CONSTRAINT pk_outbox PRIMARY KEY (ledger_id, notice_id),
    CONSTRAINT uq_outbox_key UNIQUE (ledger_id, dedup_key),
    CONSTRAINT ck_outbox_notice_id CHECK (octet_length(notice_id) = 16),
    CONSTRAINT ck_outbox_channel CHECK (channel IN ('email', 'webhook')),
    CONSTRAINT ck_outbox_institution_id CHECK (octet_length(institution_id) = 16),
    CONSTRAINT ck_outbox_user_id CHECK (octet_length(user_id) = 16),
    CONSTRAINT ck_outbox_webhook_id CHECK (octet_length(webhook_id) = 16),
    CONSTRAINT ck_outbox_attempts CHECK (attempts >= 0),
    CONSTRAINT ck_outbox_state CHECK (state IN ('pending', 'delivered', 'dead')),
    CONSTRAINT ck_outbox_receiver CHECK ((channel = 'email') = (user_id IS NOT NULL AND webhook_id IS NULL))
) STRICT;

CREATE INDEX ix_outbox_due ON outbox (ledger_id, state, next_attempt_at, notice_id);

CREATE INDEX ix_outbox_institution ON outbox (ledger_id, institution_id, notice_id);

CREATE TABLE payment (
    ledger_id TEXT NOT NULL,
    payment_id BLOB NOT NULL,
    contract_id BLOB NOT NULL,
    institution_id BLOB NOT NULL,
    amount_fen INTEGER NOT NULL,
    paid_at INTEGER NOT NULL,
    method TEXT NOT NULL,
    reference TEXT,
    reference_hash BLOB NOT NULL,
    seq INTEGER,
    CONSTRAINT pk_payment PRIMARY KEY (ledger_id, payment_id),
    CONSTRAINT ck_payment_payment_id CHECK (octet_length(payment_id) = 16),
    CONSTRAINT ck_payment_contract_id CHECK (octet_length(contract_id) = 16),
    CONSTRAINT ck_payment_institution_id CHECK (octet_length(institution_id) = 16),
    CONSTRAINT ck_payment_amount_fen CHECK (amount_fen >= 0),
    CONSTRAINT ck_payment_method CHECK (method IN ('bank_transfer', 'card', 'third_party', 'cash', 'digital_yuan')),
    CONSTRAINT ck_payment_reference_hash CHECK (octet_length(reference_hash) = 32),
    CONSTRAINT ck_payment_seq CHECK (seq >= 0)
) STRICT, WITHOUT ROWID;

CREATE INDEX ix_payment_seq ON payment (ledger_id, seq);

CREATE UNIQUE INDEX uq_payment_reference ON payment (ledger_id, reference, institution_id);

CREATE UNIQUE INDEX uq_payment_reference_hash ON payment (ledger_id, reference_hash, institution_id) WHERE reference IS NULL;

CREATE TABLE person (
    ledger_id TEXT NOT NULL,
    subject_id BLOB NOT NULL,
    lookup BLOB NOT NULL,
    wrapped_key BLOB NOT NULL,
    sealed BLOB NOT NULL,
    CONSTRAINT pk_person PRIMARY KEY (ledger_id, subject_id),
    CONSTRAINT uq_person_lookup UNIQUE (ledger_id, lookup),
    CONSTRAINT ck_person_subject_id CHECK (octet_length(subject_id) = 16),
    CONSTRAINT ck_person_lookup CHECK (octet_length(lookup) = 32)
) STRICT, WITHOUT ROWID;

CREATE TABLE policy_version (
    version_id BLOB NOT NULL,
    region TEXT NOT NULL,
    state TEXT NOT NULL,
    effective_on TEXT NOT NULL,
    document TEXT NOT NULL,
    digest BLOB NOT NULL,
    drafted_by BLOB NOT NULL,
    drafted_at INTEGER NOT NULL,
    decided_by BLOB,
    decided_at INTEGER,
    adopted_no INTEGER,
    CONSTRAINT pk_policy_version PRIMARY KEY (version_id),
    CONSTRAINT uq_policy_version_adopted_no UNIQUE (adopted_no),
    CONSTRAINT ck_policy_version_version_id CHECK (octet_length(version_id) = 16),
    CONSTRAINT ck_policy_version_state CHECK (state IN ('draft', 'adopted', 'rejected')),
    CONSTRAINT ck_policy_version_effective_on CHECK (length(effective_on) = 10),
    CONSTRAINT ck_policy_version_digest CHECK (octet_length(digest) = 32),
    CONSTRAINT ck_policy_version_drafted_by CHECK (octet_length(drafted_by) = 16),
    CONSTRAINT ck_policy_version_decided_by CHECK (octet_length(decided_by) = 16),
    CONSTRAINT ck_policy_version_decided_at CHECK (decided_at >= 0),
    CONSTRAINT ck_policy_version_adopted_no CHECK (adopted_no >= 0),
    CONSTRAINT ck_policy_version_adopted CHECK ((state = 'adopted') = (adopted_no IS NOT NULL)),
    CONSTRAINT ck_policy_version_decided CHECK ((state = 'draft') = (decided_by IS NULL))
) STRICT;

CREATE INDEX ix_policy_version_region ON policy_version (region);

CREATE TABLE reconciliation (
    ledger_id TEXT NOT NULL,
    institution_id BLOB NOT NULL,
    reconciled_on TEXT NOT NULL,
    seq INTEGER NOT NULL,
    result TEXT NOT NULL,
    required_fen INTEGER NOT NULL,
    custody_fen INTEGER NOT NULL,
    bank_fen INTEGER,
    due_on TEXT,
    CONSTRAINT pk_reconciliation PRIMARY KEY (ledger_id, institution_id, reconciled_on),
    CONSTRAINT ck_reconciliation_institution_id CHECK (octet_length(institution_id) = 16),
    CONSTRAINT ck_reconciliation_reconciled_on CHECK (length(reconciled_on) = 10),
    CONSTRAINT ck_reconciliation_seq CHECK (seq >= 0),
    CONSTRAINT ck_reconciliation_result CHECK (result IN ('pass', 'shortfall', 'missing')),
    CONSTRAINT ck_reconciliation_bank_fen CHECK (bank_fen >= 0),
    CONSTRAINT ck_reconciliation_due_on CHECK (length(due_on) = 10)
) STRICT, WITHOUT ROWID;

CREATE INDEX ix_reconciliation_day ON reconciliation (ledger_id, reconciled_on, institution_id);

CREATE TABLE recovery_code (
    user_id BLOB NOT NULL,
    code_hash BLOB NOT NULL,
    CONSTRAINT pk_recovery_code PRIMARY KEY (user_id, code_hash),
    CONSTRAINT ck_recovery_code_user_id CHECK (octet_length(user_id) = 16),
    CONSTRAINT ck_recovery_code_code_hash CHECK (octet_length(code_hash) = 32)
) STRICT, WITHOUT ROWID;

CREATE TABLE refund (
    ledger_id TEXT NOT NULL,
    refund_id BLOB NOT NULL,
    contract_id BLOB NOT NULL,
    institution_id BLOB NOT NULL,
    cause TEXT NOT NULL,
    lots TEXT NOT NULL,
    amount_fen INTEGER NOT NULL,
    requested_on TEXT,
    answer_by_on TEXT,
    decide_by_on TEXT,
    pay_by_on TEXT,
    whole INTEGER NOT NULL,
    state TEXT NOT NULL,
    CONSTRAINT pk_refund PRIMARY KEY (ledger_id, refund_id),
    CONSTRAINT ck_refund_refund_id CHECK (octet_length(refund_id) = 16),
    CONSTRAINT ck_refund_contract_id CHECK (octet_length(contract_id) = 16),
    CONSTRAINT ck_refund_institution_id CHECK (octet_length(institution_id) = 16),
    CONSTRAINT ck_refund_cause CHECK (cause IN ('institution', 'consumer', 'neither')),
    CONSTRAINT ck_refund_amount_fen CHECK (amount_fen >= 0),
    CONSTRAINT ck_refund_requested_on CHECK (length(requested_on) = 10),
    CONSTRAINT ck_refund_answer_by_on CHECK (length(answer_by_on) = 10),
    CONSTRAINT ck_refund_decide_by_on CHECK (length(decide_by_on) = 10),
    CONSTRAINT ck_refund_pay_by_on CHECK (length(pay_by_on) = 10),
    CONSTRAINT ck_refund_whole CHECK (whole IN (0, 1)),
    CONSTRAINT ck_refund_state CHECK (state IN ('requested', 'objected', 'refused', 'withdrawn', 'consented', 'paid'))
) STRICT, WITHOUT ROWID;

CREATE INDEX ix_refund_contract ON refund (ledger_id, contract_id, refund_id);

CREATE INDEX ix_refund_due ON refund (ledger_id, state, answer_by_on, refund_id);

CREATE INDEX ix_refund_institution ON refund (ledger_id, institution_id, refund_id);

CREATE TABLE refused_attempt (
    ledger_id TEXT NOT NULL,
    institution_id BLOB NOT NULL,
    tried_on TEXT NOT NULL,
    rule TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    CONSTRAINT pk_refused_attempt PRIMARY KEY (ledger_id, institution_id, tried_on, rule),
    CONSTRAINT ck_refused_attempt_institution_id CHECK (octet_length(institution_id) = 16),
    CONSTRAINT ck_refused_attempt_tried_on CHECK (length(tried_on) = 10),
    CONSTRAINT ck_refused_attempt_attempts CHECK (attempts >= 0)
) STRICT, WITHOUT ROWID;

CREATE INDEX ix_refused_attempt_day ON refused_attempt (ledger_id, tried_on);

CREATE TABLE run (
    ledger_id TEXT NOT NULL,
    run_id BLOB NOT NULL,
    kind TEXT NOT NULL,
    institution_id BLOB NOT NULL,
    state TEXT NOT NULL,
    total INTEGER NOT NULL,
    done INTEGER NOT NULL,
    refused INTEGER NOT NULL,
    last_contract_id BLOB,
    started_by BLOB NOT NULL,
    started_at INTEGER NOT NULL,
    ended_at INTEGER,
    CONSTRAINT pk_run PRIMARY KEY (ledger_id, run_id),
    CONSTRAINT ck_run_run_id CHECK (octet_length(run_id) = 16),
    CONSTRAINT ck_run_kind CHECK (kind IN ('mass_refund')),
    CONSTRAINT ck_run_institution_id CHECK (octet_length(institution_id) = 16),
    CONSTRAINT ck_run_state CHECK (state IN ('running', 'done')),
    CONSTRAINT ck_run_total CHECK (total >= 0),
    CONSTRAINT ck_run_done CHECK (done >= 0),
    CONSTRAINT ck_run_refused CHECK (refused >= 0),
    CONSTRAINT ck_run_last_contract_id CHECK (octet_length(last_contract_id) = 16),
    CONSTRAINT ck_run_started_by CHECK (octet_length(started_by) = 16)
) STRICT, WITHOUT ROWID;

CREATE INDEX ix_run_institution ON run (ledger_id, institution_id, run_id);

CREATE TABLE run_item (
    ledger_id TEXT NOT NULL,
    run_id BLOB NOT NULL,
    contract_id BLOB NOT NULL,
    outcome TEXT NOT NULL,
    refund_id BLOB,
    amount_fen INTEGER NOT NULL,
    rule TEXT,
    CONSTRAINT pk_run_item PRIMARY KEY (ledger_id, run_id, contract_id),
    CONSTRAINT ck_run_item_run_id CHECK (octet_length(run_id) = 16),
    CONSTRAINT ck_run_item_contract_id CHECK (octet_length(contract_id) = 16),
    CONSTRAINT ck_run_item_outcome CHECK (outcome IN ('refunded', 'nothing_owed', 'refused')),
    CONSTRAINT ck_run_item_refund_id CHECK (octet_length(refund_id) = 16),
    CONSTRAINT ck_run_item_amount_fen CHECK (amount_fen >= 0)
) STRICT, WITHOUT ROWID;

CREATE TABLE seal (
    ledger_id TEXT NOT NULL,
    institution_id BLOB NOT NULL,
    institution_seq INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    sealed_on TEXT NOT NULL,
    CONSTRAINT pk_seal PRIMARY KEY (ledger_id, institution_id, institution_seq),
    CONSTRAINT ck_seal_institution_id CHECK (octet_length(institution_id) = 16),
    CONSTRAINT ck_seal_institution_seq CHECK (institution_seq >= 0),
    CONSTRAINT ck_seal_seq CHECK (seq >= 0),
    CONSTRAINT ck_seal_sealed_on CHECK (length(sealed_on) = 10)
) STRICT, WITHOUT ROWID;

CREATE TABLE sealed_contract (
    ledger_id TEXT NOT NULL,
    institution_id BLOB NOT NULL,
    contract_id BLOB NOT NULL,
    entries INTEGER NOT NULL,
    last_leaf BLOB NOT NULL,
    prepaid_fen INTEGER NOT NULL,
    disputed_fen INTEGER NOT NULL,
    refund_fen INTEGER NOT NULL,
    hours_left_hundredths INTEGER NOT NULL,
    core BLOB NOT NULL,
    CONSTRAINT pk_sealed_contract PRIMARY KEY (ledger_id, institution_id, contract_id),
    CONSTRAINT ck_sealed_contract_institution_id CHECK (octet_length(institution_id) = 16),
    CONSTRAINT ck_sealed_contract_contract_id CHECK (octet_length(contract_id) = 16),
    CONSTRAINT ck_sealed_contract_entries CHECK (entries >= 0),
    CONSTRAINT ck_sealed_contract_last_leaf CHECK (octet_length(last_leaf) = 32),
    CONSTRAINT ck_sealed_contract_prepaid_fen CHECK (prepaid_fen >= 0),
    CONSTRAINT ck_sealed_contract_disputed_fen CHECK (disputed_fen >= 0),
    CONSTRAINT ck_sealed_contract_refund_fen CHECK (refund_fen >= 0),
    CONSTRAINT ck_sealed_contract_hours_left_hundredths CHECK (hours_left_hundredths >= 0),
    CONSTRAINT ck_sealed_contract_core CHECK (octet_length(core) = 32)
) STRICT, WITHOUT ROWID;

CREATE TABLE second_factor (
    user_id BLOB NOT NULL,
    sealed BLOB NOT NULL,
    confirmed INTEGER NOT NULL,
    last_step INTEGER,
    created_at INTEGER NOT NULL,
    CONSTRAINT pk_second_factor PRIMARY KEY (user_id),
    CONSTRAINT ck_second_factor_user_id CHECK (octet_length(user_id) = 16),
    CONSTRAINT ck_second_factor_confirmed CHECK (confirmed IN (0, 1)),
    CONSTRAINT ck_second_factor_last_step CHECK (last_step >= 0)
) STRICT, WITHOUT ROWID;

CREATE TABLE session (
    token_hash BLOB NOT NULL,
    session_id BLOB NOT NULL,
    user_id BLOB NOT NULL CONSTRAINT fk_session_user REFERENCES app_user (user_id) ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    method TEXT NOT NULL,
    address TEXT,
    agent TEXT,
    confirmed_until_at INTEGER,
    CONSTRAINT pk_session PRIMARY KEY (token_hash),
    CONSTRAINT uq_session_id UNIQUE (session_id),
    CONSTRAINT ck_session_token_hash CHECK (octet_length(token_hash) = 32),
    CONSTRAINT ck_session_session_id CHECK (octet_length(session_id) = 16),
    CONSTRAINT ck_session_user_id CHECK (octet_length(user_id) = 16),
    CONSTRAINT ck_session_method CHECK (method IN ('password', 'oidc'))
) STRICT, WITHOUT ROWID;

CREATE INDEX ix_session_expires ON session (expires_at);

CREATE INDEX ix_session_user ON session (user_id);

CREATE TABLE settlement (
    ledger_id TEXT NOT NULL,
    settlement_id BLOB NOT NULL,
    institution_id BLOB NOT NULL,
    amount_fen INTEGER NOT NULL,
    state TEXT NOT NULL,
    CONSTRAINT pk_settlement PRIMARY KEY (ledger_id, settlement_id),
    CONSTRAINT ck_settlement_settlement_id CHECK (octet_length(settlement_id) = 16),
    CONSTRAINT ck_settlement_institution_id CHECK (octet_length(institution_id) = 16),
    CONSTRAINT ck_settlement_amount_fen CHECK (amount_fen >= 0),
    CONSTRAINT ck_settlement_state CHECK (state IN ('ordered', 'approved', 'paid', 'failed', 'returned'))
) STRICT, WITHOUT ROWID;

CREATE INDEX ix_settlement_institution ON settlement (ledger_id, institution_id, settlement_id);

CREATE TABLE staff_bar (
    ledger_id TEXT NOT NULL,
    bar_id BLOB NOT NULL,
    person_key BLOB NOT NULL,
    sealed BLOB NOT NULL,
    barred_on TEXT NOT NULL,
    until_on TEXT,
    entered_by BLOB NOT NULL,
    entered_at INTEGER NOT NULL,
    lifted_by BLOB,
    lifted_at INTEGER,
    CONSTRAINT pk_staff_bar PRIMARY KEY (ledger_id, bar_id),
    CONSTRAINT ck_staff_bar_bar_id CHECK (octet_length(bar_id) = 16),
    CONSTRAINT ck_staff_bar_person_key CHECK (octet_length(person_key) = 32),
    CONSTRAINT ck_staff_bar_barred_on CHECK (length(barred_on) = 10),
    CONSTRAINT ck_staff_bar_until_on CHECK (length(until_on) = 10),
    CONSTRAINT ck_staff_bar_entered_by CHECK (octet_length(entered_by) = 16),
    CONSTRAINT ck_staff_bar_lifted_by CHECK (octet_length(lifted_by) = 16)
) STRICT, WITHOUT ROWID;

CREATE INDEX ix_staff_bar_person ON staff_bar (ledger_id, person_key);

CREATE TABLE subtree (
    ledger_id TEXT NOT NULL,
    level INTEGER NOT NULL,
    idx INTEGER NOT NULL,
    hash BLOB NOT NULL,
    CONSTRAINT pk_subtree PRIMARY KEY (ledger_id, level, idx),
    CONSTRAINT ck_subtree_level CHECK (level >= 0),
    CONSTRAINT ck_subtree_idx CHECK (idx >= 0),
    CONSTRAINT ck_subtree_hash CHECK (octet_length(hash) = 32)
) STRICT, WITHOUT ROWID;

CREATE TABLE suspended_line (
    ledger_id TEXT NOT NULL,
    line_id BLOB NOT NULL,
    institution_id BLOB NOT NULL,
    statement_id BLOB NOT NULL,
    direction TEXT NOT NULL,
    amount_fen INTEGER NOT NULL,
    booked_on TEXT NOT NULL,
    cleared INTEGER NOT NULL,
    CONSTRAINT pk_suspended_line PRIMARY KEY (ledger_id, line_id),
    CONSTRAINT ck_suspended_line_line_id CHECK (octet_length(line_id) = 16),
    CONSTRAINT ck_suspended_line_institution_id CHECK (octet_length(institution_id) = 16),
    CONSTRAINT ck_suspended_line_statement_id CHECK (octet_length(statement_id) = 16),
    CONSTRAINT ck_suspended_line_direction CHECK (direction IN ('credit', 'debit')),
    CONSTRAINT ck_suspended_line_amount_fen CHECK (amount_fen >= 0),
    CONSTRAINT ck_suspended_line_booked_on CHECK (length(booked_on) = 10),
    CONSTRAINT ck_suspended_line_cleared CHECK (cleared IN (0, 1))
) STRICT, WITHOUT ROWID;

CREATE TABLE tile (
    ledger_id TEXT NOT NULL,
    level INTEGER NOT NULL,
    idx INTEGER NOT NULL,
    hashes BLOB NOT NULL,
    CONSTRAINT pk_tile PRIMARY KEY (ledger_id, level, idx),
    CONSTRAINT ck_tile_level CHECK (level >= 0),
    CONSTRAINT ck_tile_idx CHECK (idx >= 0),
    CONSTRAINT ck_tile_hashes CHECK (octet_length(hashes) = 8192)
) STRICT;

CREATE TABLE transfer_acceptance (
    ledger_id TEXT NOT NULL,
    contract_id BLOB NOT NULL,
    offer_id BLOB NOT NULL,
    hours_hundredths INTEGER NOT NULL,
    accepted_at INTEGER NOT NULL,
    CONSTRAINT pk_transfer_acceptance PRIMARY KEY (ledger_id, contract_id),
    CONSTRAINT ck_transfer_acceptance_contract_id CHECK (octet_length(contract_id) = 16),
    CONSTRAINT ck_transfer_acceptance_offer_id CHECK (octet_length(offer_id) = 16),
    CONSTRAINT ck_transfer_acceptance_hours_hundredths CHECK (hours_hundredths >= 0)
) STRICT, WITHOUT ROWID;

CREATE INDEX ix_transfer_acceptance_offer ON transfer_acceptance (ledger_id, offer_id, contract_id);

CREATE TABLE transfer_offer (
    ledger_id TEXT NOT NULL,
    offer_id BLOB NOT NULL,
    failed_id BLOB NOT NULL,
    institution_id BLOB NOT NULL,
    category TEXT NOT NULL,
    stage TEXT NOT NULL,
    hours_hundredths INTEGER NOT NULL,
    offered_at INTEGER NOT NULL,
    CONSTRAINT pk_transfer_offer PRIMARY KEY (ledger_id, offer_id),
    CONSTRAINT ck_transfer_offer_offer_id CHECK (octet_length(offer_id) = 16),
    CONSTRAINT ck_transfer_offer_failed_id CHECK (octet_length(failed_id) = 16),
    CONSTRAINT ck_transfer_offer_institution_id CHECK (octet_length(institution_id) = 16),
    CONSTRAINT ck_transfer_offer_hours_hundredths CHECK (hours_hundredths >= 0)
) STRICT, WITHOUT ROWID;

CREATE INDEX ix_transfer_offer_failed ON transfer_offer (ledger_id, failed_id, offer_id);

CREATE TABLE webhook (
    ledger_id TEXT NOT NULL,
    webhook_id BLOB NOT NULL,
    institution_id BLOB,
    url TEXT NOT NULL,
    topics TEXT NOT NULL,
    secret_sealed BLOB NOT NULL,
    created_by BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    ended_at INTEGER,
    CONSTRAINT pk_webhook PRIMARY KEY (ledger_id, webhook_id),
    CONSTRAINT ck_webhook_webhook_id CHECK (octet_length(webhook_id) = 16),
    CONSTRAINT ck_webhook_institution_id CHECK (octet_length(institution_id) = 16),
    CONSTRAINT ck_webhook_created_by CHECK (octet_length(created_by) = 16)
) STRICT, WITHOUT ROWID;

CREATE INDEX ix_webhook_institution ON webhook (ledger_id, institution_id);
