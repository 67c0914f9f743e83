-- The SQLite schema, made from the migrations. PostgreSQL has the same tables.

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
    decide_by_on TEXT,
    CONSTRAINT pk_application PRIMARY KEY (ledger_id, application_id),
    CONSTRAINT ck_application_application_id CHECK (octet_length(application_id) = 16),
    CONSTRAINT ck_application_institution_id CHECK (octet_length(institution_id) = 16),
    CONSTRAINT ck_application_kind CHECK (kind IN ('new', 'renewal', 'change', 'conversion', 'closure')),
    CONSTRAINT ck_application_category CHECK (category IN ('subject', 'sports', 'arts', 'science', 'other')),
    CONSTRAINT ck_application_state CHECK (state IN ('submitted', 'accepted', 'granted', 'refused')),
    CONSTRAINT ck_application_submitted_on CHECK (length(submitted_on) = 10),
    CONSTRAINT ck_application_decide_by_on CHECK (length(decide_by_on) = 10)
) STRICT, WITHOUT ROWID;

CREATE INDEX ix_application_institution ON application (ledger_id, institution_id, application_id);

CREATE INDEX ix_application_state ON application (ledger_id, state, application_id);

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

CREATE TABLE hold (
    ledger_id TEXT NOT NULL,
    hold_id BLOB NOT NULL,
    institution_id BLOB NOT NULL,
    cause TEXT NOT NULL,
    state TEXT NOT NULL,
    CONSTRAINT pk_hold PRIMARY KEY (ledger_id, hold_id),
    CONSTRAINT ck_hold_hold_id CHECK (octet_length(hold_id) = 16),
    CONSTRAINT ck_hold_institution_id CHECK (octet_length(institution_id) = 16),
    CONSTRAINT ck_hold_cause CHECK (cause IN ('suspension', 'revocation', 'order')),
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
    CONSTRAINT pk_institution_profile PRIMARY KEY (ledger_id, institution_id),
    CONSTRAINT ck_institution_profile_institution_id CHECK (octet_length(institution_id) = 16),
    CONSTRAINT ck_institution_profile_custody_account_present CHECK (custody_account_present IN (0, 1))
) STRICT, WITHOUT ROWID;

CREATE INDEX ix_institution_profile_name ON institution_profile (ledger_id, name);

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

CREATE INDEX ix_lesson_due ON lesson (ledger_id, state, deemed_confirmed_on, lesson_id);

CREATE INDEX ix_lesson_institution ON lesson (ledger_id, institution_id, state, lesson_id);

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
    revoked_from_on TEXT,
    CONSTRAINT pk_licence PRIMARY KEY (ledger_id, licence_id),
    CONSTRAINT uq_licence_number UNIQUE (ledger_id, number),
    CONSTRAINT ck_licence_licence_id CHECK (octet_length(licence_id) = 16),
    CONSTRAINT ck_licence_institution_id CHECK (octet_length(institution_id) = 16),
    CONSTRAINT ck_licence_category CHECK (category IN ('subject', 'sports', 'arts', 'science', 'other')),
    CONSTRAINT ck_licence_valid_from_on CHECK (length(valid_from_on) = 10),
    CONSTRAINT ck_licence_valid_until_on CHECK (length(valid_until_on) = 10),
    CONSTRAINT ck_licence_state CHECK (state IN ('in_force', 'suspended', 'revoked', 'ended')),
    CONSTRAINT ck_licence_revocation_proposed_by CHECK (octet_length(revocation_proposed_by) = 16),
    CONSTRAINT ck_licence_revoked_from_on CHECK (length(revoked_from_on) = 10)
) STRICT, WITHOUT ROWID;

CREATE INDEX ix_licence_institution ON licence (ledger_id, institution_id, licence_id);

CREATE TABLE listing (
    ledger_id TEXT NOT NULL,
    listing_id BLOB NOT NULL,
    institution_id BLOB NOT NULL,
    list TEXT NOT NULL,
    published_on TEXT NOT NULL,
    seq INTEGER NOT NULL,
    CONSTRAINT pk_listing PRIMARY KEY (ledger_id, listing_id),
    CONSTRAINT ck_listing_listing_id CHECK (octet_length(listing_id) = 16),
    CONSTRAINT ck_listing_institution_id CHECK (octet_length(institution_id) = 16),
    CONSTRAINT ck_listing_list CHECK (list IN ('white', 'black', 'warning', 'rectifying', 'none')),
    CONSTRAINT ck_listing_published_on CHECK (length(published_on) = 10),
    CONSTRAINT ck_listing_seq CHECK (seq >= 0)
) STRICT, WITHOUT ROWID;

CREATE INDEX ix_listing_institution ON listing (ledger_id, institution_id, seq);

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

CREATE TABLE refund (
    ledger_id TEXT NOT NULL,
    refund_id BLOB NOT NULL,
    contract_id BLOB NOT NULL,
    institution_id BLOB NOT NULL,
    cause TEXT NOT NULL,
    lots TEXT NOT NULL,
    amount_fen INTEGER NOT NULL,
    answer_by_on TEXT,
    pay_by_on TEXT,
    state TEXT NOT NULL,
    CONSTRAINT pk_refund PRIMARY KEY (ledger_id, refund_id),
    CONSTRAINT ck_refund_refund_id CHECK (octet_length(refund_id) = 16),
    CONSTRAINT ck_refund_contract_id CHECK (octet_length(contract_id) = 16),
    CONSTRAINT ck_refund_institution_id CHECK (octet_length(institution_id) = 16),
    CONSTRAINT ck_refund_cause CHECK (cause IN ('institution', 'consumer', 'neither')),
    CONSTRAINT ck_refund_amount_fen CHECK (amount_fen >= 0),
    CONSTRAINT ck_refund_answer_by_on CHECK (length(answer_by_on) = 10),
    CONSTRAINT ck_refund_pay_by_on CHECK (length(pay_by_on) = 10),
    CONSTRAINT ck_refund_state CHECK (state IN ('requested', 'consented', 'paid'))
) STRICT, WITHOUT ROWID;

CREATE INDEX ix_refund_contract ON refund (ledger_id, contract_id, refund_id);

CREATE INDEX ix_refund_due ON refund (ledger_id, state, answer_by_on, refund_id);

CREATE INDEX ix_refund_institution ON refund (ledger_id, institution_id, refund_id);

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

CREATE TABLE session (
    token_hash BLOB NOT NULL,
    user_id BLOB NOT NULL CONSTRAINT fk_session_user REFERENCES app_user (user_id) ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    CONSTRAINT pk_session PRIMARY KEY (token_hash),
    CONSTRAINT ck_session_token_hash CHECK (octet_length(token_hash) = 32),
    CONSTRAINT ck_session_user_id CHECK (octet_length(user_id) = 16)
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
    CONSTRAINT ck_settlement_state CHECK (state IN ('ordered', 'paid'))
) STRICT, WITHOUT ROWID;

CREATE INDEX ix_settlement_institution ON settlement (ledger_id, institution_id, settlement_id);

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
