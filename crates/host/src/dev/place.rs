//! Where objects are files, a key can be in the way of another; and who may use the folder.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::Path;

use s3s::{S3Result, s3_error};

use super::store::DevStore;

/// Takes the folder for this process, as long as what is returned lives: another process would remove what is half written
/// here. Where folders cannot be locked, nothing is known, and nothing is returned.
pub(super) fn lock(root: &Path) -> Result<Option<File>, String> {
    let Ok(folder) = File::open(root) else { return Ok(None) };
    match folder.try_lock() {
        Ok(()) => Ok(Some(folder)),
        Err(TryLockError::WouldBlock) => Err(format!("{} is in use by another process", root.display())),
        Err(TryLockError::Error(_)) => Ok(None),
    }
}

/// Whether objects can be written, found out now and not at the first upload.
pub(super) fn probe(folder: &Path) -> io::Result<()> {
    let file = folder.join(format!(".filechute-probe-{}", std::process::id()));
    File::create(&file)?;
    fs::remove_file(file)
}

impl DevStore {
    /// Whether the key is a folder here, so that there is no object of that name.
    pub(super) fn is_folder(&self, key: &str) -> bool {
        self.objects().join(key).is_dir()
    }

    /// S3 keeps `a` and `a/b` side by side; files cannot.
    pub(super) fn has_place(&self, key: &str) -> S3Result<()> {
        let path = self.objects().join(key);
        // A folder may be left of objects that are gone.
        if path.is_dir() && !remove_empty(&path) {
            return Err(s3_error!(
                InvalidArgument,
                "This development store keeps objects as files, and there are objects below {key}/ already"
            ));
        }
        let above = path.ancestors().skip(1).take_while(|folder| *folder != self.objects());
        if let Some(file) = above.filter(|folder| folder.is_file()).last() {
            let name = file.strip_prefix(self.objects()).unwrap_or(file).display();
            return Err(s3_error!(
                InvalidArgument,
                "This development store keeps objects as files, and {name} is one already, so nothing can be below it"
            ));
        }
        Ok(())
    }
}

/// Removes a folder in which there is no file. Only empty folders can be removed this way, so nothing is lost.
fn remove_empty(folder: &Path) -> bool {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.path().is_dir() {
            remove_empty(&entry.path());
        }
    }
    fs::remove_dir(folder).is_ok()
}
