//! Bodies of the public refund calculator, as design has them; further fields are optional.

use app::calculators::{Calculated, RulesOf};
use contract::refund::{
    Alternative, Line, LotFacts, Pass, Prepaid, Rates, RefundAnswer, RefundFacts, Said, StoredValue,
};
use kernel::{ClassHours, Fen};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::language::Language;
use crate::problem::Problem;
use crate::problem_type::ProblemType;
use crate::w;
use crate::wire::{Expected, Text};

/// A purchase.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefundLotRequest {
    /// Hours paid for.
    pub paid_hours: w::ClassHours,
    /// Hours on top.
    #[serde(default)]
    pub gift_hours: Option<w::ClassHours>,
    /// Price, fen.
    pub price_fen: w::NonNegative,
    /// Price of an hour before discount, fen.
    #[serde(default)]
    pub list_price_per_hour_fen: Option<w::NonNegative>,
    /// Price of such an hour at the place and time of the contract, fen: where the list price is
    /// plainly unreasonable and not proven.
    #[serde(default)]
    pub market_price_per_hour_fen: Option<w::NonNegative>,
}

/// A pass by time.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PassRequest {
    /// First day.
    pub from_on: w::Day,
    /// Last day paid for.
    pub until_on: w::Day,
    /// Last day given on top.
    #[serde(default)]
    pub gift_until_on: Option<w::Day>,
    /// Day on which the service stopped.
    #[serde(default)]
    pub stopped_on: Option<w::Day>,
    /// Price, fen.
    pub price_fen: w::NonNegative,
}

/// Credit with a bonus.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StoredValueRequest {
    /// Money paid, fen.
    pub paid_fen: w::NonNegative,
    /// Credit received, the bonus included, fen.
    pub credited_fen: w::NonNegative,
    /// Credit used, fen.
    pub used_at_list_fen: w::NonNegative,
}

/// Yearly rates, per cent.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RatesRequest {
    /// One-year loan prime rate when the contract was made.
    #[serde(default, deserialize_with = "percent")]
    pub lpr_percent: Option<w::Percent>,
    /// One-year deposit benchmark rate when the contract was made.
    #[serde(default, deserialize_with = "percent")]
    pub deposit_percent: Option<w::Percent>,
    /// Rate that the supervised account bears.
    #[serde(default, deserialize_with = "percent")]
    pub account_percent: Option<w::Percent>,
    /// Rate that the parties agreed.
    #[serde(default, deserialize_with = "percent")]
    pub agreed_percent: Option<w::Percent>,
}

/// What the calculator is told. Exactly one of `lots`, `period` and `stored_value`.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefundCalculationRequest {
    /// Where the contract is performed.
    pub region: w::RegionCode,
    /// Whose doing it is.
    pub cause: w::RefundCause,
    /// Day of payment.
    pub paid_on: w::Day,
    /// Day on which the refund is asked for.
    pub requested_on: w::Day,
    /// Day of the first lesson.
    #[serde(default)]
    pub first_lesson_on: Option<w::Day>,
    /// Purchases, in the order in which they are used.
    #[serde(default)]
    pub lots: Option<Vec<RefundLotRequest>>,
    /// Hours used.
    #[serde(default)]
    pub used_hours: Option<w::ClassHours>,
    /// A pass by time.
    #[serde(default)]
    pub period: Option<PassRequest>,
    /// Credit with a bonus.
    #[serde(default)]
    pub stored_value: Option<StoredValueRequest>,
    /// Had the same service been received before, here or elsewhere?
    #[serde(default)]
    pub same_service_before: Option<bool>,
    /// The contract's own share of the balance, per cent.
    #[serde(default, deserialize_with = "percent")]
    pub agreed_share_percent: Option<w::Percent>,
    /// Yearly rates.
    #[serde(default)]
    pub rates: Option<RatesRequest>,
    /// Interest from this day, itself not counted; the day of the request where none is given.
    #[serde(default)]
    pub interest_from_on: Option<w::Day>,
    /// Interest until this day; none is computed without it.
    #[serde(default)]
    pub interest_until_on: Option<w::Day>,
}

/// A percentage as text, as the others of the API; a plain JSON number is understood too, for it can
/// mean nothing else.
fn percent<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<w::Percent>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either {
        Number(serde_json::Number),
        Text(String),
    }
    let told = Option::<Either>::deserialize(deserializer)?;
    let text = told.map(|told| match told {
        Either::Number(number) => number.to_string(),
        Either::Text(text) => text,
    });
    // Parsed as text in any case, so that what is wrong is said in the same words.
    text.map(|text| w::Percent::deserialize(serde::de::value::StrDeserializer::new(&text))).transpose()
}

/// Most purchases in one question.
const LOTS_MAX: usize = 200;

fn one_shape() -> Problem {
    let zh = "lots、period、stored_value 三者须且只须给出一项。";
    let en = "Exactly one of `lots`, `period` and `stored_value` must be given.";
    Problem::of(ProblemType::InvalidField).field("lots").detail(Expected::of(zh, en))
}

impl RefundCalculationRequest {
    /// The facts.
    ///
    /// # Errors
    /// Not exactly one kind of fee, hours missing or more used than bought.
    pub fn facts(&self) -> Result<RefundFacts, Problem> {
        let rates = self.rates.clone().unwrap_or_default();
        let percent = |percent: Option<w::Percent>| percent.map(|text| text.0);
        Ok(RefundFacts {
            cause: self.cause.0,
            prepaid: self.prepaid()?,
            paid_on: self.paid_on.0,
            requested_on: self.requested_on.0,
            first_lesson_on: self.first_lesson_on.map(|day| day.0),
            same_service_before: self.same_service_before,
            agreed_share: percent(self.agreed_share_percent),
            agreed_full_refund: None,
            rates: Rates {
                agreed: percent(rates.agreed_percent),
                lpr: percent(rates.lpr_percent),
                deposit: percent(rates.deposit_percent),
                account: percent(rates.account_percent),
            },
            interest_from_on: self.interest_from_on.map(|day| day.0),
            interest_until_on: self.interest_until_on.map(|day| day.0),
        })
    }

    fn prepaid(&self) -> Result<Prepaid, Problem> {
        let other = self.period.is_some() || self.stored_value.is_some();
        // An empty list beside another shape says the same as none.
        let lots = self.lots.as_ref().filter(|lots| !(other && lots.is_empty()));
        match (lots, &self.period, &self.stored_value) {
            (Some(lots), None, None) => self.hours(lots),
            (None, Some(pass), None) => Ok(Prepaid::Pass(Pass {
                from_on: pass.from_on.0,
                until_on: pass.until_on.0,
                gift_until_on: pass.gift_until_on.map(|day| day.0),
                stopped_on: pass.stopped_on.map(|day| day.0),
                price: pass.price_fen.0,
            })),
            (None, None, Some(value)) => Ok(Prepaid::StoredValue(StoredValue {
                paid: value.paid_fen.0,
                credited: value.credited_fen.0,
                used_at_list: value.used_at_list_fen.0,
            })),
            _ => Err(one_shape()),
        }
    }

    fn hours(&self, lots: &[RefundLotRequest]) -> Result<Prepaid, Problem> {
        let Some(Text(used)) = self.used_hours else {
            let detail = Expected::of("按课时计算须给出 used_hours。", "`used_hours` is needed with `lots`.");
            return Err(Problem::of(ProblemType::InvalidField).field("used_hours").detail(detail));
        };
        if lots.is_empty() || lots.len() > LOTS_MAX {
            let detail =
                Expected::of(format!("须为 1 至 {LOTS_MAX} 批。"), format!("It must be 1 to {LOTS_MAX} lots."));
            return Err(Problem::of(ProblemType::InvalidField).field("lots").detail(detail));
        }
        let facts = |lot: &RefundLotRequest| LotFacts {
            paid_hours: lot.paid_hours.0,
            gift_hours: lot.gift_hours.map_or(ClassHours::ZERO, |hours| hours.0),
            price: lot.price_fen.0,
            paid: lot.price_fen.0,
            list_price_per_hour: lot.list_price_per_hour_fen.map(|fen| fen.0),
            market_price_per_hour: lot.market_price_per_hour_fen.map(|fen| fen.0),
            used: ClassHours::ZERO,
        };
        let lots = LotFacts::first_in_first_out(lots.iter().map(facts).collect(), used);
        Ok(Prepaid::Hours(lots.map_err(app::calculators::CalculationError::from)?))
    }
}

/// One line.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct RefundLineBody {
    /// What it does.
    pub rule: String,
    /// Where that stands.
    pub source: String,
    /// In words.
    pub text: String,
    /// What it adds, fen; negative where it deducts. All lines add up to the amount.
    pub amount_fen: i64,
}

/// Another sum.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct AlternativeBody {
    /// How it was computed.
    pub basis: String,
    /// The sum, fen.
    pub amount_fen: i64,
    /// Where that stands.
    pub source: String,
    /// When it would be the right one.
    pub text: String,
    /// Line by line.
    pub lines: Vec<RefundLineBody>,
}

/// A division whose rules hold.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct RulesLevelBody {
    /// The division.
    pub region: w::RegionCode,
    /// Its name.
    pub name: String,
}

/// The refund.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct RefundCalculationBody {
    /// The sum, fen.
    pub amount_fen: i64,
    /// How it was computed.
    pub basis: String,
    /// Where that stands.
    pub source: String,
    /// The answer as a sentence.
    pub text: String,
    /// Line by line; they add up to the amount.
    pub lines: Vec<RefundLineBody>,
    /// Other sums, where texts conflict or a fact is open.
    pub alternatives: Vec<AlternativeBody>,
    /// Interest, fen, beside the amount.
    pub interest_fen: i64,
    /// How the interest was computed, or why there is none.
    pub interest: RefundLineBody,
    /// Last day to pay; none where it cannot be told.
    pub due_on: Option<w::Day>,
    /// Where the term to pay stands.
    pub due_source: String,
    /// What else must be known.
    pub notes: Vec<String>,
    /// Hash of the policy applied.
    pub policy: w::Hash,
    /// The divisions whose rules hold, nearest first; the nation's stand behind them.
    pub rules_of: Vec<RulesLevelBody>,
}

fn pick(said: &Said, language: Language) -> String {
    language.pick(&said.zh, &said.en).clone()
}

/// Lines in a language.
pub fn lines(lines: &[Line], language: Language) -> Vec<RefundLineBody> {
    lines
        .iter()
        .map(|line| RefundLineBody {
            rule: line.rule.to_string(),
            source: line.source.clone(),
            text: pick(&line.said, language),
            amount_fen: line.amount.fen(),
        })
        .collect()
}

/// Other sums in a language.
pub fn alternatives(all: &[Alternative], language: Language) -> Vec<AlternativeBody> {
    all.iter()
        .map(|other| AlternativeBody {
            basis: other.sum.basis.to_string(),
            amount_fen: other.sum.amount.fen(),
            source: other.sum.source.clone(),
            text: pick(&other.when, language),
            lines: lines(&other.sum.lines, language),
        })
        .collect()
}

/// The levels of an answer.
pub fn levels(rules: &RulesOf) -> Vec<RulesLevelBody> {
    let level = |(region, name): &(_, String)| RulesLevelBody { region: Text(*region), name: name.clone() };
    rules.levels.iter().map(level).collect()
}

/// Says where a region without rules of its own has them from.
pub fn inherited(rules: &RulesOf, language: Language) -> Option<String> {
    if rules.own {
        return None;
    }
    let above: Vec<&str> = rules.levels.iter().map(|(_, name)| name.as_str()).collect();
    let (zh, en) = if above.is_empty() {
        ("适用国家规定".to_owned(), "the nation's rules apply".to_owned())
    } else {
        let above = above.join("、");
        (format!("适用上级（{above}）及国家规定"), format!("the rules of {above} and of the nation apply"))
    };
    let region = rules.region;
    Some(
        language
            .pick(format!("{region} 没有自己的规定数据，{zh}。"), format!("{region} has no rules of its own: {en}.")),
    )
}

impl RefundCalculationBody {
    /// In a language.
    pub fn of(calculated: &Calculated<RefundAnswer>, language: Language) -> RefundCalculationBody {
        let RefundAnswer { sum, alternatives: others, interest, due, notes } = &calculated.answer;
        let mut notes: Vec<String> = notes.iter().map(|said| pick(said, language)).collect();
        notes.extend(inherited(&calculated.rules_of, language));
        RefundCalculationBody {
            amount_fen: sum.amount.fen(),
            basis: sum.basis.to_string(),
            source: sum.source.clone(),
            text: sentence(&calculated.answer, language),
            lines: lines(&sum.lines, language),
            alternatives: alternatives(others, language),
            interest_fen: interest.amount.fen(),
            interest: RefundLineBody {
                rule: contract::refund::RefundRule::Interest.to_string(),
                source: interest.source.clone(),
                text: pick(&interest.said, language),
                amount_fen: interest.amount.fen(),
            },
            due_on: due.on.map(Text),
            due_source: due.source.clone(),
            notes,
            policy: Text(calculated.policy),
            rules_of: levels(&calculated.rules_of),
        }
    }
}

/// The answer as a sentence.
pub fn sentence(answer: &RefundAnswer, language: Language) -> String {
    let RefundAnswer { sum, interest, due, .. } = answer;
    let amount = sum.amount.to_yuan();
    let with_interest = interest.amount > Fen::ZERO;
    let (mut zh, mut en) = (
        format!("应退 {amount}，{}（{}）", sum.basis.zh(), sum.source),
        format!("The refund is {amount}, on the basis {} ({})", sum.basis.as_str(), sum.source),
    );
    if with_interest {
        zh.push_str(&format!("，另付利息 {}", interest.amount.to_yuan()));
        en.push_str(&format!(", with interest of {}", interest.amount.to_yuan()));
    }
    if let Some(on) = due.on {
        zh.push_str(&format!("，至迟 {on} 退还"));
        en.push_str(&format!(", to be paid by {on}"));
    }
    language.pick(zh + "。", en + ".")
}
