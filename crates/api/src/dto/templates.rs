//! Versions of the model contract's text, its fields, and how a contract differs from its template.

use app::document::KeptDocument;
use app::policies::Announcement;
use app::templates::{TemplateText, TemplateVersion};
use contract::model::{Difference, FIELDS, Fallback, Field, Kind};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::policy_versions::AnnouncementBody;
use crate::w;
use crate::wire::Text;

/// A version to be loaded.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TemplateDraftRequest {
    /// Where it holds: a county, a city or a province.
    pub region: w::RegionCode,
    /// First day of effect.
    pub effective_on: w::Day,
    /// Its name, for people.
    pub name: w::Name,
    /// The file, form `tutela-template/1` (docs/CONTRACT.md). Its hash is over exactly these bytes.
    pub text: String,
}

/// A version of the model contract's text.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct TemplateBody {
    /// Its id; none of the text that ships with the program.
    pub id: Option<w::ContractTemplateId>,
    /// Where it holds; everywhere for the text that ships with the program.
    pub region: Option<w::RegionCode>,
    /// State.
    pub state: w::PolicyVersionState,
    /// First day of effect.
    pub effective_on: Option<w::Day>,
    /// Its name.
    pub name: String,
    /// Tagged digest of the text: what a contract names.
    pub hash: w::Hash,
    /// The text with its blanks.
    pub text: String,
    /// Who loaded it.
    pub drafted_by: Option<w::UserId>,
    /// When.
    pub drafted_at: Option<w::Instant>,
    /// Who decided.
    pub decided_by: Option<w::UserId>,
    /// When.
    pub decided_at: Option<w::Instant>,
}

impl From<TemplateVersion> for TemplateBody {
    fn from(version: TemplateVersion) -> TemplateBody {
        TemplateBody {
            id: version.id.map(Text),
            region: version.region.map(Text),
            state: Text(version.state),
            effective_on: version.effective_on.map(Text),
            name: version.name,
            hash: Text(version.hash),
            text: version.document,
            drafted_by: version.drafted_by.map(Text),
            drafted_at: version.drafted_at.map(Text),
            decided_by: version.decided_by.map(Text),
            decided_at: version.decided_at.map(Text),
        }
    }
}

/// A version after a decision, and the entries that tell ledgers of it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct TemplateDecidedBody {
    /// The version.
    pub version: TemplateBody,
    /// Entries that tell of it.
    pub announced: Vec<AnnouncementBody>,
}

impl From<(TemplateVersion, Vec<Announcement>)> for TemplateDecidedBody {
    fn from((version, announced): (TemplateVersion, Vec<Announcement>)) -> TemplateDecidedBody {
        let announced = announced.into_iter().map(|told| AnnouncementBody {
            ledger: Text(told.ledger),
            seq: Text(told.entry.seq),
            leaf_hash: Text(told.entry.leaf),
        });
        TemplateDecidedBody { version: version.into(), announced: announced.collect() }
    }
}

/// Which versions a list shows.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TemplateFilter {
    /// Only versions that may hold in this region.
    #[param(value_type = Option<w::RegionCode>)]
    pub region: Option<w::RegionCode>,
}

/// A field of the model contract.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct FieldBody {
    /// Name of its blank.
    pub name: String,
    /// In Chinese.
    pub text: String,
    /// In English.
    pub text_en: String,
    /// Part of the contract.
    pub section: String,
    /// Who decides: `agreed`, `law`, `locality`, `register`.
    pub owner: String,
    /// Who fills it in: `system` or `parties`.
    pub filled_by: String,
    /// `line`, `day`, `count`, `percent`, `money`, `choice`, `table`, `lines`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The words of a choice.
    pub choices: Vec<String>,
    /// `always`, `online`, `no`.
    pub required: String,
    /// What holds when it stays empty.
    pub fallback: Option<String>,
    /// Where that stands.
    pub fallback_source: Option<String>,
}

impl From<&Field> for FieldBody {
    fn from(field: &Field) -> FieldBody {
        let (kind, choices) = match field.kind {
            Kind::Line(_) => ("line", Vec::new()),
            Kind::Day => ("day", Vec::new()),
            Kind::Count(..) => ("count", Vec::new()),
            Kind::Percent => ("percent", Vec::new()),
            Kind::Money => ("money", Vec::new()),
            Kind::Choice(choices) => ("choice", choices.iter().map(|(word, _)| (*word).to_owned()).collect()),
            Kind::Table => ("table", Vec::new()),
            Kind::Lines => ("lines", Vec::new()),
        };
        let (fallback, source) = match field.fallback {
            Fallback::None => (None, None),
            Fallback::Text { zh, source } => {
                (Some(zh.to_owned()), Some(source.to_owned()).filter(|source| !source.is_empty()))
            }
        };
        FieldBody {
            name: field.name.to_owned(),
            text: field.zh.to_owned(),
            text_en: field.en.to_owned(),
            section: field.section.to_string(),
            owner: field.owner.to_string(),
            filled_by: field.filled_by.to_string(),
            kind: kind.to_owned(),
            choices,
            required: field.required.to_string(),
            fallback,
            fallback_source: source,
        }
    }
}

/// Every field.
pub fn fields() -> Vec<FieldBody> {
    FIELDS.iter().map(FieldBody::from).collect()
}

/// A difference between a contract and its template.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct TemplateDifferenceBody {
    /// `added`, `changed` or `removed`.
    pub kind: String,
    /// Number of the clause; none of what was added.
    pub clause: Option<String>,
    /// Who decides what the clause says.
    pub owner: Option<String>,
    /// What the template says.
    pub template: Option<String>,
    /// What the contract says.
    pub contract: Option<String>,
}

impl From<Difference> for TemplateDifferenceBody {
    fn from(difference: Difference) -> TemplateDifferenceBody {
        let none =
            TemplateDifferenceBody { kind: String::new(), clause: None, owner: None, template: None, contract: None };
        match difference {
            Difference::Added { text } => {
                TemplateDifferenceBody { kind: "added".to_owned(), contract: Some(text), ..none }
            }
            Difference::Changed { clause, owner, template, text } => TemplateDifferenceBody {
                kind: "changed".to_owned(),
                clause: Some(clause),
                owner: Some(owner.to_string()),
                template: Some(template),
                contract: Some(text),
            },
            Difference::Removed { clause, owner, template } => TemplateDifferenceBody {
                kind: "removed".to_owned(),
                clause: Some(clause),
                owner: Some(owner.to_string()),
                template: Some(template),
                contract: None,
            },
        }
    }
}

/// How a contract differs from its template.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct DifferencesBody {
    /// Hash of the template version.
    pub template: w::Hash,
    /// Hash of the document.
    pub document_hash: w::Hash,
    /// The differences, clauses first, in the order of the text.
    pub items: Vec<TemplateDifferenceBody>,
}

impl From<(TemplateText, KeptDocument, Vec<Difference>)> for DifferencesBody {
    fn from((template, document, items): (TemplateText, KeptDocument, Vec<Difference>)) -> DifferencesBody {
        DifferencesBody {
            template: Text(template.hash),
            document_hash: Text(document.hash()),
            items: items.into_iter().map(TemplateDifferenceBody::from).collect(),
        }
    }
}
