//! The front door: routes, bodies, problems, OpenAPI. Axum stops here; nothing is decided here.

mod answer;
mod batch;
mod dto;
mod extract;
mod handlers;
mod language;
mod layers;
mod openapi;
mod problem;
mod problem_page;
mod problem_type;
mod qr;
mod routes;
mod state;
mod stream;
mod tile;
mod w;
mod wire;
pub mod witness;

use std::sync::Arc;

use app::App;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use tokio::net::TcpListener;
use tower_http::catch_panic::CatchPanicLayer;
use utoipa_swagger_ui::SwaggerUi;

pub use problem_type::{ProblemType, document as problems_document};
pub use state::ApiOptions;

use problem::Problem;
use state::ApiState;

/// The whole front door.
pub fn router(app: Arc<App>, options: ApiOptions) -> Router {
    let state = ApiState { app: Arc::clone(&app), options };
    let (routes, document) = routes::routes();
    routes
        .merge(SwaggerUi::new("/docs").url("/v1/openapi.json", document))
        .fallback(async || Problem::not_found())
        // Bodies are limited where they are read, so that the answer names the limit.
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn_with_state(state.clone(), layers::limit_time))
        .layer(CatchPanicLayer::custom(layers::caught))
        .layer(from_fn(layers::finish))
        .layer(from_fn_with_state(app, layers::stamp))
        .with_state(state)
}

/// Serves on a socket until `stop` ends; requests under way are finished.
///
/// # Errors
/// Of the socket.
pub async fn serve(
    listener: TcpListener,
    app: Arc<App>,
    options: ApiOptions,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    axum::serve(listener, router(app, options)).with_graceful_shutdown(stop).await
}

/// The OpenAPI document as docs/openapi.json has it.
///
/// # Errors
/// None that a test has not found.
pub fn openapi_json() -> Result<String, serde_json::Error> {
    let (_, document) = routes::routes();
    Ok(document.to_pretty_json()? + "\n")
}
