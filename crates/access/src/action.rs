//! The closed list of things that a route does.

use kernel::words;

words! {
    /// An action. Every route names exactly one.
    Action {
        /// Log in.
        SessionOpen = "session_open" / "登录",
        /// Log out.
        SessionClose = "session_close" / "退出登录",
        /// Read who one is.
        MeRead = "me_read" / "查看本人账号",
        /// Change one's password, end one's sessions, set up one's second factor.
        SelfManage = "self_manage" / "管理本人账号",
        /// Make and revoke one's API keys.
        ApiKeyManage = "api_key_manage" / "管理本人接口密钥",
        /// Read what is kept about oneself, and who read it.
        OwnDataRead = "own_data_read" / "查看与导出本人信息",
        /// Create, change and lock users.
        UserManage = "user_manage" / "管理用户",
        /// Link a user to an account of another identity provider.
        IdentityLink = "identity_link" / "关联外部身份",
        /// Lend one's duties to a colleague.
        DelegationGrant = "delegation_grant" / "委托本人职责",
        /// Read whether the system works.
        Health = "health" / "查看运行状况",
        /// Read the rules that hold in a region.
        PolicyRead = "policy_read" / "查看政策参数",
        /// Draft a version of the region's rules.
        PolicyDraft = "policy_draft" / "起草政策版本",
        /// Adopt or reject a drafted version.
        PolicyDecide = "policy_decide" / "批准政策版本",
        /// Read drafted versions.
        PolicyDraftRead = "policy_draft_read" / "查看政策版本草案",
        /// Replay past decisions under a draft.
        PolicySimulate = "policy_simulate" / "推演政策草案",
        /// Load a version of the model contract's text.
        TemplateDraft = "template_draft" / "载入合同范本",
        /// Adopt or reject a version of the model contract's text.
        TemplateDecide = "template_decide" / "批准合同范本",
        /// Read the versions of the model contract's text.
        TemplateRead = "template_read" / "查看合同范本",
        /// Use a stateless calculator.
        Calculator = "calculator" / "使用计算工具",
        /// Take over an existing registry from a file.
        RegistryImport = "registry_import" / "导入登记数据",
        /// Register an institution.
        InstitutionRegister = "institution_register" / "登记机构",
        /// Read the public part of an institution.
        InstitutionRead = "institution_read" / "查看机构公示信息",
        /// Read all of an institution: profile, account, applications.
        InstitutionReadFull = "institution_read_full" / "查看机构全部信息",
        /// Change the record of an institution: sites, rooms, accounts, staff.
        RecordChange = "record_change" / "变更机构档案",
        /// Read the record of an institution.
        RecordRead = "record_read" / "查看机构档案",
        /// See who else the same people, phones, addresses and accounts belong to.
        ControlGraphRead = "control_graph_read" / "查看关联关系",
        /// Hand in a file.
        FileUpload = "file_upload" / "上传材料文件",
        /// Read a file that was handed in.
        FileRead = "file_read" / "查看材料文件",
        /// Hand in an application.
        ApplicationSubmit = "application_submit" / "提交办学许可申请",
        /// Accept an application.
        ApplicationAccept = "application_accept" / "受理申请",
        /// Hand in corrections, or take an application back.
        ApplicationCorrect = "application_correct" / "补正或者撤回申请",
        /// Check a site, review an application.
        ApplicationExamine = "application_examine" / "现场核查与审查",
        /// Read the queue of applications.
        ApplicationQueueRead = "application_queue_read" / "查看申请办理队列",
        /// Grant or refuse.
        ApplicationDecide = "application_decide" / "作出许可决定",
        /// Look up a licence.
        LicenceRead = "licence_read" / "查询许可证",
        /// Suspend a licence.
        LicenceSuspend = "licence_suspend" / "暂停许可证",
        /// Lift a suspension.
        LicenceReinstate = "licence_reinstate" / "恢复许可证",
        /// Warn, order to rectify, stop enrolment, lift such orders.
        LicenceMeasure = "licence_measure" / "警告、责令改正、停止招生",
        /// Note the result of an annual inspection.
        LicenceInspect = "licence_inspect" / "登记年检结论",
        /// Take a licence back that is given back, strike it from the register.
        LicenceDeregister = "licence_deregister" / "收回、注销许可证",
        /// Ask for a hearing, or waive it.
        HearingAnswer = "hearing_answer" / "申请或者放弃听证",
        /// Propose a revocation.
        LicenceProposeRevocation = "licence_propose_revocation" / "提出吊销",
        /// Decide a revocation.
        LicenceRevoke = "licence_revoke" / "决定吊销",
        /// Put on a list, or take off.
        ListingDecide = "listing_decide" / "作出名单决定",
        /// Object to a listing, ask for repair.
        ListingAnswer = "listing_answer" / "对名单提出异议、申请修复",
        /// Score and cancel points, grade institutions.
        PointsGive = "points_give" / "记分、销分与评级",
        /// Read the lists.
        ListRead = "list_read" / "查看名单",
        /// Draw up a course; read the drafts.
        CourseDraft = "course_draft" / "编制课程",
        /// Publish a course.
        CoursePublish = "course_publish" / "发布课程",
        /// Read published courses.
        CourseRead = "course_read" / "查看课程",
        /// Draw up a contract.
        ContractDraft = "contract_draft" / "起草合同",
        /// Read a contract.
        ContractRead = "contract_read" / "查看合同",
        /// Read the document with the parties' data.
        DocumentRead = "document_read" / "查看合同文本",
        /// Sign as party A.
        ContractSignInstitution = "contract_sign_institution" / "甲方签署合同",
        /// Sign as party B.
        ContractSignGuardian = "contract_sign_guardian" / "乙方签署合同",
        /// Withdraw from a contract within the time for it.
        ContractWithdraw = "contract_withdraw" / "撤回合同",
        /// End a contract by notice.
        ContractTerminate = "contract_terminate" / "通知解除合同",
        /// Record a payment.
        PaymentRecord = "payment_record" / "登记缴费",
        /// Claim a lesson.
        LessonClaim = "lesson_claim" / "登记消课",
        /// Confirm a lesson.
        LessonConfirm = "lesson_confirm" / "确认消课",
        /// Dispute a lesson.
        LessonDispute = "lesson_dispute" / "对消课提出异议",
        /// Decide a dispute.
        DisputeDecide = "dispute_decide" / "裁定异议",
        /// Compute a refund.
        RefundQuote = "refund_quote" / "试算退费",
        /// Ask for a refund.
        RefundRequest = "refund_request" / "申请退费",
        /// Consent to a refund.
        RefundConsent = "refund_consent" / "同意退费",
        /// Pay a refund back.
        RefundPayout = "refund_payout" / "退费出账",
        /// Order a settlement.
        SettlementOrder = "settlement_order" / "申请结算",
        /// Pay a settlement.
        SettlementPayout = "settlement_payout" / "结算出账",
        /// Stop releases.
        HoldPlace = "hold_place" / "冻结拨付",
        /// Lift a hold.
        HoldRelease = "hold_release" / "解除冻结",
        /// Read an institution's balances.
        BalancesRead = "balances_read" / "查看余额",
        /// Read a contract's statement.
        StatementRead = "statement_read" / "查看对账单",
        /// Read ledger entries.
        EntriesRead = "entries_read" / "查看账本条目",
        /// Fetch a receipt.
        ReceiptRead = "receipt_read" / "获取凭证",
        /// Read what a ledger publishes: key, size, checkpoints, tiles.
        LedgerRead = "ledger_read" / "查看账本公开信息",
        /// Fetch inclusion and consistency proofs.
        ProofRead = "proof_read" / "获取证明",
        /// Read who read the records of families.
        AccessLogRead = "access_log_read" / "查看个人信息查阅记录",
        /// Read whose records are due to be erased.
        RetentionRead = "retention_read" / "查看到期个人信息",
        /// Erase a person's records.
        PersonErase = "person_erase" / "删除个人信息",
        /// Export a ledger.
        ExportRead = "export_read" / "导出账本",
    }
}
