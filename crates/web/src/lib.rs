//! The console: pages rendered on the server, made of what the API answers. It decides nothing and
//! knows no use case: each page asks the same routes as any other client, with the reader's own
//! session (docs/adr/0017).

mod amount;
mod assets;
mod code;
mod cookies;
mod demo;
mod desks;
mod fill;
mod language;
mod login;
mod page;
mod picture;
mod provider;
mod render;
mod scan;
mod serve;
mod submit;
mod table;
mod upload;
mod upstream;
mod visit;

use std::fmt;
use std::sync::Arc;

use axum::Router;
use axum::middleware::{from_fn_with_state, map_response};
use axum::routing::{get, post};
use kernel::Day;

pub use desks::DESKS;
pub use language::{Language, read as read_messages};
pub use page::{Desk, Download, Field, Form, How, Kind, Page, Read, Then};
pub use render::{Renderer, messages, templates};
pub use table::document;

/// A sample account that logs in with one click; in the demo only, where the password is public.
#[derive(Clone, Debug)]
pub struct DemoAccount {
    /// Name.
    pub username: String,
    /// The role it has: word of the API.
    pub role: &'static str,
    /// Who that is: Chinese, English.
    pub who: [String; 2],
}

/// The demo's log-ins.
#[derive(Clone, Debug)]
pub struct Demo {
    /// The password of all.
    pub password: String,
    /// Accounts, in the order in which they are shown.
    pub accounts: Vec<DemoAccount>,
}

/// What the console is handed, because it has neither clock nor randomness.
#[derive(Clone)]
pub struct Options {
    /// Are cookies for HTTPS only?
    pub secure: bool,
    /// The day.
    pub today: Arc<dyn Fn() -> Day + Send + Sync>,
    /// A word that nobody can guess: letters and digits, at least 128 bits.
    pub fresh: Arc<dyn Fn() -> String + Send + Sync>,
    /// Can people log in with the bureau's own identity provider?
    pub provider: Arc<dyn Fn() -> bool + Send + Sync>,
    /// Sample accounts.
    pub demo: Option<Demo>,
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options").field("secure", &self.secure).finish_non_exhaustive()
    }
}

/// What every page shares.
#[derive(Debug)]
pub(crate) struct Console {
    pub(crate) api: Router,
    pub(crate) options: Options,
    pub(crate) renderer: Renderer,
    pub(crate) assets: String,
}

/// The API with the console's pages in front of it. What is no page goes to the API as before.
///
/// # Errors
/// A template that cannot be parsed.
pub fn router(api: Router, options: Options) -> Result<Router, minijinja::Error> {
    let console =
        Arc::new(Console { api: api.clone(), options, renderer: Renderer::new()?, assets: assets::version() });
    let mut pages = Router::new()
        .route("/login", get(login::show).post(login::log_in))
        .route("/login/provider", post(provider::begin))
        .route("/login/back", get(provider::back))
        .route("/scan", post(scan::read))
        .route("/logout", get(login::home).post(login::log_out))
        .route("/home", get(login::home))
        .route("/demo", get(demo::show).post(demo::log_in))
        .route("/demo/board", get(demo::board));
    for desk in DESKS {
        for page in desk.pages {
            pages = pages.route(page.path, get(serve::page).post(submit::form));
        }
        for download in desk.downloads {
            pages = pages.route(download.path, get(serve::download));
        }
    }
    let outer = Arc::clone(&console);
    let pages = pages
        .layer(from_fn_with_state(Arc::clone(&console), serve::settings))
        .layer(map_response(serve::guarded))
        .with_state(Arc::clone(&console))
        .route(
            "/assets/{name}",
            get(async |axum::extract::Path(name): axum::extract::Path<String>| assets::serve(&name)),
        );
    Ok(pages.fallback_service(api.layer(from_fn_with_state(outer, serve::lost))))
}
