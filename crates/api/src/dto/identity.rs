//! Sessions and users.

use access::{Department, Post, Role, RoleKind};
use app::identity::{Login, NewRole, NewUser, Session, User};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::problem::Problem;
use crate::problem_type::ProblemType;
use crate::w;
use crate::wire::{Expected, Text};

/// A log-in.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SessionRequest {
    /// User name.
    #[schema(max_length = 200)]
    pub username: String,
    /// Password.
    #[schema(max_length = 1000, format = Password)]
    pub password: String,
    /// A one-time code, to begin with a confirmed session.
    #[serde(default)]
    #[schema(max_length = 40)]
    pub code: Option<String>,
}

impl From<SessionRequest> for Login {
    fn from(body: SessionRequest) -> Login {
        Login { username: body.username, password: body.password, code: body.code }
    }
}

/// An open session.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct SessionBody {
    /// The bearer token, shown once.
    pub token: String,
    /// When it ends.
    pub expires_at: w::Instant,
    /// Until when it is confirmed with a second factor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmed_until_at: Option<w::Instant>,
    /// Whose.
    pub user: UserBody,
}

impl From<Session> for SessionBody {
    fn from(session: Session) -> SessionBody {
        SessionBody {
            token: session.token,
            expires_at: Text(session.expires_at),
            confirmed_until_at: session.confirmed_until.map(Text),
            user: UserBody::from(session.user),
        }
    }
}

/// A new user. What a role needs: a regulator, bank or auditor a region, somebody of an institution
/// the institution, a guardian a contract.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UserRequest {
    /// Name to log in with, unique.
    pub username: w::Username,
    /// Password, at least 8 characters.
    #[schema(min_length = 8, max_length = 1000, format = Password)]
    pub password: String,
    /// Role.
    pub role: w::RoleKind,
    /// Region of a regulator, bank or auditor.
    #[serde(default)]
    pub region: Option<w::RegionCode>,
    /// Department of a regulator; education where nothing is said.
    #[serde(default)]
    pub department: Option<w::Department>,
    /// Duties of a regulator; both where nothing is said.
    #[serde(default)]
    pub duties: Option<Vec<w::Duty>>,
    /// Institution of its user.
    #[serde(default)]
    pub institution: Option<w::InstitutionId>,
    /// Post in the institution; owner where nothing is said.
    #[serde(default)]
    pub post: Option<w::Post>,
    /// Contract whose guardian the user is.
    #[serde(default)]
    pub contract: Option<w::ContractId>,
}

impl TryFrom<UserRequest> for NewUser {
    type Error = Problem;
    fn try_from(body: UserRequest) -> Result<NewUser, Problem> {
        let wrong = |field: &'static str, detail| Problem::of(ProblemType::InvalidField).field(field).detail(detail);
        let needed = |field| wrong(field, Expected::of("该角色须有此项。", "The role needs it."));
        let kind = body.role.0;
        let given = [
            ("region", body.region.is_some(), matches!(kind, RoleKind::Regulator | RoleKind::Bank | RoleKind::Auditor)),
            ("department", body.department.is_some(), kind == RoleKind::Regulator),
            ("duties", body.duties.is_some(), kind == RoleKind::Regulator),
            ("institution", body.institution.is_some(), kind == RoleKind::Institution),
            ("post", body.post.is_some(), kind == RoleKind::Institution),
            ("contract", body.contract.is_some(), kind == RoleKind::Guardian),
        ];
        if let Some((field, ..)) = given.into_iter().find(|(_, given, fits)| *given && !fits) {
            return Err(wrong(field, Expected::of("该角色不能有此项。", "The role cannot have it.")));
        }
        let region = || body.region.map(|region| region.0).ok_or_else(|| needed("region"));
        let role = match kind {
            RoleKind::Regulator => NewRole::Regulator {
                region: region()?,
                department: body.department.map_or(Department::Education, |department| department.0),
                duties: body.duties.unwrap_or_default().into_iter().map(|duty| duty.0).collect(),
            },
            RoleKind::Institution => NewRole::Institution {
                institution: body.institution.ok_or_else(|| needed("institution"))?.0,
                post: body.post.map_or(Post::Owner, |post| post.0),
            },
            RoleKind::Guardian => NewRole::Guardian { contract: body.contract.ok_or_else(|| needed("contract"))?.0 },
            RoleKind::Bank => NewRole::Bank { region: region()? },
            RoleKind::Auditor => NewRole::Auditor { region: region()? },
            RoleKind::Admin => NewRole::Admin,
        };
        Ok(NewUser { username: body.username.0, password: body.password, role })
    }
}

/// A user.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct UserBody {
    /// Id.
    pub id: w::UserId,
    /// Name to log in with.
    pub username: String,
    /// May log in.
    pub active: bool,
    /// Role.
    pub role: w::RoleKind,
    /// Region of a regulator, bank or auditor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<w::RegionCode>,
    /// Department of a regulator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub department: Option<w::Department>,
    /// Duties of a regulator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duties: Option<Vec<w::Duty>>,
    /// Ledger of an institution's user or a guardian.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ledger: Option<w::LedgerId>,
    /// Institution of its user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub institution: Option<w::InstitutionId>,
    /// Post in the institution.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub post: Option<w::Post>,
    /// The person that a guardian is in the ledger.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<w::SubjectId>,
}

impl From<User> for UserBody {
    fn from(user: User) -> UserBody {
        let mut body = UserBody {
            id: Text(user.id),
            username: user.username,
            active: user.active,
            role: Text(user.role.kind()),
            region: user.role.region().map(Text),
            department: None,
            duties: None,
            ledger: None,
            institution: None,
            post: None,
            subject: None,
        };
        match user.role {
            Role::Regulator { department, duties, .. } => {
                body.department = Some(Text(department));
                body.duties = Some(duties.into_iter().map(Text).collect());
            }
            Role::Institution { ledger, institution, post } => {
                (body.ledger, body.institution, body.post) =
                    (Some(Text(ledger)), Some(Text(institution)), Some(Text(post)));
            }
            Role::Guardian { ledger, subject } => {
                (body.ledger, body.subject) = (Some(Text(ledger)), Some(Text(subject)));
            }
            Role::Bank { .. } | Role::Auditor { .. } | Role::Admin => {}
        }
        body
    }
}
