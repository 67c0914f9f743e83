//! The fields of the model contract (rules.md 3.2, structure of GF-2021-2604): what each is called,
//! who decides about it, what may stand in it and what holds when its blank stays empty.

use kernel::{Mode, words};

words! {
    /// A part of the contract.
    Section {
        /// Number, version.
        Head = "head" / "合同首部",
        /// The institution.
        PartyA = "party_a" / "甲方（培训机构）",
        /// The guardian.
        PartyB = "party_b" / "乙方（学员监护人）",
        /// The pupil.
        Pupil = "pupil" / "学员",
        /// What is taught.
        Service = "service" / "培训服务",
        /// What it costs.
        Fee = "fee" / "培训费用",
        /// Money back.
        Refund = "refund" / "退费",
        /// What follows a breach.
        Breach = "breach" / "违约责任",
        /// Where disputes go.
        Disputes = "disputes" / "争议解决",
        /// What the parties add.
        Supplement = "supplement" / "其他约定",
        /// Signatures.
        Signature = "signature" / "签署",
    }
}

words! {
    /// Who decides what stands in a blank or a clause.
    Owner {
        /// The parties agree on it.
        Agreed = "agreed" / "双方约定",
        /// A law or a national text fixes it, or its least.
        Law = "law" / "法律规定",
        /// The rules of the place fix it, or its least.
        Locality = "locality" / "当地规定",
        /// It repeats what is registered or certified.
        Register = "register" / "登记事项",
    }
}

words! {
    /// Who fills a blank in.
    FilledBy {
        /// The system, from the register, the course and the terms.
        System = "system" / "系统填入",
        /// The parties, with a value of their own.
        Parties = "parties" / "双方填写",
    }
}

words! {
    /// Must a blank be filled?
    Required {
        /// In every contract, so every template has it.
        Always = "always" / "必填",
        /// Only of online training.
        Online = "online" / "线上培训必填",
        /// No.
        No = "no" / "可不填",
    }
}

/// What may stand in a blank.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One line of at most so many characters.
    Line(usize),
    /// A calendar day.
    Day,
    /// A whole number, from and to.
    Count(u32, u32),
    /// A percentage with at most four decimals, 0 to 100.
    Percent,
    /// Yuan with two decimals, or its words.
    Money,
    /// One of these, word and Chinese.
    Choice(&'static [(&'static str, &'static str)]),
    /// A table, alone on its line.
    Table,
    /// Lines of text, alone on its line.
    Lines,
}

/// What holds when a blank stays empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fallback {
    /// It must not stay empty.
    None,
    /// This is printed, and holds.
    Text {
        /// In Chinese, as printed.
        zh: &'static str,
        /// Where it stands; empty where nothing says so.
        source: &'static str,
    },
}

/// A field of the model contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// Name of its blank, `{{name}}`.
    pub name: &'static str,
    /// In Chinese.
    pub zh: &'static str,
    /// In English.
    pub en: &'static str,
    /// Where it stands.
    pub section: Section,
    /// Who decides.
    pub owner: Owner,
    /// Who fills it in.
    pub filled_by: FilledBy,
    /// What may stand there.
    pub kind: Kind,
    /// Must it be filled?
    pub required: Required,
    /// What holds when it is not.
    pub fallback: Fallback,
    /// May its blank stand only once?
    pub once: bool,
}

impl Field {
    const fn or(mut self, zh: &'static str, source: &'static str) -> Field {
        self.fallback = Fallback::Text { zh, source };
        self
    }

    const fn once(mut self) -> Field {
        self.once = true;
        self
    }

    /// Must stand in every template.
    pub fn is_in_every_template(&self) -> bool {
        self.required == Required::Always
    }

    /// A table or lines: alone on its line of the template.
    pub const fn is_block(&self) -> bool {
        matches!(self.kind, Kind::Table | Kind::Lines)
    }
}

/// A field that the system fills in and that every contract has.
const fn fixed(
    name: &'static str,
    zh: &'static str,
    en: &'static str,
    section: Section,
    owner: Owner,
    kind: Kind,
) -> Field {
    Field {
        name,
        zh,
        en,
        section,
        owner,
        filled_by: FilledBy::System,
        kind,
        required: Required::Always,
        fallback: Fallback::None,
        once: false,
    }
}

/// A field that may be empty and that the parties fill in.
const fn free(name: &'static str, zh: &'static str, en: &'static str, section: Section, kind: Kind) -> Field {
    Field {
        name,
        zh,
        en,
        section,
        owner: Owner::Agreed,
        filled_by: FilledBy::Parties,
        kind,
        required: Required::No,
        fallback: Fallback::Text { zh: "未填写", source: "" },
        once: false,
    }
}

/// Another owner of a field that the parties fill in.
const fn of(owner: Owner, mut field: Field) -> Field {
    field.owner = owner;
    field
}

/// A field that the system fills in where it knows it.
const fn known(mut field: Field) -> Field {
    field.filled_by = FilledBy::System;
    field
}

const fn online(mut field: Field) -> Field {
    field.required = Required::Online;
    field
}

const LINE: Kind = Kind::Line(200);
const SHORT: Kind = Kind::Line(60);
const DAYS: Kind = Kind::Count(0, 3650);

use Owner::{Agreed, Law, Locality, Register};
use Section as S;

/// Every field, in the order of the contract.
pub const FIELDS: &[Field] = &[
    fixed("contract_number", "合同编号", "number of the contract", S::Head, Register, SHORT).once(),
    fixed("template_hash", "范本版本", "hash of the template version", S::Head, Register, LINE).once(),
    fixed("document_code", "文本校验随机码", "random code of the document", S::Head, Register, LINE).once(),
    // Party A
    fixed("institution_name", "机构名称", "name of the institution", S::PartyA, Register, LINE),
    fixed("credit_code", "统一社会信用代码", "unified social credit code", S::PartyA, Register, SHORT),
    fixed("institution_address", "办学地址", "address of operation", S::PartyA, Register, LINE),
    fixed("legal_representative", "法定代表人", "legal representative", S::PartyA, Register, SHORT),
    fixed("licence_number", "办学许可证编号", "number of the licence", S::PartyA, Register, SHORT),
    fixed("licence_valid_until_on", "办学许可证有效期至", "licence valid until", S::PartyA, Register, Kind::Day),
    of(Register, free("approving_body", "审批机关", "approving body", S::PartyA, LINE)),
    of(Register, free("registering_body", "登记注册机关", "registering body", S::PartyA, LINE)),
    of(
        Register,
        free(
            "business_licence_valid_until_on",
            "营业执照或登记证有效期至",
            "business licence valid until",
            S::PartyA,
            Kind::Day,
        ),
    ),
    online(of(
        Register,
        free("icp_number", "线上机构ICP备案号", "ICP number of an online institution", S::PartyA, SHORT),
    )),
    free("institution_contact", "联系人", "contact of the institution", S::PartyA, SHORT),
    free("institution_phone", "联系电话", "phone of the institution", S::PartyA, SHORT),
    // Party B
    fixed("guardian_name", "监护人姓名", "name of the guardian", S::PartyB, Agreed, LINE),
    fixed("guardian_relation", "与学员关系", "relation to the pupil", S::PartyB, Agreed, SHORT),
    fixed("guardian_id_kind", "监护人证件类型", "kind of identity document", S::PartyB, Agreed, SHORT),
    fixed("guardian_id_number", "监护人证件号码", "number of the identity document", S::PartyB, Agreed, SHORT).once(),
    fixed("guardian_phone", "监护人联系电话", "phone of the guardian", S::PartyB, Agreed, SHORT),
    known(free("guardian_address", "监护人住址", "address of the guardian", S::PartyB, LINE)),
    fixed("pupil_name", "学员姓名", "name of the pupil", S::Pupil, Agreed, LINE),
    free("pupil_sex", "学员性别", "sex of the pupil", S::Pupil, Kind::Choice(&[("male", "男"), ("female", "女")])),
    fixed("pupil_birth_on", "学员出生日期", "birth date of the pupil", S::Pupil, Agreed, Kind::Day),
    known(free("pupil_school", "就读学校", "school of the pupil", S::Pupil, LINE)),
    known(free("pupil_grade", "年级", "grade of the pupil", S::Pupil, SHORT)),
    free("pupil_phone", "学员联系电话", "phone of the pupil", S::Pupil, SHORT),
    // 1
    fixed("project_type", "培训项目类型", "type of project", S::Service, Register, Kind::Choice(PROJECT_TYPES)),
    fixed("category", "培训类别", "category", S::Service, Register, SHORT),
    fixed("stage", "学段", "school stage", S::Service, Register, SHORT),
    fixed("course_name", "课程名称", "name of the course", S::Service, Agreed, LINE),
    free("class_code", "班级编号", "code of the class", S::Service, SHORT),
    free("adviser", "经办人", "adviser", S::Service, SHORT),
    fixed("hours_total", "课时合计", "hours in all", S::Service, Agreed, SHORT),
    fixed("minutes_per_hour", "每课时时长", "minutes of a class hour", S::Service, Agreed, Kind::Count(1, 600)),
    free("hours_per_session", "每次课时数", "hours of a session", S::Service, SHORT),
    fixed("first_lesson_on", "首次上课日", "first lesson", S::Service, Agreed, Kind::Day),
    fixed("last_lesson_on", "预计最后上课日", "expected last lesson", S::Service, Agreed, Kind::Day),
    free("schedule", "上课时间", "class times", S::Service, LINE).or(
        "以机构在监管平台公示的课表为准；不得晚于规定时刻，不得占用学校教学时间",
        "教育部睡眠管理通知2021；中办发〔2021〕40号",
    ),
    free("class_form", "授课形式", "form of teaching", S::Service, Kind::Choice(CLASS_FORMS)),
    fixed("class_size_max", "班级人数上限", "most pupils in a class", S::Service, Agreed, Kind::Count(1, 10_000)),
    free("minimum_to_open", "最低开班人数", "fewest pupils to open the class", S::Service, Kind::Count(1, 10_000))
        .or("不设最低开班人数", ""),
    free("teacher", "任课教师", "named teacher", S::Service, LINE)
        .or("不指定教师；任课教师应当具备相应资质并公示", "教监管厅函〔2021〕9号"),
    free("teacher_certificate", "教师资质证书编号", "certificate of the teacher", S::Service, SHORT),
    free("place", "上课地点或平台", "place or platform", S::Service, LINE)
        .or("甲方办学许可证载明的办学地址或者核准的线上平台", "民办教育促进法实施条例第23条"),
    // 2
    fixed("lots", "购买批次", "lots", S::Fee, Agreed, Kind::Table).once(),
    fixed("fee_total", "费用合计（小写）", "total fee in figures", S::Fee, Agreed, Kind::Money).once(),
    fixed("fee_total_in_words", "费用合计（大写）", "total fee in words", S::Fee, Agreed, Kind::Money).once(),
    free("materials_fee", "其中资料费", "materials fee within the total", S::Fee, SHORT)
        .or("不另收资料费", "教监管函〔2021〕2号"),
    free(
        "payment_plan",
        "缴费方式",
        "payment at once or by instalments",
        S::Fee,
        Kind::Choice(&[("once", "一次性缴纳"), ("instalments", "分期缴纳")]),
    )
    .or("一次性缴纳", ""),
    free("payment_plan_dates", "分期缴纳日期", "dates of instalments", S::Fee, LINE).or("无分期", ""),
    fixed("supervision_mode", "预收费监管方式", "supervision of prepaid fees", S::Fee, Locality, LINE),
    known(of(Locality, free("account_bank", "托管账户开户银行", "bank of the account", S::Fee, LINE))),
    known(of(Locality, free("account_name", "托管账户名称", "name of the account", S::Fee, LINE))),
    known(of(Locality, free("account_number", "托管账户账号", "number of the account", S::Fee, SHORT))).once(),
    // 5
    fixed(
        "full_refund_days_before_start",
        "开课前全额退费日数",
        "days before the first lesson with full refund",
        S::Refund,
        Agreed,
        DAYS,
    )
    .or("未另行约定：首次上课前提出的均可全额退费", "法释〔2025〕4号第15条"),
    fixed(
        "full_refund_days_after_start",
        "开课后全额退费日数",
        "days after the first lesson with full refund",
        S::Refund,
        Agreed,
        DAYS,
    )
    .or("未另行约定：依法自付款之日起七日内可要求返还本金", "法释〔2025〕4号第14条"),
    fixed(
        "refund_basis",
        "提前退费计算方式",
        "how an early refund is computed",
        S::Refund,
        Law,
        Kind::Choice(&[("balance", "退还未消课时（含赠送课时）按所属批次价款等比例计算的余额")]),
    ),
    fixed("pay_back_days", "退款期限（日）", "days to pay back", S::Refund, Locality, DAYS)
        .or("按当地规定的退款期限", "侵害消费者权益行为处罚办法第10条"),
    fixed("refund_path", "退款路径", "path of a refund", S::Refund, Law, LINE)
        .or("退回原付款账户", "教监管函〔2021〕2号"),
    // 6
    free(
        "breach_extra_percent",
        "甲方违约另付比例",
        "what a breaching institution pays on top, percent",
        S::Breach,
        Kind::Percent,
    )
    .or("依法赔偿损失", "民法典第584条"),
    free(
        "late_refund_percent_per_day",
        "逾期退费每日违约金比例",
        "late refund, percent per day",
        S::Breach,
        Kind::Percent,
    )
    .or("依法承担迟延履行责任", "民法典第577条"),
    free(
        "late_payment_percent_per_day",
        "逾期缴费每日违约金比例",
        "late payment, percent per day",
        S::Breach,
        Kind::Percent,
    )
    .or("依法承担迟延履行责任，且不高于甲方逾期退费的比例", "民法典第577条、第585条"),
    free(
        "late_payment_days",
        "逾期缴费可解除日数",
        "days of late payment before the institution may end the contract",
        S::Breach,
        Kind::Count(1, 365),
    )
    .or("经催告后在合理期限内仍未缴纳的，依法处理", "民法典第563条"),
    // 7
    free(
        "dispute_forum",
        "争议解决方式",
        "where disputes go",
        S::Disputes,
        Kind::Choice(&[("court", "向有管辖权的人民法院起诉"), ("arbitration", "提交仲裁委员会仲裁")]),
    )
    .or("未选择：依法向有管辖权的人民法院起诉", "民事诉讼法"),
    free("arbitration_body", "仲裁委员会", "arbitration body", S::Disputes, LINE).or("无", ""),
    // 8, 9
    fixed("supplementary_terms", "补充约定", "supplementary terms", S::Supplement, Agreed, Kind::Lines)
        .or("无。", "")
        .once(),
    fixed("signature_institution", "甲方签署", "signature of the institution", S::Signature, Register, LINE).once(),
    fixed("signature_guardian", "乙方签署", "signature of the guardian", S::Signature, Agreed, LINE).once(),
];

/// The four types of project (1.1).
pub const PROJECT_TYPES: &[(&str, &str)] = &[
    ("offline_subject", "线下学科类"),
    ("online_subject", "线上学科类"),
    ("offline_other", "线下非学科类"),
    ("online_other", "线上非学科类"),
];

const CLASS_FORMS: &[(&str, &str)] =
    &[("one_to_one", "一对一"), ("small", "小班"), ("large", "大班"), ("other", "其他")];

/// The document that asks for what [`left_empty`] tells.
pub const MODEL_SOURCE: &str = "《中小学生校外培训服务合同（示范文本）》（GF-2021-2604）合同首部";

/// The fields that training in this mode asks for and the parties left empty: what to warn of, for the
/// model contract can be signed without.
pub fn left_empty(mode: Mode, filled: impl Fn(&str) -> bool) -> Vec<&'static Field> {
    let asked = |field: &&Field| field.required == Required::Online && mode == Mode::Online;
    FIELDS.iter().filter(asked).filter(|field| field.filled_by == FilledBy::Parties && !filled(field.name)).collect()
}

/// The field of a blank.
pub fn field(name: &str) -> Option<&'static Field> {
    FIELDS.iter().find(|field| field.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_online_contract_without_an_icp_number_is_warned_of() {
        let names = |mode, number: &str| {
            let filled = |name: &str| name == "icp_number" && !number.is_empty();
            left_empty(mode, filled).into_iter().map(|field| field.name).collect::<Vec<_>>()
        };
        assert_eq!(names(Mode::Online, ""), ["icp_number"]);
        assert_eq!(names(Mode::Online, "浙ICP备2021000001号"), Vec::<&str>::new());
        assert_eq!(names(Mode::Offline, ""), Vec::<&str>::new());
    }

    #[test]
    fn names_are_unique_and_every_field_is_whole() {
        for (i, one) in FIELDS.iter().enumerate() {
            assert!(one.name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'), "{}", one.name);
            assert!(!FIELDS[..i].iter().any(|other| other.name == one.name || other.zh == one.zh), "{}", one.name);
            assert!(!one.zh.is_empty() && !one.en.is_empty());
            // What the parties may leave empty has something that holds instead.
            assert!(one.filled_by == FilledBy::System || one.fallback != Fallback::None, "{}", one.name);
            assert!(one.required != Required::Always || one.filled_by == FilledBy::System, "{}", one.name);
        }
        // The fields of rules.md 3.2 by section.
        for section in Section::ALL {
            assert!(FIELDS.iter().any(|field| field.section == *section), "{section}");
        }
    }
}
