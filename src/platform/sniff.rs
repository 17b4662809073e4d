//! What a file is, by its first bytes: what its sender says it is counts for nothing.

/// The type of an image that browsers show and nothing can hide in: PNG, JPEG, GIF or WebP. None for anything else.
#[must_use]
pub fn image(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some("image/png"),
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some("image/gif"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("image/webp"),
        _ => None,
    }
}

/// How much of a file's start tells what it is, in bytes.
pub const HEAD_BYTES: usize = 4_096;

/// What nothing is known of.
const UNKNOWN: &str = "application/octet-stream";

/// The type of any file, by its first [`HEAD_BYTES`]. Text is text whatever it is about, but what begins like markup is
/// nothing a browser should have an opinion on.
#[must_use]
pub fn file(head: &[u8]) -> &'static str {
    if let Some(image) = image(head) {
        return image;
    }
    match head {
        [_, _, _, _, b'f', b't', b'y', b'p', brand @ ..] => of_brand(brand),
        [b'P', b'K', 3, 4, ..] => archive(head),
        [b'P', b'K', 5, 6, ..] => "application/zip",
        [b'%', b'P', b'D', b'F', b'-', ..] => "application/pdf",
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'A', b'V', b'E', ..] => "audio/wav",
        [b'R', b'I', b'F', b'F', _, _, _, _, b'A', b'V', b'I', b' ', ..] => "video/x-msvideo",
        [b'O', b'g', b'g', b'S', ..] => "audio/ogg",
        [b'f', b'L', b'a', b'C', ..] => "audio/flac",
        [b'I', b'D', b'3', ..] | [0xff, 0xfb | 0xf3 | 0xf2, ..] => "audio/mpeg",
        [0x1a, 0x45, 0xdf, 0xa3, ..] => "video/webm",
        [0x1f, 0x8b, ..] => "application/gzip",
        [b'7', b'z', 0xbc, 0xaf, 0x27, 0x1c, ..] => "application/x-7z-compressed",
        [b'R', b'a', b'r', b'!', 0x1a, 7, ..] => "application/vnd.rar",
        [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, ..] => "application/x-ole-storage",
        [b'{', b'\\', b'r', b't', b'f', ..] => "application/rtf",
        _ if is_text(head) => "text/plain",
        _ => UNKNOWN,
    }
}

/// Whether a browser may show a file of this type by itself: images made of pixels, in which nothing runs.
#[must_use]
pub fn is_shown(kind: &str) -> bool {
    matches!(kind, "image/png" | "image/jpeg" | "image/gif" | "image/webp" | "image/avif")
}

/// The family of formats that begin with a box named `ftyp` (ISO 14496-12), told apart by their brand.
fn of_brand(brand: &[u8]) -> &'static str {
    match brand {
        [b'a', b'v', b'i', b'f' | b's', ..] => "image/avif",
        [b'h', b'e', b'i', b'c' | b'x', ..] | [b'm', b'i', b'f', b'1', ..] => "image/heic",
        [b'M', b'4', b'A' | b'B', ..] => "audio/mp4",
        [b'q', b't', ..] => "video/quicktime",
        [_, _, _, _, ..] => "video/mp4",
        _ => UNKNOWN,
    }
}

/// A ZIP archive, or one of the documents that are one: OpenDocument names its type first, Office keeps its parts in
/// folders of their own.
fn archive(head: &[u8]) -> &'static str {
    const OPEN: &[(&[u8], &str)] = &[
        (b"opendocument.text", "application/vnd.oasis.opendocument.text"),
        (b"opendocument.spreadsheet", "application/vnd.oasis.opendocument.spreadsheet"),
        (b"opendocument.presentation", "application/vnd.oasis.opendocument.presentation"),
    ];
    const OFFICE: &[(&[u8], &str)] = &[
        (b"word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (b"xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (b"ppt/", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    ];
    let named =
        |names: &[(&[u8], &'static str)]| names.iter().find(|(name, _)| contains(head, name)).map(|(_, kind)| *kind);
    let office = || named(OFFICE).filter(|_| contains(head, b"[Content_Types].xml"));
    named(OPEN).or_else(office).unwrap_or("application/zip")
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

fn is_text(head: &[u8]) -> bool {
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        // The head may end within a character.
        Err(error) if error.error_len().is_none() && error.valid_up_to() > 0 => {
            std::str::from_utf8(head.get(..error.valid_up_to()).unwrap_or_default()).unwrap_or_default()
        }
        Err(_) => return false,
    };
    let control = |c: char| c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{c}');
    let markup = text.trim_start_matches('\u{feff}').trim_start().starts_with('<');
    !text.is_empty() && !markup && !text.contains(control)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_images_are_images() {
        assert_eq!(image(b"\x89PNG\r\n\x1a\n...."), Some("image/png"));
        assert_eq!(image(b"\xff\xd8\xff\xe0"), Some("image/jpeg"));
        assert_eq!(image(b"GIF89a"), Some("image/gif"));
        assert_eq!(image(b"RIFF\0\0\0\0WEBPVP8 "), Some("image/webp"));
        for other in [b"<svg xmlns=".as_slice(), b"<!doctype html>", b"%PDF-1.7", b"", b"\x89PNG", b"RIFF\0\0\0\0WAVE"]
        {
            assert_eq!(image(other), None, "{other:?}");
        }
    }

    #[test]
    fn a_file_is_what_it_begins_as() {
        let docx =
            b"PK\x03\x04\x14\0\x06\0........................[Content_Types].xml....PK\x03\x04....word/document.xml";
        let odt = b"PK\x03\x04\x14\0..............................mimetypeapplication/vnd.oasis.opendocument.text";
        for (head, kind) in [
            (b"\x89PNG\r\n\x1a\n....".as_slice(), "image/png"),
            (b"\0\0\0\x1cftypavif\0\0\0\0", "image/avif"),
            (b"\0\0\0\x18ftypheic\0\0\0\0", "image/heic"),
            (b"\0\0\0\x18ftypmp42\0\0\0\0", "video/mp4"),
            (b"\0\0\0\x18ftypqt  \0\0\0\0", "video/quicktime"),
            (b"ID3\x04\0", "audio/mpeg"),
            (b"%PDF-1.7\n%\xe2\xe3", "application/pdf"),
            (b"PK\x03\x04\x14\0\0\0\x08\0a.txt", "application/zip"),
            (docx, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
            (odt, "application/vnd.oasis.opendocument.text"),
            ("Où est ma commande ?\r\n".as_bytes(), "text/plain"),
            (b"alert(1)", "text/plain"),
            (b"caf\xc3", "text/plain"),
            (b"caf\xe9 au lait", UNKNOWN),
            (b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>", UNKNOWN),
            (b"\xef\xbb\xbf \n<!doctype html>", UNKNOWN),
            (b"<?xml version=\"1.0\"?>", UNKNOWN),
            (b"\x7fELF\x02\x01\x01\0", UNKNOWN),
            (b"MZ\x90\0", UNKNOWN),
            (b"", UNKNOWN),
        ] {
            assert_eq!(file(head), kind, "{:?}", String::from_utf8_lossy(head));
        }
    }

    #[test]
    fn browsers_show_pixels_and_nothing_else() {
        assert!(is_shown("image/png") && is_shown("image/avif"));
        for kind in ["image/svg+xml", "image/heic", "application/pdf", "text/plain", "text/html", "video/mp4", UNKNOWN]
        {
            assert!(!is_shown(kind), "{kind}");
        }
    }
}
