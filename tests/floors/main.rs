//! No module of the two crates uses one of a floor above it, and no two rooms use each other: the floors are those of
//! `ARCHITECTURE.md`.

mod floors;
mod paths;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use floors::Floors;

/// The modules that each room uses, with the files that do.
type Uses = BTreeMap<String, BTreeMap<String, BTreeSet<String>>>;

#[test]
fn arrows_run_down_in_the_runtime() {
    assert_eq!(faults("runtime/src"), "");
}

#[test]
fn arrows_run_down_in_the_macros() {
    assert_eq!(faults("macros/src"), "");
}

#[test]
fn an_arrow_upward_and_a_loop_are_found() {
    let floors = Floors::parse(
        "## Floors\n```text\nplace\n    top\n    left right\n    low\n```\n",
        "place",
    );
    let uses = |code: &[(&str, &str)]| {
        let mut uses = Uses::new();
        for (file, code) in code {
            add(&mut uses, &floors, file, code);
        }
        describe(&floors, &uses)
    };
    let down = [
        ("top.rs", "use crate::left::A;"),
        ("left/mod.rs", "use crate::{right::B, low};"),
    ];
    assert_eq!(uses(&down), "");
    let up = [
        ("low.rs", "fn f() { crate::top::g() }"),
        ("left/a.rs", "#[cfg(test)]\nmod tests { use crate::top; }"),
    ];
    assert_eq!(uses(&up), "low uses top, which is above it: low.rs\n");
    let relative = [
        ("left/deep/a.rs", "use super::super::super::top::T;"),
        ("left/b.rs", "use super::super::unlisted;"),
    ];
    assert_eq!(
        uses(&relative),
        "left uses lib, which has no floor: left/b.rs\nleft uses top, which is above it: left/deep/a.rs\n"
    );
    let looped = [
        ("left/a.rs", "use crate::right;"),
        ("right.rs", "// crate::top\nuse crate::left::A;"),
    ];
    assert_eq!(
        uses(&looped),
        "left and right use each other: left/a.rs; right.rs\n"
    );
}

/// Returns a line for each arrow that does not run down.
fn faults(place: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let architecture = fs::read_to_string(root.join("ARCHITECTURE.md")).unwrap();
    let floors = Floors::parse(&architecture, place);
    let mut uses = Uses::new();
    let mut files = Vec::new();
    collect(&root.join(place), &mut files);
    for file in files {
        let code = fs::read_to_string(&file).unwrap();
        let name = file.strip_prefix(root.join(place)).unwrap();
        add(&mut uses, &floors, name.to_str().unwrap(), &code);
    }
    describe(&floors, &uses)
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
    files.sort();
}

fn add(uses: &mut Uses, floors: &Floors, file: &str, code: &str) {
    let module = paths::module(file);
    if paths::is_test(&module) {
        return;
    }
    let room = floors.room(&module);
    // A room is there even if it uses nothing.
    let arrows = uses.entry(room.clone()).or_default();
    for path in paths::used(&module, code) {
        let other = floors.room_of_path(&path);
        if other != room {
            arrows.entry(other).or_default().insert(file.to_owned());
        }
    }
}

fn describe(floors: &Floors, uses: &Uses) -> String {
    let mut faults = String::new();
    for (room, used) in uses {
        for (other, files) in used {
            let files = files
                .iter()
                .map(String::as_str)
                .collect::<Vec<_>>()
                .join(", ");
            let fault = match (floors.of(room), floors.of(other)) {
                (None, _) => format!("{room} has no floor: {files}\n"),
                (_, None) => format!("{room} uses {other}, which has no floor: {files}\n"),
                (Some(own), Some(floor)) if floor > own => {
                    format!("{room} uses {other}, which is above it: {files}\n")
                }
                (Some(own), Some(floor)) if floor == own && room < other => {
                    looped(uses, room, other, &files)
                }
                _ => String::new(),
            };
            faults.push_str(&fault);
        }
    }
    faults
}

/// Rooms of one floor may use each other in one direction. (Three of them that do so in a circle would not be found, and there
/// are no three.)
fn looped(uses: &Uses, room: &str, other: &str, files: &str) -> String {
    let back = uses.get(other).and_then(|used| used.get(room));
    back.map_or_else(String::new, |back| {
        let back = back
            .iter()
            .map(String::as_str)
            .collect::<Vec<_>>()
            .join(", ");
        format!("{room} and {other} use each other: {files}; {back}\n")
    })
}
