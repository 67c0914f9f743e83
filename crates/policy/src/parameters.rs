//! The parameter space: one block per parameter. Adding one is a block here and its national value,
//! or the statement that there is none, in data/cn.toml.

use std::collections::BTreeSet;

use kernel::{Day, DayCount, Fen, RegionCode, RuleId, TimeOfDay, words};

use crate::data::{Dated, File};
use crate::setting::{InForce, Named, Setting, named};
use crate::types::{
    AccountLocality, AmountCap, BalanceAlerts, BarredSeller, BlackGround, CapBase, CapCombination, CashRule, ClosedDay,
    CoolingOff, DepositFloor, DisputeEffect, EarliestCharge, EarlyWarning, FeeItem, HighestFloor, HoursCap,
    InterestOwner, InterestSource, MinimumBalance, ModeUnit, PriceTable, PurchaseChannel, RefundBasis, RefundPath,
    ReleaseCadence, ReleaseTrigger, RevocationGround, Sampling, SchoolTerms, Share, SiteCheckFor, Standards,
    SupervisionModes, TimeSpan, VoucherCaps, WatchLimits, WhiteCriterion,
};
use crate::{PolicyError, pick};

words! {
    /// What a parameter is about.
    Section {
        /// What may be charged in advance.
        Collection = "collection" / "收费",
        /// Guided prices.
        Price = "price" / "政府指导价",
        /// Keeping and releasing prepaid money.
        Custody = "custody" / "资金监管",
        /// Refunds and interest.
        Refund = "refund" / "退费",
        /// Training times and school terms.
        Time = "time" / "培训时间",
        /// Licences and endings.
        Licence = "licence" / "许可与终止",
        /// Lists of institutions.
        Lists = "lists" / "名单",
        /// Premises, capital and staff.
        Standards = "standards" / "场所、资金与人员",
    }
}

macro_rules! parameters {
    ($($section:ident { $($(#[$doc:meta])* $name:ident: $type:ty, $zh:literal, $en:literal, $rules:expr;)* })*) => {
        /// The rules that hold in a region on a day, each with its source.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct Policy {
            /// For which region.
            pub region: RegionCode,
            /// The region's name; its code where the data does not name it.
            pub region_name: String,
            /// On which day.
            pub on: Day,
            /// The levels that have data, nearest first; without the region itself it has no rules of
            /// its own and inherits.
            pub levels: Vec<(RegionCode, String)>,
            $($($(#[$doc])* pub $name: Setting<$type>,)*)*
        }

        impl Policy {
            /// Every parameter, in the order of declaration: for answers and documents.
            pub fn in_force(&self) -> Vec<InForce<'_>> {
                let mut all = Vec::with_capacity(KEYS.len());
                $($(all.push(named(&self.$name, Named {
                    key: stringify!($name),
                    section: Section::$section,
                    zh: $zh,
                    en: $en,
                    rules: $rules,
                }));)*)*
                all
            }
        }

        impl Policy {
            /// The first parameter of which nothing is known on that day.
            pub(crate) fn first_unknown(&self) -> Option<&'static str> {
                $($(if let Setting::BeforeData { key, .. } = self.$name { return Some(key); })*)*
                None
            }
        }

        /// Every key that a file may have.
        pub(crate) const KEYS: &[&str] = &[$($(stringify!($name),)*)*];

        /// The values that one file gives.
        #[derive(Clone)]
        pub(crate) struct Values {
            $($($name: Vec<Dated<$type>>,)*)*
        }

        impl Values {
            pub fn read(file: &mut File<'_>, nation: bool) -> Result<Values, PolicyError> {
                Ok(Values { $($($name: file.dated(stringify!($name), nation)?,)*)* })
            }

            /// First day of each parameter that the file speaks of.
            pub fn first_days(&self) -> Vec<(&'static str, Day)> {
                let mut days = Vec::new();
                $($(days.extend(self.$name.first().map(|p| (stringify!($name), p.from_on)));)*)*
                days
            }
        }

        /// Each parameter from the nearest of `levels` that speaks of it on the day.
        pub(crate) fn resolve(
            levels: &[pick::Layer<'_>],
            region: RegionCode,
            named: (String, Vec<(RegionCode, String)>),
            on: Day,
        ) -> Policy {
            Policy {
                region,
                region_name: named.0,
                on,
                levels: named.1,
                $($($name: pick::nearest(levels, |values| &values.$name, stringify!($name), region, on),)*)*
            }
        }
    };
}

parameters! {
    Collection {
        /// Longest time covered by one charge, months.
        prepaid_span_months_max: u16, "一次性收费时间跨度上限（月）", "longest time covered by one charge, months",
            &[RuleId::PrepaidSpanCap];
        /// Most class hours, in one charge or per subject.
        prepaid_hours_max: HoursCap, "一次性收费课时上限", "most class hours of one charge or subject",
            &[RuleId::PrepaidHoursCap, RuleId::PrepaidHoursAcross];
        /// Do gift hours count towards [`Policy::prepaid_hours_max`]?
        gift_hours_counted: bool, "赠送课时计入课时上限", "gift hours count towards the cap on hours",
            &[RuleId::PrepaidHoursCap, RuleId::PrepaidHoursAcross];
        /// May courses be bundled by gifts or discounts beyond the caps?
        gift_bundling_allowed: bool, "可以以赠送、优惠方式捆绑收费", "fees may be bundled by gifts and discounts", &[];
        /// Most money, fen, and for which categories.
        prepaid_amount_max: AmountCap, "一次性收费金额上限", "most money of one charge",
            &[RuleId::PrepaidAmountCap, RuleId::PrepaidAmountAcross];
        /// Are the caps held against what is charged now, or against the untaught balance as well?
        cap_base: CapBase, "上限的计算基数", "what the caps are held against", &[RuleId::PrepaidHoursAcross, RuleId::PrepaidAmountAcross];
        /// How the caps on time and hours stand to each other.
        cap_combination: CapCombination, "时间与课时上限的关系", "how the caps on time and hours combine", &[];
        /// May a charge cover two school terms?
        crossing_terms_allowed: bool, "可以跨学期收费", "a charge may cover two school terms", &[RuleId::CrossingTerms];
        /// How early the next fee may be taken.
        earliest_charge: EarliestCharge, "最早收费时间", "how early the next fee may be taken", &[RuleId::EarliestCharge];
        /// What counts as a prepaid fee.
        fee_items: BTreeSet<FeeItem>, "计入预收费的项目", "what counts as a prepaid fee", &[];
        /// What becomes of cash.
        cash: CashRule, "现金收费", "what becomes of cash", &[RuleId::PaymentForm];
        /// May fees be paid by a loan (培训贷)?
        training_loan_allowed: bool, "可以使用培训贷", "fees may be paid by a training loan", &[RuleId::PaymentForm];
        /// Through what a course is bought.
        purchase_channel: PurchaseChannel, "购课渠道", "through what courses are bought", &[RuleId::PaymentForm];
        /// Must items and prices be published before the service?
        prior_publication_required: bool, "收费项目与标准须事先公示", "items and prices are published beforehand", &[];
        /// Must an invoice be given?
        invoice_required: bool, "须开具发票", "an invoice is given", &[];
        /// Course plan, fees and teachers are filed this long before each class at the latest.
        course_plan_filing: DayCount, "开班前备案期限", "filing of the course plan before a class", &[];
        /// Who may not sell prepaid courses.
        barred_sellers: BTreeSet<BarredSeller>, "不得预收费的经营者", "who may not sell prepaid courses", &[];
        /// Caps on general prepaid vouchers.
        voucher_caps: VoucherCaps, "单用途预付凭证限额", "caps on prepaid vouchers", &[];
        /// Collecting more than this outside the account may cost the licence, fen.
        outside_collection_revocation_above_fen: Fen, "体外收费可吊销许可的金额（分，超过）",
            "fees taken outside the account above this may cost the licence, fen", &[];
        /// Earnest money of at most this share of the price, per cent.
        earnest_money_max_percent: u16, "定金上限（占价款百分比）", "earnest money, per cent of the price", &[];
    }
    Price {
        /// Guided prices of offline subject training.
        guided_price_offline: PriceTable, "学科类线下培训指导价", "guided prices of offline subject training", &[RuleId::GuidedPrice];
        /// Guided prices of online subject training.
        guided_price_online: PriceTable, "学科类线上培训指导价", "guided prices of online subject training", &[RuleId::GuidedPrice];
        /// Length of the offline unit where a table does not say otherwise, minutes.
        price_unit_offline_minutes: u16, "线下计价课时时长（分钟）", "length of the offline unit, minutes", &[];
        /// Length of the online unit where a table does not say otherwise, minutes.
        price_unit_online_minutes: u16, "线上计价课时时长（分钟）", "length of the online unit, minutes", &[];
        /// The furthest that any place may let prices lie above the base, per cent.
        price_float_up_max_percent: u16, "上浮幅度上限（百分比）", "most that a price may lie above the base, per cent", &[RuleId::GuidedPrice];
        /// May anything outside the training fee be charged?
        fees_outside_training_allowed: bool, "可以在培训费之外收费", "anything may be charged outside the training fee", &[];
    }
    Custody {
        /// Must the fee go into the institution's registered, dedicated account?
        custody_account_required: bool, "预收费须进入登记的专用账户", "fees go into a registered dedicated account",
            &[RuleId::CustodyAccount, RuleId::PaymentForm];
        /// How prepaid fees are supervised.
        supervision_modes: SupervisionModes, "监管方式", "how prepaid fees are supervised", &[];
        /// For how much one choice of a mode holds.
        mode_unit: ModeUnit, "监管方式的选择范围", "for how much one choice of a mode holds", &[];
        /// How many accounts an institution keeps for this.
        accounts_per_institution: u16, "专用账户数量", "how many accounts an institution keeps", &[];
        /// Where the account must be.
        account_locality: AccountLocality, "账户所在地", "where the account must be", &[];
        /// Time to file the account after its opening.
        account_filing: DayCount, "账户开立后备案期限", "time to file the account", &[];
        /// May headquarters sweep the account?
        headquarters_sweep_allowed: bool, "总部可以归集资金", "headquarters may sweep the account", &[];
        /// May the bank charge for custody?
        bank_fee_allowed: bool, "银行可以收取托管费", "the bank may charge for custody", &[];
        /// What lets money go to the institution.
        release_trigger: ReleaseTrigger, "拨付条件", "what lets money go", &[];
        /// How often money is let go.
        release_cadence: ReleaseCadence, "拨付节奏", "how often money is let go", &[];
        /// Time to pay out once the condition is met.
        release_within: DayCount, "条件成就后拨付期限", "time to pay out once the condition is met", &[];
        /// In how many monthly parts.
        release_monthly_parts: u16, "按月拨付的期数", "in how many monthly parts money is let go", &[];
        /// The guardian's time to answer a claimed lesson; silence is confirmation.
        deemed_confirmation: DayCount, "家长确认期限（逾期视为确认）",
            "the guardian's time to answer; silence is confirmation", &[RuleId::DeemedConfirmationClock];
        /// How long before silence confirms the guardian is reminded.
        lesson_reminder: DayCount, "视为确认前的提醒时间", "how long before silence confirms the guardian is reminded", &[];
        /// Does a check-in of the pupil's side confirm the lesson at once?
        check_in_confirms: bool, "签到即视为家长确认", "a check-in confirms the lesson at once", &[];
        /// The authority's time to decide a dispute about a lesson.
        dispute_decision: DayCount, "消课异议的处理期限", "the authority's time to decide a dispute about a lesson", &[];
        /// What a dispute does to the release.
        dispute_effect: DisputeEffect, "异议的效力", "what a dispute does to the release", &[];
        /// The floor of a risk deposit.
        deposit_floor: DepositFloor, "风险保证金下限", "the floor of a risk deposit", &[];
        /// What must stay in the supervised account.
        minimum_balance: MinimumBalance, "专户最低余额", "what must stay in the account", &[];
        /// Most that may leave in a month, as a multiple of the minimum deposit.
        monthly_outflow_max_times: u16, "每月支出上限（最低额度的倍数）", "most that may leave in a month, times the minimum", &[];
        /// Large uses are announced this long before.
        large_use_notice: DayCount, "大额用款提前报告期限", "notice before a large use", &[];
        /// Time after the end of a day for the bank's statement of it.
        statement_due: DayCount, "银行对账单送达期限", "time for the bank's statement of a day", &[];
        /// Time to make a shortfall good.
        shortfall_top_up: DayCount, "短缺补足期限", "time to make a shortfall good", &[];
        /// Alerts on a supervised account.
        balance_alerts: BalanceAlerts, "资金预警", "alerts on a supervised account", &[];
        /// With what early warning measures.
        early_warning: EarlyWarning, "预警规则的阈值", "thresholds of early warning", &[];
        /// Limits of what can have been taught, and of repeated refusals.
        watch_limits: WatchLimits, "授课与反复被拒的预警界限", "limits of teaching and of repeated refusals that warn", &[];
        /// Share of institutions drawn for inspection in a year.
        yearly_sampling: Sampling, "年度抽查比例", "share of institutions drawn in a year", &[];
    }
    Refund {
        /// The institution's time to answer a refund request; silence is consent.
        refund_answer: DayCount, "机构答复退费期限（逾期视为同意）",
            "the institution's time to answer a refund; silence is consent", &[RuleId::RefundAnswerClock];
        /// The authority's time to decide on an objection to a refund.
        refund_decision: DayCount, "退费异议裁决期限", "the authority's time to decide on an objection to a refund", &[];
        /// Longest time to pay back a refund asked for before the first lesson.
        refund_pay_back_before_start: DayCount, "开课前退费期限", "time to pay back, before the first lesson",
            &[RuleId::RefundPayBackMax];
        /// Longest time to pay back a refund asked for after the first lesson.
        refund_pay_back_after_start: DayCount, "开课后退费期限", "time to pay back, after the first lesson",
            &[RuleId::RefundPayBackMax];
        /// By which way the money goes back.
        refund_path: RefundPath, "退费路径", "by which way the money goes back", &[];
        /// Civil rule for a refund not caused by the consumer.
        refund_basis_institution_cause: RefundBasis, "非消费者原因退费的民事规则",
            "civil rule for a refund not caused by the consumer", &[];
        /// Civil rule for a refund caused by the consumer.
        refund_basis_consumer_cause: RefundBasis, "消费者原因退费的民事规则",
            "civil rule for a refund caused by the consumer", &[];
        /// Education rule, whoever caused it.
        refund_basis_education: RefundBasis, "教育部门退费规则", "the education authority's rule, whoever caused it", &[];
        /// Local consumer rule where the institution is at fault.
        refund_basis_local_institution_cause: RefundBasis, "地方消费者权益规则（经营者原因）",
            "local consumer rule, provider at fault", &[];
        /// Rule where the parties agreed nothing.
        refund_basis_unagreed: RefundBasis, "无约定时的退费规则", "rule where nothing is agreed", &[];
        /// Do gift hours count in the total when the institution is at fault?
        gift_hours_refunded_institution_cause: bool, "机构原因退费时赠课计入总课时",
            "gift hours count in a refund caused by the institution", &[];
        /// Do gift hours count in the total when the consumer withdraws?
        gift_hours_refunded_consumer_cause: bool, "消费者原因退费时赠课计入总课时",
            "gift hours count in a refund caused by the consumer", &[];
        /// May the consumer owe anything by a refund?
        debt_by_refund_allowed: bool, "退费可以使消费者补缴", "a consumer may owe by a refund", &[];
        /// The courts' right to change one's mind.
        cooling_off_court: CoolingOff, "七日无理由（司法解释）", "the right to change one's mind in the courts' rule", &[];
        /// The place's own right to change one's mind.
        cooling_off_local: CoolingOff, "七日无理由（地方规定）", "the place's own right to change one's mind", &[];
        /// Interest when the institution caused the refund.
        interest_institution_cause: InterestSource, "机构原因退费的利率", "interest, institution's cause", &[];
        /// Interest when the consumer caused the refund.
        interest_consumer_cause: InterestSource, "消费者原因退费的利率", "interest, consumer's cause", &[];
        /// Interest on money in a supervised account.
        interest_supervised: InterestSource, "监管账户内资金的利率", "interest on supervised money", &[];
        /// To whom interest on the custody account is allotted.
        interest_owner: InterestOwner, "监管账户利息的归属", "to whom interest on the account is allotted",
            &[RuleId::InterestOwner];
        /// How long records of prepaid sales are kept, years.
        records_kept_years: u16, "交易记录保存年限", "how long records are kept, years", &[];
    }
    Time {
        /// Latest end of an offline class.
        class_end_offline: TimeOfDay, "线下培训结束时间", "latest end of an offline class", &[RuleId::TrainingHour];
        /// Latest end of a live online class.
        class_end_online: TimeOfDay, "线上直播培训结束时间", "latest end of a live online class", &[RuleId::TrainingHour];
        /// Longest online class, minutes.
        online_class_max_minutes: u16, "线上每课时长上限（分钟）", "longest online class, minutes", &[RuleId::OnlineUnit];
        /// Shortest gap between online classes, minutes.
        online_gap_min_minutes: u16, "线上课程间隔下限（分钟）", "shortest gap between online classes, minutes", &[RuleId::OnlineUnit];
        /// Days on which subjects of the compulsory stage may not be taught.
        subject_closed_days: BTreeSet<ClosedDay>, "义务教育阶段学科类不得培训的日子",
            "days without compulsory-stage subjects", &[RuleId::TrainingDay];
        /// May subjects be taught on a make-up working day that falls on a weekend?
        subject_on_make_up_days_allowed: bool, "调休上班日可以进行学科类培训",
            "subjects may be taught on make-up working days", &[RuleId::TrainingDay];
        /// Hours of school days during which nobody may train.
        school_hours: TimeSpan, "上课日不得培训的时段", "hours of school days without training", &[RuleId::TrainingHour];
        /// School terms.
        school_terms: SchoolTerms, "学期", "school terms", &[RuleId::TrainingDay, RuleId::CrossingTerms];
        /// May homework be set?
        homework_allowed: bool, "可以留作业", "homework may be set", &[];
        /// May children of 3 to 6 be trained online?
        preschool_online_allowed: bool, "可以对学龄前儿童线上培训", "preschool children may be trained online", &[RuleId::PreschoolOnline];
        /// May children of 3 to 6 be taught school subjects?
        preschool_subject_allowed: bool, "可以对学龄前儿童学科培训", "preschool children may be taught subjects", &[RuleId::PreschoolSubject];
    }
    Licence {
        /// The authority's time to decide on an application, from its acceptance.
        licence_decision: DayCount, "办学许可决定期限", "the authority's time to decide on an application", &[];
        /// The authority's time to ask for corrections, once.
        licence_correction_notice: DayCount, "补正告知期限", "the authority's time to ask for corrections", &[];
        /// The authority's time to hand out a certificate.
        licence_certificate_issue: DayCount, "证书送达期限", "the authority's time to issue the certificate", &[];
        /// The authority's time to decide on a change of name, level or category.
        licence_change_decision: DayCount, "变更决定期限", "the authority's time to decide on a change", &[];
        /// How long before its end a holder asks for renewal.
        licence_renewal_before_end: DayCount, "延续申请提前期限", "renewal is asked for this long before the end", &[];
        /// Years that a licence holds.
        licence_years: u16, "许可证有效年限", "years that a licence holds", &[];
        /// Addresses per licence.
        sites_per_licence_max: u16, "每证地址数", "addresses per licence", &[RuleId::SitesPerLicence];
        /// Time to change a promoter that no longer qualifies.
        promoter_change: DayCount, "举办者变更期限", "time to change a promoter", &[];
        /// May new subject-type institutions be approved?
        subject_approval_open: bool, "可以新批学科类机构", "new subject-type institutions may be approved",
            &[RuleId::SubjectApprovalClosed];
        /// Are untaught fees that were already refunded deducted from illegal gains?
        illegal_gains_less_refunds: bool, "违法所得扣除已退未消课费用", "refunded fees are deducted from illegal gains", &[];
        /// Must a revocation be decided by another person than the one who proposed it?
        revocation_two_persons: bool, "吊销由两人分别提出和决定",
            "a revocation is proposed and decided by different persons", &[RuleId::RevocationTwoPersons];
        /// For which applications is the site checked before a grant?
        site_check_for: BTreeSet<SiteCheckFor>, "须现场核查的申请", "applications for which the site is checked",
            &[RuleId::SiteCheckFirst];
        /// How many officers check a site.
        site_check_officers_min: u16, "现场核查人数下限", "officers who check a site", &[RuleId::SiteCheckTwoOfficers];
        /// Does an officer advise before a decision?
        decision_review_required: bool, "决定前须经审查", "an officer advises before a decision", &[RuleId::ReviewFirst];
        /// Is an application decided by another person than those who worked on it?
        decision_two_persons: bool, "许可决定人与经办人分离", "an application is decided by another person",
            &[RuleId::DecisionTwoPersons];
        /// Is a renewal granted where nothing is decided before the licence ends?
        renewal_deemed_granted: bool, "延续申请届满前未决定视为准予", "a renewal not decided in time is granted", &[];
        /// Grounds on which a licence may be revoked.
        revocation_grounds: BTreeSet<RevocationGround>, "吊销许可证的事由", "grounds of a revocation",
            &[RuleId::RevocationGround];
        /// The holder's time to ask for a hearing.
        hearing_request: DayCount, "申请听证期限", "time to ask for a hearing", &[RuleId::RevocationHearing];
        /// A hearing is told this long before.
        hearing_notice: DayCount, "听证通知提前期限", "notice of a hearing", &[RuleId::HearingNotice];
        /// How long the result of the annual inspection is shown before it stands.
        inspection_public_notice: DayCount, "年检结果公示期", "public notice of the annual inspection", &[];
        /// Time to put right what was ordered, where the order names no other.
        rectification_term: DayCount, "整改期限", "time to put things right", &[];
        /// Notice to the authority before an institution ends at its own wish.
        exit_notice_authority: DayCount, "自行终止提前告知期限（办学）", "notice before ending at one's own wish", &[RuleId::ClosureNotice];
        /// Notice to consumers before closing or moving.
        exit_notice_consumers: DayCount, "停业、迁址提前告知消费者期限", "notice to consumers before closing or moving", &[];
    }
    Lists {
        /// What the white list asks.
        white_list_criteria: BTreeSet<WhiteCriterion>, "白名单条件", "criteria of the white list",
            &[RuleId::WhiteListCriteria];
        /// What brings an institution on the black list.
        black_list_grounds: BTreeSet<BlackGround>, "黑名单事由", "grounds of the black list", &[RuleId::BlackListGround];
        /// Time to object to a listing.
        listing_objection: DayCount, "名单异议期限", "time to object to a listing", &[RuleId::ListingTime];
        /// How long an institution stays on the black list at least, before it may ask for repair.
        listing_repair_after: DayCount, "申请信用修复前的最短列入期限", "time on the black list before repair", &[RuleId::ListingTime];
        /// How long an institution stays on the black list.
        black_list_term: DayCount, "黑名单列入期限", "time on the black list", &[];
        /// Points at which an institution goes on the black list.
        points_max: u16, "记分上限", "points that bring on the black list", &[];
    }
    Standards {
        /// Square metres per pupil present at the same time.
        area_per_pupil_min: Standards<u32>, "生均面积下限", "area per pupil present", &[RuleId::AreaPerPupil];
        /// Floor area, square metres.
        floor_area_min: Standards<u32>, "办学面积下限", "floor area", &[RuleId::FloorArea];
        /// Share of the floor that is teaching rooms.
        teaching_area_share_min: Share, "教学用房占比下限", "share of teaching rooms", &[RuleId::TeachingShare];
        /// Highest floors.
        highest_floor: HighestFloor, "最高楼层", "highest floors", &[RuleId::HighestFloor];
        /// Lease that must be left.
        lease_left_min: DayCount, "剩余租期下限", "lease that must be left", &[RuleId::LeaseLeft];
        /// Registered capital, fen.
        capital_min: Standards<Fen>, "开办资金下限", "registered capital", &[RuleId::CapitalMin];
        /// Value of equipment, fen.
        equipment_min: Standards<Fen>, "设备投入下限", "value of equipment", &[RuleId::EquipmentMin];
        /// Full-time teaching and research staff among all staff, per cent.
        full_time_staff_min_percent: u16, "专职教学、教研人员占比下限（百分比）",
            "full-time teaching and research staff, per cent of staff", &[RuleId::FullTimeStaff];
        /// Full-time teachers per class, per cent of its pupils.
        class_teachers_min_percent: u16, "每班专职教师与学生之比下限（百分比）",
            "full-time teachers per class, per cent of pupils", &[RuleId::ClassTeachers];
        /// The same for children of 3 to 6.
        class_teachers_preschool_min_percent: u16, "学龄前班专职教师与儿童之比下限（百分比）",
            "full-time teachers per class of preschool children, per cent", &[RuleId::ClassTeachers];
        /// Must teachers of school subjects hold the certificate?
        subject_teacher_certificate_required: bool, "学科教师须有教师资格", "subject teachers hold the certificate", &[RuleId::TeacherQualified];
        /// May serving teachers of schools teach?
        serving_teachers_allowed: bool, "可以聘用在职中小学教师", "serving school teachers may teach", &[RuleId::NoServingTeacher];
        /// How long materials are kept after their use ends, years.
        materials_kept_years: u16, "培训材料保存年限", "how long materials are kept, years", &[];
        /// Share of the net gain put into the development fund, per cent.
        development_fund_min_percent: u16, "发展基金提取比例下限（百分比）", "development fund, per cent of the net gain", &[];
    }
}
