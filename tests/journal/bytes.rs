//! Whether a file at hand is the one that was being uploaded.

use std::cell::Cell;

use filechute::{
    Class, Failure, Kind,
    journal::{Fingerprint, Handle, Mismatch, PartReceipt, Record, RecordedPart, verify},
};
use js_sys::{Array, Date, Uint8Array};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{console_log, wasm_bindgen_test};
use web_sys::Blob;

use super::{MIB, journal, part, parts_stored, raw, record, script};

/// FNV-1a, as good as any to tell bytes from others.
async fn fnv(blob: &Blob, start: u64, end: u64) -> Result<String, Failure> {
    let slice = blob.slice_with_f64_and_f64(start as f64, end as f64).unwrap();
    let unreadable = |_| Failure::new(Kind::File, "changed", Class::Final, "no");
    let bytes = Uint8Array::new(&JsFuture::from(slice.array_buffer()).await.map_err(unreadable)?).to_vec();
    let hash = bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3));
    Ok(format!("{hash:016x}"))
}

fn blob(bytes: &[u8]) -> Blob {
    Blob::new_with_u8_array_sequence(&Array::of1(&Uint8Array::from(bytes))).unwrap()
}

/// 11 MiB that differ everywhere, and a record of their upload with the first two of three parts done.
async fn uploaded() -> (Vec<u8>, Record) {
    let bytes: Vec<u8> = (0..11 * MIB).map(|at| (at ^ (at >> 8) ^ (at >> 16)) as u8).collect();
    let file = blob(&bytes);
    let mut record = record("verify");
    record.size = 11 * MIB;
    record.fingerprint = Fingerprint::take(&file, &fnv).await.unwrap();
    for number in [1, 2] {
        let start = u64::from(number - 1) * 5 * MIB;
        let checksum = fnv(&file, start, start + 5 * MIB).await.unwrap();
        record.parts.push(RecordedPart { checksum, ..part(number, 5 * MIB) });
    }
    (bytes, record)
}

#[wasm_bindgen_test]
async fn only_the_same_bytes_are_the_same_file() {
    let (bytes, record) = uploaded().await;
    let receipt = |part: &RecordedPart| PartReceipt {
        number: part.number,
        size: part.size,
        etag: part.etag.clone(),
        checksum: part.checksum.clone(),
    };
    let recorded: Vec<_> = record.parts.iter().map(receipt).collect();
    let trusted = verify(&blob(&bytes), &record, fnv).await.unwrap();
    assert_eq!(trusted, recorded);
    assert_eq!(record.resume(trusted).parts.len(), 2);

    let changed = |at: usize| {
        let mut other = bytes.clone();
        other[at] ^= 1;
        blob(&other)
    };
    let part_1 = 3 * MIB as usize;
    let part_2 = 7 * MIB as usize;
    for (other, mismatch) in [
        (blob(&bytes[1..]), Mismatch::Size),
        (blob(&[&bytes[..], &[0]].concat()), Mismatch::Size),
        (blob(&[]), Mismatch::Size),
        // Same name, size and date; other bytes.
        (changed(0), Mismatch::Fingerprint),
        (changed(bytes.len() - 1), Mismatch::Fingerprint),
        (changed(part_1), Mismatch::Part(1)),
        (changed(part_2), Mismatch::Part(2)),
    ] {
        let found = verify(&other, &record, fnv).await.unwrap_err();
        assert_eq!(found, mismatch);
        let failure = Failure::from(found);
        assert_eq!((failure.kind, failure.code.as_str(), failure.class), (Kind::File, "mismatch", Class::Final));
        assert_eq!(filechute::texts::message(&failure, "a"), "This is not the file that was being uploaded.");
    }
    // Not yet uploaded there, so it may well be the file: these bytes will be sent.
    assert!(verify(&changed(bytes.len() - 70_000), &record, fnv).await.is_ok());
}

#[wasm_bindgen_test]
async fn parts_that_cannot_be_checked_are_sent_again() {
    let (bytes, good) = uploaded().await;
    let file = blob(&bytes);
    let numbers = |parts: Vec<PartReceipt>| parts.iter().map(|part| part.number).collect::<Vec<_>>();

    let mut record = good.clone();
    record.parts[0].checksum.clear();
    assert_eq!(numbers(verify(&file, &record, fnv).await.unwrap()), [2]);

    // By another algorithm, chosen in mid-upload.
    let mut record = good.clone();
    record.parts[1].checksum.push_str("by another algorithm");
    assert_eq!(numbers(verify(&file, &record, fnv).await.unwrap()), [1]);

    // Another part size than the parts were cut by: none of them is where the plan would put it.
    for part_size in [7 * MIB, MIB, 0] {
        let record = Record { part_size, ..good.clone() };
        assert!(numbers(verify(&file, &record, fnv).await.unwrap()).is_empty(), "{part_size}");
    }
    // By this one the last part happens to have the right size; its bytes are others.
    let record = Record { part_size: 6 * MIB, ..good.clone() };
    assert_eq!(verify(&file, &record, fnv).await.unwrap_err(), Mismatch::Part(2));

    let mut record = good.clone();
    record.parts.push(part(3, 5 * MIB));
    record.parts.push(part(4, 5 * MIB));
    record.parts.push(part(0, 5 * MIB));
    assert_eq!(numbers(verify(&file, &record, fnv).await.unwrap()), [1, 2]);

    // No checksums at all: nothing is digested, nothing is trusted.
    let mut record = Record { fingerprint: Fingerprint::default(), ..good.clone() };
    record.parts.iter_mut().for_each(|part| part.checksum.clear());
    let asked = Cell::new(0);
    let count = async |_: &Blob, _: u64, _: u64| {
        asked.set(asked.get() + 1);
        Ok(String::new())
    };
    assert!(numbers(verify(&file, &record, count).await.unwrap()).is_empty());
    assert_eq!(asked.get(), 0);

    let failure = Failure::new(Kind::File, "removed", Class::Final, "gone");
    let gone = async |_: &Blob, _: u64, _: u64| Err(failure.clone());
    let found = verify(&file, &good, gone).await.unwrap_err();
    assert_eq!(Failure::from(found), failure);
}

#[wasm_bindgen_test]
async fn ten_thousand_parts() {
    let (before, complaints) = journal("many");
    let mut record = record("many");
    (record.size, record.part_size) = (10_000 * 5 * MIB, 5 * MIB);
    before.remember(&record);
    before.flush().await;
    let begun = Date::now();
    for number in 1..=10_000 {
        let checksum = "q83vEjRWeJA=".into();
        let etag = format!("d41d8cd98f00b204e9800998ecf8{number:04}");
        before.note_part(&record.id, &RecordedPart { number, size: 5 * MIB, etag, checksum });
    }
    let noted = Date::now() - begun;
    before.flush().await;
    let written = Date::now() - begun;
    drop(before);
    let (after, _) = journal("many");
    let begun = Date::now();
    let found = after.list().await.pop().unwrap();
    let listed = Date::now() - begun;
    console_log!("10,000 parts: noted in {noted} ms, written after {written} ms, listed in {listed} ms");
    assert_eq!(found.parts.len(), 10_000);
    assert!(found.parts.iter().zip(1..).all(|(part, number)| part.number == number));
    assert_eq!(found.bytes(), record.size);
    assert!(noted < 5_000.0, "noting is what happens between two parts");
    after.forget(&record.id);
    after.flush().await;
    assert_eq!(parts_stored(&record.id).await, 0);
    assert!(complaints.borrow().is_empty());
}

#[wasm_bindgen_test]
async fn a_handle_finds_the_file_again() {
    let (journal, complaints) = journal("handles");
    let record = record("handles");
    journal.remember(&record);
    assert!(!journal.list().await.pop().unwrap().has_handle);
    assert!(journal.reopen(&record).await.is_none());
    assert!(Handle::from_js(JsValue::NULL).is_none());

    // A file of the origin's own: it needs no picker and no leave.
    let handle = script(
        "return navigator.storage.getDirectory().then(async folder => {
            const file = await folder.getFileHandle('journal-test', { create: true })
            const out = await file.createWritable()
            await out.write('bytes')
            await out.close()
            return [file, folder]
        }).catch(() => [])",
        0,
        0,
    )
    .await;
    let handles = Array::from(&handle);
    assert!(Handle::from_js(handles.get(1)).is_none(), "a folder is no file");
    if let Some(handle) = Handle::from_js(handles.get(0)) {
        journal.keep_handle(&record.id, &handle);
        let found = journal.list().await.pop().unwrap();
        let reopened = journal.reopen(&record).await;
        console_log!("handles are kept: {}", found.has_handle);
        assert_eq!(found.has_handle, reopened.is_some());
        if let Some(blob) = reopened {
            assert_eq!(JsFuture::from(blob.text()).await.unwrap(), "bytes");
        }
        script("return navigator.storage.getDirectory().then(folder => folder.removeEntry('journal-test'))", 0, 0)
            .await;
        assert!(journal.reopen(&record).await.is_none(), "it was removed");
    }

    // One that no browser can store spoils nothing.
    let odd = script("return { kind: 'file', getFile() {} }", 0, 0).await;
    journal.keep_handle(&record.id, &Handle::from_js(odd).unwrap());
    journal.note_part(&record.id, &part(1, 5 * MIB));
    assert_eq!(journal.list().await.pop().unwrap().parts.len(), 1);
    journal.forget(&record.id);
    assert_eq!(journal.list().await, []);
    assert_eq!(raw("answer = store('handles').count()", 0, 0).await, 0);
    assert!(complaints.borrow().is_empty());
}
