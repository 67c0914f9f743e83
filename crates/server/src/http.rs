//! The door to HTTP: hands the application and a listening socket to `api`.

use std::sync::Arc;

use api::ApiOptions;
use app::App;
use tokio::net::TcpListener;

/// Serves until `stop` ends; requests under way are finished.
///
/// # Errors
/// Of the socket.
pub async fn serve(
    listener: TcpListener,
    app: Arc<App>,
    stop: impl Future<Output = ()> + Send + 'static,
) -> anyhow::Result<()> {
    Ok(api::serve(listener, app, ApiOptions::default(), stop).await?)
}
