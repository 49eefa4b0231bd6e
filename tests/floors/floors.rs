//! The floors as `ARCHITECTURE.md` lists them: a block of code in the section "Floors", the top floor first. A line that is not
//! indented is a folder of sources, and each line below it a floor, with its rooms; or it says which module alone is a door to
//! another room, as in `only span/native in span body uses sdk`.

pub(crate) struct Floors {
    rooms: Vec<(String, usize)>,
    doors: Vec<Door>,
}

/// The only module that may use another room, for one of the rooms that may not.
pub(crate) struct Door {
    module: String,
    room: String,
    to: String,
}

impl Floors {
    pub(crate) fn parse(architecture: &str, place: &str) -> Floors {
        let section = architecture
            .split("\n## ")
            .find(|section| section.trim_start_matches("## ").starts_with("Floors\n"));
        let block = section
            .expect("a section of floors")
            .split("```")
            .nth(1)
            .expect("a block");
        let lines = block.lines().skip_while(|line| *line != place).skip(1);
        let lines = lines.take_while(|line| line.starts_with(' '));
        let lines: Vec<Vec<&str>> = lines
            .map(|line| line.split_whitespace().collect())
            .collect();
        let mut doors = Vec::new();
        let mut rooms = Vec::new();
        for (floor, words) in lines.into_iter().rev().enumerate() {
            match *words {
                ["only", module, "in", ref rooms @ .., "uses", to] => {
                    doors.extend(rooms.iter().map(|room| Door {
                        module: module.to_owned(),
                        room: (*room).to_owned(),
                        to: to.to_owned(),
                    }));
                }
                _ => rooms.extend(words.iter().map(|room| ((*room).to_owned(), floor))),
            }
        }
        assert!(!rooms.is_empty(), "no floors of {place}");
        Floors { rooms, doors }
    }

    /// Returns the room that a file's module is in: the one with the longest path, or its first segment.
    pub(crate) fn room(&self, module: &[String]) -> String {
        let first = || module.first().map_or("lib", String::as_str).to_owned();
        self.listed(module).unwrap_or_else(first)
    }

    /// Returns the room that a path leads to. What is in none of them is a name of the crate's root.
    pub(crate) fn room_of_path(&self, path: &[String]) -> String {
        self.listed(path).unwrap_or_else(|| "lib".to_owned())
    }

    fn listed(&self, path: &[String]) -> Option<String> {
        let path = path.join("/");
        let rooms = self.rooms.iter().map(|(room, _)| room);
        let rooms = rooms.filter(|room| is_in(&path, room));
        rooms.max_by_key(|room| room.len()).cloned()
    }

    pub(crate) fn of(&self, room: &str) -> Option<usize> {
        let known = self.rooms.iter().find(|(known, _)| known == room);
        known.map(|(_, floor)| *floor)
    }

    /// Returns the door that `module` goes past when it uses `path`.
    pub(crate) fn passed(&self, module: &[String], path: &[String]) -> Option<&Door> {
        let (module, path) = (module.join("/"), path.join("/"));
        self.doors.iter().find(|door| {
            is_in(&path, &door.to) && is_in(&module, &door.room) && !is_in(&module, &door.module)
        })
    }
}

impl Door {
    pub(crate) fn describe(&self, file: &str) -> String {
        let Door { module, to, .. } = self;
        format!("{file} uses {to}, which only {module} may")
    }
}

fn is_in(path: &str, room: &str) -> bool {
    let rest = path.strip_prefix(room);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
