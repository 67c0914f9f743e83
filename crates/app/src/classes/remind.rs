//! Reminders: families before silence confirms a lesson, the authority when a dispute waits too long.
//! Looked at once a day; a notice is written once, however often it is looked at.

use std::collections::BTreeMap;

use kernel::{Day, Instant, InstitutionId, SubjectId};
use serde_json::json;

use crate::error::AppError;
use crate::ledgers::{App, Ledger};
use crate::outbox::{Notice, To, Topic, enqueue};

/// Rows read at once.
const PAGE: u32 = 512;
/// Lessons that a mail names; the rest are counted.
const NAMED_MAX: usize = 20;

/// The lessons of a family that silence confirms after the same day.
type Waiting = BTreeMap<(SubjectId, InstitutionId, Day), Vec<escrow::Lesson>>;

impl App {
    /// Writes the reminders of the day in one ledger; how many notices were new.
    ///
    /// # Errors
    /// [`AppError`] of the database.
    pub async fn remind(&self, ledger: &Ledger, now: Instant) -> Result<u64, AppError> {
        let today = now.day();
        if !self.reminders.begin(ledger.id(), today) {
            return Ok(0);
        }
        let mut notices = self.lessons_ending(ledger, today, now).await?;
        notices.extend(self.disputes_late(ledger, today, now).await?);
        enqueue(self, ledger, &notices, now).await
    }

    async fn lessons_ending(&self, ledger: &Ledger, today: Day, now: Instant) -> Result<Vec<Notice>, AppError> {
        let policy = self.rulebook.on(ledger.region(), today)?.policy;
        let Some(ahead) = policy.lesson_reminder.in_force().map(|rule| rule.value) else { return Ok(Vec::new()) };
        // Where the calendar of the days ahead is not known, today is looked at.
        let until = self.calendar.end_of(today, ahead).unwrap_or(today);
        let (read, mut waiting, mut after) = (self.store.read(), Waiting::new(), None);
        loop {
            let page = store::lessons_due_between(&read, ledger.id(), (today, until), after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.id);
            let mut contracts: Vec<_> = page.iter().map(|lesson| lesson.contract).collect();
            contracts.sort_unstable();
            contracts.dedup();
            let accounts = store::account_load(&read, ledger.id(), &contracts).await?;
            let guardians: BTreeMap<_, _> = accounts.iter().map(|a| (a.terms.id, a.terms.guardian)).collect();
            for lesson in page {
                let (Some(guardian), Some(last)) = (guardians.get(&lesson.contract), lesson.deemed_confirmed_on) else {
                    continue;
                };
                waiting.entry((*guardian, lesson.institution, last)).or_default().push(lesson);
            }
        }
        let notices = waiting.into_iter().map(|((guardian, institution, last), mut lessons)| {
            lessons.sort_by_key(|lesson| (lesson.held_on, lesson.id));
            let (count, mut list) = (lessons.len(), String::new());
            for lesson in lessons.iter().take(NAMED_MAX) {
                list.push_str(&format!("{}　{} 课时 class hours　{}\n", lesson.held_on, lesson.hours, lesson.id));
            }
            Notice {
                key: format!("lesson-reminder:{guardian}:{institution}:{last}"),
                topic: Topic::LessonReminder,
                to: To::Guardian(guardian),
                institution: Some(institution),
                due_at: now,
                subject: format!(
                    "安学：{count} 节课过了 {last} 将视为您已确认 / {count} lessons count as confirmed after {last}"
                ),
                text: format!(
                    "以下课程机构已登记，等待您确认。过了 {last} 未答复，将视为确认，课时费拨付机构。\n\
                     没有上课的，请在 {last} 前登录，选择“未上课”，该节课的费用即行冻结。\n\n{list}\n\
                     The institution recorded these lessons and they wait for your answer. After {last} silence counts \
                     as confirmation and their fee goes to the institution. If one was not held, log in by {last} and \
                     say so: its fee is frozen at once.\n"
                ),
                data: json!({ "count": count, "deemed_confirmed_on": last.to_string() }),
            }
        });
        Ok(notices.collect())
    }

    async fn disputes_late(&self, ledger: &Ledger, today: Day, now: Instant) -> Result<Vec<Notice>, AppError> {
        let (read, mut notices, mut after) = (self.store.read(), Vec::new(), None);
        loop {
            let page = store::lessons_disputed(&read, ledger.id(), None, Some(today), after, PAGE).await?;
            let Some(last) = page.last() else { return Ok(notices) };
            after = Some(last.id);
            notices.extend(page.into_iter().map(|lesson| {
                let by = lesson.decide_by_on.map(|day| day.to_string()).unwrap_or_default();
                Notice {
                    key: format!("dispute-overdue:{}", lesson.id),
                    topic: Topic::DisputeOverdue,
                    to: To::Regulator,
                    institution: Some(lesson.institution),
                    due_at: now,
                    subject: format!("安学：一件消课异议逾期未裁 / a dispute is overdue since {by}"),
                    text: format!(
                        "消课 {} 的异议应于 {by} 前裁决，至今未裁，费用仍冻结。请登录办理。\n\
                         The dispute about lesson {} was to be decided by {by}; its fee is still frozen. Log in and \
                         decide it.\n",
                        lesson.id, lesson.id
                    ),
                    data: json!({ "lesson": lesson.id.to_string(), "institution": lesson.institution.to_string(), "decide_by_on": by }),
                }
            }));
        }
    }
}

/// On which day the reminders of each ledger were looked at last, in this process.
#[derive(Debug, Default)]
pub(crate) struct Reminders(std::sync::Mutex<BTreeMap<kernel::LedgerId, Day>>);

impl Reminders {
    /// Is it the first time on that day?
    fn begin(&self, ledger: &kernel::LedgerId, today: Day) -> bool {
        // Whoever panicked while holding it left a whole map.
        let mut seen = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        seen.insert(ledger.clone(), today) != Some(today)
    }
}

/// A dispute was raised: institution and authority are told.
pub(crate) fn disputed(lesson: &escrow::Lesson, reason: &str, by: Option<Day>, now: Instant) -> Vec<Notice> {
    let by = by.map(|day| day.to_string());
    let until = by.clone().unwrap_or_else(|| "-".to_owned());
    let told = |to, who: &str| Notice {
        key: format!("lesson-disputed:{who}:{}", lesson.id),
        topic: Topic::LessonDisputed,
        to,
        institution: Some(lesson.institution),
        due_at: now,
        subject: "安学：一节课被提出异议 / a lesson is disputed".to_owned(),
        text: format!(
            "{} 的消课 {} 被家长提出异议（{reason}），该节课费用已冻结，应于 {until} 前裁决。机构请举证，监管部门请裁决。\n\
             The lesson {} of {} is disputed ({reason}); its fee is frozen, to be decided by {until}. Institution: \
             answer and hand in papers. Authority: decide.\n",
            lesson.held_on, lesson.id, lesson.id, lesson.held_on
        ),
        data: json!({
            "lesson": lesson.id.to_string(),
            "contract": lesson.contract.to_string(),
            "reason": reason,
            "decide_by_on": by,
        }),
    };
    vec![told(To::Institution(lesson.institution), "institution"), told(To::Regulator, "regulator")]
}

/// A dispute was decided: both parties are told.
pub(crate) fn decided(lesson: &escrow::Lesson, guardian: SubjectId, decision: &str, now: Instant) -> Vec<Notice> {
    let told = |to, who: &str| Notice {
        key: format!("dispute-decided:{who}:{}", lesson.id),
        topic: Topic::DisputeDecided,
        to,
        institution: Some(lesson.institution),
        due_at: now,
        subject: "安学：消课异议已有结果 / a dispute is decided".to_owned(),
        text: format!(
            "{} 的消课 {} 的异议已有结果：{decision}。冻结的费用已按结果处理，登录可查看凭证。\n\
             The dispute about lesson {} of {} is decided: {decision}. The frozen fee has moved accordingly; log in to \
             see the receipt.\n",
            lesson.held_on, lesson.id, lesson.id, lesson.held_on
        ),
        data: json!({
            "lesson": lesson.id.to_string(),
            "contract": lesson.contract.to_string(),
            "decision": decision,
        }),
    };
    vec![told(To::Guardian(guardian), "guardian"), told(To::Institution(lesson.institution), "institution")]
}
