//! The door to HTTP: hands the application, or a witness, and a listening socket to `api`.

use std::sync::Arc;

use api::witness::WitnessDesk;
use api::{ApiOptions, RateLimit};
use app::App;
use tokio::net::TcpListener;

/// Serves until `stop` ends; requests under way are finished.
///
/// # Errors
/// Of the socket.
pub async fn serve(
    listener: TcpListener,
    app: Arc<App>,
    rate: RateLimit,
    stop: impl Future<Output = ()> + Send + 'static,
) -> anyhow::Result<()> {
    Ok(api::serve(listener, app, ApiOptions { rate, ..ApiOptions::default() }, stop).await?)
}

/// Serves a witness until `stop` ends; requests under way are finished.
///
/// # Errors
/// Of the socket.
pub async fn serve_witness(
    listener: TcpListener,
    desk: Arc<dyn WitnessDesk>,
    stop: impl Future<Output = ()> + Send + 'static,
) -> anyhow::Result<()> {
    Ok(api::witness::serve(listener, desk, stop).await?)
}
