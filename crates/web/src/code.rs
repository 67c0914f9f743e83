//! The text of a QR code in a photograph. What somebody sends is measured before it is unfolded: a
//! small file can claim to be a picture that fills all memory.

use std::io::Cursor;

use image::imageops::{FilterType, resize};
use image::{GrayImage, ImageFormat, ImageReader, Limits};

/// Most pixels of a picture: what the camera of a phone makes, and some more.
pub const PIXELS_MAX: u64 = 26_000_000;
/// Most memory for unfolding one, bytes: four for each pixel, and some more.
const MEMORY_MAX: u64 = 128 * 1024 * 1024;
/// Long sides at which a code is looked for, pixels: the noise of a photograph goes with its size, and
/// the largest codes need it.
const SIDES: [u32; 3] = [1_600, 900, 2_600];
/// A drawing below this side is enlarged: finders need some pixels for a module.
const SMALL: u32 = 450;

/// Why a picture says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// Neither PNG nor JPEG, or broken.
    NoPicture,
    /// More pixels or memory than are taken.
    TooLarge,
    /// No code is found in it, or not all of one.
    NoCode,
}

/// Is it one of the two kinds of pictures, by its first bytes?
pub fn is_picture(bytes: &[u8]) -> bool {
    format(bytes).is_some()
}

fn format(bytes: &[u8]) -> Option<ImageFormat> {
    image::guess_format(bytes).ok().filter(|format| matches!(format, ImageFormat::Png | ImageFormat::Jpeg))
}

fn reader(bytes: &[u8]) -> Result<ImageReader<Cursor<&[u8]>>, Unreadable> {
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format(bytes).ok_or(Unreadable::NoPicture)?);
    let mut limits = Limits::default();
    limits.max_alloc = Some(MEMORY_MAX);
    reader.limits(limits);
    Ok(reader)
}

/// Reads the first code of a PNG or JPEG.
///
/// # Errors
/// [`Unreadable`].
pub fn text(bytes: &[u8]) -> Result<String, Unreadable> {
    let (width, height) = reader(bytes)?.into_dimensions().map_err(|_| Unreadable::NoPicture)?;
    if u64::from(width) * u64::from(height) > PIXELS_MAX {
        return Err(Unreadable::TooLarge);
    }
    let picture = reader(bytes)?.decode().map_err(|error| match error {
        image::ImageError::Limits(_) => Unreadable::TooLarge,
        _ => Unreadable::NoPicture,
    })?;
    let picture = picture.into_luma8();
    let long = width.max(height);
    if long < SMALL {
        let enlarged = resize(&picture, width.saturating_mul(4), height.saturating_mul(4), FilterType::Nearest);
        return found(&enlarged).or_else(|| found(&picture)).ok_or(Unreadable::NoCode);
    }
    let smaller = SIDES.iter().filter(|side| **side < long).find_map(|side| found(&scaled(&picture, *side)));
    let as_it_is = || (long <= 3_000).then(|| found(&picture)).flatten();
    smaller.or_else(as_it_is).ok_or(Unreadable::NoCode)
}

fn scaled(picture: &GrayImage, side: u32) -> GrayImage {
    let (width, height) = picture.dimensions();
    let long = u64::from(width.max(height)).max(1);
    let of = |length: u32| u32::try_from(u64::from(length) * u64::from(side) / long).unwrap_or(side).max(1);
    resize(picture, of(width), of(height), FilterType::Triangle)
}

fn found(picture: &GrayImage) -> Option<String> {
    let (width, height) = picture.dimensions();
    let grey = picture.as_raw();
    let (wide, high) = (usize::try_from(width).ok()?, usize::try_from(height).ok()?);
    let at = |x: usize, y: usize| y.checked_mul(wide).and_then(|row| grey.get(row + x)).copied().unwrap_or(255);
    let mut prepared = rqrr::PreparedImage::prepare_from_greyscale(wide, high, at);
    let grids = prepared.detect_grids();
    grids.iter().find_map(|grid| grid.decode().ok().map(|(_, text)| text))
}

#[cfg(test)]
mod tests {
    use image::{DynamicImage, GrayImage, Luma};
    use qrcodegen::{QrCode, QrCodeEcc, QrSegment};

    use super::*;

    fn drawn(text: &str, scale: u32) -> GrayImage {
        // As the API draws receipts: digits in their own mode.
        let digits = text.find("tutela1:").map_or(text.len(), |at| at + 8);
        let (head, digits) = text.split_at(digits);
        let segments = [QrSegment::make_bytes(head.as_bytes()), QrSegment::make_numeric(digits)];
        let code = QrCode::encode_segments(&segments, QrCodeEcc::Low).unwrap();
        let size = u32::try_from(code.size()).unwrap() + 8;
        GrayImage::from_fn(size * scale, size * scale, |x, y| {
            let module = |at: u32| i32::try_from(at / scale).unwrap() - 4;
            Luma([if code.get_module(module(x), module(y)) { 0 } else { 255 }])
        })
    }

    fn file(picture: GrayImage, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        DynamicImage::ImageLuma8(picture).to_rgb8().write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    #[test]
    fn codes_are_read_from_small_drawings_and_large_photographs() {
        let text_of = "https://ledger.example/i/0197a000-0000-7000-8000-000000000001";
        for scale in [1, 2, 4, 20] {
            for format in [ImageFormat::Png, ImageFormat::Jpeg] {
                let bytes = file(drawn(text_of, scale), format);
                // A drawing of one pixel a module does not survive a JPEG.
                if scale > 1 || format == ImageFormat::Png {
                    assert_eq!(text(&bytes).as_deref(), Ok(text_of), "{scale} {format:?}");
                }
            }
        }
        // On a table, turned, seen from the side of a large picture.
        let code = image::imageops::rotate90(&drawn(text_of, 9));
        let mut table = GrayImage::from_fn(3_600, 2_400, |x, y| Luma([170 + ((x * 7 + y * 13) % 40) as u8]));
        image::imageops::overlay(&mut table, &code, 1_900, 900);
        let photograph = file(image::imageops::blur(&table, 1.5), ImageFormat::Jpeg);
        assert_eq!(text(&photograph).as_deref(), Ok(text_of));
    }

    #[test]
    fn a_long_receipt_is_read() {
        let digits = format!("tutela1:{}", "0123456789".repeat(500));
        assert_eq!(text(&file(drawn(&digits, 5), ImageFormat::Png)), Ok(digits));
    }

    #[test]
    fn what_is_no_picture_or_claims_too_much_is_refused() {
        assert_eq!(text(b"tutela-receipt/v1\n"), Err(Unreadable::NoPicture));
        assert_eq!(text(b"GIF89a"), Err(Unreadable::NoPicture));
        let blank = GrayImage::from_pixel(600, 600, Luma([255]));
        assert_eq!(text(&file(blank.clone(), ImageFormat::Png)), Err(Unreadable::NoCode));
        let whole = file(blank, ImageFormat::Png);
        assert_eq!(text(&whole[..whole.len() / 2]), Err(Unreadable::NoPicture));
        // 60,000 by 60,000 white pixels, said in the head of a file of a few bytes.
        let mut bomb = b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR".to_vec();
        bomb.extend_from_slice(&60_000_u32.to_be_bytes());
        bomb.extend_from_slice(&60_000_u32.to_be_bytes());
        bomb.extend_from_slice(&[8, 0, 0, 0, 0]);
        let sum = crc(&bomb[12..]);
        bomb.extend_from_slice(&sum.to_be_bytes());
        bomb.extend_from_slice(b"\x00\x00\x00\x00IDAT\x35\xaf\x06\x1e");
        assert_eq!(text(&bomb), Err(Unreadable::TooLarge));
    }

    /// The sum of a part of a PNG (ISO/IEC 15948, 5.5).
    fn crc(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(u32::MAX, |sum, byte| {
            (0..8).fold(sum ^ u32::from(*byte), |sum, _| (sum >> 1) ^ if sum & 1 == 1 { 0xedb8_8320 } else { 0 })
        })
    }
}
