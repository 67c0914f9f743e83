//! Who is told: mail addresses, webhooks, and the notices on their way.

use app::outbox::{NewWebhook, NoticeView, WebhookMade, WebhookView};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::w;
use crate::wire::Text;

/// Where one wants to be told.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NoticeAddressBody {
    /// The mail address; none: nowhere.
    pub address: Option<w::MailAddress>,
}

/// Where one wants to be told from now on.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NoticeAddressRequest {
    /// The mail address.
    pub address: w::MailAddress,
}

/// A webhook to be set up.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WebhookRequest {
    /// Where it is posted to.
    pub url: w::PostUrl,
    /// What it is told of; empty or left out: everything.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub topics: Vec<w::Topic>,
}

impl From<WebhookRequest> for NewWebhook {
    fn from(request: WebhookRequest) -> NewWebhook {
        NewWebhook { url: request.url.0, topics: request.topics.into_iter().map(|topic| topic.0).collect() }
    }
}

/// A webhook.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct WebhookBody {
    /// Its id.
    pub id: w::WebhookId,
    /// Of which institution; none: of the county's authority.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub institution: Option<w::InstitutionId>,
    /// Where it is posted to.
    pub url: String,
    /// What it is told of; empty: everything.
    pub topics: Vec<w::Topic>,
    /// When it was set up.
    pub created_at: w::Instant,
}

impl From<WebhookView> for WebhookBody {
    fn from(view: WebhookView) -> WebhookBody {
        WebhookBody {
            id: Text(view.id),
            institution: view.institution.map(Text),
            url: view.url,
            topics: view.topics.into_iter().map(Text).collect(),
            created_at: Text(view.created_at),
        }
    }
}

/// A new webhook.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct NewWebhookBody {
    /// What it is.
    #[serde(flatten)]
    pub webhook: WebhookBody,
    /// The key of its signatures (Standard Webhooks); shown once.
    pub secret: String,
}

impl From<WebhookMade> for NewWebhookBody {
    fn from(made: WebhookMade) -> NewWebhookBody {
        NewWebhookBody { webhook: made.webhook.into(), secret: made.secret }
    }
}

/// A notice to one receiver: not what it says.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct NoticeBody {
    /// Its id: `webhook-id` of a post, and in the `Message-ID` of a mail.
    pub id: w::NoticeId,
    /// How it is delivered.
    pub channel: String,
    /// What it is about.
    pub topic: String,
    /// Institution that it concerns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub institution: Option<w::InstitutionId>,
    /// Webhook to which it is posted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub webhook: Option<w::WebhookId>,
    /// Where it stands.
    pub state: String,
    /// How often it was tried.
    pub attempts: u32,
    /// When it was written.
    pub created_at: w::Instant,
    /// Not before.
    pub due_at: w::Instant,
    /// When it is tried next, while it waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_attempt_at: Option<w::Instant>,
    /// When it was delivered or given up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settled_at: Option<w::Instant>,
    /// Why the last attempt failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_error: Option<String>,
}

impl From<NoticeView> for NoticeBody {
    fn from(view: NoticeView) -> NoticeBody {
        let row = view.row;
        let waits = row.state == app::outbox::NoticeState::Pending.as_str();
        NoticeBody {
            id: Text(row.id),
            channel: row.channel,
            topic: row.topic,
            institution: row.institution.map(Text),
            webhook: row.webhook.map(Text),
            attempts: row.attempts,
            created_at: Text(row.created_at),
            due_at: Text(row.due_at),
            next_attempt_at: waits.then_some(Text(row.next_attempt_at)),
            settled_at: row.settled_at.map(Text),
            last_error: row.last_error,
            state: row.state,
        }
    }
}

/// Which notices.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct NoticeQuery {
    /// In this state.
    #[param(value_type = Option<w::NoticeState>)]
    pub state: Option<w::NoticeState>,
    /// Items of a page.
    #[param(value_type = Option<w::PageLimit>)]
    pub limit: Option<w::PageLimit>,
    /// The `next` of the page before.
    #[param(value_type = Option<w::Cursor>)]
    pub after: Option<w::Cursor>,
}
