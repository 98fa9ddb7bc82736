// Made by `cargo xtask words` from the JavaScript side. Change it there.
//! All words, and the English ones.

use super::{Direction, Forms};

/// Every word that a person reads or hears, in one language. `{0}`, `{1}` … stand for values.
///
/// What an application wants to say differently it takes from a language with an update:
/// `Strings { title: "Photos", ..Strings::EN }`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Strings {
    /// The language, as in the attribute `lang`; numbers and sizes are written in it.
    pub locale: &'static str,
    /// The writing direction.
    pub direction: Direction,
    /// “Choose a file”
    pub choose_file: &'static str,
    /// “Choose files”
    pub choose_files: &'static str,
    /// “Choose a folder”
    pub choose_folder: &'static str,
    /// “Add more”
    pub add_more: &'static str,
    /// “or drop it here”
    pub or_drop_it: &'static str,
    /// “or drop them here”
    pub or_drop_them: &'static str,
    /// “Drop to add”
    pub drop_now: &'static str,
    /// “up to {0} each”
    pub up_to_size: &'static str,
    /// “at least {0} each”
    pub at_least_size: &'static str,
    /// “{0} in all”
    pub up_to_total: &'static str,
    /// “{0} file”, “up to {0} files”
    pub up_to_files: Forms,
    /// “images”
    pub images: &'static str,
    /// “videos”
    pub videos: &'static str,
    /// “audio”
    pub audio: &'static str,
    /// “text files”
    pub text_files: &'static str,
    /// “Ready”
    pub ready: &'static str,
    /// “Waiting”
    pub waiting: &'static str,
    /// “Preparing”
    pub preparing: &'static str,
    /// “Uploading {0}”
    pub uploading: &'static str,
    /// “Finishing…”
    pub finishing: &'static str,
    /// “Retrying in a moment”
    pub retrying: &'static str,
    /// “Connection is slow – retrying ({0})”
    pub retrying_slow: &'static str,
    /// “Paused”
    pub paused: &'static str,
    /// “Uploaded”
    pub uploaded: &'static str,
    /// “Uploaded and verified”
    pub verified: &'static str,
    /// “Cancel {0}”
    pub cancel_file: &'static str,
    /// “Remove {0}”
    pub remove_file: &'static str,
    /// “Retry {0}”
    pub retry_file: &'static str,
    /// “Pause {0}”
    pub pause_file: &'static str,
    /// “Resume {0}”
    pub resume_file: &'static str,
    /// “Edit {0}”
    pub edit_file: &'static str,
    /// “Copy the key of {0}”
    pub copy_key: &'static str,
    /// “Copy the link to {0}”
    pub copy_link: &'static str,
    /// “Copied”
    pub copied: &'static str,
    /// “Upload {0} file”, “Upload {0} files”
    pub upload: Forms,
    /// “Pause all”
    pub pause_all: &'static str,
    /// “Resume all”
    pub resume_all: &'static str,
    /// “Cancel all”
    pub cancel_all: &'static str,
    /// “Remove all”
    pub remove_all: &'static str,
    /// “Clear”
    pub clear: &'static str,
    /// “Retry failed”
    pub retry_failed: &'static str,
    /// “Show failed”
    pub show_failed: &'static str,
    /// “Show all”
    pub show_all: &'static str,
    /// “Dismiss”
    pub dismiss: &'static str,
    /// “Move {0}”
    pub move_file: &'static str,
    /// “{0} is now {1} of {2}”
    pub moved: &'static str,
    /// “Arrow keys move it, Space picks it up and drops it, Escape puts it back.”
    pub move_help: &'static str,
    /// “Arrow keys go from file to file.”
    pub list_help: &'static str,
    /// “Select {0}”
    pub select_file: &'static str,
    /// “Select all”
    pub select_all: &'static str,
    /// “{0} file selected”, “{0} files selected”
    pub selected: Forms,
    /// “Remove”
    pub remove: &'static str,
    /// “Retry”
    pub retry: &'static str,
    /// “Pause”
    pub pause: &'static str,
    /// “Resume”
    pub resume: &'static str,
    /// “{0} file ready”, “{0} files ready”
    pub all_ready: Forms,
    /// “Paused at {0}”
    pub all_paused: &'static str,
    /// “{0} file uploaded”, “{0} files uploaded”
    pub all_uploaded: Forms,
    /// “{0} file failed”, “{0} files failed”
    pub all_failed: Forms,
    /// “{0} uploaded”, “{0} uploaded”
    pub count_uploaded: Forms,
    /// “{0} failed”, “{0} failed”
    pub count_failed: Forms,
    /// “{1} of {0} file”, “{1} of {0} files”
    pub of_files: Forms,
    /// “{0} of {1}”
    pub of_bytes: &'static str,
    /// “{0}/s”
    pub per_second: &'static str,
    /// “{0} left”
    pub time_left: &'static str,
    /// “{0} B”
    pub bytes: &'static str,
    /// “{0} was not finished: {1} of {2} uploaded”
    pub unfinished: &'static str,
    /// “Continue”
    pub go_on: &'static str,
    /// “Choose it again”
    pub choose_again: &'static str,
    /// “Discard”
    pub discard: &'static str,
    /// “You’re offline – uploads continue when you’re back”
    pub offline: &'static str,
    /// “{0} file was not added”, “{0} files were not added”
    pub not_added: Forms,
    /// “and {0} more”, “and {0} more”
    pub and_more: Forms,
    /// “{0} file could not be uploaded”, “{0} files could not be uploaded”
    pub files_failed: Forms,
    /// “Uploading {0} file”, “Uploading {0} files”
    pub start_uploading: Forms,
    /// “Files”
    pub files: &'static str,
    /// “All files”
    pub all_files: &'static str,
    /// “Upload files”
    pub title: &'static str,
    /// “Close”
    pub close: &'static str,
    /// “Done”
    pub done: &'static str,
    /// “Drop files to add them”
    pub drop_anywhere: &'static str,
    /// “Choose an image”
    pub choose_image: &'static str,
    /// “Replace”
    pub replace_image: &'static str,
    /// “{0} file is in the list already”, “{0} files are in the list already”
    pub duplicates: Forms,
    /// “Skip”
    pub skip: &'static str,
    /// “Keep both”
    pub keep_both: &'static str,
    /// “Replace”
    pub replace: &'static str,
    /// “Name”
    pub file_name: &'static str,
    /// “Save”
    pub save: &'static str,
    /// “Cancel”
    pub cancel: &'static str,
    /// “{0} was changed while uploading. Choose it again.”
    pub changed: &'static str,
    /// “{0} was removed or moved. Choose it again.”
    pub removed: &'static str,
    /// “This is not the file that was being uploaded.”
    pub mismatch: &'static str,
    /// “Could not read {0}. Make it available offline and add it again.”
    pub unreadable: &'static str,
    /// “Waiting for the network.”
    pub waiting_for_network: &'static str,
    /// “The connection is too slow or was lost. Try again.”
    pub stalled: &'static str,
    /// “The connection was lost. Try again.”
    pub connection_lost: &'static str,
    /// “Please sign in again.”
    pub sign_in: &'static str,
    /// “You're not allowed to upload here.”
    pub not_allowed: &'static str,
    /// “Upload permission expired. Try again.”
    pub expired: &'static str,
    /// “Could not start the upload. Try again.”
    pub not_started: &'static str,
    /// “A file with this name already exists.”
    pub exists: &'static str,
    /// “{0} is larger than this site accepts.”
    pub too_large: &'static str,
    /// “{0} is larger than this site accepts ({1}).”
    pub too_large_limit: &'static str,
    /// “{0} is smaller than this site accepts.”
    pub too_small: &'static str,
    /// “{0} is smaller than this site accepts ({1}).”
    pub too_small_limit: &'static str,
    /// “The storage refused {0}: it is not what this site accepts.”
    pub refused_by_policy: &'static str,
    /// “The storage refused {0}.”
    pub refused_by_storage: &'static str,
    /// “{0} was damaged on the way. Try again.”
    pub damaged: &'static str,
    /// “We couldn't confirm the upload. Check before sending again.”
    pub unconfirmed: &'static str,
    /// “Storage is busy. Try again.”
    pub busy: &'static str,
    /// “Upload is misconfigured. Contact the site.”
    pub misconfigured: &'static str,
    /// “{0} is required.”
    pub required: &'static str,
    /// “The upload failed. Try again.”
    pub failed: &'static str,
    /// “{0} is not an accepted type ({1})”
    pub not_accepted: &'static str,
    /// “{0} is larger than {1}”
    pub larger_than: &'static str,
    /// “{0} is smaller than {1}”
    pub smaller_than: &'static str,
    /// “{0} is empty”
    pub empty: &'static str,
    /// “You can add only {0} file”, “You can add up to {0} files”
    pub at_most_files: Forms,
    /// “{0} does not fit: all files together may have {1}”
    pub at_most_total: &'static str,
    /// “{0} is already added”
    pub duplicate: &'static str,
    /// “No more files can be added”
    pub no_more_files: &'static str,
    /// “Folders can't be uploaded here”
    pub no_folders: &'static str,
    /// “{0} is an empty folder”
    pub empty_folder: &'static str,
    /// “Add at least {0} file”, “Add at least {0} files”
    pub at_least_files: Forms,
    /// “{0} can't be added”
    pub cannot_be_added: &'static str,
    /// “The upload was not started”
    pub upload_not_started: &'static str,
    /// “The uploader could not be loaded. Reload the page to try again.”
    pub load_failed: &'static str,
    /// “The uploader could not be loaded. Your files will be sent with the form.”
    pub load_failed_in_form: &'static str,
    /// “Try again”
    pub try_again: &'static str,
    /// “The uploader stopped. Reload the page to go on.”
    pub stopped: &'static str,
    /// “Uploads are still running”
    pub form_running: &'static str,
    /// “Some files are not uploaded yet. Upload or remove them first.”
    pub form_idle: &'static str,
    /// “Please add a file.”
    pub form_missing: &'static str,
}

impl Strings {
    /// English.
    pub const EN: Self = Self {
        locale: "en",
        direction: Direction::Ltr,
        choose_file: "Choose a file",
        choose_files: "Choose files",
        choose_folder: "Choose a folder",
        add_more: "Add more",
        or_drop_it: "or drop it here",
        or_drop_them: "or drop them here",
        drop_now: "Drop to add",
        up_to_size: "up to {0} each",
        at_least_size: "at least {0} each",
        up_to_total: "{0} in all",
        up_to_files: Forms { one: Some("{0} file"), other: "up to {0} files", ..Forms::NONE },
        images: "images",
        videos: "videos",
        audio: "audio",
        text_files: "text files",
        ready: "Ready",
        waiting: "Waiting",
        preparing: "Preparing",
        uploading: "Uploading {0}",
        finishing: "Finishing…",
        retrying: "Retrying in a moment",
        retrying_slow: "Connection is slow – retrying ({0})",
        paused: "Paused",
        uploaded: "Uploaded",
        verified: "Uploaded and verified",
        cancel_file: "Cancel {0}",
        remove_file: "Remove {0}",
        retry_file: "Retry {0}",
        pause_file: "Pause {0}",
        resume_file: "Resume {0}",
        edit_file: "Edit {0}",
        copy_key: "Copy the key of {0}",
        copy_link: "Copy the link to {0}",
        copied: "Copied",
        upload: Forms { one: Some("Upload {0} file"), other: "Upload {0} files", ..Forms::NONE },
        pause_all: "Pause all",
        resume_all: "Resume all",
        cancel_all: "Cancel all",
        remove_all: "Remove all",
        clear: "Clear",
        retry_failed: "Retry failed",
        show_failed: "Show failed",
        show_all: "Show all",
        dismiss: "Dismiss",
        move_file: "Move {0}",
        moved: "{0} is now {1} of {2}",
        move_help: "Arrow keys move it, Space picks it up and drops it, Escape puts it back.",
        list_help: "Arrow keys go from file to file.",
        select_file: "Select {0}",
        select_all: "Select all",
        selected: Forms { one: Some("{0} file selected"), other: "{0} files selected", ..Forms::NONE },
        remove: "Remove",
        retry: "Retry",
        pause: "Pause",
        resume: "Resume",
        all_ready: Forms { one: Some("{0} file ready"), other: "{0} files ready", ..Forms::NONE },
        all_paused: "Paused at {0}",
        all_uploaded: Forms { one: Some("{0} file uploaded"), other: "{0} files uploaded", ..Forms::NONE },
        all_failed: Forms { one: Some("{0} file failed"), other: "{0} files failed", ..Forms::NONE },
        count_uploaded: Forms { one: Some("{0} uploaded"), other: "{0} uploaded", ..Forms::NONE },
        count_failed: Forms { one: Some("{0} failed"), other: "{0} failed", ..Forms::NONE },
        of_files: Forms { one: Some("{1} of {0} file"), other: "{1} of {0} files", ..Forms::NONE },
        of_bytes: "{0} of {1}",
        per_second: "{0}/s",
        time_left: "{0} left",
        bytes: "{0} B",
        unfinished: "{0} was not finished: {1} of {2} uploaded",
        go_on: "Continue",
        choose_again: "Choose it again",
        discard: "Discard",
        offline: "You’re offline – uploads continue when you’re back",
        not_added: Forms { one: Some("{0} file was not added"), other: "{0} files were not added", ..Forms::NONE },
        and_more: Forms { one: Some("and {0} more"), other: "and {0} more", ..Forms::NONE },
        files_failed: Forms { one: Some("{0} file could not be uploaded"), other: "{0} files could not be uploaded", ..Forms::NONE },
        start_uploading: Forms { one: Some("Uploading {0} file"), other: "Uploading {0} files", ..Forms::NONE },
        files: "Files",
        all_files: "All files",
        title: "Upload files",
        close: "Close",
        done: "Done",
        drop_anywhere: "Drop files to add them",
        choose_image: "Choose an image",
        replace_image: "Replace",
        duplicates: Forms { one: Some("{0} file is in the list already"), other: "{0} files are in the list already", ..Forms::NONE },
        skip: "Skip",
        keep_both: "Keep both",
        replace: "Replace",
        file_name: "Name",
        save: "Save",
        cancel: "Cancel",
        changed: "{0} was changed while uploading. Choose it again.",
        removed: "{0} was removed or moved. Choose it again.",
        mismatch: "This is not the file that was being uploaded.",
        unreadable: "Could not read {0}. Make it available offline and add it again.",
        waiting_for_network: "Waiting for the network.",
        stalled: "The connection is too slow or was lost. Try again.",
        connection_lost: "The connection was lost. Try again.",
        sign_in: "Please sign in again.",
        not_allowed: "You're not allowed to upload here.",
        expired: "Upload permission expired. Try again.",
        not_started: "Could not start the upload. Try again.",
        exists: "A file with this name already exists.",
        too_large: "{0} is larger than this site accepts.",
        too_large_limit: "{0} is larger than this site accepts ({1}).",
        too_small: "{0} is smaller than this site accepts.",
        too_small_limit: "{0} is smaller than this site accepts ({1}).",
        refused_by_policy: "The storage refused {0}: it is not what this site accepts.",
        refused_by_storage: "The storage refused {0}.",
        damaged: "{0} was damaged on the way. Try again.",
        unconfirmed: "We couldn't confirm the upload. Check before sending again.",
        busy: "Storage is busy. Try again.",
        misconfigured: "Upload is misconfigured. Contact the site.",
        required: "{0} is required.",
        failed: "The upload failed. Try again.",
        not_accepted: "{0} is not an accepted type ({1})",
        larger_than: "{0} is larger than {1}",
        smaller_than: "{0} is smaller than {1}",
        empty: "{0} is empty",
        at_most_files: Forms { one: Some("You can add only {0} file"), other: "You can add up to {0} files", ..Forms::NONE },
        at_most_total: "{0} does not fit: all files together may have {1}",
        duplicate: "{0} is already added",
        no_more_files: "No more files can be added",
        no_folders: "Folders can't be uploaded here",
        empty_folder: "{0} is an empty folder",
        at_least_files: Forms { one: Some("Add at least {0} file"), other: "Add at least {0} files", ..Forms::NONE },
        cannot_be_added: "{0} can't be added",
        upload_not_started: "The upload was not started",
        load_failed: "The uploader could not be loaded. Reload the page to try again.",
        load_failed_in_form: "The uploader could not be loaded. Your files will be sent with the form.",
        try_again: "Try again",
        stopped: "The uploader stopped. Reload the page to go on.",
        form_running: "Uploads are still running",
        form_idle: "Some files are not uploaded yet. Upload or remove them first.",
        form_missing: "Please add a file.",
    };
}
