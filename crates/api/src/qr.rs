//! A receipt's QR code as a drawing: the address of the page that checks it in bytes, the receipt's
//! digits in the mode for digits.

use std::fmt::Write;

use axum::http::HeaderMap;
use axum::http::header::HOST;
use ledger::QR_PREFIX;
use qrcodegen::{QrCode, QrCodeEcc, QrSegment};

/// Modules of white around a code (ISO/IEC 18004).
const QUIET: i32 = 4;
/// Longest name of a host (RFC 1035), with its port.
const HOST_MAX: usize = 262;

/// The address of the page that checks receipts, up to and with `#`; empty where no site is known.
pub fn page_address(site: &str) -> String {
    if site.is_empty() { String::new() } else { format!("{site}/verify#") }
}

/// The host that was asked, with its scheme; empty when it cannot be told. Without TLS browsers
/// withhold what the pages need, but for this machine itself.
pub fn site(headers: &HeaderMap) -> String {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':' | b'[' | b']');
    if host.is_empty() || host.len() > HOST_MAX || !host.bytes().all(plain) {
        return String::new();
    }
    let here = ["localhost", "127.0.0.1", "[::1]"]
        .iter()
        .any(|name| host.strip_prefix(name).is_some_and(|port| port.is_empty() || port.starts_with(':')));
    format!("{}://{host}", if here { "http" } else { "https" })
}

/// The code as SVG, one unit to a module; `None` when not even the largest code can hold it. The
/// smallest code, with as much error correction as fits into it.
pub fn svg(address: &str, qr: &str) -> Option<String> {
    drawing(&segments(address, qr)?, "凭证二维码 QR code of the receipt")
}

/// The code as its modules, for a printout.
pub fn modules(address: &str, qr: &str) -> Option<document::Code> {
    modules_of(&segments(address, qr)?)
}

/// Any text as its modules, for a printout.
pub fn text_modules(text: &str) -> Option<document::Code> {
    modules_of(&[QrSegment::make_bytes(text.as_bytes())])
}

fn modules_of(segments: &[QrSegment]) -> Option<document::Code> {
    let code = QrCode::encode_segments(segments, QrCodeEcc::Low).ok()?;
    let places = (0..code.size()).flat_map(|y| (0..code.size()).map(move |x| (x, y)));
    let dark = places.map(|(x, y)| code.get_module(x, y)).collect();
    document::Code::new(usize::try_from(code.size()).ok()?, dark)
}

fn segments(address: &str, qr: &str) -> Option<[QrSegment; 2]> {
    let digits = qr.strip_prefix(QR_PREFIX)?;
    Some([QrSegment::make_bytes(format!("{address}{QR_PREFIX}").as_bytes()), QrSegment::make_numeric(digits)])
}

/// Any text as a code; `None` when it is too long for one.
pub fn text_svg(text: &str) -> Option<String> {
    drawing(&[QrSegment::make_bytes(text.as_bytes())], "二维码 QR code")
}

fn drawing(segments: &[QrSegment], title: &str) -> Option<String> {
    let code = QrCode::encode_segments(segments, QrCodeEcc::Low).ok()?;
    let size = code.size().checked_add(QUIET.checked_mul(2)?)?;
    let mut path = String::new();
    for y in 0..code.size() {
        for x in (0..code.size()).filter(|&x| code.get_module(x, y)) {
            // Writing to a String cannot fail.
            let _ = write!(path, "M{} {}h1v1h-1z", x.saturating_add(QUIET), y.saturating_add(QUIET));
        }
    }
    Some(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {size} {size}\" shape-rendering=\"crispEdges\" \
         role=\"img\"><title>{title}</title>\
         <path fill=\"#fff\" d=\"M0 0h{size}v{size}H0z\"/><path d=\"{path}\"/></svg>\n"
    ))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn the_page_stands_where_the_receipt_was_asked_for() {
        let of = |host: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(HOST, HeaderValue::from_str(host).unwrap());
            page_address(&site(&headers))
        };
        assert_eq!(of("ledger.example"), "https://ledger.example/verify#");
        assert_eq!(of("127.0.0.1:8080"), "http://127.0.0.1:8080/verify#");
        assert_eq!(of("localhost.example"), "https://localhost.example/verify#");
        assert_eq!(of("a/b"), "");
        assert_eq!(of("a b"), "");
        assert_eq!(page_address(&site(&HeaderMap::new())), "");
    }

    #[test]
    fn as_much_as_the_largest_code_holds() {
        let address = "https://ledger.example/verify#";
        let drawn = svg(address, &format!("{QR_PREFIX}{}", "7".repeat(6_900))).unwrap();
        // Version 40: 177 modules and the white around them.
        assert!(drawn.contains("viewBox=\"0 0 185 185\""), "{}", &drawn[..200]);
        assert_eq!(svg(address, &format!("{QR_PREFIX}{}", "7".repeat(7_100))), None);
        assert_eq!(svg(address, "7"), None);
    }
}
