//! Properties of the pure parts, over arbitrary input: text, percent codec, addresses, XML, the judge, restrictions, options.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
#![allow(clippy::arithmetic_side_effects)]

use filechute_engine::{
    Accept, Answer, CheckedUrl, Class, Engine, Failure, Kind, NewFile, Options, ParameterPolicy, RawOptions,
    RawParameters, RejectionReason, Restrictions, Time, UploadParameters, display_name,
    doctor::{Sent, explain, inspect},
    judge, parse_answer, percent_decode, percent_encode, shorten, visible, without_query,
};
use proptest::prelude::*;

fn parameters(url: &str, fields: Vec<(String, String)>) -> Option<UploadParameters> {
    let raw = RawParameters { url: url.to_owned(), fields: Some(fields), ..RawParameters::default() };
    raw.check(&ParameterPolicy::default()).ok()
}

/// Controls, and what turns the direction of writing.
fn deceives(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// As signers write a policy.
fn base64(text: &str) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bits: Vec<u8> = text.bytes().flat_map(|byte| (0..8).rev().map(move |bit| (byte >> bit) & 1)).collect();
    let six =
        |chunk: &[u8]| (0..6).fold(0_usize, |sum, at| sum << 1 | usize::from(chunk.get(at).copied().unwrap_or(0)));
    bits.chunks(6).map(|chunk| char::from(LETTERS[six(chunk)])).collect()
}

/// Text that looks like XML more often than chance would have it.
fn almost_xml() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("<Error>".to_owned()),
        Just("</Error>".to_owned()),
        Just("<Code>".to_owned()),
        Just("</Code>".to_owned()),
        Just("<Message a='1'>".to_owned()),
        Just("</Message>".to_owned()),
        Just("<Key>&#x20;&amp;".to_owned()),
        Just("</Key>".to_owned()),
        Just("<?xml version=\"1.0\"?>".to_owned()),
        Just("<!DOCTYPE a [<!ENTITY b \"c\">]>".to_owned()),
        Just("<![CDATA[".to_owned()),
        Just("]]>".to_owned()),
        Just("&#0;".to_owned()),
        Just("SlowDown".to_owned()),
        ".{0,6}",
    ];
    proptest::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

/// Any letters, with those that deceive more often.
fn hostile_text() -> impl Strategy<Value = String> {
    let letter = prop_oneof![
        any::<char>(),
        proptest::char::range('\0', '\u{9f}'),
        proptest::char::range('\u{2000}', '\u{2070}'),
        Just('.'),
    ];
    proptest::collection::vec(letter, 0..80).prop_map(|letters| letters.into_iter().collect())
}

proptest! {
    #[test]
    fn what_is_shown_holds_nothing_that_deceives(text in hostile_text()) {
        let shown = visible(&text);
        prop_assert!(!shown.contains(deceives));
        prop_assert_eq!(visible(&shown), shown.clone());
        prop_assert!(display_name(&text).chars().count() <= 120);
    }

    #[test]
    fn a_shortened_name_is_short_and_keeps_its_ends(name in hostile_text(), max in 0_usize..60) {
        let short = shorten(&name, max);
        prop_assert!(short.chars().count() <= max, "{short} is over {max}");
        if name.chars().count() <= max {
            prop_assert_eq!(short, name);
        } else if let Some((head, tail)) = short.split_once('\u{2026}').filter(|_| !name.contains('\u{2026}')) {
            prop_assert!(name.starts_with(head) && name.ends_with(tail));
        }
    }

    #[test]
    fn percent_encoding_is_ascii_and_comes_back(text in ".{0,60}") {
        let encoded = percent_encode(&text);
        prop_assert!(encoded.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~%".contains(&b)));
        prop_assert_eq!(percent_decode(&encoded), text);
    }

    #[test]
    fn decoding_takes_anything(text in "[%0-9a-fA-Fg-z]{0,40}|.{0,40}") {
        let decoded = percent_decode(&text);
        prop_assert!(decoded.len() <= text.len() * 3);
        if !text.contains('%') {
            prop_assert_eq!(decoded, text);
        }
    }

    #[test]
    fn an_address_is_what_it_says_or_refused(
        href in "(https?|HTTPS|ftp|data|)(://|:|//|)([a-z0-9.@:\\[\\]-]{0,20})(/[ -~é]{0,20})?([?#][ -~]{0,20})?|.{0,60}"
    ) {
        if let Ok(url) = CheckedUrl::parse(&href) {
            prop_assert_eq!(url.href(), &href);
            prop_assert!(url.origin().starts_with("https://") || url.origin().starts_with("http://"));
            prop_assert!(!url.host().is_empty() && !href.contains(['#', '\\', ' ']));
            prop_assert!(!url.location().contains('?'));
            prop_assert!(url.same_place(&href) && url.same_place(without_query(&href)));
            prop_assert!(!url.path().split('/').any(|segment| matches!(percent_decode(segment).as_str(), "." | "..")));
            prop_assert!(CheckedUrl::parse(&url.location()).is_ok());
            let _ = (url.object_key(None), url.object_key(Some("b")), url.query_value("a"), url.is_loopback());
        }
    }

    #[test]
    fn xml_is_read_or_refused(body in prop_oneof![almost_xml(), ".{0,100}"]) {
        if let Some(answer) = parse_answer(&body) {
            prop_assert!(answer.code.len() <= 64 && answer.code.is_ascii());
            prop_assert!(!answer.message.contains(char::is_control));
        }
    }

    #[test]
    fn the_judge_has_a_verdict_on_everything(
        status in any::<u16>(), body in prop_oneof![almost_xml(), ".{0,100}"], url in prop_oneof![Just(String::new()), ".{0,40}"],
        content_type in "(text/html|application/xml|.{0,10})", etag in ".{0,10}", location in ".{0,20}",
        retry_after_ms in any::<u64>(), expired in any::<bool>(), key in ".{0,20}", form in any::<bool>()
    ) {
        let fields = if form { vec![("key".to_owned(), key)] } else { Vec::new() };
        let sent = parameters("https://b.example/p/k?X-Amz-Signature=secret", fields).unwrap();
        let says_error = parse_answer(&body).is_some_and(|xml| xml.is_error);
        let answer = Answer { status, url: url.clone(), content_type, etag, location, retry_after_ms, body, checksums: Vec::new() };
        match judge(&sent, &answer, expired) {
            Ok(response) => {
                prop_assert!(matches!(status, 200 | 201 | 204) && !says_error);
                prop_assert!(url.is_empty() || sent.url.same_place(&url));
                prop_assert!(!response.upload_url.contains("secret") && !response.location.contains('?'));
            }
            Err(failure) => {
                prop_assert!(!failure.code.is_empty() && !failure.message.is_empty());
                prop_assert!(!failure.message.contains("secret"));
                prop_assert_eq!(failure.status, status);
            }
        }
    }

    /// Queries, fields and headers are credentials, and a policy is one: their values must not reach a console.
    #[test]
    fn the_doctor_tells_no_secrets(
        names in proptest::collection::vec("(X-Amz-Signature|X-Amz-Date|X-Amz-Expires|X-Amz-SignedHeaders|X-Amz-Credential|x-amz-checksum-crc32|policy|key|content-type|x-amz-date|[a-z-]{1,8})", 0..8),
        values in proptest::collection::vec("(20261201T120000Z|900|900000|host;x-amz-a|AAAAAA==|a/b/c/s3/aws4_request|[a-z0-9;/-]{0,8})", 8),
        json in "\\{\"expiration\":\"[0-9TZ:-]{0,20}\",\"conditions\":\\[(\\{\"key\":\"hunter2\"\\}|\\[\"eq\",\"\\$[a-z]{1,4}\",\"hunter2\"\\]|\\[\"content-length-range\",[0-9]{1,4},[0-9]{1,4}\\]|\\{\\})\\]\\}|.{0,40}",
        host in "(b[.]s3[.]amazonaws[.]com|b[.]example)", post in any::<bool>(), size in 0_u64..5000, status in prop_oneof![Just(0_u16), any::<u16>()],
        code in "(AccessDenied|SignatureDoesNotMatch|expired|policy|InvalidArgument|400|403|BadDigest|[A-Za-z]{0,9})", waited in any::<u64>(), silent in any::<bool>(),
        clock in any::<bool>(), cors in any::<bool>()
    ) {
        let pairs: Vec<(String, String)> = names.into_iter().zip(values).map(|(name, value)| (name, format!("{value}hunter2"))).collect();
        let plain: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}={}", value.trim_end_matches("hunter2"))).collect();
        let mut fields = pairs.clone();
        fields.push(("policy".to_owned(), base64(&json)));
        let raw = RawParameters {
            url: format!("https://{host}/k?{}&X-Amz-Security-Token=hunter2", plain.join("&")),
            method: Some(if post { "POST" } else { "PUT" }.to_owned()),
            fields: post.then_some(fields),
            headers: pairs,
            ..RawParameters::default()
        };
        let policy = ParameterPolicy { clock: clock.then_some(|| 1_796_126_400_000), ..ParameterPolicy::default() };
        let parameters = raw.check(&policy).unwrap();
        let sent = Sent { size, mime: "" };
        let kind = if cors { Kind::Config } else { Kind::S3 };
        let failure = Failure::new(kind, &code, Class::Final, "").with_status(status);
        for advice in [inspect(&parameters, sent), explain(&parameters, &failure, sent, waited, silent)].into_iter().flatten() {
            let text = advice.text();
            prop_assert!(!text.contains("hunter2") && !text.contains('?'), "{}", text);
            // A shorter one may stand in the checksum of nothing, which is told.
            prop_assert!(!text.contains(&*base64(&json)) || json.len() < 6);
            prop_assert!(text.len() < 2000 && !text.contains(char::is_control));
            prop_assert_eq!(failure.clone().with_advice(advice).help, text);
        }
    }

    #[test]
    fn types_are_matched_whatever_they_look_like(list in "[.,*/ a-zé]{0,20}|.{0,20}", name in ".{0,12}", mime in "[a-z*/;]{0,12}") {
        for accept in Accept::parse_list(&list) {
            prop_assert_eq!(Accept::parse_list(&accept.text()), vec![accept.clone()]);
            let _ = accept.matches(&name, &mime);
        }
        prop_assert!(Accept::parse("*/*").unwrap().matches(&name, &mime));
    }

    #[test]
    fn restrictions_hold_whatever_is_added(
        sizes in proptest::collection::vec(0_u64..20, 0..12), max in proptest::option::of(0_u64..20), min in proptest::option::of(0_u64..20),
        total in proptest::option::of(0_u64..60), count in proptest::option::of(0_u32..6)
    ) {
        let restrictions = Restrictions {
            max_file_size: max, min_file_size: min, max_total_file_size: total, max_number_of_files: count, ..Restrictions::default()
        };
        let mut engine = Engine::new(Options { restrictions, ..Options::default() }, 1);
        let (mut bytes, mut files) = (0, 0);
        for (n, size) in sizes.into_iter().enumerate() {
            let result = engine.add(Time(0), NewFile { name: format!("{n}"), size, ..NewFile::default() });
            let breaks = [
                max.is_some_and(|max| size > max), min.is_some_and(|min| size < min),
                count.is_some_and(|count| files >= count), total.is_some_and(|total| bytes + size > total),
            ];
            prop_assert_eq!(result.is_err(), breaks.contains(&true));
            match result {
                Ok(_) => (bytes, files) = (bytes + size, files + 1),
                Err(rejection) => {
                    let first = breaks.iter().position(|broken| *broken).unwrap();
                    let right = match rejection.reason {
                        RejectionReason::TooBig { .. } => first == 0,
                        RejectionReason::TooSmall { .. } | RejectionReason::Empty => first == 1,
                        RejectionReason::Count { .. } => first == 2,
                        RejectionReason::Total { .. } => first == 3,
                        _ => false,
                    };
                    prop_assert!(right, "{:?}", rejection);
                }
            }
            prop_assert_eq!((engine.totals().bytes_added, engine.totals().files), (bytes, files));
        }
    }

    #[test]
    fn options_are_taken_whole_or_not_at_all(
        timeout in proptest::option::of(any::<f64>()), limit in proptest::option::of(any::<f64>()),
        delays in proptest::option::of(proptest::collection::vec(prop_oneof![any::<f64>(), 0.0..10_000.0], 0..4)),
        auto in proptest::option::of(any::<bool>())
    ) {
        let raw = RawOptions { timeout, limit, retry_delays: delays.clone(), auto_proceed: auto, ..RawOptions::default() };
        let good = |value: f64, most: f64| value >= 0.0 && value <= most;
        let all_good = timeout.is_none_or(|ms| good(ms, 86_400_000.0))
            && limit.is_none_or(|n| good(n, 10_000.0))
            && delays.iter().flatten().all(|ms| good(*ms, 86_400_000.0));
        match Options::default().merge(raw) {
            Ok(options) => {
                prop_assert!(all_good);
                prop_assert_eq!(options.stall_after_ms, timeout.map_or(30_000, |ms| ms as u64));
                prop_assert_eq!(options.limit, limit.map_or(6, |n| n as u32));
                prop_assert_eq!(options.retry_delays_ms.len(), delays.map_or(4, |delays| delays.len()));
                prop_assert_eq!(options.auto_proceed, auto.unwrap_or(false));
            }
            Err(error) => {
                prop_assert!(!all_good);
                prop_assert!(error.message.starts_with(error.option));
            }
        }
    }
}

/// A store may answer with whatever it likes; depth must not be what ends the page.
#[test]
fn deep_xml_does_not_overflow_the_stack() {
    let deep = "<a>".repeat(20_000);
    assert_eq!(parse_answer(&deep), None);
    let closed = format!("{}{}", "<a>".repeat(4_000), "</a>".repeat(4_000));
    let on_a_small_stack = std::thread::Builder::new().stack_size(256 * 1024).spawn(move || parse_answer(&closed));
    let _ = on_a_small_stack.unwrap().join().expect("no panic");
}
