//! What every handler shares, and the settings of the front door.

use std::sync::Arc;
use std::time::Duration;

use app::App;
use axum::extract::FromRef;

/// Settings of the front door.
#[derive(Clone, Debug)]
pub struct ApiOptions {
    /// Longest body, bytes.
    pub body_bytes_max: usize,
    /// Longest time for a request; exports have no limit once they run.
    pub timeout: Duration,
    /// How often one client may use the public calculators.
    pub rate: RateLimit,
    /// Address at which people reach this server, with scheme, without a slash at its end; printed
    /// codes lead there. Empty: to the host that was asked.
    pub public_url: String,
}

/// How often one client may ask, and how a client is told from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimit {
    /// Requests per minute in the long run; also as many at once.
    pub per_minute: u32,
    /// How many proxies of the operator stand before this server, each adding the address it was
    /// called from to `X-Forwarded-For`. 0: the address of the connection counts and the header,
    /// which anybody can write, does not; n: the n-th address from its end.
    pub trusted_proxies: u8,
}

impl Default for RateLimit {
    fn default() -> RateLimit {
        RateLimit { per_minute: 600, trusted_proxies: 0 }
    }
}

impl Default for ApiOptions {
    fn default() -> ApiOptions {
        ApiOptions {
            body_bytes_max: 1024 * 1024,
            timeout: Duration::from_secs(30),
            rate: RateLimit::default(),
            public_url: String::new(),
        }
    }
}

/// Shared by all handlers.
#[derive(Clone)]
pub struct ApiState {
    /// The use cases.
    pub app: Arc<App>,
    /// Settings.
    pub options: ApiOptions,
}

impl FromRef<ApiState> for Arc<App> {
    fn from_ref(state: &ApiState) -> Arc<App> {
        Arc::clone(&state.app)
    }
}
