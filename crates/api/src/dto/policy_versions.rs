//! Versions of a region's rules: drafts as TOML or as JSON, decisions, and what a draft would have
//! changed.

use app::policies::{Announcement, PolicyVersion};
use app::simulation::{SimulatedEffect, Simulation, SimulationAsked};
use kernel::{Day, RegionCode};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::policies::BilingualText;
use crate::problem::Problem;
use crate::problem_type::ProblemType;
use crate::w;
use crate::wire::{Expected, Text};

/// A draft. Its parameters are given either as the text of a file, as in crates/policy/data, or as an
/// object of the same shape; days are texts there.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicyDraftRequest {
    /// First day of effect.
    pub effective_on: w::Day,
    /// The whole text, TOML.
    pub toml: Option<w::PolicyText>,
    /// Parameters by name: arrays of `{"value":…,"from_on":"2027-01-01","source":"…","grade":"P"}`.
    #[schema(value_type = Option<Object>)]
    pub parameters: Option<Map<String, Value>>,
}

/// A draft to be replayed over past entries.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SimulationRequest {
    /// The day whose rules the draft is asked for; they are supposed to have held always.
    pub effective_on: w::Day,
    /// The whole text, TOML.
    pub toml: Option<w::PolicyText>,
    /// Parameters by name.
    #[schema(value_type = Option<Object>)]
    pub parameters: Option<Map<String, Value>>,
    /// Only decisions recorded from this day on.
    pub from_on: Option<w::Day>,
    /// Only decisions recorded until this day.
    pub until_on: Option<w::Day>,
}

/// A decision on a draft.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicyDecisionRequest {
    /// `adopt` or `reject`.
    pub decision: w::PolicyDecision,
}

/// The text of a draft, however it was sent.
fn document(
    region: RegionCode,
    name: &str,
    toml: Option<w::PolicyText>,
    parameters: Option<Map<String, Value>>,
) -> Result<String, Problem> {
    match (toml, parameters) {
        (Some(toml), None) => Ok(format!("{}\n", toml.0)),
        (None, Some(parameters)) => toml_of(region, name, &parameters),
        _ => Err(Problem::of(ProblemType::InvalidField).field("toml").detail(Expected::of(
            "须给出 toml 或 parameters 之一，且只给一个。",
            "Give either `toml` or `parameters`, and only one of them.",
        ))),
    }
}

impl PolicyDraftRequest {
    /// The first day of effect, and the text.
    pub fn read(self, region: RegionCode, name: &str) -> Result<(Day, String), Problem> {
        Ok((self.effective_on.0, document(region, name, self.toml, self.parameters)?))
    }
}

impl SimulationRequest {
    /// What is asked.
    pub fn read(self, region: RegionCode, name: &str) -> Result<SimulationAsked, Problem> {
        Ok(SimulationAsked {
            region,
            document: document(region, name, self.toml, self.parameters)?,
            effective_on: self.effective_on.0,
            from_on: self.from_on.map(|day| day.0),
            until_on: self.until_on.map(|day| day.0),
        })
    }
}

/// The TOML of parameters that came as JSON.
fn toml_of(region: RegionCode, name: &str, parameters: &Map<String, Value>) -> Result<String, Problem> {
    let mut text = format!("region = \"{region}\"\nname = {}\n", quoted(name));
    for (key, value) in parameters {
        text.push_str(&format!("{} = {}\n", quoted(key), inline(key, value)?));
    }
    Ok(text)
}

/// A basic string; JSON's escapes are TOML's too.
fn quoted(text: &str) -> String {
    Value::from(text).to_string().replace('\u{7f}', "\\u007F")
}

fn inline(key: &str, value: &Value) -> Result<String, Problem> {
    let unfit = || {
        Problem::of(ProblemType::InvalidField).field(format!("parameters.{key}")).detail(Expected::of(
            "只能含文字、整数、true/false、数组与对象。",
            "Only texts, whole numbers, true and false, arrays and objects.",
        ))
    };
    Ok(match value {
        Value::String(text) if key.ends_with("_on") && text.parse::<Day>().is_ok() => text.clone(),
        Value::String(text) => quoted(text),
        Value::Bool(flag) => flag.to_string(),
        Value::Number(number) => number.as_i64().ok_or_else(unfit)?.to_string(),
        Value::Null => return Err(unfit()),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(|item| inline(key, item)).collect::<Result<_, _>>()?;
            format!("[{}]", items.join(", "))
        }
        Value::Object(fields) => {
            let fields: Vec<String> = fields
                .iter()
                .map(|(key, value)| Ok(format!("{} = {}", quoted(key), inline(key, value)?)))
                .collect::<Result<_, Problem>>()?;
            format!("{{ {} }}", fields.join(", "))
        }
    })
}

/// A version of a region's rules.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct PolicyVersionBody {
    /// Its id.
    pub id: w::PolicyVersionId,
    /// Whose rules.
    pub region: w::RegionCode,
    /// State.
    pub state: w::PolicyVersionState,
    /// First day of effect.
    pub effective_on: w::Day,
    /// The text, TOML.
    pub document: String,
    /// Tagged digest of the text.
    pub digest: w::Hash,
    /// Who drafted it.
    pub drafted_by: w::UserId,
    /// When.
    pub drafted_at: w::Instant,
    /// Who decided.
    pub decided_by: Option<w::UserId>,
    /// When.
    pub decided_at: Option<w::Instant>,
    /// Hash of the region's rules on the day of effect, under this version.
    pub policy: Option<w::Hash>,
}

impl From<PolicyVersion> for PolicyVersionBody {
    fn from(version: PolicyVersion) -> PolicyVersionBody {
        PolicyVersionBody {
            id: Text(version.id),
            region: Text(version.region),
            state: Text(version.state),
            effective_on: Text(version.effective_on),
            document: version.document,
            digest: Text(version.digest),
            drafted_by: Text(version.drafted_by),
            drafted_at: Text(version.drafted_at),
            decided_by: version.decided_by.map(Text),
            decided_at: version.decided_at.map(Text),
            policy: version.policy.map(Text),
        }
    }
}

/// An entry that tells a ledger of an adopted version.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct AnnouncementBody {
    /// The ledger.
    pub ledger: w::LedgerId,
    /// Number of its entry.
    pub seq: w::Seq,
    /// Its leaf hash.
    pub leaf_hash: w::Hash,
}

/// A decision on a version.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct PolicyDecidedBody {
    /// The version.
    pub version: PolicyVersionBody,
    /// The ledgers that were told; others are told by their clocks.
    pub announced: Vec<AnnouncementBody>,
}

impl From<(PolicyVersion, Vec<Announcement>)> for PolicyDecidedBody {
    fn from((version, announced): (PolicyVersion, Vec<Announcement>)) -> PolicyDecidedBody {
        let announced = announced.into_iter().map(|told| AnnouncementBody {
            ledger: Text(told.ledger),
            seq: Text(told.entry.seq),
            leaf_hash: Text(told.entry.leaf),
        });
        PolicyDecidedBody { version: version.into(), announced: announced.collect() }
    }
}

/// Decisions that would differ in one way.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct SimulationFindingBody {
    /// The rule, where it has an id.
    pub rule: Option<String>,
    /// The parameter, where the rule alone does not say it.
    pub parameter: Option<String>,
    /// What would differ.
    pub effect: w::SimulatedEffect,
    /// How many decisions.
    pub decisions: u64,
    /// Of how many families.
    pub families: u64,
    /// How much money they are about, fen.
    pub amount_fen: i64,
    /// In words.
    pub text: BilingualText,
}

/// A ledger that was replayed.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct SimulatedLedgerBody {
    /// The ledger.
    pub ledger: w::LedgerId,
    /// Entries replayed.
    pub size: w::Seq,
    /// Leaf hash of the last of them.
    pub last_leaf: w::Hash,
}

/// What a draft would have changed. The same entries and the same draft give the same bytes.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct SimulationBody {
    /// Hash of the rules under the draft.
    pub policy: w::Hash,
    /// Tagged digest of the draft.
    pub digest: w::Hash,
    /// What was replayed.
    pub ledgers: Vec<SimulatedLedgerBody>,
    /// Decisions of the kinds that rules bear on.
    pub decisions: u64,
    /// How many of them would differ.
    pub differing: u64,
    /// How many families are concerned, each counted once.
    pub families: u64,
    /// In which ways.
    pub findings: Vec<SimulationFindingBody>,
    /// What the count leaves out.
    pub note: BilingualText,
}

impl From<Simulation> for SimulationBody {
    fn from(simulation: Simulation) -> SimulationBody {
        let ledgers = simulation.ledgers.into_iter().map(|of| SimulatedLedgerBody {
            ledger: Text(of.ledger),
            size: Text(of.size),
            last_leaf: Text(of.last_leaf),
        });
        let findings = simulation.findings.into_iter().map(|of| {
            let (zh, en) = of.rule.map_or((of.parameter, of.parameter), |rule| (rule.zh(), rule.en()));
            let (count, families, yuan) = (of.decisions, of.families, of.fen.to_yuan());
            SimulationFindingBody {
                rule: of.rule.map(|rule| rule.to_string()),
                parameter: (!of.parameter.is_empty()).then(|| of.parameter.to_owned()),
                effect: Text(of.effect),
                decisions: count,
                families,
                amount_fen: of.fen.fen(),
                text: BilingualText {
                    zh: format!("{zh}：{count} 项决定{}，涉及 {families} 个家庭、{yuan} 元。", of.effect.zh()),
                    en: format!(
                        "{en}: {} for {count} decisions of {families} families, {yuan} yuan.",
                        words(of.effect)
                    ),
                },
            }
        });
        SimulationBody {
            policy: Text(simulation.policy),
            digest: Text(simulation.digest),
            ledgers: ledgers.collect(),
            decisions: simulation.decisions,
            differing: simulation.differing,
            families: simulation.families,
            findings: findings.collect(),
            note: BilingualText {
                zh: "只重放账本中已作出的决定；被拒绝的请求不入账，草案新放行的数量无法统计。".to_owned(),
                en: "Only decisions in the ledger are replayed; refused requests leave no entry, so what the draft \
                     would newly allow is not counted."
                    .to_owned(),
            },
        }
    }
}

const fn words(effect: SimulatedEffect) -> &'static str {
    match effect {
        SimulatedEffect::Refused => "a refusal",
        SimulatedEffect::Earlier => "an earlier deadline",
        SimulatedEffect::Later => "a later deadline",
        SimulatedEffect::Begins => "a deadline where there was none",
        SimulatedEffect::Ends => "no deadline any more",
    }
}
