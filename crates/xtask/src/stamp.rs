//! "Has anything changed since?": a fingerprint of inputs, kept in a small file beside the result.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// A fingerprint under way. Not cryptographic: it guards against forgetting, not against malice.
#[derive(Debug, Default)]
pub(crate) struct Fingerprint(DefaultHasher);

impl Fingerprint {
    /// Adds a fact, such as a version or a mode.
    pub(crate) fn text(mut self, text: &str) -> Self {
        text.hash(&mut self.0);
        self
    }

    /// Adds a file, or all files under a folder, by name and content. What is not there counts as empty.
    pub(crate) fn path(mut self, path: &Path) -> Result<Self> {
        let mut files = Vec::new();
        collect(path, &mut files)?;
        files.sort();
        for file in files {
            file.hash(&mut self.0);
            fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?.hash(&mut self.0);
        }
        Ok(self)
    }

    /// The fingerprint as text.
    pub(crate) fn finish(self) -> String {
        format!("{:016x}", self.0.finish())
    }
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    if path.is_dir() {
        for entry in fs::read_dir(path)? {
            let entry = entry?;
            let name = entry.file_name();
            if name != "node_modules" && name != "target" {
                collect(&entry.path(), files)?;
            }
        }
    } else if path.exists() {
        files.push(path.to_owned());
    }
    Ok(())
}

/// Whether the stamp file holds exactly this text.
pub(crate) fn is_fresh(stamp: &Path, text: &str) -> bool {
    fs::read_to_string(stamp).is_ok_and(|found| found == text)
}

/// Writes the stamp, with its folder.
pub(crate) fn write(stamp: &Path, text: &str) -> Result<()> {
    if let Some(folder) = stamp.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(stamp, text).with_context(|| format!("cannot write {}", stamp.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_file_changes_the_fingerprint() {
        let folder = std::env::temp_dir().join(format!("filechute-stamp-{}", std::process::id()));
        fs::create_dir_all(folder.join("inner")).unwrap();
        let of = || Fingerprint::default().text("mode").path(&folder).unwrap().finish();
        fs::write(folder.join("inner/a"), "1").unwrap();
        let first = of();
        assert_eq!(first, of());
        fs::write(folder.join("inner/a"), "2").unwrap();
        assert_ne!(first, of());
        assert_ne!(of(), Fingerprint::default().text("other").path(&folder).unwrap().finish());
        fs::remove_dir_all(folder).unwrap();
    }
}
