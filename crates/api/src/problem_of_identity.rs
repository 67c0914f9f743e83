//! What is wrong with a request about accounts, as a problem: which field, and what to do.

use app::identity::IdentityFault as F;

use crate::problem::Problem;
use crate::problem_type::ProblemType;
use crate::wire::Expected;

/// The problem of a fault.
pub fn problem(fault: F) -> Problem {
    let of = |field: &str, zh: &str, en: &str| {
        Problem::of(ProblemType::InvalidField).field(field).detail(Expected::of(zh, en))
    };
    match fault {
        F::NotColleague => of(
            "to",
            "只能委托给同一区域内在用的其他监管用户。",
            "Duties are lent to another regulator of the same region who may log in.",
        ),
        F::NotOwnDuty => of(
            "duties",
            "只能委托本人自有的职责；受托的职责不得转委托。",
            "Only duties of one's own can be lent; lent ones are not lent on.",
        ),
        F::Days => of(
            "until_on",
            "起始日不得早于今天，终止日不得早于起始日。",
            "The first day is today or later, the last day not before it.",
        ),
        F::KeyScope(None) => of("scope", "至少须有一项权限。", "At least one right is needed."),
        F::KeyScope(Some(action)) => Problem::of(ProblemType::InvalidField)
            .field("scope")
            .detail(Expected::of(
                format!("接口密钥不能有此权限：{}。只能选本人可有的业务权限。", action.zh()),
                format!("A key cannot have {action}: only what its owner may ever do, and nothing about accounts."),
            ))
            .facts(None, Some(action.to_string())),
        F::KeyEnd => of("until_on", "终止日须在今天至 366 天之内。", "The last day is within 366 days from today."),
        F::OwnAccount => of("active", "不能停用本人的账号。", "One cannot lock one's own account."),
        F::DutiesOfRole => of(
            "role",
            "部门与职责只用于监管用户，岗位只用于机构用户。",
            "Department and duties are for regulators, a post is for people of an institution.",
        ),
        F::NoProvider => Problem::not_found(),
        F::NoLoginUnderWay => of(
            "state",
            "没有这次登录，或已超过十分钟；请重新开始登录。",
            "There is no such log-in under way, or it took more than ten minutes: begin again.",
        ),
    }
}
