//! What crosses only for files in parts. All of it is reached through one table, and so lies in the module that a page loads
//! when it first has such a file.

use std::cell::Cell;

use filechute_engine::{
    Answer, Ask, Engine, Extras, Failure, ParameterPolicy, PartReceipt, Remote, Report, Resume, UploadResponse,
    XmlAnswer, judge_complete, judge_step, refusal_of,
};

use crate::{
    calls::{algorithm, checked, forewarn, id, said},
    wire::{Reader, Writer},
};

pub(crate) struct Rare {
    pub(crate) extras: Extras,
    pub(crate) call: fn(u32, &mut Engine, &mut Reader<'_>, &mut Writer),
    pub(crate) report: fn(&str, &Engine, &ParameterPolicy, &mut Reader<'_>, &mut Writer) -> Report,
    pub(crate) ask: fn(&Ask, &mut Writer),
}

static ALL: Rare = Rare { extras: Extras::ALL, call, report, ask };

thread_local! {
    static LOADED: Cell<Option<&'static Rare>> = const { Cell::new(None) };
}

pub(crate) fn loaded() -> Option<&'static Rare> {
    LOADED.get()
}

/// The table, once JavaScript says that the module with it is there.
pub(crate) fn load(is_there: bool) -> Option<&'static Rare> {
    if is_there {
        LOADED.set(Some(split::load()));
    }
    loaded()
}

/// Where the two modules part. The import has the name of the export but for one word: so finds it who cuts them.
#[cfg(target_arch = "wasm32")]
mod split {
    #[expect(improper_ctypes, reason = "both sides are this crate")]
    #[link(wasm_import_module = "more")]
    unsafe extern "C" {
        #[link_name = "__wasm_split_00more00_import_00000000000000000000000000000001"]
        fn more() -> &'static super::Rare;
    }

    #[unsafe(export_name = "__wasm_split_00more00_export_00000000000000000000000000000001")]
    extern "C" fn here() -> &'static super::Rare {
        &super::ALL
    }

    pub(super) fn load() -> &'static super::Rare {
        // SAFETY: the function above, once the module with it is there; before that JavaScript does not ask.
        unsafe { more() }
    }
}

#[cfg(not(target_arch = "wasm32"))]
mod split {
    pub(super) fn load() -> &'static super::Rare {
        &super::ALL
    }
}

fn call(verb: u32, engine: &mut Engine, read: &mut Reader<'_>, out: &mut Writer) {
    match verb {
        25 => out.maybe(engine.resume_of(id(read)).as_ref(), Writer::resume),
        29 => said(out, judge_step(&answer(read)).as_ref(), Writer::answer),
        30 => said(out, judge_complete(&answer(read)).as_ref(), Writer::response),
        31 => {
            let status = u16::try_from(read.size()).unwrap_or_default();
            out.failure_in_full(&refusal_of(status, &read.said(), &read.said()));
        }
        _ => out.nothing(),
    }
}

fn report(kind: &str, engine: &Engine, policy: &ParameterPolicy, read: &mut Reader<'_>, out: &mut Writer) -> Report {
    match kind {
        "signed" => {
            let id = id(read);
            let parts = read.list(|read| {
                read.enter();
                let number = read.small().unwrap_or_default();
                checked(read, policy).map(|parameters| (number, Box::new(parameters)))
            });
            let parts: Result<Vec<_>, Failure> = parts.unwrap_or_default().into_iter().collect();
            forewarn(engine, id, parts.as_ref().ok().and_then(|parts| parts.first()).map(|(_, first)| &**first), out);
            parts.map_or_else(Report::Failed, Report::Signed)
        }
        "created" => Report::Created(remote(read)),
        "resumed" => {
            read.enter();
            Report::Resumed(Box::new(Resume { remote: remote(read), part_size: read.size(), parts: receipts(read) }))
        }
        "listed" => Report::Listed(receipts(read)),
        "completed" => {
            read.enter();
            let status = u16::try_from(read.size()).unwrap_or_default();
            Report::Completed(Box::new(UploadResponse {
                status,
                upload_url: read.said(),
                location: read.said(),
                key: read.said(),
                bucket: read.said(),
                etag: read.said(),
                checksum: read.said(),
                public_url: read.said(),
                verified: None,
            }))
        }
        "aborted" => Report::Aborted,
        _ => Report::Busy,
    }
}

fn remote(read: &mut Reader<'_>) -> Remote {
    read.enter();
    Remote { upload_id: read.said(), key: read.said(), bucket: read.said(), checksum: algorithm(read) }
}

fn receipts(read: &mut Reader<'_>) -> Vec<PartReceipt> {
    let one = |read: &mut Reader<'_>| {
        read.enter();
        PartReceipt {
            number: read.small().unwrap_or_default(),
            size: read.size(),
            etag: read.said(),
            checksum: read.said(),
        }
    };
    read.list(one).unwrap_or_default()
}

fn answer(read: &mut Reader<'_>) -> Answer {
    let status = u16::try_from(read.size()).unwrap_or_default();
    let body = read.said();
    let retry_after_ms = read.size();
    Answer { status, body, retry_after_ms, ..Answer::default() }
}

fn ask(ask: &Ask, out: &mut Writer) {
    match ask {
        Ask::Create => {
            out.list(1);
            out.text("create");
        }
        Ask::Sign { remote, parts } => {
            out.list(3);
            out.text("sign");
            out.remote(remote);
            out.list(parts.len());
            for part in parts {
                out.part(part);
            }
        }
        Ask::List { remote } => {
            out.list(2);
            out.text("list");
            out.remote(remote);
        }
        Ask::Complete { remote, parts, size, checksum } => {
            out.list(5);
            out.text("complete");
            out.remote(remote);
            out.receipts(parts);
            out.size(*size);
            out.text(checksum);
        }
        Ask::Abort { remote } => {
            out.list(2);
            out.text("abort");
            out.remote(remote);
        }
        _ => {
            out.list(1);
            out.text("whole");
        }
    }
}

impl Writer {
    fn receipts(&mut self, parts: &[PartReceipt]) {
        self.list(parts.len());
        for part in parts {
            self.receipt(part);
        }
    }

    pub(crate) fn resume(&mut self, resume: &Resume) {
        self.list(3);
        self.remote(&resume.remote);
        self.size(resume.part_size);
        self.receipts(&resume.parts);
    }

    pub(crate) fn answer(&mut self, xml: &XmlAnswer) {
        self.list(5);
        for text in [&xml.upload_id, &xml.key, &xml.bucket] {
            self.text(text);
        }
        self.receipts(&xml.parts);
        self.maybe(xml.next_part, Self::small);
    }
}
