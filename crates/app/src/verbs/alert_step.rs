//! An alert is raised by the ledger's own clock, and dealt with: an officer takes it on, the institution
//! explains, an officer passes it on or closes it.

use access::Action;
use escrow::{AlertLevel, AlertStep};
use kernel::{AlertId, Day, InstitutionId};
use ledger::body::{AlertRaised, AlertStepTaken};
use ledger::{Code, Hash};
use serde_json::json;

use super::{clock_only, fits, institution};
use crate::context::{Context, Decision, Secret, Side, Verb};
use crate::convert;
use crate::outbox::{Notice, To, Topic};
use crate::refusal::{Stop, illegal, not_found};
use crate::working_set::{Wanted, WorkingSet};

/// Raises an alert. Only the clock does.
pub struct AlertRaise {
    /// Its id: made from what it says, so that it is raised once.
    pub alert: AlertId,
    /// About whom.
    pub institution: InstitutionId,
    /// The rule.
    pub rule: Code,
    /// Its name, and what it looks at, Chinese and English: for those who are told.
    pub name: (&'static str, (&'static str, &'static str)),
    /// Its version.
    pub version: u64,
    /// How pressing.
    pub level: AlertLevel,
    /// The day that was looked at.
    pub watched_on: Day,
    /// The facts, as canonical JSON.
    pub facts: String,
}

impl Verb for AlertRaise {
    fn wants(&self, wanted: &mut Wanted) {
        wanted.institutions.insert(self.institution);
        wanted.alerts.insert(self.alert);
    }

    fn decide(&self, state: &WorkingSet, context: &Context<'_>) -> Result<Decision, Stop> {
        clock_only(context, Action::AlertHandle)?;
        let institution = institution(state, self.institution)?;
        let facts: Hash = ledger::digest(ledger::tags::ALERT_FACTS, self.facts.as_bytes());
        let answer = json!({ "id": self.alert.to_string(), "rule": self.rule.as_str() });
        if state.alerts.get(self.alert).is_some() {
            return Ok(Decision::new(200, answer));
        }
        let body = AlertRaised {
            alert: self.alert,
            facts,
            level: convert::alert_level(self.level),
            rule: self.rule.clone(),
            rule_version: self.version,
            watched_on: self.watched_on,
        };
        let mut decision = Decision::new(201, answer).entry(institution.id, context.today, body, None);
        decision.side.push(Side::AlertFacts(self.alert, self.facts.clone()));
        for to in [To::Regulator, To::Institution(institution.id)] {
            decision.side.push(Side::Notice(self.notice(to, context)));
        }
        Ok(decision)
    }
}

impl AlertRaise {
    fn notice(&self, to: To, context: &Context<'_>) -> Box<Notice> {
        let (name, (zh, en)) = self.name;
        let text = format!(
            "{} 预警（{}）：{name}。{zh}。请登录系统查看事实并处理。\n\nWarning of {} ({}): {}. {en}. Please sign in, read the facts and answer.",
            self.watched_on,
            self.level.zh(),
            self.watched_on,
            self.level,
            self.rule
        );
        Box::new(Notice {
            key: format!("alert:{}", self.alert),
            topic: Topic::AlertRaised,
            to,
            institution: Some(self.institution),
            due_at: context.now,
            subject: format!("风险预警：{name} Warning: {}", self.rule),
            text,
            data: json!({
                "alert": self.alert.to_string(),
                "institution": self.institution.to_string(),
                "rule": self.rule.as_str(),
                "level": self.level.as_str(),
                "watched_on": self.watched_on.to_string(),
            }),
        })
    }
}

/// Takes a step about an alert.
pub struct AlertStepTake {
    /// Which.
    pub alert: AlertId,
    /// The step.
    pub step: AlertStep,
    /// What is said.
    pub text: Secret,
}

impl Verb for AlertStepTake {
    fn wants(&self, wanted: &mut Wanted) {
        wanted.alerts.insert(self.alert);
    }

    fn decide(&self, state: &WorkingSet, context: &Context<'_>) -> Result<Decision, Stop> {
        let alert = state.alerts.get(self.alert).ok_or_else(|| not_found("alert"))?;
        let institution = fits(state.institutions.get(alert.institution), "alert without institution")?;
        let action = match self.step {
            AlertStep::Explained => Action::AlertExplain,
            AlertStep::Acknowledged | AlertStep::Escalated | AlertStep::Closed => Action::AlertHandle,
        };
        context.allow(action, institution)?;
        let next = alert.state.apply(self.step).map_err(illegal("alert"))?;
        let answer = json!({
            "id": alert.id.to_string(),
            "institution": alert.institution.to_string(),
            "rule": alert.rule,
            "state": next.as_str(),
        });
        let body = AlertStepTaken { alert: alert.id, step: convert::alert_step(self.step) };
        Ok(Decision::new(201, answer).entry(institution.id, context.today, body, Some(self.text.clone())))
    }
}
