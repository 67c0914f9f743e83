//! Forms with files (`multipart/form-data`): the fields as other forms have them, and the files
//! beside them. How much is taken is bounded by who sends it; what a file is, the API looks at.

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;

use crate::fill::pairs;
use crate::page::{Kind, Page};

/// Longest form without files, bytes: a pasted statement of 500 kB, in which each byte may be written
/// as three.
pub const TEXT_BYTES_MAX: usize = 2 * 1024 * 1024;
/// Longest form with files of a reader who is logged in, bytes: three papers of 20 MiB, or ten scans.
pub const FILES_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Longest form with files of anybody, bytes: a photograph of a phone.
pub const PUBLIC_FILES_BYTES_MAX: usize = 12 * 1024 * 1024;
/// Most parts of a form.
const PARTS_MAX: usize = 400;

/// A file that was chosen in a form.
#[derive(Clone, Debug)]
pub struct File {
    /// Name of the field.
    pub field: String,
    /// The bytes.
    pub bytes: Bytes,
}

/// What was sent with a form.
#[derive(Clone, Debug, Default)]
pub struct Typed {
    /// What was typed and chosen.
    pub fields: Vec<(String, String)>,
    /// Files.
    pub files: Vec<File>,
}

/// It is longer than is taken, or no form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLarge;

/// Has a page a form with files?
pub fn takes_files(page: &Page) -> bool {
    let is_file = |kind: Kind| matches!(kind, Kind::File(_) | Kind::Paper(_));
    page.forms.iter().flat_map(|form| form.fields).any(|field| is_file(field.kind))
}

/// Reads a form; `bytes_max` holds where it has files.
///
/// # Errors
/// [`TooLarge`].
pub async fn typed(parts: &Parts, body: Body, bytes_max: usize) -> Result<Typed, TooLarge> {
    let kind = parts.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if !kind.trim_start().to_ascii_lowercase().starts_with("multipart/form-data") {
        let bytes = to_bytes(body, TEXT_BYTES_MAX.min(bytes_max)).await.map_err(|_| TooLarge)?;
        return Ok(Typed { fields: pairs(&String::from_utf8_lossy(&bytes)), files: Vec::new() });
    }
    let mut request = Request::from_parts(parts.clone(), body);
    DefaultBodyLimit::max(bytes_max).apply(&mut request);
    let mut form = Multipart::from_request(request, &()).await.map_err(|_| TooLarge)?;
    let mut typed = Typed::default();
    for _ in 0..PARTS_MAX {
        let Some(part) = form.next_field().await.map_err(|_| TooLarge)? else { return Ok(typed) };
        let field = part.name().unwrap_or_default().to_owned();
        let name = part.file_name().map(str::to_owned);
        let bytes = part.bytes().await.map_err(|_| TooLarge)?;
        match name {
            None => typed.fields.push((field, String::from_utf8_lossy(&bytes).into_owned())),
            // A field in which nothing was chosen has neither name nor bytes.
            Some(name) if name.is_empty() && bytes.is_empty() => {}
            Some(_) => typed.files.push(File { field, bytes }),
        }
    }
    Err(TooLarge)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn read(kind: &str, bytes_max: usize) -> Result<Typed, TooLarge> {
        let (mut parts, ()) = axum::http::Request::new(()).into_parts();
        parts.headers.extend(kind.parse().map(|kind| (CONTENT_TYPE, kind)));
        typed(&parts, Body::from(FORM), bytes_max).await
    }

    const FORM: &str = "--x\r\nContent-Disposition: form-data; name=\"_csrf\"\r\n\r\nword\r\n\
        --x\r\nContent-Disposition: form-data; name=\"paper\"; filename=\"C:\\\\scan\\\\章程.pdf\"\r\n\
        Content-Type: text/html\r\n\r\n%PDF\r\n--not\r\n\r\n--x\r\n\
        Content-Disposition: form-data; name=\"none\"; filename=\"\"\r\n\r\n\r\n--x--\r\n";

    #[tokio::test]
    async fn a_form_with_files_is_read_within_bounds() {
        let form = read("multipart/form-data; boundary=x", 4096).await.unwrap_or_default();
        assert_eq!(form.fields, [("_csrf".to_owned(), "word".to_owned())]);
        let files: Vec<_> = form.files.iter().map(|file| (&*file.field, &*file.bytes)).collect();
        assert_eq!(files, [("paper", &b"%PDF\r\n--not\r\n"[..])]);
        assert_eq!(read("multipart/form-data; boundary=x", 100).await.err(), Some(TooLarge));
        assert_eq!(read("multipart/form-data", 4096).await.err(), Some(TooLarge));
        let plain = read("application/x-www-form-urlencoded", 4096).await.unwrap_or_default();
        assert!(plain.files.is_empty() && !plain.fields.is_empty());
    }
}
