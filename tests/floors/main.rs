//! No module of the two crates uses one of a floor above it, and neither rooms nor files use each other in a loop: the floors are
//! those of `ARCHITECTURE.md`.
//!
//! Of two files, the one that names something uses the one that defines it, through all `pub use` between them. So a module
//! may pass on what is in its children, and each child may take from it what the others define. But if a module defines
//! something that a child of it uses, then it cannot use this child: move the definition to a file of its own.

mod check;
mod files;
mod floors;
mod graph;
mod planted;
mod source;

use std::fs;
use std::path::{Path, PathBuf};

use files::Files;
use floors::Floors;

#[test]
fn arrows_run_down_in_the_runtime() {
    assert_eq!(faults("runtime/src"), [""; 0]);
}

#[test]
fn arrows_run_down_in_the_macros() {
    assert_eq!(faults("macros/src"), [""; 0]);
}

fn faults(place: &str) -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let architecture = fs::read_to_string(root.join("ARCHITECTURE.md")).unwrap();
    let place_of_files = root.join(place);
    let mut files = Vec::new();
    collect(&place_of_files, &mut files);
    let read = |file: &PathBuf| {
        let name = file.strip_prefix(&place_of_files).unwrap();
        let code = fs::read_to_string(file).unwrap();
        (name.to_str().unwrap().to_owned(), code)
    };
    let files = Files::parse(&files.iter().map(read).collect::<Vec<_>>());
    check::faults(&Floors::parse(&architecture, place), &files)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}
