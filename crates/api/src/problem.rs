//! Errors as RFC 9457 problem documents: the one map from what the use cases say to HTTP. A problem
//! is built from data only, so nothing internal can leak; the chain of causes goes to the log.

use app::{AppError, BrokenRule, Refusal};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use kernel::RuleId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::language::Language;
use crate::problem_type::ProblemType;
use crate::wire::Expected;

/// What went wrong, before the language of the answer is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The type.
    pub kind: ProblemType,
    /// What is wrong here, in both languages; the type's meaning where nothing more is to be said.
    pub detail: Option<Box<Expected>>,
    /// The field or parameter, as a path: `lots[0].price_fen`.
    pub field: Option<String>,
    /// What is allowed.
    pub limit: Option<String>,
    /// What was found.
    pub actual: Option<String>,
    /// All broken rules.
    pub violations: Vec<BrokenRule>,
    /// Seconds after which the same request may succeed.
    pub retry_after: Option<u32>,
    /// Was it answered before under the same key?
    pub replayed: bool,
}

/// A broken rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ViolationDocument {
    /// The rule's id, see docs/RULES.md.
    pub rule: String,
    /// What the rule asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What is allowed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<String>,
    /// What was found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actual: Option<String>,
    /// The legal source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The request field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
}

/// A problem document (RFC 9457).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProblemDocument {
    /// Address of the type's page; one of a closed list.
    #[serde(rename = "type")]
    pub kind: String,
    /// Name of the problem.
    pub title: String,
    /// HTTP status.
    pub status: u16,
    /// What is wrong here.
    pub detail: String,
    /// The path of the request.
    pub instance: String,
    /// The first broken rule.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// Its legal source.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// What is allowed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<String>,
    /// What was found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actual: Option<String>,
    /// The field or parameter concerned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// May the same request succeed later?
    pub retryable: bool,
    /// All broken rules, in a fixed order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub violations: Vec<ViolationDocument>,
}

impl Problem {
    /// A problem of a type.
    pub const fn of(kind: ProblemType) -> Problem {
        let (detail, field, limit, actual) = (None, None, None, None);
        let retry_after = kind.retry_after();
        Problem { kind, detail, field, limit, actual, violations: Vec::new(), retry_after, replayed: false }
    }

    /// Something of the kind is not there.
    pub fn not_found() -> Problem {
        Problem::of(ProblemType::NotFound)
    }

    /// A parameter of path, query or header that is not as it must be.
    pub fn parameter(field: impl Into<String>, expected: Expected) -> Problem {
        let detail = Expected::of(format!("须为{}。", expected.zh), format!("It must be {}.", expected.en));
        Problem::of(ProblemType::InvalidParameter).field(field).detail(detail)
    }

    /// With the field concerned.
    #[must_use]
    pub fn field(mut self, field: impl Into<String>) -> Problem {
        self.field = Some(field.into());
        self
    }

    /// With what is wrong here.
    #[must_use]
    pub fn detail(mut self, detail: Expected) -> Problem {
        self.detail = Some(Box::new(detail));
        self
    }

    /// With what is allowed and found.
    #[must_use]
    pub fn facts(mut self, limit: Option<String>, actual: Option<String>) -> Problem {
        self.limit = limit;
        self.actual = actual;
        self
    }

    /// The document in a language.
    pub fn document(&self, language: Language, instance: &str) -> ProblemDocument {
        let page = self.kind.page(language);
        let violations: Vec<_> = self.violations.iter().map(|broken| violation(broken, language)).collect();
        let first = violations.first();
        let titles = || {
            let titles: Vec<_> = violations.iter().map(|v| v.title.as_deref().unwrap_or(&v.rule)).collect();
            (!titles.is_empty()).then(|| titles.join(language.pick("；", "; ")))
        };
        let detail = self.detail.as_ref().map(|detail| language.pick(&detail.zh, &detail.en).clone());
        ProblemDocument {
            kind: self.kind.uri(),
            title: page.title.to_owned(),
            status: self.kind.status().as_u16(),
            detail: detail.or_else(titles).unwrap_or_else(|| page.meaning.to_owned()),
            instance: instance.to_owned(),
            rule: first.map(|v| v.rule.clone()),
            source: first.and_then(|v| v.source.clone()),
            limit: self.limit.clone().or_else(|| first.and_then(|v| v.limit.clone())),
            actual: self.actual.clone().or_else(|| first.and_then(|v| v.actual.clone())),
            field: self.field.clone().or_else(|| first.and_then(|v| v.field.clone())),
            retryable: self.retry_after.is_some(),
            violations,
        }
    }

    /// The response in a language.
    pub fn render(&self, language: Language, instance: &str) -> Response {
        let body = serde_json::to_vec(&self.document(language, instance)).unwrap_or_default();
        let mut response = (self.kind.status(), body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(language.tag()));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.kind.status() == axum::http::StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if self.replayed {
            headers.insert(crate::answer::REPLAYED, HeaderValue::from_static("true"));
        }
        response
    }
}

/// A broken rule in a language.
pub fn violation(broken: &BrokenRule, language: Language) -> ViolationDocument {
    let rule: Option<RuleId> = broken.rule.parse().ok();
    ViolationDocument {
        rule: broken.rule.to_string(),
        title: rule.map(|rule| language.pick(rule.zh(), rule.en()).to_owned()),
        limit: broken.limit.clone(),
        actual: broken.actual.clone(),
        source: broken.source.clone(),
        field: broken.field.as_ref().map(ToString::to_string),
    }
}

/// The language and the path of the request are added by the outermost layer.
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.kind.status().into_response();
        response.extensions_mut().insert(Box::new(self));
        response
    }
}

impl From<AppError> for Problem {
    fn from(error: AppError) -> Problem {
        use ProblemType as P;
        let problem = match &error {
            AppError::NotSignedIn => Problem::of(P::NotSignedIn),
            AppError::WrongCredentials => Problem::of(P::WrongCredentials),
            AppError::TooManyAttempts { retry_after_seconds } => {
                Problem { retry_after: Some(*retry_after_seconds), ..Problem::of(P::TooManyAttempts) }
            }
            AppError::WrongCode => Problem::of(P::WrongCode).field("code"),
            AppError::ImportFile(fault) => Problem::of(P::UnreadableFile).detail(Expected::of(fault.zh(), fault.en())),
            AppError::BankFile(fault) => {
                Problem::of(P::UnreadableFile).field(fault.code()).detail(Expected::of(fault.zh(), fault.en()))
            }
            AppError::ReasonRequired => Problem::of(P::AccessReasonRequired).field("reason"),
            AppError::WeakPassword(fault) => weak_password(*fault),
            AppError::StaleVersion => Problem::of(P::StaleVersion).field("If-Match"),
            AppError::Identity(fault) => crate::problem_of_identity::problem(*fault),
            AppError::Provider(app::ProviderError::Unreachable) => Problem::of(P::IdentityProvider),
            AppError::Provider(_) => Problem::of(P::WrongCredentials).detail(Expected::of(
                "身份提供方的应答未通过核验，请重新登录。",
                "What the identity provider answered does not hold: log in again.",
            )),
            AppError::NotLinked { issuer, subject } => {
                Problem::of(P::NotLinked).facts(None, Some(format!("{issuer} {subject}")))
            }
            AppError::Denied(denied) => denied_problem(*denied),
            AppError::Refused { refusal, replayed } => Problem { replayed: *replayed, ..refused(refusal) },
            AppError::KeyRequired => Problem::of(P::IdempotencyKeyRequired).field("Idempotency-Key"),
            AppError::KeyReused { field } => Problem::of(P::IdempotencyKeyReused).field(field.clone()),
            AppError::NoLedger { region } => {
                Problem::of(P::NoLedger).field("region").facts(None, Some(region.to_string()))
            }
            AppError::NotAccepting => Problem::of(P::LedgerStopped),
            AppError::Busy => Problem::of(P::Busy),
            AppError::CheckpointPending => Problem::of(P::CheckpointPending),
            AppError::Policy(policy::PolicyError::BeforeData { key, region, on }) => {
                Problem::of(P::NoPolicy).field("on").facts(Some(format!("{region} {key}")), Some(on.to_string()))
            }
            AppError::PolicyDraft(error) => {
                let policy::Explanation { zh, en } = error.explain();
                let problem = Problem::of(P::InvalidPolicy).detail(Expected::of(zh, en));
                error.key().map_or(problem.clone(), |key| problem.clone().field(key))
            }
            AppError::TemplateDraft(error) => {
                let detail = Expected::of(format!("{}。", error.zh()), format!("{error}."));
                Problem::of(P::InvalidTemplate).field("text").detail(detail)
            }
            AppError::ContractValue(error) => {
                let (field, zh) = match error {
                    contract::model::ValueError::UnknownField { name } => {
                        (name.clone(), "不是由双方填写的合同字段，请见 GET /v1/contract-fields。".to_owned())
                    }
                    contract::model::ValueError::Unfit { name, expected } => {
                        ((*name).to_owned(), format!("须为：{expected}。"))
                    }
                };
                let problem = Problem::of(P::InvalidField).field(format!("values.{field}"));
                problem.detail(Expected::of(zh, format!("{error}.")))
            }
            AppError::UnknownClause { clause } => {
                let zh = format!("范本没有第 {clause} 条。");
                let detail = Expected::of(zh, format!("The template has no clause {clause}."));
                Problem::of(P::InvalidField).field("clause_changes").detail(detail)
            }
            AppError::Store(store) if store.is_retryable() => Problem::of(P::Busy),
            AppError::Stopping => Problem::of(P::Unavailable),
            AppError::Store(_) => Problem::of(P::Unavailable),
            AppError::RolledBack { .. }
            | AppError::Corrupt(_)
            | AppError::Effect(_)
            | AppError::Policy(_)
            | AppError::Entry(_)
            | AppError::Merkle(_)
            | AppError::PasswordHash => Problem::of(P::Internal),
        };
        if problem.kind.status().is_server_error() {
            tracing::error!(%error, kind = problem.kind.slug(), cause = ?std::error::Error::source(&error), "request failed");
        }
        problem
    }
}

fn weak_password(fault: access::PasswordFault) -> Problem {
    use access::{PASSWORD_CHARS_MAX as MAX, PASSWORD_CHARS_MIN as MIN, PasswordFault as F};
    let detail = match fault {
        F::Length(_) => Expected::of(
            format!("密码须为 {MIN} 至 {MAX} 个字符。"),
            format!("A password has {MIN} to {MAX} characters."),
        ),
        F::Common => Expected::of(
            "该密码属于最常被猜中的一类，请换用几个不相干的词。",
            "The password is among those that are guessed first: use several unrelated words.",
        ),
        F::ContainsName => Expected::of("密码不能包含登录名。", "A password does not contain the user name."),
    };
    Problem::of(ProblemType::InvalidField).field("password").detail(detail)
}

/// A denial: of somebody unknown, of somebody who may not even know, or of a right.
fn denied_problem(denied: access::Denied) -> Problem {
    use access::Reason as R;
    if denied.hide {
        return Problem::not_found();
    }
    let en = match denied.reason {
        R::NotSignedIn => return Problem::of(ProblemType::NotSignedIn),
        R::Role => "The role may not do this.",
        R::Department => "The department may not do this.",
        R::Post => "The duty or post does not allow this.",
        R::Region => "It is outside the region of the user.",
        R::NotOwn => "It does not concern the user's own institution or contract.",
        R::DelegationEnded => "The delegation that allowed this has ended: ask the colleague for a new one.",
        R::Scope => "The API key was not given this right: use one that has it.",
        R::SecondFactor => "A one-time code is needed: send it to POST /v1/sessions/current/step-up, then try again.",
        R::SecondFactorNotEnrolled => {
            "A second factor is demanded for this: set one up with POST /v1/me/second-factor, then try again."
        }
    };
    let remedy = match denied.reason {
        R::DelegationEnded => "，请委托人重新委托",
        R::Scope => "，请使用含此权限的密钥",
        R::SecondFactor => "，请先调用 POST /v1/sessions/current/step-up 验证后重试",
        R::SecondFactorNotEnrolled => "，请先用 POST /v1/me/second-factor 设置",
        _ => "",
    };
    let zh = format!("{}：{}{remedy}。", denied.action.zh(), denied.reason.zh());
    Problem::of(ProblemType::Forbidden).detail(Expected::of(zh, en)).facts(None, Some(denied.reason.to_string()))
}

fn refused(refusal: &Refusal) -> Problem {
    match refusal {
        Refusal::Stale { what, expected, actual } => Problem::of(ProblemType::StaleVersion)
            .field(what.to_string())
            .facts(Some(actual.clone()), Some(expected.clone())),
        Refusal::NotFound { what } => Problem::not_found().facts(None, Some(what.to_string())),
        Refusal::State { what, state, command } => {
            let zh = format!("{what} 处于 {state} 状态，不能 {command}。");
            let en = format!("The {what} is in state {state}, which does not allow {command}.");
            Problem::of(ProblemType::WrongState)
                .detail(Expected::of(zh, en))
                .facts(Some(command.to_string()), Some(state.to_string()))
        }
        Refusal::Exists { what, field } => {
            let zh = format!("已有 {field} 相同的 {what}。");
            let en = format!("There is a {what} with the same {field}.");
            Problem::of(ProblemType::AlreadyExists).detail(Expected::of(zh, en)).field(field.to_string())
        }
        Refusal::Rules { violations } => {
            Problem { violations: violations.clone(), ..Problem::of(ProblemType::RuleBroken) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_of_the_use_cases_has_its_type() {
        use ProblemType as P;
        let region = "330500".parse().unwrap();
        let word = || "x".into();
        let rule = BrokenRule { rule: word(), limit: None, actual: None, source: None, field: None };
        let denied = |reason, hide| access::Denied { action: access::Action::MeRead, reason, hide };
        let on = "1990-01-01".parse().unwrap();
        let refused = |refusal| AppError::Refused { refusal, replayed: true };
        for (error, kind) in [
            (AppError::NotSignedIn, P::NotSignedIn),
            (AppError::WrongCredentials, P::WrongCredentials),
            (AppError::Denied(denied(access::Reason::Role, false)), P::Forbidden),
            (AppError::Denied(denied(access::Reason::NotOwn, true)), P::NotFound),
            (AppError::Denied(denied(access::Reason::NotSignedIn, false)), P::NotSignedIn),
            (refused(Refusal::NotFound { what: word() }), P::NotFound),
            (refused(Refusal::State { what: word(), state: word(), command: word() }), P::WrongState),
            (refused(Refusal::Exists { what: word(), field: word() }), P::AlreadyExists),
            (refused(Refusal::Rules { violations: vec![rule] }), P::RuleBroken),
            (AppError::TooManyAttempts { retry_after_seconds: 30 }, P::TooManyAttempts),
            (AppError::WrongCode, P::WrongCode),
            (AppError::ImportFile(app::registry_import::FileFault::Empty), P::UnreadableFile),
            (AppError::BankFile(app::bank::StatementFault::Doctype), P::UnreadableFile),
            (AppError::ReasonRequired, P::AccessReasonRequired),
            (AppError::WeakPassword(access::PasswordFault::Common), P::InvalidField),
            (AppError::StaleVersion, P::StaleVersion),
            (AppError::Identity(app::identity::IdentityFault::Days), P::InvalidField),
            (AppError::Provider(app::ProviderError::Unreachable), P::IdentityProvider),
            (AppError::Provider(app::ProviderError::Invalid), P::WrongCredentials),
            (AppError::NotLinked { issuer: "i".to_owned(), subject: "s".to_owned() }, P::NotLinked),
            (AppError::KeyRequired, P::IdempotencyKeyRequired),
            (AppError::KeyReused { field: "amount_fen".to_owned() }, P::IdempotencyKeyReused),
            (AppError::NoLedger { region }, P::NoLedger),
            (AppError::NotAccepting, P::LedgerStopped),
            (AppError::Busy, P::Busy),
            (AppError::CheckpointPending, P::CheckpointPending),
            (AppError::Policy(policy::PolicyError::BeforeData { key: "x", region, on }), P::NoPolicy),
            (
                AppError::PolicyDraft(policy::PolicyError::Syntax { file: "draft".to_owned(), line: 1 }),
                P::InvalidPolicy,
            ),
            (AppError::TemplateDraft(contract::model::TemplateError::NotATemplate), P::InvalidTemplate),
            (
                AppError::ContractValue(contract::model::ValueError::UnknownField { name: "x".to_owned() }),
                P::InvalidField,
            ),
            (AppError::UnknownClause { clause: "9".to_owned() }, P::InvalidField),
            (AppError::Stopping, P::Unavailable),
            (AppError::Corrupt(app::refusal::Corrupt { what: "secret detail" }), P::Internal),
            (AppError::Effect(app::EffectError::Key), P::Internal),
            (AppError::PasswordHash, P::Internal),
        ] {
            let was_refused = matches!(error, AppError::Refused { .. });
            let problem = Problem::from(error);
            assert_eq!(problem.kind, kind);
            assert_eq!(problem.replayed, was_refused, "{kind:?}");
            for language in [Language::Zh, Language::En] {
                let document = serde_json::to_string(&problem.document(language, "/x")).unwrap();
                assert!(!document.contains("secret"), "{document}");
            }
            assert_eq!(
                problem.render(Language::Zh, "/x").headers().contains_key("retry-after"),
                kind.retry_after().is_some()
            );
        }
    }

    #[test]
    fn a_panic_says_nothing_outside() {
        let response = crate::layers::caught(Box::new("secret detail"));
        let problem = response.extensions().get::<Box<Problem>>().unwrap();
        assert_eq!(**problem, Problem::of(ProblemType::Internal));
    }
}
