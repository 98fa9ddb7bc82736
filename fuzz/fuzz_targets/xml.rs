//! What a store answers: read or refused, and never a success where an error is inside.
#![no_main]

use filechute_engine::{
    Answer, MAX_PARTS, ParameterPolicy, RawParameters, judge, judge_complete, judge_step, parse_answer,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &str| {
    let read = parse_answer(body);
    if let Some(answer) = &read {
        assert!(answer.code.len() <= 64 && answer.code.is_ascii());
        assert!(!answer.message.contains(char::is_control));
        assert!(answer.parts.iter().all(|part| (1..=MAX_PARTS).contains(&u64::from(part.number))));
    }
    let says_error = read.as_ref().is_some_and(|answer| answer.is_error);
    let url = "https://b.example/k?X-Amz-Signature=s".to_owned();
    let raw = RawParameters { url, ..RawParameters::default() };
    let parameters = raw.check(&ParameterPolicy::default()).expect("a good address");
    for status in [200, 204, 400, 403, 503] {
        let answer = Answer { status, body: body.to_owned(), ..Answer::default() };
        let verdict = judge(&parameters, &answer, false);
        assert!(verdict.is_ok() == (status < 300 && !says_error));
        if let Err(failure) = verdict {
            assert!(!failure.code.is_empty() && !failure.message.is_empty());
        }
        assert!(judge_step(&answer).is_ok() == (status < 300 && !says_error));
        if judge_complete(&answer).is_ok() {
            assert!(read.is_some() && !says_error && status < 300);
        }
    }
});
