//! Copies a crate's source from the registry, twice.

use std::fmt;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use anyhow::{Context, Result, bail};
use cargo_metadata::{Edition, MetadataCommand, Package};

/// A crate, given as `NAME@VERSION+feature+feature`.
pub(crate) struct Spec {
    name: String,
    version: String,
    pub(crate) features: Vec<String>,
}

impl FromStr for Spec {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Spec> {
        let mut parts = text.split('+');
        let crate_ = parts.next().and_then(|crate_| crate_.split_once('@'));
        let (name, version) = crate_.with_context(|| format!("`{text}` is no NAME@VERSION"))?;
        Ok(Spec {
            name: name.to_owned(),
            version: version.to_owned(),
            features: parts.map(str::to_owned).collect(),
        })
    }
}

impl fmt::Display for Spec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.name, self.version)
    }
}

/// Two copies of a crate.
pub(crate) struct Source {
    /// The name and the version, as `NAME VERSION`.
    pub(crate) title: String,
    /// The folder that holds both, and everything that is written about them.
    pub(crate) folder: PathBuf,
    pub(crate) plain: PathBuf,
    pub(crate) annotated: PathBuf,
}

impl Source {
    pub(crate) fn fetch(spec: &Spec, work: &Path) -> Result<Source> {
        let package = find(spec, work)?;
        if package.edition == Edition::E2015 {
            bail!("edition 2015 has no `::traced`");
        }
        let original = package
            .manifest_path
            .parent()
            .context("a manifest in no folder")?;
        let folder = work.join(format!("{}-{}", package.name, package.version));
        let source = Source {
            title: format!("{} {}", package.name, package.version),
            plain: folder.join("plain"),
            annotated: folder.join("annotated"),
            folder,
        };
        if source.folder.exists() {
            fs::remove_dir_all(&source.folder)?;
        }
        for copy in [&source.plain, &source.annotated] {
            copy_folder(original.as_std_path(), copy)?;
            // Both copies take the same dependencies, today's.
            let _ = fs::remove_file(copy.join("Cargo.lock"));
            let mut manifest = OpenOptions::new()
                .append(true)
                .open(copy.join("Cargo.toml"))?;
            manifest.write_all(b"\n[workspace]\n")?;
        }
        Ok(source)
    }
}

/// Finds the package as a dependency of an empty one.
fn find(spec: &Spec, work: &Path) -> Result<Package> {
    let Spec { name, version, .. } = spec;
    let scratch = work.join("scratch");
    fs::create_dir_all(scratch.join("src"))?;
    fs::write(scratch.join("src/lib.rs"), "")?;
    let _ = fs::remove_file(scratch.join("Cargo.lock"));
    let manifest = scratch.join("Cargo.toml");
    let text = format!(
        "[package]\nname = \"scratch\"\nedition = \"2024\"\n[dependencies]\n{name} = \"={version}\"\n[workspace]\n"
    );
    fs::write(&manifest, text)?;
    let metadata = MetadataCommand::new().manifest_path(&manifest).exec()?;
    let root = metadata.root_package().context("no scratch package")?;
    let wanted = &root.dependencies[0].req;
    let is_it =
        |package: &&Package| package.name == name.as_str() && wanted.matches(&package.version);
    let package = metadata.packages.iter().find(is_it);
    package
        .cloned()
        .with_context(|| format!("no package {name}"))
}

fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let to = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &to)?;
        } else {
            fs::copy(entry.path(), to)?;
        }
    }
    Ok(())
}
