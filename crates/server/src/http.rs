//! The door to HTTP: hands the application, or a witness, and a listening socket to `api` and `web`.

use std::sync::Arc;

use api::witness::WitnessDesk;
use api::{ApiOptions, RateLimit};
use app::App;
use tokio::net::TcpListener;

/// Serves the API and the console in front of it until `stop` ends; requests under way are finished.
///
/// # Errors
/// Of the socket, and a page of the console that cannot be read.
pub async fn serve_console(
    listener: TcpListener,
    app: Arc<App>,
    door: ApiOptions,
    console: web::Options,
    stop: impl Future<Output = ()> + Send + 'static,
) -> anyhow::Result<()> {
    let pages = web::router(api::router(app, door), console)?;
    Ok(api::serve_routes(listener, pages, stop).await?)
}

/// Serves the API until `stop` ends; requests under way are finished.
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
