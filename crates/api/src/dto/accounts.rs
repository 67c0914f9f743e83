//! One's account: sessions, second factor, API keys, lent duties, accounts at identity providers.

use app::identity::{
    ApiKey, Begun, Delegation, Enrolment, ExternalLogin, FactorStatus, NewApiKey, NewDelegation, NewKey, SessionInfo,
};
use kernel::{Day, Instant};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::qr;
use crate::w;
use crate::wire::Text;

/// A session in a list.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct SessionInfoBody {
    /// Its id.
    pub id: w::SessionId,
    /// Is it the one that asks?
    pub current: bool,
    /// When it began.
    pub created_at: w::Instant,
    /// When it ends.
    pub expires_at: w::Instant,
    /// How the user logged in: `password`, `oidc`.
    pub method: String,
    /// Address that it was opened from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Program that it was opened with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
}

impl From<SessionInfo> for SessionInfoBody {
    fn from(session: SessionInfo) -> SessionInfoBody {
        SessionInfoBody {
            id: Text(session.id),
            current: session.current,
            created_at: Text(session.created_at),
            expires_at: Text(session.expires_at),
            method: session.method,
            address: session.address,
            agent: session.agent,
        }
    }
}

/// How many ended.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
pub struct EndedBody {
    /// Sessions that were ended.
    pub ended: u64,
}

/// A one-time code, or a recovery code.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CodeRequest {
    /// Six digits, or a recovery code.
    #[schema(max_length = 40)]
    pub code: String,
}

/// A confirmed session.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
pub struct ConfirmedBody {
    /// Until when.
    pub confirmed_until_at: w::Instant,
}

impl ConfirmedBody {
    /// Until an instant.
    pub fn of(until: Instant) -> ConfirmedBody {
        ConfirmedBody { confirmed_until_at: Text(until) }
    }
}

/// A password.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordRequest {
    /// The password.
    #[schema(max_length = 1000, format = Password)]
    pub password: String,
}

/// A change of one's password.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OwnPasswordRequest {
    /// The present password.
    #[schema(max_length = 1000, format = Password)]
    pub present: String,
    /// The new one, at least 8 characters and none of the common ones.
    #[schema(min_length = 8, max_length = 1000, format = Password)]
    pub password: String,
}

/// What there is of one's second factor.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
pub struct FactorBody {
    /// For whom the installation asks for one.
    pub mode: w::SecondFactorMode,
    /// Is one set up?
    pub enrolled: bool,
    /// Recovery codes that are left.
    pub recovery_codes_left: u64,
}

impl From<FactorStatus> for FactorBody {
    fn from(status: FactorStatus) -> FactorBody {
        FactorBody {
            mode: Text(status.mode),
            enrolled: status.enrolled,
            recovery_codes_left: status.recovery_codes_left,
        }
    }
}

/// A second factor that is being set up; shown once.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct FactorEnrolmentBody {
    /// The secret in base 32.
    pub secret: String,
    /// The address that an app reads from the QR code.
    pub otpauth_url: String,
    /// The QR code, SVG.
    pub qr_svg: String,
}

impl From<Enrolment> for FactorEnrolmentBody {
    fn from(enrolment: Enrolment) -> FactorEnrolmentBody {
        let qr_svg = qr::text_svg(&enrolment.address).unwrap_or_default();
        FactorEnrolmentBody { secret: enrolment.secret, otpauth_url: enrolment.address, qr_svg }
    }
}

/// Recovery codes; shown once.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct RecoveryCodesBody {
    /// Each counts once.
    pub recovery_codes: Vec<String>,
}

/// A new API key.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApiKeyRequest {
    /// What it is for.
    pub name: w::Name,
    /// Actions that it may, of those that its owner may.
    pub scope: Vec<w::Action>,
    /// Its last day, within 366.
    pub until_on: w::Day,
}

impl From<ApiKeyRequest> for NewApiKey {
    fn from(body: ApiKeyRequest) -> NewApiKey {
        NewApiKey {
            name: body.name.0,
            scope: body.scope.into_iter().map(|action| action.0).collect(),
            until_on: body.until_on.0,
        }
    }
}

/// An API key.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ApiKeyBody {
    /// Its id.
    pub id: w::ApiKeyId,
    /// How it begins.
    pub prefix: String,
    /// What it is for.
    pub name: String,
    /// Actions that it may.
    pub scope: Vec<w::Action>,
    /// When it was made.
    pub created_at: w::Instant,
    /// When it ends.
    pub expires_at: w::Instant,
    /// When it was used last, to a minute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used_at: Option<w::Instant>,
    /// When it was revoked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<w::Instant>,
}

impl From<ApiKey> for ApiKeyBody {
    fn from(key: ApiKey) -> ApiKeyBody {
        ApiKeyBody {
            id: Text(key.id),
            prefix: key.prefix,
            name: key.name,
            scope: key.scope.into_iter().map(Text).collect(),
            created_at: Text(key.created_at),
            expires_at: Text(key.expires_at),
            last_used_at: key.last_used_at.map(Text),
            revoked_at: key.revoked_at.map(Text),
        }
    }
}

/// A new API key with its secret.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct NewApiKeyBody {
    /// The key itself, to be sent as bearer token; shown once.
    pub secret: String,
    /// What it is.
    #[serde(flatten)]
    pub key: ApiKeyBody,
}

impl From<NewKey> for NewApiKeyBody {
    fn from(new: NewKey) -> NewApiKeyBody {
        NewApiKeyBody { secret: new.secret, key: new.key.into() }
    }
}

/// Duties to be lent.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DelegationRequest {
    /// To whom: another regulator of the same region.
    pub to: w::UserId,
    /// Which of one's own.
    pub duties: Vec<w::Duty>,
    /// First day; today where nothing is said.
    #[serde(default)]
    pub from_on: Option<w::Day>,
    /// Last day.
    pub until_on: w::Day,
}

impl DelegationRequest {
    /// As asked on a day.
    pub fn on(self, today: Day) -> NewDelegation {
        NewDelegation {
            to: self.to.0,
            duties: self.duties.into_iter().map(|duty| duty.0).collect(),
            from_on: self.from_on.map_or(today, |day| day.0),
            until_on: self.until_on.0,
        }
    }
}

/// Lent duties.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct DelegationBody {
    /// Its id.
    pub id: w::DelegationId,
    /// Who lends.
    pub from: w::UserId,
    /// Who acts.
    pub to: w::UserId,
    /// Which duties.
    pub duties: Vec<w::Duty>,
    /// First day.
    pub from_on: w::Day,
    /// Last day.
    pub until_on: w::Day,
    /// When it was withdrawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<w::Instant>,
}

impl From<Delegation> for DelegationBody {
    fn from(lent: Delegation) -> DelegationBody {
        DelegationBody {
            id: Text(lent.id),
            from: Text(lent.from),
            to: Text(lent.to),
            duties: lent.duties.into_iter().map(Text).collect(),
            from_on: Text(lent.from_on),
            until_on: Text(lent.until_on),
            revoked_at: lent.revoked_at.map(Text),
        }
    }
}

/// An account at an identity provider.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IdentityRequest {
    /// The provider: its issuer address.
    pub issuer: w::Address,
    /// The account there: its `sub`.
    pub subject: w::Address,
}

/// A linked account.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct IdentityBody {
    /// The provider.
    pub issuer: String,
    /// The account there.
    pub subject: String,
    /// When it was linked.
    pub created_at: w::Instant,
}

impl IdentityBody {
    /// From its parts.
    pub fn of(issuer: String, subject: String, created_at: Instant) -> IdentityBody {
        IdentityBody { issuer, subject, created_at: Text(created_at) }
    }
}

/// A log-in at the identity provider that was begun.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct ProviderBegunBody {
    /// Where the person goes.
    pub authorization_url: String,
    /// What the provider must hand back; the client compares it.
    pub state: String,
    /// What the client keeps and sends with the code; it is in no address.
    pub binding: String,
}

impl From<Begun> for ProviderBegunBody {
    fn from(begun: Begun) -> ProviderBegunBody {
        ProviderBegunBody { authorization_url: begun.authorization_url, state: begun.state, binding: begun.binding }
    }
}

/// What the person brought back from the identity provider.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProviderLoginRequest {
    /// The provider's code.
    #[schema(max_length = 4000)]
    pub code: String,
    /// The state that came with it.
    #[schema(max_length = 200)]
    pub state: String,
    /// What the client was given at the beginning.
    #[schema(max_length = 200)]
    pub binding: String,
}

impl From<ProviderLoginRequest> for ExternalLogin {
    fn from(body: ProviderLoginRequest) -> ExternalLogin {
        ExternalLogin { code: body.code, state: body.state, binding: body.binding }
    }
}
