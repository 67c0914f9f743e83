//! Inspections, alerts, and the jobs of the scheduler.

use std::collections::BTreeMap;

use app::read::{AlertView, JobsOfLedger, Page};
use app::scheduler::JOBS;
use escrow::Inspection;
use escrow::warning::Rule;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};

use crate::extract::page;
use crate::language::Language;
use crate::w;
use crate::wire::Text;

/// What officers found at a site.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InspectionRequest {
    /// Of whom.
    pub institution: w::InstitutionId,
    /// The day.
    pub inspected_on: w::Day,
    /// What was found.
    pub finding: w::InspectionFinding,
    /// The list of problems, one text each.
    #[serde(default)]
    #[schema(max_items = 200)]
    pub problems: Vec<w::Reasons>,
    /// With finding `payee_mismatch`: the account that families were told to pay to. It is compared with
    /// the registered one.
    #[serde(default)]
    pub payee_account: Option<w::Reasons>,
    /// What else was written down. Not in the ledger, nor are the problems; a commitment to them is.
    #[serde(default)]
    pub text: Option<w::Reasons>,
}

impl InspectionRequest {
    /// What is sealed of it.
    pub fn record(&self) -> Value {
        let text = |text: &Option<w::Reasons>| text.as_ref().map(|text| text.0.as_str().to_owned());
        let problems: Vec<&str> = self.problems.iter().map(|problem| problem.0.as_str()).collect();
        json!({ "payee_account": text(&self.payee_account), "problems": problems, "text": text(&self.text) })
    }
}

/// An inspection.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct InspectionBody {
    /// Id.
    pub id: w::InspectionId,
    /// Of whom.
    pub institution: w::InstitutionId,
    /// The day.
    pub inspected_on: w::Day,
    /// What was found.
    pub finding: w::InspectionFinding,
    /// Items on the list of problems.
    pub problems: w::Seq,
}

impl From<Inspection> for InspectionBody {
    fn from(inspection: Inspection) -> InspectionBody {
        InspectionBody {
            id: Text(inspection.id),
            institution: Text(inspection.institution),
            inspected_on: Text(inspection.inspected_on),
            finding: Text(inspection.finding),
            problems: Text(inspection.problems),
        }
    }
}

/// Which alerts.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AlertFilter {
    /// Only about an institution.
    #[param(value_type = Option<w::InstitutionId>)]
    pub institution: Option<w::InstitutionId>,
    /// Only of a rule.
    #[param(value_type = Option<w::AlertRule>)]
    pub rule: Option<w::AlertRule>,
    /// Only in a state.
    #[param(value_type = Option<w::AlertState>)]
    pub state: Option<w::AlertState>,
    /// How many, 1 to 200; 50 when absent.
    #[param(value_type = Option<w::PageLimit>)]
    pub limit: Option<w::PageLimit>,
    /// The `next` of the page before.
    #[param(value_type = Option<w::Cursor>)]
    pub after: Option<w::Cursor>,
}

impl AlertFilter {
    /// The same as a query.
    pub fn query(self) -> (app::read::AlertFilter, Page) {
        let filter = app::read::AlertFilter {
            institution: self.institution.map(|id| id.0),
            rule: self.rule.map(|rule| rule.0.as_str().to_owned()),
            state: self.state.map(|state| state.0),
        };
        (filter, page(self.limit, self.after))
    }
}

/// An alert.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct AlertBody {
    /// Id.
    pub id: w::AlertId,
    /// About whom.
    pub institution: w::InstitutionId,
    /// The rule.
    pub rule: String,
    /// Its name.
    pub name: String,
    /// What the rule looks at and when it speaks.
    pub explanation: String,
    /// Version of the rule.
    pub version: w::Seq,
    /// How pressing.
    pub level: w::AlertLevel,
    /// The day that was looked at.
    pub watched_on: w::Day,
    /// Where it stands.
    pub state: w::AlertState,
    /// The facts by name: numbers, days and ids.
    pub facts: BTreeMap<String, String>,
    /// Tagged digest of the facts, as the entry has it.
    pub facts_hash: w::Hash,
    /// Entry that raised it.
    pub seq: w::Seq,
}

impl AlertBody {
    /// An alert in a language.
    pub fn of(view: AlertView, language: Language) -> AlertBody {
        let alert = view.alert;
        let rule: Option<Rule> = alert.rule.parse().ok();
        let (zh, en) = rule.map_or(("", ""), Rule::explanation);
        let name = rule.map_or_else(|| alert.rule.clone(), |rule| language.pick(rule.zh(), rule.as_str()).to_owned());
        let canonical: Value = view.facts.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
        let facts = canonical.get("facts").cloned().and_then(|facts| serde_json::from_value(facts).ok());
        AlertBody {
            id: Text(alert.id),
            institution: Text(alert.institution),
            name,
            explanation: language.pick(zh, en).to_owned(),
            rule: alert.rule,
            version: Text(alert.version),
            level: Text(alert.level),
            watched_on: Text(alert.watched_on),
            state: Text(alert.state),
            facts: facts.unwrap_or_default(),
            facts_hash: Text(ledger::Hash::new(alert.facts)),
            seq: Text(alert.seq),
        }
    }
}

/// What is said about an alert.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AlertStepRequest {
    /// In words. Not in the ledger; a commitment to it is.
    #[serde(default)]
    pub text: Option<w::Reasons>,
}

/// An alert after a step.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct AlertStepBody {
    /// Id.
    pub id: w::AlertId,
    /// About whom.
    pub institution: w::InstitutionId,
    /// The rule.
    pub rule: String,
    /// Where it stands now.
    pub state: w::AlertState,
}

/// A job.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct JobBody {
    /// The ledger.
    pub ledger: w::LedgerId,
    /// Its name.
    pub job: String,
    /// What it does.
    pub what: String,
    /// Does it run once for each day that is over? Else whenever the scheduler looks.
    pub daily: bool,
    /// The server that works on it now, or died over it; absent when none does.
    pub holder: Option<String>,
    /// Until when that server has it; another takes over after.
    pub leased_until: Option<w::Instant>,
    /// Last day that is done.
    pub done_through_on: Option<w::Day>,
    /// When it is due next.
    pub next_due_at: Option<w::Instant>,
}

/// A run of a job.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct JobRunBody {
    /// The ledger.
    pub ledger: w::LedgerId,
    /// The job.
    pub job: String,
    /// The day that it was due for.
    pub due_on: w::Day,
    /// When it began.
    pub started_at: w::Instant,
    /// When it ended.
    pub ended_at: w::Instant,
    /// `done` or `failed`.
    pub outcome: String,
    /// Things it did.
    pub items: w::Seq,
}

/// What the scheduler does.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct JobsBody {
    /// Every job of every ledger.
    pub jobs: Vec<JobBody>,
    /// The last runs, the newest first in each ledger. A look that found nothing to do is not listed, but
    /// for the first of a day.
    pub runs: Vec<JobRunBody>,
}

impl JobsBody {
    /// The same of ledgers.
    pub fn of(ledgers: Vec<JobsOfLedger>, language: Language) -> JobsBody {
        let (mut jobs, mut runs) = (Vec::new(), Vec::new());
        for of in ledgers {
            for job in JOBS {
                let lease = of.leases.iter().find(|lease| lease.job == job.name);
                let held = lease.filter(|lease| !lease.holder.is_empty());
                jobs.push(JobBody {
                    ledger: Text(of.ledger.clone()),
                    job: job.name.to_owned(),
                    what: language.pick(job.zh, job.en).to_owned(),
                    daily: job.every == app::scheduler::Every::Day,
                    holder: held.map(|lease| lease.holder.clone()),
                    leased_until: held.map(|lease| Text(lease.leased_until)),
                    done_through_on: lease.and_then(|lease| lease.done_through).map(Text),
                    next_due_at: lease.and_then(|lease| lease.next_due_at).map(Text),
                });
            }
            runs.extend(of.runs.into_iter().map(|run| JobRunBody {
                ledger: Text(of.ledger.clone()),
                job: run.job,
                due_on: Text(run.due_on),
                started_at: Text(run.started_at),
                ended_at: Text(run.ended_at),
                outcome: if run.done { "done" } else { "failed" }.to_owned(),
                items: Text(run.items),
            }));
        }
        JobsBody { jobs, runs }
    }
}
