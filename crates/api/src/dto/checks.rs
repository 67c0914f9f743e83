//! Bodies of the public fee and price checks and of deadlines, as design has them; further fields
//! are optional.

use app::BrokenRule;
use app::calculators::Calculated;
use contract::{ClassFacts, FeeFacts, FeeFields, FeeFindings, GuidedPrice, PriceAnswer, PriceQuestion, Session};
use kernel::{ClassHours, Day, DayCount};
use policy::types::Area;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::calculators::{RulesLevelBody, inherited, levels};
use crate::language::Language;
use crate::problem::{Problem, ViolationDocument, violation};
use crate::problem_type::ProblemType;
use crate::w;
use crate::wire::{Expected, Text};

/// One lesson of a timetable.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LessonTimeRequest {
    /// Day.
    pub on: w::Day,
    /// Begin, `18:00`.
    pub from: w::TimeOfDay,
    /// End, `19:30`.
    pub until: w::TimeOfDay,
}

/// A charge.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FeeCheckRequest {
    /// Where.
    pub region: w::RegionCode,
    /// The rules of which day; the day of collection where none is given.
    #[serde(default)]
    pub on: Option<w::Day>,
    /// Category.
    pub category: w::Category,
    /// Mode.
    pub mode: w::Mode,
    /// Stage.
    pub stage: w::Stage,
    /// Hours paid for.
    pub paid_hours: w::ClassHours,
    /// Hours on top.
    #[serde(default)]
    pub gift_hours: Option<w::ClassHours>,
    /// The charge, fen.
    pub price_fen: w::NonNegative,
    /// First lesson.
    pub first_lesson_on: w::Day,
    /// Last lesson.
    pub last_lesson_on: w::Day,
    /// Day of collection; `on` where none is given.
    #[serde(default)]
    pub collected_on: Option<w::Day>,
    /// Hours of the same subject that are not yet taught.
    #[serde(default)]
    pub remaining_hours_before: Option<w::ClassHours>,
    /// Pupils in the class, for guided prices.
    #[serde(default)]
    pub class_size: Option<w::ClassSize>,
    /// Length of a class hour, for guided prices.
    #[serde(default)]
    pub minutes_per_hour: Option<w::Minutes>,
    /// City or village, for price tables that tell them apart.
    #[serde(default)]
    pub area: Option<w::Area>,
    /// How it is paid.
    #[serde(default)]
    pub payment_form: Option<w::PaymentForm>,
    /// The timetable.
    #[serde(default)]
    pub sessions: Option<Vec<LessonTimeRequest>>,
}

/// Most sessions in one question.
const SESSIONS_MAX: usize = 1000;

fn order(field: &str, zh: &str, en: &str) -> Problem {
    Problem::of(ProblemType::ImpossibleFacts).field(field).detail(Expected::of(zh, en))
}

impl FeeCheckRequest {
    /// The rules of which day.
    ///
    /// # Errors
    /// No day given at all.
    pub fn day(&self) -> Result<Day, Problem> {
        let missing = || {
            let detail = Expected::of("缺少字段 on。", "The field `on` is missing.");
            Problem::of(ProblemType::InvalidField).field("on").detail(detail)
        };
        Ok(self.on.or(self.collected_on).ok_or_else(missing)?.0)
    }

    /// The facts.
    ///
    /// # Errors
    /// Days or times out of order, or a charge of no hours.
    pub fn facts(&self) -> Result<FeeFacts, Problem> {
        if self.last_lesson_on.0 < self.first_lesson_on.0 {
            let (limit, actual) = (self.first_lesson_on.0.to_string(), self.last_lesson_on.0.to_string());
            let problem = order("last_lesson_on", "末课早于首课。", "The last lesson is before the first.");
            return Err(problem.facts(Some(limit), Some(actual)));
        }
        let gift_hours = self.gift_hours.map_or(ClassHours::ZERO, |hours| hours.0);
        if self.paid_hours.0.is_zero() && gift_hours.is_zero() {
            return Err(order("paid_hours", "没有课时。", "There are no hours."));
        }
        let class = self.class_size.zip(self.minutes_per_hour).map(|(size, minutes)| ClassFacts {
            size: size.0.into(),
            minutes: minutes.0,
            area: self.area.map(|area| area.0).filter(|area| *area != Area::All),
        });
        Ok(FeeFacts {
            category: self.category.0,
            mode: self.mode.0,
            stage: self.stage.0,
            paid_hours: self.paid_hours.0,
            gift_hours,
            price: self.price_fen.0,
            first_lesson_on: self.first_lesson_on.0,
            last_lesson_on: self.last_lesson_on.0,
            collected_on: self.collected_on.map_or(self.day()?, |day| day.0),
            remaining_hours_before: self.remaining_hours_before.map_or(ClassHours::ZERO, |hours| hours.0),
            class,
            payment_form: self.payment_form.map(|form| form.0),
            sessions: self.timetable()?,
            fields: FeeFields::OF_CHECK,
        })
    }

    fn timetable(&self) -> Result<Vec<Session>, Problem> {
        let sessions = self.sessions.as_deref().unwrap_or_default();
        if sessions.len() > SESSIONS_MAX {
            let detail = Expected::of(format!("至多 {SESSIONS_MAX} 次。"), format!("At most {SESSIONS_MAX}."));
            return Err(Problem::of(ProblemType::InvalidField).field("sessions").detail(detail));
        }
        let session = |(index, session): (usize, &LessonTimeRequest)| {
            let session = Session { on: session.on.0, from: session.from.0, until: session.until.0 };
            let reversed =
                || order(&format!("sessions[{index}].until"), "下课不晚于上课。", "It ends before it begins.");
            if session.from < session.until { Ok(session) } else { Err(reversed()) }
        };
        sessions.iter().enumerate().map(session).collect()
    }
}

/// What a check left open.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct FeeWarningBody {
    /// About which rule.
    pub rule: String,
    /// In words.
    pub text: String,
    /// The source.
    pub source: String,
}

/// What a check found.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct FeeCheckBody {
    /// Broken rules, all of them, in the order of docs/RULES.md.
    pub violations: Vec<ViolationDocument>,
    /// What could not be decided, or is left to the reader.
    pub warnings: Vec<FeeWarningBody>,
    /// The answer as a sentence.
    pub text: String,
    /// What else must be known.
    pub notes: Vec<String>,
    /// Hash of the policy applied.
    pub policy: w::Hash,
    /// The divisions whose rules hold, nearest first; the nation's stand behind them.
    pub rules_of: Vec<RulesLevelBody>,
}

impl FeeCheckBody {
    /// In a language.
    pub fn of(calculated: &Calculated<FeeFindings>, language: Language) -> FeeCheckBody {
        let found = &calculated.answer;
        let warnings = found.warnings.iter().map(|warning| FeeWarningBody {
            rule: warning.rule.to_string(),
            text: language.pick(&warning.zh, &warning.en).clone(),
            source: warning.source.clone(),
        });
        let violations: Vec<ViolationDocument> =
            found.violations.iter().map(|broken| violation(&BrokenRule::from(broken.clone()), language)).collect();
        FeeCheckBody {
            text: found_text(&violations, language),
            violations,
            warnings: warnings.collect(),
            notes: inherited(&calculated.rules_of, language).into_iter().collect(),
            policy: Text(calculated.policy),
            rules_of: levels(&calculated.rules_of),
        }
    }
}

fn found_text(violations: &[ViolationDocument], language: Language) -> String {
    if violations.is_empty() {
        let (zh, en) = ("所核对的各项规则均未违反。", "None of the rules that were checked is broken.");
        return language.pick(zh, en).to_owned();
    }
    let one = |broken: &ViolationDocument| {
        let title = broken.title.as_deref().unwrap_or(&broken.rule);
        let (limit, actual) = (broken.limit.as_deref().unwrap_or("-"), broken.actual.as_deref().unwrap_or("-"));
        language
            .pick(format!("{title}：限 {limit}，实为 {actual}"), format!("{title}: {limit} allowed, {actual} found"))
    };
    let all: Vec<String> = violations.iter().map(one).collect();
    let (zh, en) = (format!("违反 {} 项：", all.len()), format!("{} rules are broken: ", all.len()));
    language.pick(zh, en) + &all.join(language.pick("；", "; ")) + language.pick("。", ".")
}

/// A lesson to be priced.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PriceCheckRequest {
    /// Where.
    pub region: w::RegionCode,
    /// The table of which day.
    pub on: w::Day,
    /// Mode.
    pub mode: w::Mode,
    /// Pupils in the class.
    pub class_size: w::ClassSize,
    /// Length of the lesson, minutes.
    pub minutes: w::Minutes,
    /// City or village, for tables that tell them apart.
    #[serde(default)]
    pub area: Option<w::Area>,
}

impl PriceCheckRequest {
    /// The question.
    pub fn question(&self) -> PriceQuestion {
        PriceQuestion {
            mode: self.mode.0,
            class_size: self.class_size.0.into(),
            minutes: self.minutes.0,
            area: self.area.map(|area| area.0),
        }
    }
}

/// The price by another band.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct OtherPriceBody {
    /// Base price of the lesson, fen.
    pub base_fen: i64,
    /// Highest lawful price of the lesson, fen.
    pub cap_fen: i64,
    /// The band.
    pub band: String,
}

/// The guided price of a lesson.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct PriceCheckBody {
    /// Base price of the lesson for one pupil, fen.
    pub base_fen: i64,
    /// Highest lawful price, fen: one rounding, half up.
    pub cap_fen: i64,
    /// Base price of one unit, fen.
    pub base_per_unit_fen: i64,
    /// Length of the unit, minutes.
    pub unit_minutes: u16,
    /// Float upwards, per cent.
    pub float_percent: String,
    /// The band of class size.
    pub band: String,
    /// The other band where the text lets two share an edge.
    pub alternatives: Vec<OtherPriceBody>,
    /// Where the table stands.
    pub source: String,
    /// The answer as a sentence.
    pub text: String,
    /// What else must be known.
    pub notes: Vec<String>,
    /// Hash of the policy applied.
    pub policy: w::Hash,
    /// The divisions whose rules hold, nearest first; the nation's stand behind them.
    pub rules_of: Vec<RulesLevelBody>,
}

impl PriceCheckBody {
    /// In a language.
    pub fn of(calculated: &Calculated<PriceAnswer>, language: Language) -> PriceCheckBody {
        let PriceAnswer { price, alternatives, source } = &calculated.answer;
        let other = |price: &GuidedPrice| OtherPriceBody {
            base_fen: price.base.fen(),
            cap_fen: price.cap.fen(),
            band: price.band.clone(),
        };
        let (base, cap, float) = (price.base.to_yuan(), price.cap.to_yuan(), price.float_percent);
        PriceCheckBody {
            base_fen: price.base.fen(),
            cap_fen: price.cap.fen(),
            base_per_unit_fen: price.base_per_unit.fen(),
            unit_minutes: price.unit_minutes,
            float_percent: float.to_string(),
            band: price.band.clone(),
            alternatives: alternatives.iter().map(other).collect(),
            text: language.pick(
                format!("基准价 {base}，上浮不超过 {float}%，最高 {cap}；下浮不限（{source}）。"),
                format!("The base is {base} and may lie up to {float}% above it, at most {cap}; prices go down freely ({source})."),
            ),
            source: source.clone(),
            notes: inherited(&calculated.rules_of, language).into_iter().collect(),
            policy: Text(calculated.policy),
            rules_of: levels(&calculated.rules_of),
        }
    }
}

/// Where the counting of days stands.
const COUNTING: &str =
    "《民法典》第二百零一条、第二百零二条：开始的当日不计入，自下一日开始计算；工作日依国务院办公厅当年节假日安排";

/// The last day of a period.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct DeadlineBody {
    /// The day.
    pub on: w::Day,
    /// Where the counting stands.
    pub source: String,
    /// The answer as a sentence.
    pub text: String,
    /// What else must be known.
    pub notes: Vec<String>,
    /// Hash of the policy of the region on the day of the event.
    pub policy: w::Hash,
    /// The divisions whose rules hold, nearest first; the nation's stand behind them.
    pub rules_of: Vec<RulesLevelBody>,
}

impl DeadlineBody {
    /// In a language.
    pub fn of(calculated: &Calculated<Day>, from_on: Day, count: DayCount, language: Language) -> DeadlineBody {
        let on = calculated.answer;
        let (zh, en) = match count {
            DayCount::Days(n) => (format!("{n} 日"), format!("{n} days")),
            DayCount::WorkingDays(n) => (format!("{n} 个工作日"), format!("{n} working days")),
            DayCount::Months(n) => (format!("{n} 个月"), format!("{n} months")),
        };
        DeadlineBody {
            on: Text(on),
            source: COUNTING.to_owned(),
            text: language.pick(
                format!("自 {from_on} 次日起 {zh}，末日为 {on}。"),
                format!("{en} from the day after {from_on} end on {on}."),
            ),
            notes: inherited(&calculated.rules_of, language).into_iter().collect(),
            policy: Text(calculated.policy),
            rules_of: levels(&calculated.rules_of),
        }
    }
}
