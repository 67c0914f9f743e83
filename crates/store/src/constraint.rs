//! The named constraints of the schema, and how each engine reports that one was broken.
//! PostgreSQL gives the name; SQLite gives the table and columns of a key, which stand here beside
//! the name, once.

macro_rules! constraints {
    ($($(#[$doc:meta])* $variant:ident = $name:literal / $columns:literal),* $(,)?) => {
        /// A key or reference of the schema.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Constraint { $($(#[$doc])* $variant),* }

        impl Constraint {
            /// All, in the order of the schema.
            pub const ALL: &'static [Constraint] = &[$(Constraint::$variant),*];

            /// The name in the catalogue.
            pub const fn name(self) -> &'static str {
                match self { $(Constraint::$variant => $name),* }
            }

            /// What SQLite names when it is broken: `table.column` of every column.
            pub const fn columns(self) -> &'static str {
                match self { $(Constraint::$variant => $columns),* }
            }
        }
    };
}

constraints! {
    /// One row per ledger.
    Ledger = "pk_ledger" / "ledger.ledger_id",
    /// One entry per number.
    EntrySeq = "pk_entry" / "entry.ledger_id, entry.seq",
    /// One entry per number of an institution.
    EntryInstitutionSeq = "uq_entry_institution_seq" / "entry.ledger_id, entry.institution_id, entry.institution_seq",
    /// One first entry per contract.
    EntryContractFirst = "uq_entry_contract_first" / "entry.ledger_id, entry.contract_id",
    /// One row per run and first byte of the leaf hash.
    LeafIndex = "pk_leaf_index" / "leaf_index.ledger_id, leaf_index.first_byte, leaf_index.first_seq",
    /// One root per tile.
    Subtree = "pk_subtree" / "subtree.ledger_id, subtree.level, subtree.idx",
    /// One row of hashes per tile.
    Tile = "pk_tile" / "tile.ledger_id, tile.level, tile.idx",
    /// One checkpoint per size.
    Checkpoint = "pk_checkpoint" / "checkpoint.ledger_id, checkpoint.size",
    /// One cosignature of a witness per size.
    Cosignature = "pk_cosignature" / "cosignature.ledger_id, cosignature.witness, cosignature.size",
    /// One answer per idempotency key.
    IdempotencyKey = "pk_idempotency" / "idempotency.ledger_id, idempotency.idem_key",
    /// One record per entry.
    EntryRecord = "pk_entry_record" / "entry_record.ledger_id, entry_record.seq",
    /// One institution per id.
    Institution = "pk_institution" / "institution.ledger_id, institution.institution_id",
    /// One institution per credit code.
    InstitutionCreditCode = "uq_institution_credit_code" / "institution.ledger_id, institution.credit_code",
    /// One profile per institution.
    InstitutionProfile = "pk_institution_profile"
        / "institution_profile.ledger_id, institution_profile.institution_id",
    /// One application per id.
    Application = "pk_application" / "application.ledger_id, application.application_id",
    /// One file per institution and contents.
    File = "pk_file" / "file.ledger_id, file.institution_id, file.sha256",
    /// A tie of a part of a record once.
    ControlTie = "pk_control_tie"
        / "control_tie.ledger_id, control_tie.institution_id, control_tie.item_id, control_tie.kind, control_tie.tie_key",
    /// One licence per id.
    Licence = "pk_licence" / "licence.ledger_id, licence.licence_id",
    /// One licence per number.
    LicenceNumber = "uq_licence_number" / "licence.ledger_id, licence.number",
    /// One listing per id.
    Listing = "pk_listing" / "listing.ledger_id, listing.listing_id",
    /// One course per id.
    Course = "pk_course" / "course.ledger_id, course.course_id",
    /// One draft per id.
    ContractDraft = "pk_contract_draft" / "contract_draft.ledger_id, contract_draft.contract_id",
    /// One draft per contract number.
    ContractNumber = "uq_contract_draft_number" / "contract_draft.ledger_id, contract_draft.number",
    /// One contract per id.
    Contract = "pk_contract" / "contract.ledger_id, contract.contract_id",
    /// One payment per id.
    Payment = "pk_payment" / "payment.ledger_id, payment.payment_id",
    /// A bank reference is booked once per institution.
    PaymentReference = "uq_payment_reference" / "payment.ledger_id, payment.reference, payment.institution_id",
    /// The same where only the hash of the reference is known.
    PaymentReferenceHash = "uq_payment_reference_hash"
        / "payment.ledger_id, payment.reference_hash, payment.institution_id",
    /// One lesson per id.
    Lesson = "pk_lesson" / "lesson.ledger_id, lesson.lesson_id",
    /// One refund per id.
    Refund = "pk_refund" / "refund.ledger_id, refund.refund_id",
    /// One settlement per id.
    Settlement = "pk_settlement" / "settlement.ledger_id, settlement.settlement_id",
    /// One alert per id.
    Alert = "pk_alert" / "alert.ledger_id, alert.alert_id",
    /// The facts of an alert once.
    AlertFact = "pk_alert_fact" / "alert_fact.ledger_id, alert_fact.alert_id",
    /// One inspection per id.
    Inspection = "pk_inspection" / "inspection.ledger_id, inspection.inspection_id",
    /// One transfer per id.
    Transfer = "pk_contract_transfer" / "contract_transfer.ledger_id, contract_transfer.transfer_id",
    /// Refusals of an institution by a rule on a day: one count.
    RefusedAttempt = "pk_refused_attempt"
        / "refused_attempt.ledger_id, refused_attempt.institution_id, refused_attempt.tried_on, refused_attempt.rule",
    /// One closure per id.
    Closure = "pk_closure" / "closure.ledger_id, closure.closure_id",
    /// One lease per job.
    JobLease = "pk_job_lease" / "job_lease.ledger_id, job_lease.job",
    /// One record per run of a job.
    JobRun = "pk_job_run" / "job_run.ledger_id, job_run.job, job_run.epoch, job_run.due_on",
    /// One run per id.
    Run = "pk_run" / "run.ledger_id, run.run_id",
    /// A contract once in a run.
    RunItem = "pk_run_item" / "run_item.ledger_id, run_item.run_id, run_item.contract_id",
    /// One offer per id.
    TransferOffer = "pk_transfer_offer" / "transfer_offer.ledger_id, transfer_offer.offer_id",
    /// One bar per id.
    StaffBar = "pk_staff_bar" / "staff_bar.ledger_id, staff_bar.bar_id",
    /// A contract goes over once.
    TransferAcceptance = "pk_transfer_acceptance"
        / "transfer_acceptance.ledger_id, transfer_acceptance.contract_id",
    /// One statement per id.
    BankStatement = "pk_bank_statement" / "bank_statement.ledger_id, bank_statement.statement_id",
    /// One statement of an account per day.
    BankStatementDay = "uq_bank_statement_day"
        / "bank_statement.ledger_id, bank_statement.institution_id, bank_statement.account, bank_statement.statement_on",
    /// One line per id.
    BankLine = "pk_bank_line" / "bank_line.ledger_id, bank_line.line_id",
    /// A line is suspended once.
    SuspendedLine = "pk_suspended_line" / "suspended_line.ledger_id, suspended_line.line_id",
    /// One reconciliation per institution and day.
    Reconciliation = "pk_reconciliation"
        / "reconciliation.ledger_id, reconciliation.institution_id, reconciliation.reconciled_on",
    /// One hold per id.
    Hold = "pk_hold" / "hold.ledger_id, hold.hold_id",
    /// One seal per number of an institution.
    Seal = "pk_seal" / "seal.ledger_id, seal.institution_id, seal.institution_seq",
    /// One row per contract of an institution.
    SealedContract = "pk_sealed_contract"
        / "sealed_contract.ledger_id, sealed_contract.institution_id, sealed_contract.contract_id",
    /// One key per pupil.
    ChildKey = "pk_child_key" / "child_key.ledger_id, child_key.subject_id",
    /// One key per institution.
    ControllerKey = "pk_controller_key" / "controller_key.ledger_id, controller_key.institution_id",
    /// One person per id.
    Person = "pk_person" / "person.ledger_id, person.subject_id",
    /// One person per identity document.
    PersonLookup = "uq_person_lookup" / "person.ledger_id, person.lookup",
    /// One version per id.
    PolicyVersion = "pk_policy_version" / "policy_version.version_id",
    /// One version per number of adoption.
    PolicyVersionAdoptedNo = "uq_policy_version_adopted_no" / "policy_version.adopted_no",
    /// One user per id.
    AppUser = "pk_app_user" / "app_user.user_id",
    /// One user per name.
    AppUserUsername = "uq_app_user_username" / "app_user.username",
    /// One session per token.
    Session = "pk_session" / "session.token_hash",
    /// One version of a contract template per id.
    ContractTemplate = "pk_contract_template" / "contract_template.template_id",
    /// One session per id.
    SessionId = "uq_session_id" / "session.session_id",
    /// One row per account or address that failed to log in.
    LoginAttempt = "pk_login_attempt" / "login_attempt.subject",
    /// One second factor per user.
    SecondFactor = "pk_second_factor" / "second_factor.user_id",
    /// A recovery code is there once.
    RecoveryCode = "pk_recovery_code" / "recovery_code.user_id, recovery_code.code_hash",
    /// One API key per id.
    ApiKey = "pk_api_key" / "api_key.api_key_id",
    /// One API key per hash.
    ApiKeyHash = "uq_api_key_hash" / "api_key.key_hash",
    /// One delegation per id.
    Delegation = "pk_delegation" / "delegation.delegation_id",
    /// An account of another provider is one user's.
    IdentityLink = "pk_identity_link" / "identity_link.issuer, identity_link.subject",
    /// One log-in at another provider per state.
    OidcLogin = "pk_oidc_login" / "oidc_login.state_hash",
    /// One reading per id.
    AccessLog = "pk_access_log" / "access_log.ledger_id, access_log.reading_id",
    /// One notice per id.
    Outbox = "pk_outbox" / "outbox.ledger_id, outbox.notice_id",
    /// A notice is written once per key.
    OutboxKey = "uq_outbox_key" / "outbox.ledger_id, outbox.dedup_key",
    /// One webhook per id.
    Webhook = "pk_webhook" / "webhook.ledger_id, webhook.webhook_id",
    /// One address of notices per user.
    NoticeAddress = "pk_notice_address" / "notice_address.user_id",
    /// One class per id.
    Class = "pk_class" / "class.ledger_id, class.class_id",
    /// One session of a class per id.
    ClassSession = "pk_class_session" / "class_session.ledger_id, class_session.session_id",
    /// A contract is in a class once.
    Enrolment = "pk_enrolment" / "enrolment.ledger_id, enrolment.class_id, enrolment.contract_id",
    /// One file of lessons per id.
    LessonImport = "pk_lesson_import" / "lesson_import.ledger_id, lesson_import.import_id",
    /// One part of a file of lessons per number.
    LessonImportPart = "pk_lesson_import_part"
        / "lesson_import_part.ledger_id, lesson_import_part.import_id, lesson_import_part.part",
    /// One check-in per id.
    CheckIn = "pk_check_in" / "check_in.ledger_id, check_in.check_in_id",
    /// One check-in per contract and session.
    CheckInSession = "uq_check_in_session" / "check_in.ledger_id, check_in.class_session_id, check_in.contract_id",
    /// A session is of a user. The only reference of the schema: SQLite does not say which one broke.
    SessionUser = "fk_session_user" / "",
}

impl Constraint {
    /// By the name in the catalogue.
    pub fn by_name(name: &str) -> Option<Constraint> {
        Self::ALL.iter().copied().find(|c| c.name() == name)
    }

    /// By the columns that SQLite lists.
    pub fn by_columns(columns: &str) -> Option<Constraint> {
        Self::ALL.iter().copied().find(|c| c.columns() == columns && !columns.is_empty())
    }
}
