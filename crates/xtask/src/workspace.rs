//! What is in the workspace, as cargo tells it: which packages, with which features.

use std::path::PathBuf;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::place::Place;
use crate::run::output;
use crate::setup::rust::Toolchain;

/// A package of the workspace.
#[derive(Debug)]
pub(crate) struct Package {
    /// Its name.
    pub(crate) name: String,
    /// Its own features.
    pub(crate) features: Vec<String>,
    /// Its folder.
    pub(crate) folder: PathBuf,
}

/// The packages of the workspace.
#[derive(Debug)]
pub(crate) struct Workspace(Vec<Package>);

impl Workspace {
    /// Asks cargo, offline: only the manifests are read.
    pub(crate) fn read(place: &Place, rust: &Toolchain) -> Result<Self> {
        let json = output(rust.cargo(place).args(["metadata", "--no-deps", "--format-version", "1"]))?;
        Self::parse(&json)
    }

    fn parse(json: &str) -> Result<Self> {
        let json: Value = serde_json::from_str(json)?;
        let packages = json["packages"].as_array().context("cargo metadata names no packages")?;
        Ok(Self(packages.iter().filter_map(package).collect()))
    }

    /// The package of that name.
    pub(crate) fn package(&self, name: &str) -> Option<&Package> {
        self.0.iter().find(|package| package.name == name)
    }
}

impl Package {
    /// Those of `wanted` that it has, joined by commas.
    pub(crate) fn features(&self, wanted: &[&str]) -> String {
        let has = |name: &&&str| self.features.iter().any(|feature| feature == **name);
        wanted.iter().filter(has).copied().collect::<Vec<_>>().join(",")
    }
}

fn package(json: &Value) -> Option<Package> {
    Some(Package {
        name: json["name"].as_str()?.to_owned(),
        features: json["features"].as_object()?.keys().cloned().collect(),
        folder: PathBuf::from(json["manifest_path"].as_str()?).parent()?.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn features_that_are_not_there_are_left_out() {
        let json = r#"{"packages":[{"name":"a","manifest_path":"/w/a/Cargo.toml","features":{"ui":[],"csr":[]}}]}"#;
        let workspace = Workspace::parse(json).unwrap();
        let package = workspace.package("a").unwrap();
        assert_eq!(package.features(&["ui", "ssr"]), "ui");
        assert_eq!(package.folder, PathBuf::from("/w/a"));
        assert!(workspace.package("b").is_none());
    }
}
