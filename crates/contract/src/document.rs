//! The text of a contract: the structure of the model contract GF-2021-2604 in our own words, filled
//! with the parties' data and the terms. The same input gives the same bytes on every machine; the
//! hash of these bytes goes into the ledger, so nothing here may change for a contract once signed:
//! a new wording is a new form version.

use std::fmt::Write;

use kernel::{ClassHours, Day, Fen, fen::FenError};

use crate::amount::amount_in_words;
use crate::{RefundTerms, Terms};

/// The version of the wording below, printed in the document.
pub const FORM: &str = "tutela-contract/v1";

/// Party A, as its registration and licence say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstitutionParty {
    /// Name.
    pub name: String,
    /// Unified social credit code.
    pub credit_code: String,
    /// Address of teaching.
    pub address: String,
    /// Legal representative.
    pub legal_representative: String,
    /// Number of the licence.
    pub licence_number: String,
    /// Last day of the licence.
    pub licence_valid_until_on: Day,
}

/// The account into which fees are paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustodyAccount {
    /// The bank.
    pub bank: String,
    /// Name of the account.
    pub account_name: String,
    /// Number of the account.
    pub account_number: String,
}

/// Party B.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GuardianParty {
    /// Name.
    pub name: String,
    /// Phone.
    pub phone: String,
    /// Kind of identity document.
    pub id_kind: String,
    /// Its number.
    pub id_number: String,
    /// Relation to the pupil.
    pub relation: String,
    /// Address.
    pub address: String,
}

/// The pupil.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PupilParty {
    /// Name.
    pub name: String,
    /// Day of birth.
    pub birth_on: Day,
    /// School.
    pub school: String,
    /// Grade.
    pub grade: String,
}

/// Everybody whom the contract names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parties {
    /// Party A.
    pub institution: InstitutionParty,
    /// Where the fee goes; none where the region does not require custody.
    pub custody_account: Option<CustodyAccount>,
    /// Party B.
    pub guardian: GuardianParty,
    /// The pupil.
    pub pupil: PupilParty,
}

/// What the document says beside parties and terms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Details {
    /// Number of the contract, for people.
    pub number: String,
    /// Name of the course.
    pub course_name: String,
    /// Length of a class hour, minutes.
    pub minutes_per_hour: u16,
    /// Most pupils in a class.
    pub class_size_max: u16,
    /// What the parties add; may be empty, may have several lines.
    pub supplementary_terms: String,
    /// Random bytes, so that nobody can find the hash of the document by guessing what it says.
    pub code: [u8; 32],
}

/// The document of a contract, Chinese text with line feeds.
///
/// # Errors
/// [`FenError`] when the price cannot be written ([`amount_in_words`]).
pub fn render(terms: &Terms, parties: &Parties, details: &Details) -> Result<String, FenError> {
    let mut text = Text(String::new());
    head(&mut text, details);
    party_a(&mut text, &parties.institution);
    party_b(&mut text, &parties.guardian, &parties.pupil);
    service(&mut text, terms, details);
    fee(&mut text, terms, parties.custody_account.as_ref())?;
    rights_and_duties(&mut text);
    refund(&mut text, terms.refund_terms);
    breach_and_disputes(&mut text);
    other_terms(&mut text, &details.supplementary_terms);
    signatures(&mut text, parties);
    Ok(text.0)
}

/// The document as it grows. What people typed never begins a line of its own, so that it cannot
/// pass for a clause.
struct Text(String);

impl Text {
    fn line(&mut self, line: &str) {
        self.0.push_str(line);
        self.0.push('\n');
    }

    fn section(&mut self, title: &str) {
        self.0.push('\n');
        self.line(title);
    }

    fn field(&mut self, name: &str, value: impl ToString) {
        let value: String = value.to_string().chars().map(|c| if breaks_the_line(c) { ' ' } else { c }).collect();
        // Writing to a String cannot fail.
        let _ = writeln!(self.0, "　{name}：{value}");
    }
}

/// Characters that end a line, turn its direction or cannot be seen: they would let a field look like
/// something else.
fn breaks_the_line(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

fn head(text: &mut Text, details: &Details) {
    text.line("中小学生校外培训服务合同");
    text.field("合同编号", &details.number);
    text.field("文本版本", FORM);
    text.field("文本结构依据", "GF-2021-2604");
    let mut code = String::with_capacity(64);
    for byte in details.code {
        let _ = write!(code, "{byte:02x}");
    }
    text.field("文本校验随机码", code);
}

fn party_a(text: &mut Text, a: &InstitutionParty) {
    text.section("甲方（培训机构）");
    text.field("名称", &a.name);
    text.field("统一社会信用代码", &a.credit_code);
    text.field("办学地址", &a.address);
    text.field("法定代表人", &a.legal_representative);
    text.field("办学许可证编号", &a.licence_number);
    text.field("办学许可证有效期至", a.licence_valid_until_on);
}

fn party_b(text: &mut Text, b: &GuardianParty, pupil: &PupilParty) {
    text.section("乙方（学员监护人）");
    text.field("姓名", &b.name);
    text.field("与学员关系", &b.relation);
    text.field("证件类型", &b.id_kind);
    text.field("证件号码", &b.id_number);
    text.field("联系电话", &b.phone);
    text.field("住址", &b.address);
    text.section("学员");
    text.field("姓名", &pupil.name);
    text.field("出生日期", pupil.birth_on);
    text.field("就读学校", &pupil.school);
    text.field("年级", &pupil.grade);
}

fn service(text: &mut Text, terms: &Terms, details: &Details) {
    text.section("第一条　培训服务");
    let kind = if terms.category.is_subject() { "学科类" } else { "非学科类" };
    text.field("培训项目类型", format!("{}{kind}（{}）", terms.mode.zh(), terms.category.zh()));
    text.field("课程名称", &details.course_name);
    text.field("学段", terms.stage.zh());
    text.field("每课时时长", format!("{}分钟", details.minutes_per_hour));
    text.field("班级人数上限", format!("{}人", details.class_size_max));
    text.field("首次上课日", terms.first_lesson_on);
    text.field("预计最后上课日", terms.last_lesson_on);
    text.line("　未经乙方书面同意，甲方不得将本合同的培训服务转由他人提供。");
}

fn fee(text: &mut Text, terms: &Terms, account: Option<&CustodyAccount>) -> Result<(), FenError> {
    text.section("第二条　培训费用");
    for (index, lot) in terms.lots.iter().enumerate() {
        let mut value = format!("购买{}课时，赠送{}课时，价款{}", lot.paid_hours, lot.gift_hours, lot.price.to_yuan());
        if let Some(list_price) = lot.list_price_per_hour {
            let _ = write!(value, "，优惠前每课时标价{}", list_price.to_yuan());
        }
        text.field(&format!("第{}批次", index.saturating_add(1)), value);
    }
    let total: Fen = terms.price()?;
    let hours = |pick: fn(&crate::LotTerms) -> ClassHours| {
        ClassHours::try_sum(terms.lots.iter().map(pick)).map_or_else(|e| e.to_string(), |h| h.to_string())
    };
    text.field("课时合计", format!("购买{}课时，赠送{}课时", hours(|l| l.paid_hours), hours(|l| l.gift_hours)));
    text.field("费用合计（小写）", total.to_yuan());
    text.field("费用合计（大写）", amount_in_words(total)?);
    text.line("　除上列费用外，甲方不得另收任何费用。甲方收款后依法开具发票。");
    match account {
        Some(account) => {
            text.line("　预收费实行银行托管。乙方应将全部费用缴入下列托管账户，甲方不得以其他账户收取：");
            text.field("开户银行", &account.bank);
            text.field("账户名称", &account.account_name);
            text.field("账号", &account.account_number);
            text.line(
                "　托管费用按乙方确认的消课进度、按课时比例拨付甲方；课时先购先用，赠送课时与同批次购买课时同价分摊。",
            );
        }
        None => text.line("　预收费按当地监管要求管理，拨付进度不得快于授课进度。"),
    }
    Ok(())
}

fn rights_and_duties(text: &mut Text) {
    text.section("第三条　甲方权利和义务");
    text.line("　甲方按约定的时间、地点、内容和师资提供培训，公示收费项目和标准，如实登记每次课时，保护乙方和学员的个人信息。");
    text.section("第四条　乙方权利和义务");
    text.line("　乙方按约定缴费，督促学员遵守课堂秩序，对甲方登记的课时在规定期限内确认或提出异议；逾期未答复的，按监管规定视为确认。");
}

fn refund(text: &mut Text, refund: RefundTerms) {
    text.section("第五条　培训退费");
    text.field(
        "全额退费",
        format!(
            "乙方在首次上课日{}日以前，或者首次上课日以后{}日以内提出退费的，甲方退还全部费用",
            refund.full_refund_days_before_start, refund.full_refund_days_after_start
        ),
    );
    text.line("　其他情形提前退费的，甲方退还未消课时（含赠送课时）按所属批次价款等比例计算的余额；法律、司法解释或者当地规定对乙方更有利的，从其规定。");
    text.line("　乙方依法自付款之日起七日内要求返还本金的权利不受本合同影响。");
    text.field(
        "退款期限",
        format!("自乙方提出书面退费申请之日起{}日内；当地规定更短的，从其规定", refund.pay_back_days),
    );
    text.line("　退款退回原付款账户，甲方不得收取手续费。");
}

fn breach_and_disputes(text: &mut Text) {
    text.section("第六条　违约责任");
    text.line("　甲方许可证失效或者被吊销、擅自转让培训义务、擅自变更地点、师资、时间或者内容、服务与宣传不符、不能继续培训的，乙方有权解除合同，甲方退还剩余费用并依法承担责任。");
    text.line("　甲方逾期退费、乙方逾期缴费的，依法承担违约责任。");
    text.line(
        "　因学员健康原因或者不可抗力不能继续培训的，双方均可解除合同，互不承担违约责任，剩余费用依照第五条退还。",
    );
    text.section("第七条　争议解决");
    text.line("　发生争议的，双方协商解决，也可以向主管部门投诉或者申请调解；不成的，依法向有管辖权的人民法院起诉，双方另有书面仲裁协议的除外。");
}

/// The supplement of a document that [`render`] wrote, as its lines stand there.
pub fn supplement_of(document: &str) -> String {
    let lines = document.lines().filter_map(|line| line.strip_prefix("　补充："));
    lines.collect::<Vec<_>>().join("\n")
}

fn other_terms(text: &mut Text, supplementary: &str) {
    text.section("第八条　其他约定");
    let supplementary = supplementary.trim();
    if supplementary.is_empty() {
        text.line("　无。");
    } else {
        for line in supplementary.split('\n') {
            text.field("补充", line);
        }
    }
    text.line("　补充约定减轻或者免除甲方法定责任的部分无效。");
    text.section("第九条　合同生效");
    text.line("　本合同以电子形式订立，自双方签署之日起生效；双方各执一份，效力相同。");
}

fn signatures(text: &mut Text, parties: &Parties) {
    text.section("签署");
    text.field("甲方", &parties.institution.name);
    text.field("乙方", &parties.guardian.name);
    text.line("　签署时间与签署记录以监管账本所载条目为准。");
}
