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
        /// Bar a person from teaching, or lift it.
        StaffBar = "staff_bar" / "列入或移出从业人员黑名单",
        /// See who is barred from teaching.
        StaffBarRead = "staff_bar_read" / "查看从业人员黑名单",
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
        /// Hand a contract to another family.
        ContractTransfer = "contract_transfer" / "转让合同",
        /// Record a payment.
        PaymentRecord = "payment_record" / "登记缴费",
        /// Claim a lesson.
        LessonClaim = "lesson_claim" / "登记消课",
        /// Confirm a lesson.
        LessonConfirm = "lesson_confirm" / "确认消课",
        /// Dispute a lesson.
        LessonDispute = "lesson_dispute" / "对消课提出异议",
        /// Set up classes, sessions and enrolment.
        ClassManage = "class_manage" / "排班排课",
        /// Read classes and timetables.
        ClassRead = "class_read" / "查看班级与课表",
        /// Show the code of a session in the room.
        ClassCodeShow = "class_code_show" / "出示签到码",
        /// Check in at a session.
        LessonCheckIn = "lesson_check_in" / "上课签到",
        /// Argue in a dispute.
        DisputeArgue = "dispute_argue" / "异议举证",
        /// Read a dispute with what the parties say.
        DisputeRead = "dispute_read" / "查看异议",
        /// Read how lessons were answered, as figures.
        LessonFiguresRead = "lesson_figures_read" / "查看消课统计",
        /// Decide a dispute.
        DisputeDecide = "dispute_decide" / "裁定异议",
        /// Compute a refund.
        RefundQuote = "refund_quote" / "试算退费",
        /// Ask for a refund.
        RefundRequest = "refund_request" / "申请退费",
        /// Object to a refund.
        RefundObject = "refund_object" / "对退费提出异议",
        /// Decide on an objection to a refund.
        RefundDecide = "refund_decide" / "裁决退费异议",
        /// Take a request for a refund back.
        RefundWithdraw = "refund_withdraw" / "撤回退费申请",
        /// See an institution's refunds with their clocks.
        RefundQueueRead = "refund_queue_read" / "查看机构退费队列",
        /// Refund all families of a failed institution.
        RefundRun = "refund_run" / "批量退费",
        /// Make the pack of a failed institution, with the families' contacts.
        ClosurePack = "closure_pack" / "制作关停清算包",
        /// See closures and long runs.
        ClosureRead = "closure_read" / "查看关停与批量任务",
        /// Offer to teach the hours that another institution left.
        TransferOffer = "transfer_offer" / "提出承接意向",
        /// See such offers.
        TransferOfferRead = "transfer_offer_read" / "查看承接意向",
        /// Accept such an offer.
        TransferAccept = "transfer_accept" / "接受承接意向",
        /// Record an inspection of a site.
        InspectionRecord = "inspection_record" / "登记检查",
        /// Read inspections.
        InspectionRead = "inspection_read" / "查看检查记录",
        /// Read alerts.
        AlertRead = "alert_read" / "查看预警",
        /// Take an alert on, pass it on, close it.
        AlertHandle = "alert_handle" / "处置预警",
        /// Explain an alert about oneself.
        AlertExplain = "alert_explain" / "说明预警",
        /// See what the scheduler does.
        JobRead = "job_read" / "查看定时任务",
        /// Consent to a refund.
        RefundConsent = "refund_consent" / "同意退费",
        /// Pay a refund back.
        RefundPayout = "refund_payout" / "退费出账",
        /// Order a settlement.
        SettlementOrder = "settlement_order" / "申请结算",
        /// Pay a settlement.
        SettlementPayout = "settlement_payout" / "结算出账",
        /// Let a settlement go to the bank, as the third key.
        SettlementApprove = "settlement_approve" / "审核结算",
        /// Read orders for the bank.
        PaymentOrderRead = "payment_order_read" / "查看支付指令",
        /// Hand in the bank's statements.
        BankStatementImport = "bank_statement_import" / "导入银行对账单",
        /// Read the bank's statements and lines.
        BankStatementRead = "bank_statement_read" / "查看银行对账单",
        /// Match a line of a statement by hand.
        BankLineMatch = "bank_line_match" / "核销银行流水",
        /// Read whether a day agrees with the bank; amounts for those who may read balances.
        ReconciliationRead = "reconciliation_read" / "查看对账结果",
        /// Allot interest on the custody account by the rules of the place.
        InterestAllot = "interest_allot" / "分配监管账户利息",
        /// Record a payment into the risk deposit.
        DepositRecord = "deposit_record" / "登记保证金",
        /// Lock the risk deposit.
        DepositLock = "deposit_lock" / "锁定保证金",
        /// Unlock the risk deposit, give it back, claim it for families.
        DepositRelease = "deposit_release" / "解锁、退还或者动用保证金",
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
        /// Set up and take away webhooks.
        WebhookManage = "webhook_manage" / "管理消息推送",
        /// Read which notices wait, were delivered or given up.
        OutboxRead = "outbox_read" / "查看通知发送情况",
        /// Try a notice that was given up once more.
        OutboxRetry = "outbox_retry" / "重发通知",
        /// Export a ledger.
        ExportRead = "export_read" / "导出账本",
        /// Have a whole ledger verified.
        LedgerVerify = "ledger_verify" / "核验账本",
        /// Have a receipt checked.
        ReceiptCheck = "receipt_check" / "核验凭证",
    }
}
