//! File names: what is shown deceives nobody, and what becomes part of a key is a good one.
#![no_main]

use filechute_engine::{display_name, extension_of, percent_decode, percent_encode, shorten, visible};
use filechute_host::{check_key, clean_name};
use libfuzzer_sys::{arbitrary, arbitrary::Arbitrary, fuzz_target};

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    max: u8,
    name: &'a str,
}

fn deceives(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

fuzz_target!(|input: Input<'_>| {
    let Input { max, name } = input;
    let max = usize::from(max);
    let shown = visible(name);
    assert!(!shown.contains(deceives));
    assert_eq!(visible(&shown), shown);
    assert!(display_name(name).chars().count() <= 120);
    let short = shorten(name, max);
    assert!(short.chars().count() <= max);
    if name.chars().count() <= max {
        assert_eq!(short, name);
    }
    assert!(name.ends_with(extension_of(name)));
    assert_eq!(percent_decode(&percent_encode(name)), name);

    let clean = clean_name(name, max);
    assert!(clean.len() <= max && !clean.contains(deceives) && !clean.contains(['/', '\\']));
    if max >= 40 {
        let key = format!("uploads/{clean}");
        if let Err(problem) = check_key(&key, 1024) {
            // A name may ask for what S3 would replace; the host refuses it as it refuses any such key.
            assert!(problem.contains("${filename}"), "{key:?} {problem}");
        }
    }
    let _ = check_key(name, max);
});
