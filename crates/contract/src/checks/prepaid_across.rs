//! The caps over all contracts of a family with one seller: what is not yet taught or earned counts
//! together with what is newly sold, so that a sale cut in three is one sale. The family is guardian
//! or child, the seller the institution with whoever controls it; who that is, is decided by the
//! caller. Where a place counts each charge for itself nothing is added.

use kernel::{Category, ClassHours, CourseId, Fen, RuleId, Violation};
use policy::Policy;
use policy::types::{CapBase, CapUnit};

/// What a family has prepaid or promised in one contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outstanding {
    /// Category of the course.
    pub category: Category,
    /// The course.
    pub course: CourseId,
    /// Paid hours that are not yet taught.
    pub paid_hours: ClassHours,
    /// Gift hours that are not yet taught.
    pub gift_hours: ClassHours,
    /// Money not yet earned: in escrow, and promised.
    pub money: Fen,
}

/// Every cap that a contract breaks together with the others of the same family and seller.
/// `field` names the request's field.
pub fn across_violations(
    this: &Outstanding,
    others: &[Outstanding],
    policy: &Policy,
    field: &'static str,
) -> Vec<Violation> {
    let Some(base) = policy.cap_base.in_force().filter(|base| base.value == CapBase::Outstanding) else {
        return Vec::new();
    };
    if others.is_empty() || is_renewal(this, others, policy) {
        return Vec::new();
    }
    [hours(this, others, policy, &base.source, field), money(this, others, policy, &base.source, field)]
        .into_iter()
        .flatten()
        .collect()
}

fn counted(policy: &Policy, of: &Outstanding) -> Option<ClassHours> {
    let gifts = policy.gift_hours_counted.is(|counted| *counted);
    if gifts { of.paid_hours.checked_add(of.gift_hours).ok() } else { Some(of.paid_hours) }
}

/// The next fee of a course that is running out may be taken while so many hours are left: where a
/// text says so these do not count against it.
fn is_renewal(this: &Outstanding, others: &[Outstanding], policy: &Policy) -> bool {
    let Some(max) = policy.earliest_charge.in_force().and_then(|rule| rule.value.hours_left_max) else { return false };
    let same_course = others.iter().all(|other| other.course == this.course);
    let left = others.iter().try_fold(ClassHours::ZERO, |sum, other| sum.checked_add(counted(policy, other)?).ok());
    same_course && left.is_some_and(|left| left <= max)
}

fn hours(
    this: &Outstanding,
    others: &[Outstanding],
    policy: &Policy,
    base: &str,
    field: &'static str,
) -> Option<Violation> {
    let cap = policy.prepaid_hours_max.in_force()?;
    let same = |other: &&Outstanding| cap.value.per == CapUnit::Charge || other.course == this.course;
    let others: Vec<_> = others.iter().filter(same).collect();
    if others.is_empty() {
        return None;
    }
    let sum = others.iter().try_fold(counted(policy, this)?, |sum, other| {
        let hours = counted(policy, other)?;
        sum.checked_add(hours).ok()
    });
    if sum.is_some_and(|sum| sum <= cap.value.hours) {
        return None;
    }
    let actual = sum.map_or_else(|| "> 10000".to_owned(), |sum| sum.to_string());
    let source = format!("{}；{base}", cap.source);
    Some(Violation::of(RuleId::PrepaidHoursAcross).with(cap.value.hours, actual).source(&source).field(field))
}

fn money(
    this: &Outstanding,
    others: &[Outstanding],
    policy: &Policy,
    base: &str,
    field: &'static str,
) -> Option<Violation> {
    let cap = policy.prepaid_amount_max.in_force().filter(|cap| cap.value.categories.cover(this.category))?;
    let others: Vec<_> = others.iter().filter(|other| cap.value.categories.cover(other.category)).collect();
    if others.is_empty() {
        return None;
    }
    let sum = Fen::try_sum(others.iter().map(|other| other.money).chain([this.money]));
    if sum.is_ok_and(|sum| sum <= cap.value.fen) {
        return None;
    }
    let actual = sum.map_or_else(|_| format!("> {}", Fen::MAX_AMOUNT), |sum| sum.to_string());
    let source = format!("{}；{base}", cap.source);
    Some(Violation::of(RuleId::PrepaidAmountAcross).with(cap.value.fen, actual).source(&source).field(field))
}

#[cfg(test)]
mod tests {
    use policy::PolicySet;

    use super::*;

    fn outstanding(course: u128, paid: &str, gift: &str, fen: i64) -> Outstanding {
        Outstanding {
            category: Category::Arts,
            course: CourseId::new(uuid::Uuid::from_u128(course)),
            paid_hours: paid.parse().unwrap(),
            gift_hours: gift.parse().unwrap(),
            money: Fen::new(fen),
        }
    }

    fn broken(region: &str, this: Outstanding, others: &[Outstanding]) -> Vec<(RuleId, String)> {
        let set = PolicySet::shipped().unwrap();
        let policy = set.resolve(region.parse().unwrap(), "2026-11-22".parse().unwrap()).unwrap();
        let broken = across_violations(&this, others, &policy, "lots");
        broken.into_iter().map(|v| (v.rule, v.actual.unwrap())).collect()
    }

    #[test]
    fn one_sale_in_three_is_one_sale() {
        let third = |course| outstanding(course, "24", "0", 200_000);
        assert_eq!(broken("330502", third(3), &[]), []);
        assert_eq!(broken("330502", third(3), &[third(1)]), []);
        let told = broken("330502", third(3), &[third(1), third(2)]);
        assert_eq!(
            told,
            [(RuleId::PrepaidHoursAcross, "72".to_owned()), (RuleId::PrepaidAmountAcross, "600000".to_owned())]
        );
    }

    #[test]
    fn bounds_are_inclusive_and_gifts_count_where_they_count() {
        let others = [outstanding(1, "36", "0", 300_000)];
        assert_eq!(broken("330502", outstanding(2, "24", "0", 200_000), &others), []);
        let gift = outstanding(2, "24", "0.01", 200_000);
        assert_eq!(broken("330502", gift, &others), [(RuleId::PrepaidHoursAcross, "60.01".to_owned())]);
        assert_eq!(broken("620000", gift, &others), []);
    }

    #[test]
    fn a_course_that_runs_out_may_be_renewed_where_a_text_says_so() {
        let left = [outstanding(1, "20", "0", 100_000)];
        assert_eq!(broken("110000", outstanding(1, "60", "0", 400_000), &left), []);
        let more = [outstanding(1, "20.01", "0", 100_000)];
        assert_eq!(broken("110000", outstanding(1, "60", "0", 400_000), &more).len(), 1);
    }
}
