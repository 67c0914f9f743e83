//! The checks that decide whether a course may be published and a contract signed. One rule, one
//! file; here only their order (that of `RuleId`) and what they look at. All broken rules are told.

mod course_terms;
mod crossing_terms;
mod custody_account;
mod earliest_charge;
mod fee;
mod guided_price;
mod licence_coverage;
mod licence_in_force;
mod no_change_pending;
mod payment_form;
mod prepaid_across;
mod prepaid_amount_cap;
mod prepaid_hours_cap;
mod prepaid_span_cap;
mod preschool;
mod refund_pay_back_max;
mod training_times;
mod unfair_term;

pub use unfair_term::{doubtful_terms, unfair_terms};

use kernel::{Category, ClassHours, Day, Fen, Mode, Stage, Violation, class_hours::ClassHoursError};
use policy::Policy;
use registry::{Institution, Licence};

use crate::{Course, Terms};

pub use fee::{ClassFacts, FeeFacts, FeeFields, FeeFindings, Warning, fee_findings};
pub use guided_price::{GuidedPrice, PriceAnswer, PriceError, PriceQuestion, guided_price};
pub use payment_form::PaymentForm;
pub use prepaid_across::{Outstanding, across_violations};
pub use training_times::{Session, session_violations};

/// Who sells, as far as the checks ask.
#[derive(Clone, Copy, Debug)]
pub struct Seller<'a> {
    /// The institution.
    pub institution: &'a Institution,
    /// Its current or last licence.
    pub licence: Option<&'a Licence>,
    /// Is a custody account registered for it?
    pub custody_account: bool,
}

/// What is taught, and when: the same of a course and of a contract.
#[derive(Clone, Copy, Debug)]
struct Teaching {
    category: Category,
    mode: Mode,
    stage: Stage,
    first_on: Day,
    last_on: Day,
    /// Request fields of the two days.
    first_field: &'static str,
    last_field: &'static str,
}

/// What is charged in one go.
#[derive(Clone, Copy, Debug)]
struct Charge {
    /// Hours; none above any number that can be counted.
    paid_hours: Option<ClassHours>,
    gift_hours: Option<ClassHours>,
    /// Money; none above any sum that can be counted.
    price: Option<Fen>,
    hours_field: &'static str,
    price_field: &'static str,
}

impl Teaching {
    const fn of_course(course: &Course) -> Teaching {
        Teaching {
            category: course.category,
            mode: course.mode,
            stage: course.stage,
            first_on: course.starts_on,
            last_on: course.ends_on,
            first_field: "starts_on",
            last_field: "ends_on",
        }
    }

    const fn of_terms(terms: &Terms) -> Teaching {
        Teaching {
            category: terms.category,
            mode: terms.mode,
            stage: terms.stage,
            first_on: terms.first_lesson_on,
            last_on: terms.last_lesson_on,
            first_field: "first_lesson_on",
            last_field: "last_lesson_on",
        }
    }
}

impl Charge {
    const fn of_course(course: &Course) -> Charge {
        Charge {
            paid_hours: Some(course.hours),
            gift_hours: Some(ClassHours::ZERO),
            price: Some(course.price),
            hours_field: "hours",
            price_field: "price_fen",
        }
    }

    /// All lots of a contract are one charge: splitting a sale into lots does not raise a cap.
    fn of_terms(terms: &Terms) -> Charge {
        Charge {
            paid_hours: countable(ClassHours::try_sum(terms.lots.iter().map(|lot| lot.paid_hours))),
            gift_hours: countable(ClassHours::try_sum(terms.lots.iter().map(|lot| lot.gift_hours))),
            price: terms.price().ok(),
            hours_field: "lots",
            price_field: "lots",
        }
    }
}

impl Charge {
    /// The charge as priced by the guided table, with the course's largest class.
    fn priced(&self, course: &Course) -> guided_price::PricedHours {
        guided_price::PricedHours {
            category: course.category,
            mode: course.mode,
            hours: self.paid_hours.zip(self.gift_hours).and_then(|(paid, gift)| paid.checked_add(gift).ok()),
            price: self.price,
            class: ClassFacts { size: course.class_size_max.into(), minutes: course.minutes_per_hour, area: None },
            field: self.price_field,
        }
    }
}

fn countable(hours: Result<ClassHours, ClassHoursError>) -> Option<ClassHours> {
    hours.ok()
}

/// Every rule that a contract breaks if it is signed on `on`, in the order of `RuleId`. `policy` is
/// the one in force in the institution's region on that day. Empty = it may be signed.
pub fn sign_violations(
    terms: &Terms,
    course: &Course,
    seller: &Seller<'_>,
    policy: &Policy,
    on: Day,
) -> Vec<Violation> {
    let teaching = Teaching::of_terms(terms);
    let charge = Charge::of_terms(terms);
    let mut broken = common(&teaching, &charge, seller, policy, on);
    broken.extend(guided_price::check(&charge.priced(course), policy));
    broken.extend(course_terms::check(terms, course));
    broken.extend(refund_pay_back_max::check(terms, policy));
    broken.sort_by_key(|violation| violation.rule);
    broken
}

/// Every rule that a course breaks if it is published on `on`, in the order of `RuleId`.
///
/// A published course must be sellable in one contract: its hours, price and span are held against
/// the caps of one charge, so a course of 61 hours cannot be published at all. A longer training is
/// published as several courses, one per charge. For the same reason the licence must cover the
/// whole course.
pub fn publication_violations(course: &Course, seller: &Seller<'_>, policy: &Policy, on: Day) -> Vec<Violation> {
    let charge = Charge::of_course(course);
    let mut broken = common(&Teaching::of_course(course), &charge, seller, policy, on);
    broken.extend(guided_price::check(&charge.priced(course), policy));
    broken.sort_by_key(|violation| violation.rule);
    broken
}

/// The rules that a contract's charge breaks under a policy, whoever sells: what a replay of past
/// contracts under other rules compares. In the order of `RuleId`.
pub fn charge_violations(terms: &Terms, course: Option<&Course>, policy: &Policy) -> Vec<Violation> {
    let charge = Charge::of_terms(terms);
    let mut broken = of_policy(&Teaching::of_terms(terms), &charge, policy);
    broken.extend(course.and_then(|course| guided_price::check(&charge.priced(course), policy)));
    broken.extend(refund_pay_back_max::check(terms, policy));
    broken.sort_by_key(|violation| violation.rule);
    broken
}

/// As [`charge_violations`], of a course that is published.
pub fn course_charge_violations(course: &Course, policy: &Policy) -> Vec<Violation> {
    let charge = Charge::of_course(course);
    let mut broken = of_policy(&Teaching::of_course(course), &charge, policy);
    broken.extend(guided_price::check(&charge.priced(course), policy));
    broken.sort_by_key(|violation| violation.rule);
    broken
}

fn common(teaching: &Teaching, charge: &Charge, seller: &Seller<'_>, policy: &Policy, on: Day) -> Vec<Violation> {
    let mut broken = Vec::new();
    broken.extend(licence_in_force::check(seller, on));
    broken.extend(no_change_pending::check(seller));
    broken.extend(licence_in_force::check_not_blacklisted(seller));
    broken.extend(licence_coverage::check(teaching, seller));
    broken.extend(custody_account::check(seller, policy));
    broken.extend(of_policy(teaching, charge, policy));
    broken
}

fn of_policy(teaching: &Teaching, charge: &Charge, policy: &Policy) -> Vec<Violation> {
    let mut broken = Vec::new();
    broken.extend(prepaid_span_cap::check(teaching, policy));
    broken.extend(prepaid_hours_cap::check(charge, policy));
    broken.extend(prepaid_amount_cap::check(teaching, charge, policy));
    broken.extend(preschool::check(teaching.category, teaching.mode, teaching.stage, policy));
    broken
}
