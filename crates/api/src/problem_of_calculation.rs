//! Why a calculator has no answer, as a problem that names the field.

use app::AppError;
use app::calculators::CalculationError;
use contract::PriceError;
use contract::refund::RefundError;

use crate::problem::Problem;
use crate::problem_type::ProblemType;
use crate::wire::Expected;

impl From<CalculationError> for Problem {
    fn from(error: CalculationError) -> Problem {
        match error {
            CalculationError::NoRules { region } => {
                let zh = format!("{region} 不适用内地校外培训规定，没有数据。");
                let en = format!("The mainland's rules on tutoring do not apply in {region}; there is no data.");
                Problem::of(ProblemType::NoPolicy).field("region").detail(Expected::of(zh, en))
            }
            CalculationError::Policy(error) => AppError::from(error).into(),
            CalculationError::Refund(error) => impossible(&error),
            CalculationError::Price(error) => priceless(error),
            CalculationError::Calendar(_) => {
                let detail = Expected::of(
                    "所涉年份的工作日历尚未公布，或超出 2199 年。",
                    "The working-day calendar of a year concerned is not published, or the day is past 2199.",
                );
                Problem::of(ProblemType::NoPolicy).field("from_on").detail(detail)
            }
        }
    }
}

fn facts(field: impl Into<String>, zh: &str, en: &str, limit: impl ToString, actual: impl ToString) -> Problem {
    let problem = Problem::of(ProblemType::ImpossibleFacts).field(field).detail(Expected::of(zh, en));
    problem.facts(Some(limit.to_string()), Some(actual.to_string()))
}

fn impossible(error: &RefundError) -> Problem {
    use RefundError as E;
    match error {
        E::NoLots => facts("lots", "没有课包。", "There are no lots.", "> 0", 0),
        E::LotWithoutHours { index } => facts(
            format!("lots[{index}].paid_hours"),
            "课包没有课时，无从折算单价。",
            "A lot without hours has no price per hour.",
            "> 0",
            0,
        ),
        E::PaidAbovePrice { index, limit, actual } => facts(
            format!("lots[{index}].price_fen"),
            "已付超出课包价款。",
            "More was paid than the lot costs.",
            limit,
            actual,
        ),
        E::UsedAboveBought { limit, actual } => facts(
            "used_hours",
            "已用课时多于所购课时（含赠送）。",
            "More hours were used than bought, gift hours included.",
            limit,
            actual,
        ),
        E::PassOrder { from_on, until_on } => {
            facts("period.until_on", "期限的止日早于起日。", "The term ends before it begins.", from_on, until_on)
        }
        E::StoppedOutside { from_on, until_on, actual } => facts(
            "period.stopped_on",
            "停止服务之日不在期限之内，或晚于申请之日。",
            "The service stopped outside the term, or after the refund was asked for.",
            format!("{from_on}..{until_on}"),
            actual,
        ),
        E::CreditBelowPaid { limit, actual } => facts(
            "stored_value.credited_fen",
            "到账金额（含赠送）少于实付金额，或为零。",
            "The credit, bonus included, is less than the money paid, or nothing.",
            limit,
            actual,
        ),
        E::UsedAboveCredit { limit, actual } => facts(
            "stored_value.used_at_list_fen",
            "已用金额多于到账金额。",
            "More credit was used than received.",
            limit,
            actual,
        ),
        E::RequestedBeforePaid { paid_on, requested_on } => {
            facts("requested_on", "申请早于付款。", "It was asked back before it was paid.", paid_on, requested_on)
        }
        E::ShareAboveAll { actual } => {
            facts("agreed_share_percent", "约定比例超过 100%。", "The share is above 100 per cent.", 100, actual)
        }
        E::InterestOrder { from_on, until_on } => {
            facts("interest_until_on", "计息止日早于起日。", "Interest ends before it begins.", from_on, until_on)
        }
        E::Fen(_) | E::Hours(_) => {
            let detail = Expected::of("金额或课时合计超出范围。", "A sum of money or hours is out of range.");
            Problem::of(ProblemType::ImpossibleFacts).field("lots").detail(detail)
        }
        E::Time(_) => {
            let detail = Expected::of("日期超出范围。", "A day is out of range.");
            Problem::of(ProblemType::ImpossibleFacts).field("requested_on").detail(detail)
        }
    }
}

fn priceless(error: PriceError) -> Problem {
    match error {
        PriceError::NoTable { mode, why } => {
            let zh = format!("当地当日没有{}学科类培训指导价数据：{why}", mode.zh());
            let en = format!("No guided price of {mode} subject training is known for this place and day: {why}");
            Problem::of(ProblemType::NoPolicy).field("region").detail(Expected::of(zh, en))
        }
        PriceError::AreaNeeded => facts(
            "area",
            "当地价目区分城区与乡村，须给出 area。",
            "The table tells city and village apart: give `area`.",
            "city, village",
            "-",
        ),
        PriceError::NoClass { class_size } => {
            facts("class_size", "没有这样的班型。", "There is no such class.", "> 0", class_size)
        }
        PriceError::Policy(error) => AppError::from(error).into(),
        PriceError::Fen(_) => {
            let detail = Expected::of("金额超出范围。", "The amount is out of range.");
            Problem::of(ProblemType::ImpossibleFacts).field("minutes").detail(detail)
        }
    }
}
