//! The bureau's own identity provider, over HTTP: authorisation code with PKCE, and an ID token whose
//! signature, issuer, audience, times and nonce hold. Keys are fetched for every log-in, so that a
//! changed key is known at once. No secret and no token is logged.

use std::sync::Arc;
use std::time::Duration;

use app::{ExternalAccount, IdentityProvider, ProviderAnswer, ProviderError};
use chrono::DateTime;
use kernel::Instant;
use openidconnect::core::{CoreAuthenticationFlow, CoreClient, CoreJwsSigningAlgorithm as Alg, CoreProviderMetadata};
use openidconnect::{
    AuthorizationCode, ClientId, ClientSecret, CsrfToken, HttpRequest, HttpResponse, IssuerUrl, Nonce,
    PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RequestTokenError, TokenResponse,
};
use zeroize::Zeroizing;

use crate::outgoing::{NoAnswer, Outgoing};
use crate::say::said;
use crate::settings::Settings;

/// Longest time for one request.
const TIMEOUT: Duration = Duration::from_secs(10);
/// Longest answer that is read, bytes.
const ANSWER_MAX: usize = 1024 * 1024;
/// Signatures that are believed: with a key that the provider publishes. Never `none`, and none made
/// with a secret that both sides share.
const SIGNATURES: [Alg; 7] = [
    Alg::RsaSsaPkcs1V15Sha256,
    Alg::RsaSsaPkcs1V15Sha384,
    Alg::RsaSsaPkcs1V15Sha512,
    Alg::RsaSsaPssSha256,
    Alg::EcdsaP256Sha256,
    Alg::EcdsaP384Sha384,
    Alg::EdDsa,
];

/// A provider.
#[derive(Clone)]
pub struct Provider {
    http: Outgoing,
    issuer: IssuerUrl,
    client_id: ClientId,
    secret: Option<Arc<Zeroizing<String>>>,
    redirect: RedirectUrl,
}

/// The provider of the settings, where there is one.
///
/// # Errors
/// Settings that lack something or cannot be read, with what to do.
pub fn of_settings(settings: &Settings) -> anyhow::Result<Option<Arc<dyn IdentityProvider>>> {
    if settings.oidc_issuer.is_empty() {
        return Ok(None);
    }
    let secret = match settings.oidc_client_secret_file.as_str() {
        "" => None,
        path => {
            let text = crate::files::read_text(std::path::Path::new(path))?;
            let missing = || said(format!("没有客户端密钥文件 {path}"), format!("there is no file {path}"));
            Some(Zeroizing::new(text.ok_or_else(missing)?.trim().to_owned()))
        }
    };
    let (issuer, client, back) = (&settings.oidc_issuer, &settings.oidc_client_id, &settings.oidc_redirect_url);
    let provider = Provider::new(issuer, client, secret, back, &settings.tls_ca_file)?;
    Ok(Some(Arc::new(provider)))
}

impl Provider {
    /// At an issuer, by https, or by http where TLS ends at a proxy of the closed network. `ca_file` as
    /// in [`crate::tls::client_config`].
    ///
    /// # Errors
    /// Addresses that are none, a client without a name, and authorities that cannot be read.
    pub fn new(
        issuer: &str,
        client_id: &str,
        secret: Option<Zeroizing<String>>,
        redirect: &str,
        ca_file: &str,
    ) -> anyhow::Result<Provider> {
        let wrong = |setting: &str, value: &str| {
            said(
                format!("设置 {setting} 的值“{value}”不能使用：须填写完整的地址或编号"),
                format!("the value \"{value}\" of {setting} cannot be used: a whole address or id is needed"),
            )
        };
        if !issuer.starts_with("https://") && !issuer.starts_with("http://") {
            return Err(wrong("oidc_issuer", issuer).into());
        }
        if client_id.is_empty() {
            return Err(wrong("oidc_client_id", client_id).into());
        }
        Ok(Provider {
            // It follows no redirect, which could lead anywhere with the secret in hand.
            http: Outgoing::new(ca_file, TIMEOUT, ANSWER_MAX)?,
            issuer: IssuerUrl::new(issuer.to_owned()).map_err(|_| wrong("oidc_issuer", issuer))?,
            client_id: ClientId::new(client_id.to_owned()),
            secret: secret.map(Arc::new),
            redirect: RedirectUrl::new(redirect.to_owned()).map_err(|_| wrong("oidc_redirect_url", redirect))?,
        })
    }

    fn secret(&self) -> Option<ClientSecret> {
        self.secret.as_ref().map(|secret| ClientSecret::new(secret.to_string()))
    }

    async fn metadata(&self) -> Result<CoreProviderMetadata, ProviderError> {
        let call = |request| call(self.http.clone(), request);
        CoreProviderMetadata::discover_async(self.issuer.clone(), &call).await.map_err(|error| {
            tracing::warn!(error = told(&error), "identity provider: discovery");
            ProviderError::Unreachable
        })
    }

    async fn authorization(&self, state: String, nonce: String, verifier: String) -> Result<String, ProviderError> {
        let metadata = self.metadata().await?;
        let client = CoreClient::from_provider_metadata(metadata, self.client_id.clone(), self.secret())
            .set_redirect_uri(self.redirect.clone());
        let challenge = PkceCodeChallenge::from_code_verifier_sha256(&PkceCodeVerifier::new(verifier));
        let flow = CoreAuthenticationFlow::AuthorizationCode;
        let request = client.authorize_url(flow, move || CsrfToken::new(state), move || Nonce::new(nonce));
        let (url, ..) = request.set_pkce_challenge(challenge).url();
        Ok(url.to_string())
    }

    async fn account(
        &self,
        code: String,
        nonce: String,
        verifier: String,
        now: Instant,
    ) -> Result<ExternalAccount, ProviderError> {
        let metadata = self.metadata().await?;
        let client = CoreClient::from_provider_metadata(metadata, self.client_id.clone(), self.secret())
            .set_redirect_uri(self.redirect.clone());
        let exchange = client.exchange_code(AuthorizationCode::new(code)).map_err(|_| ProviderError::Unreachable)?;
        let call = |request| call(self.http.clone(), request);
        let exchange = exchange.set_pkce_verifier(PkceCodeVerifier::new(verifier));
        let answer = exchange.request_async(&call).await.map_err(|error| match error {
            RequestTokenError::ServerResponse(_) => ProviderError::Refused,
            RequestTokenError::Request(_) => ProviderError::Unreachable,
            RequestTokenError::Parse(..) | RequestTokenError::Other(_) => ProviderError::Invalid,
        })?;
        let token = answer.id_token().ok_or(ProviderError::Invalid)?;
        let at = DateTime::from_timestamp_micros(now.micros()).ok_or(ProviderError::Invalid)?;
        let known = client.id_token_verifier().set_allowed_algs(SIGNATURES).set_time_fn(move || at);
        let claims = token.claims(&known, &Nonce::new(nonce)).map_err(|error| {
            tracing::warn!(error = told(&error), "identity provider: the token does not hold");
            ProviderError::Invalid
        })?;
        Ok(ExternalAccount { issuer: claims.issuer().to_string(), subject: claims.subject().to_string() })
    }
}

/// An error with what lies behind it, for the log.
fn told(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(behind) = cause {
        text.push_str(": ");
        text.push_str(&behind.to_string());
        cause = behind.source();
    }
    text
}

async fn call(http: Outgoing, request: HttpRequest) -> Result<HttpResponse, NoAnswer> {
    http.send(request).await
}

impl IdentityProvider for Provider {
    fn begin(&self, state: String, nonce: String, verifier: String) -> ProviderAnswer<String> {
        let provider = self.clone();
        Box::pin(async move { provider.authorization(state, nonce, verifier).await })
    }

    fn finish(&self, code: String, nonce: String, verifier: String, now: Instant) -> ProviderAnswer<ExternalAccount> {
        let provider = self.clone();
        Box::pin(async move { provider.account(code, nonce, verifier, now).await })
    }
}
