//! The concepts that clauses are made of. A finding names those that it was found by.

macro_rules! concepts {
    ($($variant:ident = $zh:literal),* $(,)?) => {
        /// A concept: a thing, an act, a condition or a way of speaking.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub(super) enum Concept { $($variant),* }
        impl Concept {
            /// All of them, in the order of their numbers.
            pub const ALL: [Concept; Self::COUNT] = [$(Concept::$variant),*];
            /// How many there are.
            pub const COUNT: usize = [$(Concept::$variant),*].len();
            /// What a finding calls it.
            pub const fn zh(self) -> &'static str {
                match self { $(Concept::$variant => $zh),* }
            }
        }
    };
}

concepts! {
    // Words that only keep others from being misread.
    Mask = "遮蔽",
    // Polarity.
    Neg = "否定",
    Prohibit = "禁止",
    Refuser = "推拒",
    Duty = "应当或可以",
    Question = "疑问",
    Invalid = "条款无效",
    Remedy = "救济",
    Always = "一概",
    Unless = "除外",
    Legal = "依法或按过错",
    // Who.
    Institution = "机构一方",
    Consumer = "家长或学员",
    Both = "双方",
    // Money back.
    Refund = "退款",
    NoRefund = "不退",
    NegHandle = "不受理",
    Waive = "放弃",
    Lose = "丧失",
    Lapse = "作废或归机构",
    Forfeit = "没收",
    Belong = "归属",
    Quit = "退学或解约",
    EndRight = "解除权",
    Fee = "费用或课时",
    Remaining = "剩余",
    Consumed = "已消耗",
    Material = "教材",
    Deposit = "定金",
    Gift = "赠送",
    NotCounted = "不计入",
    Promo = "优惠活动",
    OwnReason = "个人原因",
    Started = "开课之后",
    Study = "上课或消耗",
    Beyond = "超过",
    Only = "仅限",
    Window = "期限之后",
    Validity = "有效期",
    ListPrice = "原价",
    Count = "计算或扣除",
    // Transfer and change.
    Transfer = "转让",
    Self_ = "仅限本人",
    ChangeClass = "换班或延期",
    Change = "变更",
    Teacher = "教师",
    Place = "时间地点",
    Move = "搬迁或合班",
    Online = "线上",
    Offline = "线下",
    Price = "价格",
    Raise = "涨价或加收",
    Terminate = "终止或开除",
    AtWill = "任意",
    MayDo = "有权",
    NoObject = "不得异议",
    Judge = "自行认定",
    ConsentVerb = "征得",
    Consent = "同意",
    NoNeed = "无须",
    Ask = "要求或申请",
    Exit = "可退出",
    // Explaining.
    Interpret = "解释",
    FinalSay = "为准",
    // Liability.
    Cause = "非归责于机构的原因",
    Majeure = "不可抗力",
    Exempt = "免责",
    OnSelf = "责任自负",
    Injury = "人身损害",
    Property = "财物",
    Loss = "丢失损坏",
    Content = "课程内容",
    Fault = "错误或风险",
    NoWarranty = "不作保证",
    Recorded = "录播或账号",
    Delivered = "视为交付",
    // Charges.
    Penalty = "违约金",
    Breach = "违约",
    Charge = "收取或扣除",
    Cost = "各项成本",
    Sundry = "杂费",
    Surcharge = "手续费",
    Lack = "遗失或不能提供",
    Receipt = "票据或卡",
    NotReissue = "不补办",
    Absent = "请假缺课",
    Punish = "加重处理",
    Evidenced = "凭票据实",
    Negative = "结算为负",
    TopUp = "补缴",
    Free = "免费或不收",
    // Disputes and speech.
    Dispute = "争议",
    Forum = "仲裁或法院",
    InstitutionSeat = "机构所在地",
    Exclusive = "只能或专属",
    Choice = "可以选择",
    Complain = "投诉举报或评价",
    Sanction = "不利后果",
    Untrue = "捏造虚假",
    // Data.
    Image = "肖像或作品",
    Data = "个人信息",
    Use = "使用或宣传",
    Grant = "授权",
    Limited = "限于教学或可撤回",
    AutoRenew = "自动续费",
    Renew = "续费",
    Silent = "未答复",
    Deemed = "视为同意",
    DeemWord = "视为",
    Accept = "认可或接受",
    Records = "机构记录",
    Regulated = "按监管规定",
    // Paying.
    Prepay = "预存或一次付清",
    LongTerm = "长期或永久",
    Capped = "不超过限额",
    Private = "个人账户",
    PayTo = "转账",
    Evade = "避开监管",
    Warn = "请勿或举报",
    Loan = "贷款",
    Instalment = "分期",
    Finance = "金融机构",
    Promise = "效果承诺",
    PromiseVerb = "保证",
    Result = "成绩或录取",
}
