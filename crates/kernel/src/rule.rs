//! The one list of rules. A rule's id appears in the refusal, the problem document, the log and
//! docs/RULES.md (generated). The order is the order in which broken rules are reported.

macro_rules! rules {
    ($($(#[$doc:meta])* $variant:ident = $id:literal / $zh:literal / $en:literal),* $(,)?) => {
        /// A business rule. Order of declaration = order of reporting.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum RuleId { $($(#[$doc])* $variant),* }
        impl RuleId {
            /// All rules, in the order of reporting.
            pub const ALL: &'static [RuleId] = &[$(RuleId::$variant),*];
            /// The stable id, `room.rule`.
            pub const fn as_str(self) -> &'static str {
                match self { $(RuleId::$variant => $id),* }
            }
            /// What the rule asks, in Chinese.
            pub const fn zh(self) -> &'static str {
                match self { $(RuleId::$variant => $zh),* }
            }
            /// What the rule asks, in English.
            pub const fn en(self) -> &'static str {
                match self { $(RuleId::$variant => $en),* }
            }
        }
    };
}

rules! {
    /// A version is adopted by another person than the one who drafted it.
    PolicyApprovalTwoPersons = "policy.approval_two_persons" / "政策版本的批准人不得是起草人" / "a policy version is not adopted by the person who drafted it",
    /// A version does not change days that are past.
    PolicyNotRetroactive = "policy.not_retroactive" / "政策版本不得追溯既往" / "a policy version does not take effect in the past",
    /// No new subject-type institutions.
    SubjectApprovalClosed = "licence.subject_approval_closed" / "学科类培训机构不再新批" / "no new subject-type institutions are approved",
    /// One application at a time.
    OneOpenApplication = "licence.one_open_application" / "同一机构同时只能有一件办理中的申请" / "an institution has at most one application under way",
    /// Licence number unused.
    LicenceNumberUnique = "licence.number_unique" / "许可证编号不得重复" / "a licence number is used once",
    /// Validity days in order.
    LicenceValidityOrder = "licence.validity_order" / "许可证有效期止日不得早于起日" / "a licence ends no earlier than it begins",
    /// Closing only when no family is owed anything.
    ClosureAfterRefunds = "licence.closure_after_refunds" / "终止办学前须先退清学员费用" / "an institution closes only after families are refunded",
    /// A site check comes first.
    SiteCheckFirst = "licence.site_check_first" / "须先经两名以上工作人员现场核查合格，方可准予" / "the site is checked by two officers and found fit before a grant",
    /// Two officers at a site check.
    SiteCheckTwoOfficers = "licence.site_check_two_officers" / "现场核查须由两名以上工作人员进行" / "a site is checked by two officers",
    /// A review comes first.
    ReviewFirst = "licence.review_first" / "须先经审查并提出意见，方可作出决定" / "an officer advises before a decision",
    /// Decision by another person.
    DecisionTwoPersons = "licence.decision_two_persons" / "许可决定人不得是本件的经办、核查或审查人员" / "an application is not decided by a person who worked on it",
    /// Notice of the end.
    ClosureNotice = "licence.closure_notice" / "终止办学须提前规定的期限告知" / "an institution closes no earlier than its notice allows",
    /// A ground that the law names.
    RevocationGround = "licence.revocation_ground" / "吊销许可证须有法定事由" / "a licence is revoked only on a ground that the law names",
    /// The holder is heard.
    RevocationHearing = "licence.revocation_hearing" / "须待当事人听证权利行使完毕或期限届满，方可决定吊销" / "a revocation is decided after the holder was heard or its time to ask has passed",
    /// Time before a hearing.
    HearingNotice = "licence.hearing_notice" / "听证日期须提前规定的期限告知" / "the day of a hearing is told in time",
    /// Revocation by two persons.
    RevocationTwoPersons = "licence.revocation_two_persons" / "吊销许可证的决定人不得是提出人" / "a revocation is not decided by the person who proposed it",
    /// Area per pupil.
    AreaPerPupil = "standard.area_per_pupil" / "同一时段生均面积不得低于标准" / "each pupil present has the area that the standard asks",
    /// Floor area.
    FloorArea = "standard.floor_area" / "办学面积不得低于标准" / "the floor area is no less than the standard",
    /// Share of teaching rooms.
    TeachingShare = "standard.teaching_share" / "教学用房占比不得低于标准" / "teaching rooms take the share that the standard asks",
    /// Highest floor.
    HighestFloor = "standard.highest_floor" / "教室楼层不得高于标准" / "rooms are no higher than the standard",
    /// Lease.
    LeaseLeft = "standard.lease_left" / "场所剩余租期不得短于标准" / "the lease that is left is no shorter than the standard",
    /// Capital.
    CapitalMin = "standard.capital" / "开办资金不得低于标准" / "the capital is no less than the standard",
    /// Equipment.
    EquipmentMin = "standard.equipment" / "设备投入不得低于标准" / "the equipment is worth no less than the standard",
    /// Addresses on a licence.
    SitesPerLicence = "standard.sites_per_licence" / "每证地址数不得超过规定" / "a licence has no more addresses than the rule allows",
    /// Full-time staff.
    FullTimeStaff = "standard.full_time_staff" / "专职教学、教研人员占比不得低于标准" / "full-time teaching and research staff are the share that the standard asks",
    /// Full-time teachers per class.
    ClassTeachers = "standard.class_teachers" / "专职教师与学生之比不得低于标准" / "full-time teachers are the share of pupils that the standard asks",
    /// Qualification.
    TeacherQualified = "standard.teacher_qualified" / "教学人员须具备相应资格" / "teaching staff hold the qualification for what they teach",
    /// Serving teachers.
    NoServingTeacher = "standard.no_serving_teacher" / "不得聘用在职中小学、幼儿园教师" / "serving teachers of schools and kindergartens do not teach",
    /// Barred persons.
    StaffNotBarred = "standard.staff_not_barred" / "不得聘用列入从业人员黑名单或者依法不得从业的人员" / "nobody works who is on the staff blacklist or barred by law",
    /// White list needs a licence in force.
    WhiteListNeedsLicence = "list.white_needs_licence" / "列入白名单须持有有效许可证" / "the white list takes only holders of a licence in force",
    /// Criteria of the white list.
    WhiteListCriteria = "list.white_criteria" / "列入白名单须符合当地规定的条件" / "the white list takes only who meets the criteria of the place",
    /// Grounds of the black list.
    BlackListGround = "list.black_ground" / "列入黑名单须有当地规定的事由" / "the black list takes only on a ground of the place",
    /// Time to object or to repair.
    ListingTime = "list.time" / "异议、修复须在规定的期限之内" / "objections and repairs keep to their time",
    /// Institution may sell.
    LicenceInForce = "contract.licence_in_force" / "机构须持有有效的办学许可证" / "the institution holds a licence in force",
    /// No change of control under way.
    NoChangePending = "contract.no_change_pending" / "举办者、法定代表人、名称、地址、开办资金变更办理期间不得新签约收费" / "nothing new is sold while a change of control, name, place or capital is applied for",
    /// Not on the black list.
    NotBlacklisted = "contract.not_blacklisted" / "列入黑名单的机构不得签约收费" / "an institution on the black list may not sell",
    /// Licence covers category.
    LicenceCoversCategory = "contract.licence_covers_category" / "许可证须涵盖课程的类别" / "the licence covers the course's category",
    /// Licence covers mode.
    LicenceCoversMode = "contract.licence_covers_mode" / "许可证须涵盖课程的培训方式" / "the licence covers the course's mode",
    /// Licence covers stage.
    LicenceCoversStage = "contract.licence_covers_stage" / "许可证须涵盖课程的学段" / "the licence covers the course's stage",
    /// Licence covers the term.
    LicenceCoversTerm = "contract.licence_covers_term" / "许可证有效期须涵盖整个授课期间" / "the licence is valid until the last lesson",
    /// Custody account registered.
    CustodyAccount = "contract.custody_account" / "机构须登记预收费资金托管账户" / "the institution has a registered custody account",
    /// Span cap.
    PrepaidSpanCap = "contract.prepaid_span_cap" / "一次性收费时间跨度不得超过上限" / "fees cover at most the permitted span of time",
    /// Hours cap.
    PrepaidHoursCap = "contract.prepaid_hours_cap" / "一次性收费课时不得超过上限" / "fees cover at most the permitted class hours",
    /// Amount cap.
    PrepaidAmountCap = "contract.prepaid_amount_cap" / "非学科类一次性收费金额不得超过上限" / "a non-subject fee stays within the permitted amount",
    /// Hours of one family at one seller, all contracts.
    PrepaidHoursAcross = "contract.prepaid_hours_across" / "同一家庭在同一机构的未消课时与新购合计不得超过上限" / "hours not yet taught and newly bought, over all contracts of a family with a seller, stay within the cap",
    /// Money of one family at one seller, all contracts.
    PrepaidAmountAcross = "contract.prepaid_amount_across" / "同一家庭在同一机构的未消费用与新购合计不得超过上限" / "fees not yet earned and newly charged, over all contracts of a family with a seller, stay within the cap",
    /// Not before its time.
    EarliestCharge = "contract.earliest_charge" / "收费不得早于规定的时间" / "a fee is not taken before its time",
    /// Within one school term.
    CrossingTerms = "contract.crossing_terms" / "一次收费不得跨学期" / "a charge does not reach over the end of a school term",
    /// Guided price.
    GuidedPrice = "contract.guided_price" / "学科类收费不得高于政府指导价上限" / "subject training costs at most the guided price with its float",
    /// Preschool, online.
    PreschoolOnline = "contract.preschool_online" / "不得对学龄前儿童开展线上培训" / "no online training of preschool children",
    /// Preschool, subjects.
    PreschoolSubject = "contract.preschool_subject" / "不得对学龄前儿童开展学科类培训" / "no subject training of preschool children",
    /// How the fee is paid.
    PaymentForm = "contract.payment_form" / "不得以规定所禁止的方式收费" / "a fee is not paid in a forbidden way: training loan, cash, outside the platform",
    /// Day of training.
    TrainingDay = "contract.training_day" / "义务教育阶段学科类不得占用休息日、节假日与寒暑假" / "no compulsory-stage subjects on rest days, holidays and vacations",
    /// Hour of training.
    TrainingHour = "contract.training_hour" / "培训时间不得晚于规定时刻，不得占用上课时间" / "training ends in time and does not take school hours",
    /// Online units.
    OnlineUnit = "contract.online_unit" / "线上每课时时长与间隔须合规定" / "online classes keep to their length and gaps",
    /// Hours equal the course's.
    CourseTerms = "contract.course_terms" / "合同的授课期间须在课程公布的期间之内" / "the contract's lessons lie within the published course",
    /// Supplement free of void and unfair terms.
    UnfairTerm = "contract.unfair_term" / "补充约定不得含有无效或者不公平的条款" / "the supplement has no void or unfair term",
    /// A draft names a template version that holds.
    TemplateInForce = "contract.template_in_force" / "合同须使用当日在当地有效的范本版本" / "a contract is drawn up from a template version in force in its region",
    /// Changes of the printed text keep what the institution owes by law.
    LiabilityKept = "contract.liability_kept" / "对范本的改动不得减轻机构的法定责任" / "changes of the template do not lighten what the institution owes by law",
    /// One signs what stands there.
    DocumentSigned = "contract.document_signed" / "签署的哈希须为合同现文本的哈希" / "a party signs the hash of the present document",
    /// A template is adopted by another person than the one who drafted it.
    TemplateApprovalTwoPersons = "contract.template_approval_two_persons" / "合同范本的批准人不得是起草人" / "a template version is not adopted by the person who drafted it",
    /// A template does not change days that are past.
    TemplateNotRetroactive = "contract.template_not_retroactive" / "合同范本不得追溯既往" / "a template version does not take effect in the past",
    /// A right to step back is still open.
    WithdrawalWindow = "contract.withdrawal_window" / "须在可以撤回合同的期间之内" / "the contract may be withdrawn from only within the time for it",
    /// Who ends a contract names a ground that is theirs.
    TerminationGround = "contract.termination_ground" / "解除合同须有该方可以援引的事由" / "a contract is ended by notice on a ground that is the party's own",
    /// What is still owed to the institution is not handed on without it.
    TransferPaid = "contract.transfer_paid" / "价款付清的合同才能以通知转让" / "a contract is handed on by notice once its price is paid in full",
    /// What was recorded is answered by whose child was taught.
    TransferSettled = "contract.transfer_settled" / "转让合同前须先答复已登记的课、了结异议" / "recorded lessons are answered and disputes decided before a contract is handed on",
    /// Refund terms no worse than law.
    RefundPayBackMax = "contract.refund_pay_back_max" / "约定的退费期限不得长于规定" / "the agreed pay-back term is no longer than the rule",
    /// Pupils of a class.
    ClassSize = "class.size" / "班级人数不得超过课程公布的最大班额" / "a class has no more pupils than the course publishes",
    /// Pupils of a room.
    RoomCapacity = "class.room_capacity" / "班级人数不得超过教室可容纳的人数" / "a class has no more pupils than its room takes",
    /// A teacher teaches one class at a time.
    TeacherFree = "class.teacher_free" / "同一教师同一时段不得重复排课" / "a teacher is in one class at a time",
    /// A room holds one class at a time.
    RoomFree = "class.room_free" / "同一教室同一时段不得重复排课" / "a room holds one class at a time",
    /// Sessions within the course.
    SessionWithinCourse = "class.session_within_course" / "课次须在课程公布的期间之内" / "sessions lie within the published course",
    /// Who may be in a class.
    EnrolmentContract = "class.enrolment_contract" / "分班学员的合同须属于该课程、已签订并已缴费" / "a pupil in a class has a signed and paid contract of its course",
    /// Payment within price.
    PaymentWithinPrice = "escrow.payment_within_price" / "缴费合计不得超过合同价款" / "payments do not exceed the contract price",
    /// Payment of a lot in full before its hours are taught.
    PaymentReferenceUnique = "escrow.payment_reference_unique" / "同一银行流水号只能入账一次" / "a bank reference is booked once",
    /// Lesson hours available.
    LessonHoursRemaining = "escrow.lesson_hours_remaining" / "登记课时不得超过剩余课时" / "lessons do not exceed the hours left",
    /// Lesson within term.
    LessonWithinTerm = "escrow.lesson_within_term" / "上课日须在合同授课期间之内" / "a lesson is held within the contract's term",
    /// Money is there.
    LessonPaid = "escrow.lesson_paid" / "所消课时须已缴费入托管" / "the hours taught are paid into escrow",
    /// Hold.
    HoldBlocksRelease = "escrow.hold_blocks_release" / "机构资金已冻结，暂停拨付" / "a hold stops releases to the institution",
    /// Settlement within payable.
    SettlementWithinPayable = "escrow.settlement_within_payable" / "结算金额不得超过可拨付余额" / "a settlement does not exceed what is payable",
    /// One lesson per contract and session.
    LessonOncePerSession = "escrow.lesson_once_per_session" / "同一合同同一课次只能登记一次消课" / "a session is claimed once for a contract",
    /// The lesson is the session's.
    LessonSession = "escrow.lesson_session" / "消课须与未取消课次的日期、学员一致" / "a lesson claimed for a session is of its day, of a pupil in the class, and the session is held",
    /// The code that is shown in the room.
    CheckInCode = "escrow.check_in_code" / "签到码须为课次当时出示的动态码" / "a check-in has the code that is shown at the session",
    /// What custody holds is paid.
    PayoutCovered = "escrow.payout_covered" / "托管账户账面余额不足以拨付，须先核销银行挂账" / "the custody account holds what is paid out",
    /// The third key.
    SettlementReviewed = "escrow.settlement_reviewed" / "结算须经主管部门审核同意后方可拨付" / "the authority lets a settlement go before the bank pays it",
    /// What a release mode lets go.
    ReleaseMode = "escrow.release_mode" / "拨付不得超过当地拨付方式当日可拨的金额" / "no more is let go than the release mode of the place allows on the day",
    /// Statements follow each other.
    BankStatementSequence = "bank.statement_sequence" / "对账单编号须紧接上一份" / "a statement has the number after the last",
    /// A statement begins where the last ended.
    BankStatementContinues = "bank.statement_continues" / "对账单期初余额须等于上一份期末余额" / "a statement begins with the balance with which the last ended",
    /// A statement is of a later day.
    BankStatementDay = "bank.statement_day" / "对账单日期须晚于上一份且不得晚于当日" / "a statement is of a later day than the last, and not of the future",
    /// A thing is one line.
    BankLineMatchesOnce = "bank.line_matches_once" / "一笔缴费或出账只能对应一笔银行流水" / "a payment or payout is matched with one line",
    /// Amount and direction fit.
    BankLineAmount = "bank.line_amount" / "匹配的金额与收付方向须一致" / "what is matched has the same amount and direction",
    /// Interest is nobody's until a rule says whose.
    InterestOwner = "bank.interest_owner" / "当地规则未明确监管账户利息归属，须先明确方可分配" / "interest is allotted only where the rules of the place say whose it is",
    /// The deposit keeps its floor.
    DepositAboveFloor = "escrow.deposit_above_floor" / "退还后保证金不得低于下限" / "what is left of a deposit is not below its floor",
    /// The deposit covers a claim.
    DepositCovers = "escrow.deposit_covers" / "动用金额不得超过保证金余额" / "a claim does not exceed the deposit",
    /// Refund something left.
    RefundHoursRemaining = "escrow.refund_hours_remaining" / "没有可退的剩余课时" / "there are hours left to refund",
    /// An objection comes in time.
    RefundObjectionTime = "escrow.refund_objection_time" / "机构须在答复期限内提出异议" / "an institution objects within its time to answer",
    /// An inspection is recorded after it took place.
    InspectionDay = "supervision.inspection_day" / "检查日不得晚于今日" / "an inspection is recorded on its day or later",
    /// An offer is of one's own kind.
    TransferFits = "supervision.transfer_fits" / "承接机构须在白名单且许可涵盖同类别、同学段" / "who takes pupils over is on the white list and licensed for the same category and stage",
    /// An offer is not used up.
    TransferHours = "supervision.transfer_hours" / "承接课时不得超过意向所余" / "hours taken over do not exceed what is left of the offer",
    /// Refund answer clock.
    RefundAnswerClock = "escrow.refund_answer_clock" / "机构答复退费的期限尚未届满" / "the institution's time to answer has not passed",
    /// Deemed confirmation clock.
    DeemedConfirmationClock = "escrow.deemed_confirmation_clock" / "家长确认期限尚未届满" / "the guardian's time to answer has not passed",
    /// Nothing is owed before records go.
    PersonContractsOver = "person.contracts_over" / "合同履行完毕、款项结清后方可删除个人信息" / "records are erased after the contracts are over and nothing is held",
    /// Records are kept for their time.
    PersonRetention = "person.retention" / "个人信息在规定的保存期限内不得删除" / "records are kept for the time that a rule sets",
}

impl std::fmt::Display for RuleId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for RuleId {
    type Err = crate::category::WordError;
    fn from_str(s: &str) -> Result<Self, Self::Err> {
        Self::ALL.iter().copied().find(|r| r.as_str() == s).ok_or(crate::category::WordError)
    }
}

/// A broken rule with the facts that a person needs to mend it. Texts are codes, numbers or days,
/// never personal data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Which rule.
    pub rule: RuleId,
    /// What the rule allows, where it is a number, a day or a word.
    pub limit: Option<String>,
    /// What was found.
    pub actual: Option<String>,
    /// The legal source, as the policy data names it.
    pub source: Option<String>,
    /// The request field that broke it.
    pub field: Option<&'static str>,
}

impl Violation {
    /// A broken rule without further facts.
    pub const fn of(rule: RuleId) -> Violation {
        Violation { rule, limit: None, actual: None, source: None, field: None }
    }

    /// With what is allowed and what was found.
    #[must_use]
    pub fn with(mut self, limit: impl ToString, actual: impl ToString) -> Violation {
        self.limit = Some(limit.to_string());
        self.actual = Some(actual.to_string());
        self
    }

    /// With the legal source.
    #[must_use]
    pub fn source(mut self, source: &str) -> Violation {
        self.source = Some(source.to_owned());
        self
    }

    /// With the request field.
    #[must_use]
    pub fn field(mut self, field: &'static str) -> Violation {
        self.field = Some(field);
        self
    }
}
