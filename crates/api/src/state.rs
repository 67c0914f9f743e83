//! What every handler shares, and the settings of the front door.

use std::sync::Arc;
use std::time::Duration;

use app::App;
use axum::extract::FromRef;

/// Settings of the front door.
#[derive(Clone, Copy, Debug)]
pub struct ApiOptions {
    /// Longest body, bytes.
    pub body_bytes_max: usize,
    /// Longest time for a request; exports have no limit once they run.
    pub timeout: Duration,
}

impl Default for ApiOptions {
    fn default() -> ApiOptions {
        ApiOptions { body_bytes_max: 1024 * 1024, timeout: Duration::from_secs(30) }
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
