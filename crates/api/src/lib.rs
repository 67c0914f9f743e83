//! The front door: routes, bodies, problems, OpenAPI. Axum stops here; nothing is decided here.

mod answer;
mod batch;
mod certificate;
mod dto;
mod extract;
mod handlers;
mod language;
mod layers;
mod openapi;
mod problem;
mod problem_of_calculation;
mod problem_of_identity;
mod problem_page;
mod problem_type;
mod qr;
mod rate_limit;
mod routes;
mod state;
mod stream;
mod table;
mod tile;
mod unread;
mod w;
mod wire;
pub mod witness;

use std::net::SocketAddr;
use std::sync::Arc;

use app::App;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use tokio::net::TcpListener;
use tower_http::catch_panic::CatchPanicLayer;
use utoipa_swagger_ui::SwaggerUi;

pub use dto::policy_versions::SimulationBody;
pub use problem_type::{ProblemType, document as problems_document};
pub use state::{ApiOptions, RateLimit};

use problem::Problem;
use state::ApiState;

/// The whole front door.
pub fn router(app: Arc<App>, options: ApiOptions) -> Router {
    let meter = Arc::new(rate_limit::Meter::new(options.rate, Arc::clone(app.effects())));
    let state = ApiState { app: Arc::clone(&app), options };
    let (routes, document) = routes::routes(Some(meter));
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
    serve_routes(listener, router(app, options), stop).await
}

/// Serves routes, ours with others before them, on a socket until `stop` ends.
///
/// # Errors
/// Of the socket.
pub async fn serve_routes(
    listener: TcpListener,
    routes: Router,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    // The address of the connection is what tells clients apart where no proxy stands before us.
    let service = routes.layer(from_fn(unread::discard)).into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service).with_graceful_shutdown(stop).await
}

/// The OpenAPI document as docs/openapi.json has it.
///
/// # Errors
/// None that a test has not found.
pub fn openapi_json() -> Result<String, serde_json::Error> {
    let (_, document) = routes::routes(None);
    Ok(document.to_pretty_json()? + "\n")
}
