//! Serving a file so that a browser does with it what it should: its name, and which part of it is wanted.

use http::HeaderValue;

/// `Content-Disposition` (RFC 6266): shown in the page or kept as a file, under its name; for old clients in ASCII, for
/// all others in UTF-8 (RFC 8187).
#[must_use]
pub fn disposition(shown: bool, name: &str) -> HeaderValue {
    let way = if shown { "inline" } else { "attachment" };
    let ascii: String = name.chars().map(|c| if is_plain(c) { c } else { '_' }).collect();
    let value = format!("{way}; filename=\"{ascii}\"; filename*=UTF-8''{}", percent_encoded(name));
    HeaderValue::from_str(&value).unwrap_or(HeaderValue::from_static("attachment"))
}

/// The bytes of an octet string in `ext-value` (RFC 8187).
fn percent_encoded(name: &str) -> String {
    let encode = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    name.bytes().map(encode).collect()
}

const fn is_plain(c: char) -> bool {
    matches!(c, ' '..='~') && !matches!(c, '"' | '\\' | '%')
}

/// The part of a file that is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    Whole,
    /// From the first of these bytes to the last of them.
    Part {
        first: u64,
        last: u64,
    },
    /// None that the file has.
    Nothing,
}

/// Reads a `Range` header (RFC 9110, 14.2) for a file of that size. What is not one range of bytes is passed over, as a
/// server may.
#[must_use]
pub fn wanted(range: Option<&str>, size: u64) -> Wanted {
    let Some(set) = range.and_then(|range| range.trim().strip_prefix("bytes=")) else { return Wanted::Whole };
    let Some((first, last)) = set.trim().split_once('-') else { return Wanted::Whole };
    let end = size.saturating_sub(1);
    let part = match (number(first), number(last)) {
        (Some(first), Some(last)) if first <= last => (first, last.min(end)),
        (Some(first), None) if last.trim().is_empty() => (first, end),
        (None, Some(suffix)) if first.trim().is_empty() && suffix > 0 => (size.saturating_sub(suffix), end),
        (None, Some(0)) if first.trim().is_empty() => return Wanted::Nothing,
        _ => return Wanted::Whole,
    };
    if part.0 < size { Wanted::Part { first: part.0, last: part.1 } } else { Wanted::Nothing }
}

fn number(text: &str) -> Option<u64> {
    let text = text.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stays_within_its_quotes() {
        for (shown, name, header) in [
            (true, "lamp.png", "inline; filename=\"lamp.png\"; filename*=UTF-8''lamp.png"),
            (false, "Où.pdf", "attachment; filename=\"O_.pdf\"; filename*=UTF-8''O%C3%B9.pdf"),
            (false, "a\";b.txt", "attachment; filename=\"a_;b.txt\"; filename*=UTF-8''a%22%3Bb.txt"),
            (false, "a\\b%20.txt", "attachment; filename=\"a_b_20.txt\"; filename*=UTF-8''a%5Cb%2520.txt"),
            (false, "a\r\nb", "attachment; filename=\"a__b\"; filename*=UTF-8''a%0D%0Ab"),
        ] {
            assert_eq!(disposition(shown, name), header, "{name:?}");
        }
    }

    #[test]
    fn a_range_is_read_as_the_standard_says() {
        let part = |first, last| Wanted::Part { first, last };
        for (range, expected) in [
            (None, Wanted::Whole),
            (Some("bytes=0-0"), part(0, 0)),
            (Some("bytes=2-5"), part(2, 5)),
            (Some("bytes=2-"), part(2, 9)),
            (Some("bytes=-3"), part(7, 9)),
            (Some("bytes=-30"), part(0, 9)),
            (Some("bytes=5-99"), part(5, 9)),
            (Some("bytes=10-"), Wanted::Nothing),
            (Some("bytes=-0"), Wanted::Nothing),
            (Some("bytes=5-2"), Wanted::Whole),
            (Some("bytes=0-1,4-5"), Wanted::Whole),
            (Some("bytes=a-b"), Wanted::Whole),
            (Some("bytes=+1-2"), Wanted::Whole),
            (Some("lines=1-2"), Wanted::Whole),
            (Some(""), Wanted::Whole),
        ] {
            assert_eq!(wanted(range, 10), expected, "{range:?}");
        }
    }
}
