//! The style sheet and the scripts: files of our own, served from this origin. Their address holds
//! a sum of their bytes, so that they may be kept for a year.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// A file: name, media type, text.
type Asset = (&'static str, &'static str, &'static str);

const ASSETS: &[Asset] = &[
    ("console.css", "text/css; charset=utf-8", include_str!("../assets/console.css")),
    ("console.js", "text/javascript; charset=utf-8", include_str!("../assets/console.js")),
    ("scan.js", "text/javascript; charset=utf-8", include_str!("../assets/scan.js")),
    ("icon.svg", "image/svg+xml", include_str!("../assets/icon.svg")),
];

/// A sum of all files (FNV-1a), as part of their addresses. It tells versions apart and proves nothing.
pub fn version() -> String {
    let bytes = ASSETS.iter().flat_map(|(_, _, text)| text.bytes());
    let sum = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |sum, byte| (sum ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3));
    format!("{sum:016x}")
}

/// The file of a name.
pub fn serve(name: &str) -> Response {
    let Some((_, kind, text)) = ASSETS.iter().find(|(known, _, _)| *known == name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let mut response = read(name, text).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    let kept = if cfg!(debug_assertions) { "no-cache" } else { "public, max-age=31536000, immutable" };
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(kept));
    response
}

#[cfg(debug_assertions)]
fn read(name: &str, text: &str) -> String {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("assets").join(name);
    std::fs::read_to_string(path).unwrap_or_else(|_| text.to_owned())
}

#[cfg(not(debug_assertions))]
fn read(_name: &str, text: &str) -> String {
    text.to_owned()
}
