//! What is wrong with the arrows of a crate.

use std::collections::BTreeSet;

use crate::files::Files;
use crate::floors::Floors;
use crate::graph::Graph;

/// Returns a line for each fault: an arrow upward or past a door, and a loop of rooms or of files.
pub(crate) fn faults(floors: &Floors, files: &Files) -> Vec<String> {
    let rooms = rooms(floors, files);
    let mut level = Graph::default();
    let mut faults = passed_doors(floors, files);
    for (room, other, by) in rooms.arrows() {
        match (floors.of(room), floors.of(other)) {
            (None, _) => faults.push(format!("{room} has no floor: {by}")),
            (_, None) => faults.push(format!("{room} uses {other}, which has no floor: {by}")),
            (Some(own), Some(floor)) if floor > own => {
                faults.push(format!("{room} uses {other}, which is above it: {by}"));
            }
            (Some(own), Some(floor)) if floor == own => level.add(room, other, &by),
            _ => {}
        }
    }
    faults.extend(level.loops());
    faults.extend(definitions(files).loops());
    faults
}

/// Returns the arrows between rooms, as the files in them name each other's paths.
fn rooms(floors: &Floors, files: &Files) -> Graph {
    let mut rooms = Graph::default();
    for (module, file) in files.iter() {
        for used in &file.used {
            let other = floors.room_of_path(&used.path);
            rooms.add(&floors.room(module), &other, &file.name);
        }
    }
    rooms
}

/// Returns the arrows between files: from one that names something to the one that defines it.
fn definitions(files: &Files) -> Graph {
    let mut definitions = Graph::default();
    for (_, file) in files.iter() {
        for used in &file.used {
            for defining in files.defining(used) {
                definitions.add(&file.name, defining, &used.path.join("::"));
            }
        }
    }
    definitions
}

fn passed_doors(floors: &Floors, files: &Files) -> Vec<String> {
    let mut faults = BTreeSet::new();
    for (module, file) in files.iter() {
        let used = file.used.iter();
        let doors = used.filter_map(|used| floors.passed(module, &used.path));
        faults.extend(doors.map(|door| door.describe(&file.name)));
    }
    faults.into_iter().collect()
}
