//! When training may be held: its latest end, length and gaps online, school hours, and the days on
//! which subjects of the compulsory stage rest. Calendars are data; what they do not know is said.

use kernel::{Calendar, Category, Day, DayKind, Mode, RuleId, Stage, TimeOfDay, Violation};
use policy::Policy;
use policy::types::ClosedDay;

use super::fee::{FeeFacts, Warning};

/// One lesson of a timetable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Session {
    /// Day.
    pub on: Day,
    /// Begin.
    pub from: TimeOfDay,
    /// End, after the begin.
    pub until: TimeOfDay,
}

/// What a day is to the compulsory stage.
enum Rest {
    Closed(ClosedDay),
    Open,
    /// A weekend day worked instead of another: the texts do not say.
    MakeUp,
    /// Not in the calendar, or outside the school terms that are known.
    Unknown,
}

fn rest(on: Day, stage: Stage, policy: &Policy, calendar: &Calendar) -> Rest {
    let Some(closed) = policy.subject_closed_days.in_force().map(|rule| &rule.value) else { return Rest::Open };
    let closed_as = |kind| if closed.contains(&kind) { Rest::Closed(kind) } else { Rest::Open };
    match calendar.kind_of(on) {
        Err(_) => return Rest::Unknown,
        Ok(DayKind::LegalHoliday) => return closed_as(ClosedDay::LegalHoliday),
        Ok(DayKind::RestDay) => return closed_as(ClosedDay::RestDay),
        Ok(DayKind::MakeUpWorkingDay) if closed.contains(&ClosedDay::RestDay) => {
            match policy.subject_on_make_up_days_allowed.in_force().map(|rule| rule.value) {
                Some(true) => {}
                Some(false) => return Rest::Closed(ClosedDay::RestDay),
                None => return Rest::MakeUp,
            }
        }
        Ok(DayKind::MakeUpWorkingDay | DayKind::WorkingDay) => {}
    }
    if !closed.contains(&ClosedDay::Vacation) {
        return Rest::Open;
    }
    match vacation(on, stage, policy) {
        Some(true) => Rest::Closed(ClosedDay::Vacation),
        Some(false) => Rest::Open,
        None => Rest::Unknown,
    }
}

/// Is a day between the school terms of a stage? None where the terms before or after it are not known.
fn vacation(on: Day, stage: Stage, policy: &Policy) -> Option<bool> {
    let terms = policy.school_terms.in_force().map(|terms| terms.value.terms.as_slice()).unwrap_or_default();
    let own = || terms.iter().filter(|term| term.stages.contains(&stage));
    if own().any(|term| term.first_on <= on && on <= term.last_on) {
        return Some(false);
    }
    (own().any(|term| term.last_on < on) && own().any(|term| on < term.first_on)).then_some(true)
}

/// Subjects of the compulsory stage (义务教育阶段): primary and junior.
fn compulsory_subject(category: Category, stage: Stage) -> bool {
    category.is_subject() && matches!(stage, Stage::Primary | Stage::Junior)
}

fn rests(facts: &FeeFacts) -> bool {
    compulsory_subject(facts.category, facts.stage)
}

/// What keeps one session of a timetable from being held. A day of which the school calendar is not
/// known keeps nothing from being held.
pub fn session_violations(
    (category, mode, stage): (Category, Mode, Stage),
    session: Session,
    policy: &Policy,
    calendar: &Calendar,
) -> Vec<Violation> {
    let mut broken = Vec::new();
    if compulsory_subject(category, stage)
        && let Rest::Closed(kind) = rest(session.on, stage, policy, calendar)
        && let Some(rule) = policy.subject_closed_days.in_force()
    {
        let broken_day = Violation::of(RuleId::TrainingDay).with(kind, session.on);
        broken.push(broken_day.source(&rule.source).field("sessions"));
    }
    broken.extend(hours(mode, stage, &session, policy, calendar));
    broken.extend(online_length(mode, &session, policy));
    broken
}

fn day(
    facts: &FeeFacts,
    on: Day,
    policy: &Policy,
    calendar: &Calendar,
    warnings: &mut Vec<Warning>,
) -> Option<ClosedDay> {
    let source = policy.subject_closed_days.in_force().map(|rule| rule.source.as_str()).unwrap_or_default();
    match rest(on, facts.stage, policy, calendar) {
        Rest::Closed(kind) => Some(kind),
        Rest::Open => None,
        Rest::MakeUp => {
            let zh = format!("{on} 为调休上班日，学科类培训可否进行，文本未作规定");
            let en = format!("{on} is a make-up working day: the texts do not say whether subjects may be taught");
            warnings.push(Warning::of(RuleId::TrainingDay, zh, en, source));
            None
        }
        Rest::Unknown => {
            let zh = format!("{on} 的校历没有数据，是否寒暑假未能核对");
            let en = format!("the school calendar of {on} is not known: whether it is vacation was not checked");
            warnings.push(Warning::of(RuleId::TrainingDay, zh, en, source));
            None
        }
    }
}

/// The days of first and last lesson of a charge: said, for a charge is no timetable.
pub(super) fn warn_of_days(facts: &FeeFacts, policy: &Policy, calendar: &Calendar, warnings: &mut Vec<Warning>) {
    if !rests(facts) || !facts.sessions.is_empty() {
        return;
    }
    let source = policy.subject_closed_days.in_force().map(|rule| rule.source.clone()).unwrap_or_default();
    for on in [facts.first_lesson_on, facts.last_lesson_on] {
        // What is not known of a day without a timetable needs no word.
        if let Some(kind) = day(facts, on, policy, calendar, &mut Vec::new()) {
            let zh = format!("{on} 为{}，义务教育阶段学科类不得上课", kind.zh());
            let en = format!("{on} is a {}: no compulsory-stage subjects", kind.as_str());
            warnings.push(Warning::of(RuleId::TrainingDay, zh, en, &source));
        }
    }
}

/// Every session of a timetable.
pub(super) fn check(
    facts: &FeeFacts,
    policy: &Policy,
    calendar: &Calendar,
    warnings: &mut Vec<Warning>,
) -> Vec<Violation> {
    let mut broken = Vec::new();
    for session in &facts.sessions {
        if rests(facts)
            && let Some(kind) = day(facts, session.on, policy, calendar, warnings)
            && let Some(rule) = policy.subject_closed_days.in_force()
        {
            let broken_day = Violation::of(RuleId::TrainingDay).with(kind, session.on);
            broken.push(broken_day.source(&rule.source).field("sessions"));
        }
        broken.extend(hours(facts.mode, facts.stage, session, policy, calendar));
        broken.extend(online_length(facts.mode, session, policy));
    }
    broken.extend(online_gaps(facts, policy));
    broken
}

fn hours(mode: Mode, stage: Stage, session: &Session, policy: &Policy, calendar: &Calendar) -> Vec<Violation> {
    let mut broken = Vec::new();
    let end = match mode {
        Mode::Offline => policy.class_end_offline.in_force(),
        Mode::Online => policy.class_end_online.in_force(),
    };
    if let Some(rule) = end.filter(|rule| session.until > rule.value) {
        let late = Violation::of(RuleId::TrainingHour).with(rule.value, session.until);
        broken.push(late.source(&rule.source).field("sessions"));
    }
    // School hours are those of school days: a worked day that is not known to be vacation.
    let school_day =
        calendar.kind_of(session.on).is_ok_and(DayKind::is_worked) && vacation(session.on, stage, policy) != Some(true);
    if let Some(rule) = policy.school_hours.in_force().filter(|_| school_day)
        && session.from < rule.value.until
        && session.until > rule.value.from
    {
        let limit = format!("{}-{}", rule.value.from, rule.value.until);
        let actual = format!("{}-{}", session.from, session.until);
        broken.push(Violation::of(RuleId::TrainingHour).with(limit, actual).source(&rule.source).field("sessions"));
    }
    broken
}

fn online_length(mode: Mode, session: &Session, policy: &Policy) -> Option<Violation> {
    let rule = policy.online_class_max_minutes.in_force().filter(|_| mode == Mode::Online)?;
    let minutes = session.until.minutes().saturating_sub(session.from.minutes());
    (minutes > rule.value)
        .then(|| Violation::of(RuleId::OnlineUnit).with(rule.value, minutes).source(&rule.source).field("sessions"))
}

fn online_gaps(facts: &FeeFacts, policy: &Policy) -> Vec<Violation> {
    let Some(rule) = policy.online_gap_min_minutes.in_force().filter(|_| facts.mode == Mode::Online) else {
        return Vec::new();
    };
    let mut sessions = facts.sessions.clone();
    sessions.sort_by_key(|session| (session.on, session.from));
    let pairs = sessions.iter().zip(sessions.iter().skip(1)).filter(|(before, after)| before.on == after.on);
    pairs
        .map(|(before, after)| after.from.minutes().saturating_sub(before.until.minutes()))
        .filter(|gap| *gap < rule.value)
        .map(|gap| Violation::of(RuleId::OnlineUnit).with(rule.value, gap).source(&rule.source).field("sessions"))
        .collect()
}
