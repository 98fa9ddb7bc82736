//! Reading as S3 lets one read: conditions, ranges, and a type where none was stored.

use axum::http::{HeaderMap, header};
use s3s::dto::{ETag, ETagCondition, Range, Timestamp, TimestampFormat};
use s3s::{S3Result, s3_error};

/// The type of an object that came without one.
pub(super) const UNTYPED: &str = "binary/octet-stream";

/// Conditions of a GET or HEAD. <https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html>
pub(super) struct Conditions {
    pub(super) if_match: Option<ETagCondition>,
    pub(super) if_none_match: Option<ETagCondition>,
    pub(super) if_modified_since: Option<Timestamp>,
    pub(super) if_unmodified_since: Option<Timestamp>,
}

impl Conditions {
    /// 412 or 304 where the object is not one that was asked for. An ETag says more than a date.
    pub(super) fn check(&self, e_tag: Option<&ETag>, modified: Option<&Timestamp>) -> S3Result<()> {
        let is = |condition: &ETagCondition| match condition {
            ETagCondition::Any => true,
            ETagCondition::ETag(tag) => e_tag.is_some_and(|e_tag| e_tag.weak_cmp(tag)),
        };
        // Dates in headers have no fractions.
        let newer = |than: &Timestamp| modified.map(whole_seconds).is_some_and(|modified| modified > *than);
        let failed = match (&self.if_match, &self.if_unmodified_since) {
            (Some(condition), _) => !is(condition),
            (None, Some(date)) => newer(date),
            (None, None) => false,
        };
        if failed {
            let text = "At least one of the pre-conditions you specified did not hold";
            return Err(s3_error!(PreconditionFailed, "{}", text));
        }
        let same = match (&self.if_none_match, &self.if_modified_since) {
            (Some(condition), _) => is(condition),
            (None, Some(date)) => !newer(date),
            (None, None) => false,
        };
        if same { Err(s3_error!(NotModified, "Not Modified")) } else { Ok(()) }
    }
}

fn whole_seconds(time: &Timestamp) -> Timestamp {
    let mut text = Vec::new();
    let written = time.format(TimestampFormat::HttpDate, &mut text).is_ok();
    let text = std::str::from_utf8(&text).ok().filter(|_| written);
    text.and_then(|text| Timestamp::parse(TimestampFormat::HttpDate, text).ok()).unwrap_or_else(|| time.clone())
}

/// The range as far as the object reaches: more than it has from its end is all of it.
pub(super) fn within(range: Range, size: u64) -> Range {
    match range {
        Range::Suffix { length } if length > size && size > 0 => Range::Suffix { length: size },
        range => range,
    }
}

/// Takes away a range that is none, which S3 does not look at.
pub(super) fn drop_unreadable_range(headers: &mut HeaderMap) {
    let range = headers.get(header::RANGE).map(|value| value.to_str().unwrap_or_default());
    if range.is_some_and(|range| !is_range(range)) {
        headers.remove(header::RANGE);
    }
}

fn is_range(text: &str) -> bool {
    let Some((first, last)) = text.strip_prefix("bytes=").and_then(|range| range.split_once('-')) else { return false };
    match (first.parse::<u64>(), last.parse::<u64>()) {
        (Ok(first), Ok(last)) => first <= last,
        (Ok(_), Err(_)) => last.is_empty(),
        (Err(_), Ok(_)) => first.is_empty(),
        (Err(_), Err(_)) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_ranges_are_ranges() {
        for (text, is) in [
            ("bytes=0-5", true),
            ("bytes=5-", true),
            ("bytes=-5", true),
            ("bytes=5-2", false),
            ("abc", false),
            ("bytes=-", false),
        ] {
            assert_eq!(is_range(text), is, "{text}");
        }
    }
}
