//! A contract sells a published course: its lessons lie within the published days.
//! 教监管函〔2021〕2号: what is charged for is published before.

use kernel::{RuleId, Violation};

use crate::{Course, Terms};

const SOURCE: &str = "教监管函〔2021〕2号：收费项目与内容须事先公示";

/// First and last lesson against the course; also that they are in order.
pub(super) fn check(terms: &Terms, course: &Course) -> Vec<Violation> {
    let mut broken = Vec::new();
    let mut tell = |limit: kernel::Day, actual: kernel::Day, field| {
        broken.push(Violation::of(RuleId::CourseTerms).with(limit, actual).source(SOURCE).field(field));
    };
    if terms.first_lesson_on < course.starts_on {
        tell(course.starts_on, terms.first_lesson_on, "first_lesson_on");
    }
    if terms.last_lesson_on > course.ends_on {
        tell(course.ends_on, terms.last_lesson_on, "last_lesson_on");
    } else if terms.last_lesson_on < terms.first_lesson_on {
        tell(terms.first_lesson_on, terms.last_lesson_on, "last_lesson_on");
    }
    broken
}
