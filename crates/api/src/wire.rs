//! Values as JSON and query strings spell them, parsed at the edge into the kernel's types. What is
//! wrong with one is said in both languages; see [`Expected`].

use std::borrow::Cow;
use std::fmt::{self, Display};
use std::str::FromStr;

use kernel::{ClassHours, Day, Fen, Instant, LedgerId, RegionCode, UserId};
use serde::de::{self, Deserialize, Deserializer, Visitor};
use serde::ser::{Serialize, Serializer};
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, Schema, SchemaFormat, Type};
use utoipa::openapi::{RefOr, schema};
use utoipa::{PartialSchema, ToSchema};

/// What a field must be, in Chinese and English.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

/// Frames the two languages within the one text that a deserializer's error can carry.
const MARK: char = '\u{1f}';

impl Expected {
    /// From two fixed texts.
    pub fn of(zh: impl Into<String>, en: impl Into<String>) -> Expected {
        Expected { zh: zh.into(), en: en.into() }
    }

    fn error<E: de::Error>(&self) -> E {
        E::custom(format_args!("{MARK}{}{MARK}{}{MARK}", self.zh, self.en))
    }

    /// Finds what [`Wire`] and the numbers below put into an error's text.
    pub fn found_in(text: &str) -> Option<Expected> {
        let mut parts = text.split(MARK).skip(1);
        Some(Expected::of(parts.next()?, parts.next()?))
    }
}

/// A value with one textual form.
pub trait Wire: FromStr + Display {
    /// Name of its schema.
    const NAME: &'static str;
    /// What a text must be.
    fn expected() -> Expected;
    /// Its schema.
    fn object() -> schema::Object;
}

/// A value of the kernel in its textual form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Text<T>(pub T);

impl<T: Display> Serialize for Text<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

struct TextVisitor<T>(std::marker::PhantomData<T>);

impl<T: Wire> Visitor<'_> for TextVisitor<T> {
    type Value = Text<T>;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Expected { zh, en } = T::expected();
        write!(f, "{MARK}{zh}{MARK}{en}{MARK}")
    }
    fn visit_str<E: de::Error>(self, text: &str) -> Result<Text<T>, E> {
        text.parse().map(Text).map_err(|_| T::expected().error())
    }
}

impl<'de, T: Wire> Deserialize<'de> for Text<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(TextVisitor(std::marker::PhantomData))
    }
}

impl<T: Wire> PartialSchema for Text<T> {
    fn schema() -> RefOr<Schema> {
        T::object().into()
    }
}

impl<T: Wire> ToSchema for Text<T> {
    fn name() -> Cow<'static, str> {
        // The path of a type is written once, in the macros below; its last part names the schema.
        T::NAME.rsplit("::").next().unwrap_or(T::NAME).trim().into()
    }
}

fn string() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

macro_rules! wire {
    ($($type:ty: $zh:literal, $en:literal, $schema:expr;)*) => {$(
        impl Wire for $type {
            const NAME: &'static str = stringify!($type);
            fn expected() -> Expected {
                Expected::of($zh, $en)
            }
            fn object() -> schema::Object {
                $schema.build()
            }
        }
    )*};
}

macro_rules! ids {
    ($($type:ty),*) => {
        wire! {$(
            $type: "小写的 UUID", "a lower-case UUID", string().format(Some(SchemaFormat::Custom("uuid".to_owned())));
        )*}
    };
}

ids!(
    kernel::InstitutionId,
    kernel::ApplicationId,
    kernel::LicenceId,
    kernel::ListingId,
    kernel::CourseId,
    kernel::ContractId,
    kernel::LotId,
    kernel::PaymentId,
    kernel::LessonId,
    kernel::RefundId,
    kernel::TransferId,
    kernel::SettlementId,
    kernel::HoldId,
    kernel::AlertId,
    kernel::InspectionId,
    kernel::ClosureId,
    kernel::RunId,
    kernel::TransferOfferId,
    kernel::StaffBarId,
    kernel::BankLineId,
    kernel::BankStatementId,
    kernel::PolicyVersionId,
    kernel::ContractTemplateId,
    kernel::RecordItemId,
    kernel::SubjectId,
    kernel::SessionId,
    kernel::ApiKeyId,
    kernel::DelegationId,
    kernel::ReadingId,
    kernel::ClassId,
    kernel::ClassSessionId,
    kernel::CheckInId,
    kernel::NoticeId,
    kernel::WebhookId,
    kernel::LessonImportId,
    UserId
);

wire! {
    Day: "1990 至 2199 年间的日期，形如 2026-11-22", "a day between 1990 and 2199, as 2026-11-22",
        string().format(Some(SchemaFormat::KnownFormat(KnownFormat::Date)));
    Instant: "RFC 3339 时刻，形如 2026-11-22T09:30:00.000000Z", "an RFC 3339 instant, as 2026-11-22T09:30:00.000000Z",
        string().format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)));
    AnyInstant: "1990 至 2199 年间的 RFC 3339 时刻，形如 2026-11-22T09:30:00Z",
        "an RFC 3339 instant between 1990 and 2199, as 2026-11-22T09:30:00Z",
        string().format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)));
    ClassHours: "课时，十进制字符串，至多两位小数，不超过 10000，如 \"17.5\"",
        "class hours as a decimal string, at most two decimals and 10000, as \"17.5\"",
        string().pattern(Some("^(0|[1-9][0-9]*)(\\.[0-9]{1,2})?$"));
    SomeHours: "大于零的课时，十进制字符串，至多两位小数，如 \"1.5\"",
        "class hours above zero as a decimal string with at most two decimals, as \"1.5\"",
        string().pattern(Some("^(0|[1-9][0-9]*)(\\.[0-9]{1,2})?$"));
    kernel::Percent: "百分数，十进制字符串，0 至 1000，至多四位小数，如 \"3.45\"",
        "a percentage as a decimal string from 0 to 1000 with at most four decimals, as \"3.45\"",
        string().pattern(Some("^(0|[1-9][0-9]*)(\\.[0-9]{1,4})?$"));
    kernel::TimeOfDay: "时刻，形如 20:30", "a time of day, as 20:30", string().pattern(Some("^[0-2][0-9]:[0-5][0-9]$"));
    RegionCode: "六位行政区划代码（GB/T 2260）", "a six-digit division code (GB/T 2260)", string().pattern(Some("^[0-9]{6}$"));
    LedgerId: "账本编号，如 330502", "a ledger id, as 330502", string().pattern(Some("^[0-9]{6}(-[0-9]+)?$"));
    kernel::CreditCode: "18 位统一社会信用代码，校验码须正确（GB 32100-2015）",
        "an 18-character unified social credit code with its check character (GB 32100-2015)",
        string().min_length(Some(18)).max_length(Some(18));
    ledger::Hash: "64 位小写十六进制", "64 lower-case hexadecimal digits", string().pattern(Some("^[0-9a-f]{64}$"));
    ledger::Code: "1 至 40 个字符的代码，仅限 a-z、0-9、_", "a code of 1 to 40 characters of a-z, 0-9 and _",
        string().pattern(Some("^[a-z0-9_]{1,40}$"));
    ledger::Line: "账本所收的一行文字，1 至 200 个字符，不含控制字符", "one line of 1 to 200 characters without control characters",
        string().min_length(Some(1)).max_length(Some(200));
    CheckInCode: "六位数字", "six digits", string().pattern(Some("^[0-9]{6}$"));
    MailAddress: "邮件地址，至多 254 个字符", "a mail address of at most 254 characters",
        string().format(Some(SchemaFormat::KnownFormat(KnownFormat::Email))).max_length(Some(254));
    app::read::Cursor: "上一页返回的 next 值", "the `next` of the page before", string();
    u64: "非负整数", "a whole number from 0", string().pattern(Some("^(0|[1-9][0-9]*)$"));
    DeadlineCount: "0 至 3650 的整数", "a whole number from 0 to 3650", string().pattern(Some("^[0-9]{1,4}$"));
    PageLimit: "1 至 200 的整数", "a whole number from 1 to 200", string().pattern(Some("^[0-9]{1,3}$"));
    bool: "true 或 false", "true or false", string().enum_values(Some(["true", "false"]));
}

/// An instant in any RFC 3339 spelling with an offset, as clients write them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AnyInstant(pub Instant);

impl FromStr for AnyInstant {
    type Err = kernel::time::TimeError;
    fn from_str(s: &str) -> Result<Self, Self::Err> {
        Instant::parse_rfc3339(s).map(AnyInstant)
    }
}

impl Display for AnyInstant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Class hours above zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SomeHours(pub ClassHours);

impl FromStr for SomeHours {
    type Err = kernel::class_hours::ClassHoursError;
    fn from_str(s: &str) -> Result<Self, Self::Err> {
        let hours: ClassHours = s.parse()?;
        if hours.is_zero() { Err(kernel::class_hours::ClassHoursError::NotHours) } else { Ok(SomeHours(hours)) }
    }
}

impl Display for SomeHours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// How many items a page has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageLimit(pub u32);

impl FromStr for PageLimit {
    type Err = kernel::category::WordError;
    fn from_str(s: &str) -> Result<Self, Self::Err> {
        let limit = kernel::text::canonical_u64(s).and_then(|n| u32::try_from(n).ok());
        limit.filter(|n| (1..=200).contains(n)).map(PageLimit).ok_or(kernel::category::WordError)
    }
}

impl Display for PageLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A code that is shown in a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckInCode(pub String);

impl FromStr for CheckInCode {
    type Err = kernel::category::WordError;
    fn from_str(s: &str) -> Result<Self, Self::Err> {
        let fits = s.len() == 6 && s.bytes().all(|b| b.is_ascii_digit());
        if fits { Ok(CheckInCode(s.to_owned())) } else { Err(kernel::category::WordError) }
    }
}

impl Display for CheckInCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where somebody is written to: one `@`, no space, nothing beyond ASCII.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailAddress(pub String);

impl FromStr for MailAddress {
    type Err = kernel::category::WordError;
    fn from_str(s: &str) -> Result<Self, Self::Err> {
        let whole = s.len() <= 254 && s.bytes().all(|b| b.is_ascii_graphic() && !b"<>()[],;:\\\"".contains(&b));
        let parts = s.split_once('@').is_some_and(|(local, domain)| {
            let dotted = domain.contains('.') && !domain.starts_with('.') && !domain.ends_with('.');
            !local.is_empty() && local.len() <= 64 && dotted && !domain.contains('@')
        });
        if whole && parts { Ok(MailAddress(s.to_owned())) } else { Err(kernel::category::WordError) }
    }
}

impl Display for MailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How long a deadline is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeadlineCount(pub u16);

impl FromStr for DeadlineCount {
    type Err = kernel::category::WordError;
    fn from_str(s: &str) -> Result<Self, Self::Err> {
        let count = kernel::text::canonical_u64(s).and_then(|n| u16::try_from(n).ok());
        count.filter(|n| *n <= 3650).map(DeadlineCount).ok_or(kernel::category::WordError)
    }
}

impl Display for DeadlineCount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

macro_rules! words {
    ($($type:ty),* $(,)?) => {$(
        impl Wire for $type {
            const NAME: &'static str = stringify!($type);
            fn expected() -> Expected {
                let all: Vec<&str> = <$type>::ALL.iter().map(|word| word.as_str()).collect();
                Expected::of(format!("以下之一：{}", all.join("、")), format!("one of: {}", all.join(", ")))
            }
            fn object() -> schema::Object {
                string().enum_values(Some(<$type>::ALL.iter().map(|word| word.as_str()))).build()
            }
        }
    )*};
}

words!(
    kernel::Category,
    kernel::Mode,
    kernel::Stage,
    app::policies::PolicyDecision,
    app::policies::PolicyVersionState,
    app::simulation::SimulatedEffect,
    app::identity::SecondFactorMode,
    access::Action,
    access::Department,
    access::Duty,
    access::Post,
    access::RoleKind,
    ledger::RecordPart,
    registry::ApplicationEndCause,
    registry::ApplicationKind,
    registry::ApplicationState,
    registry::Decision,
    registry::InstitutionState,
    registry::InspectionGrade,
    registry::LicenceMeasure,
    registry::LicenceState,
    registry::ListingStep,
    registry::RevocationStep,
    registry::SiteCheckResult,
    registry::ListKind,
    contract::ContractState,
    contract::Party,
    contract::PaymentForm,
    policy::types::Area,
    escrow::bank::AccountKind,
    escrow::bank::Direction,
    escrow::bank::LineKind,
    escrow::bank::LineState,
    escrow::bank::ReconciliationResult,
    escrow::HoldCause,
    escrow::HoldScope,
    escrow::HoldState,
    escrow::AlertLevel,
    escrow::AlertState,
    escrow::InspectionFinding,
    escrow::RefundObjection,
    escrow::warning::Rule,
    escrow::LessonState,
    escrow::RefundCause,
    escrow::RefundState,
    escrow::SettlementState,
    ledger::PaymentMethod,
    ledger::ContractEndGround,
    ledger::ErasureGround,
    ledger::DisputeReason,
    ledger::DisputeDecision,
    ledger::DisputeStance,
    app::outbox::Topic,
    app::outbox::Channel,
    app::outbox::NoticeState,
    app::witnesses::WitnessTrouble,
    crate::dto::policies::DeadlineUnit,
);

/// An amount in fen from `MIN` to one billion yuan: a JSON integer, nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Money<const MIN: i64>(pub Fen);

/// A whole number from `MIN` to `MAX`: a JSON integer, nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count<const MIN: u16, const MAX: u16>(pub u16);

struct WholeVisitor<F> {
    expected: Expected,
    make: F,
}

impl<T, F: Fn(i64) -> Option<T>> Visitor<'_> for WholeVisitor<F> {
    type Value = T;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{MARK}{}{MARK}{}{MARK}", self.expected.zh, self.expected.en)
    }
    fn visit_i64<E: de::Error>(self, n: i64) -> Result<T, E> {
        (self.make)(n).ok_or_else(|| self.expected.error())
    }
    fn visit_u64<E: de::Error>(self, n: u64) -> Result<T, E> {
        i64::try_from(n).ok().and_then(&self.make).ok_or_else(|| self.expected.error())
    }
}

fn integer(min: i64, max: i64) -> schema::Object {
    let builder = ObjectBuilder::new().schema_type(Type::Integer);
    let builder = builder.format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)));
    builder.minimum(Some(min)).maximum(Some(max)).build()
}

impl<const MIN: i64> Money<MIN> {
    fn expected() -> Expected {
        let max = Fen::MAX_AMOUNT;
        Expected::of(
            format!("以分为单位的整数，{MIN} 至 {max}"),
            format!("a whole number of fen from {MIN} to {max}, without decimals, exponent or quotes"),
        )
    }
}

impl<'de, const MIN: i64> Deserialize<'de> for Money<MIN> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let make = |fen: i64| Fen::try_non_negative(fen).ok().filter(|amount| amount.fen() >= MIN).map(Money);
        deserializer.deserialize_i64(WholeVisitor { expected: Self::expected(), make })
    }
}

impl<const MIN: i64> Serialize for Money<MIN> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(self.0.fen())
    }
}

impl<const MIN: i64> PartialSchema for Money<MIN> {
    fn schema() -> RefOr<Schema> {
        integer(MIN, Fen::MAX_AMOUNT).into()
    }
}

impl<const MIN: i64> ToSchema for Money<MIN> {
    fn name() -> Cow<'static, str> {
        format!("FenFrom{MIN}").into()
    }
}

impl<'de, const MIN: u16, const MAX: u16> Deserialize<'de> for Count<MIN, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let make = |n: i64| u16::try_from(n).ok().filter(|n| (MIN..=MAX).contains(n)).map(Count);
        let expected = Expected::of(format!("{MIN} 至 {MAX} 的整数"), format!("a whole number from {MIN} to {MAX}"));
        deserializer.deserialize_i64(WholeVisitor { expected, make })
    }
}

impl<const MIN: u16, const MAX: u16> Serialize for Count<MIN, MAX> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u16(self.0)
    }
}

impl<const MIN: u16, const MAX: u16> PartialSchema for Count<MIN, MAX> {
    fn schema() -> RefOr<Schema> {
        integer(MIN.into(), MAX.into()).into()
    }
}

impl<const MIN: u16, const MAX: u16> ToSchema for Count<MIN, MAX> {
    fn name() -> Cow<'static, str> {
        format!("Count{MIN}To{MAX}").into()
    }
}

/// A line of text of `MIN` to `MAX` characters, trimmed, NFC, without control characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line<const MIN: usize, const MAX: usize>(pub String);

/// Text of at most `MAX` characters that may be empty and have several lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Paragraph<const MAX: usize>(pub String);

struct StringVisitor<F> {
    expected: Expected,
    make: F,
}

impl<T, F: Fn(&str) -> Option<T>> Visitor<'_> for StringVisitor<F> {
    type Value = T;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{MARK}{}{MARK}{}{MARK}", self.expected.zh, self.expected.en)
    }
    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        (self.make)(text).ok_or_else(|| self.expected.error())
    }
}

impl<'de, const MIN: usize, const MAX: usize> Deserialize<'de> for Line<MIN, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let make = |text: &str| kernel::text::line(text, MAX).ok().filter(|line| line.chars().count() >= MIN).map(Line);
        let expected = Expected::of(
            format!("{MIN} 至 {MAX} 个字符的单行文字，不含控制字符"),
            format!("one line of {MIN} to {MAX} characters without control characters"),
        );
        deserializer.deserialize_str(StringVisitor { expected, make })
    }
}

impl<const MIN: usize, const MAX: usize> Serialize for Line<MIN, MAX> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de, const MAX: usize> Deserialize<'de> for Paragraph<MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let make = |text: &str| kernel::text::paragraph(text, MAX).ok().map(Paragraph);
        let expected = Expected::of(
            format!("至多 {MAX} 个字符的文字，除换行和制表符外不含控制字符"),
            format!("text of at most {MAX} characters without control characters other than line feeds and tabs"),
        );
        deserializer.deserialize_str(StringVisitor { expected, make })
    }
}

impl<const MIN: usize, const MAX: usize> PartialSchema for Line<MIN, MAX> {
    fn schema() -> RefOr<Schema> {
        string().min_length(Some(MIN)).max_length(Some(MAX)).build().into()
    }
}

impl<const MAX: usize> PartialSchema for Paragraph<MAX> {
    fn schema() -> RefOr<Schema> {
        string().max_length(Some(MAX)).build().into()
    }
}

impl<const MIN: usize, const MAX: usize> ToSchema for Line<MIN, MAX> {
    fn name() -> Cow<'static, str> {
        format!("Line{MIN}To{MAX}").into()
    }
}

impl<const MAX: usize> ToSchema for Paragraph<MAX> {
    fn name() -> Cow<'static, str> {
        format!("ParagraphTo{MAX}").into()
    }
}
