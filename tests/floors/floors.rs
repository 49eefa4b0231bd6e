//! The floors as `ARCHITECTURE.md` lists them: a block of code in the section "Floors", the top floor first. A line that is not
//! indented is a folder of sources, and each line below it a floor, with its rooms.

pub(crate) struct Floors(Vec<(String, usize)>);

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
        let floors: Vec<&str> = lines.take_while(|line| line.starts_with(' ')).collect();
        assert!(!floors.is_empty(), "no floors of {place}");
        let rooms = floors.iter().rev().enumerate().flat_map(|(floor, rooms)| {
            rooms
                .split_whitespace()
                .map(move |room| (room.to_owned(), floor))
        });
        Floors(rooms.collect())
    }

    /// Returns the room that a file's module is in: the one with the longest path, or its first segment.
    pub(crate) fn room(&self, module: &[String]) -> String {
        self.listed(module).unwrap_or_else(|| module[0].clone())
    }

    /// Returns the room that a path leads to. What is in none of them is a name of the crate's root.
    pub(crate) fn room_of_path(&self, path: &[String]) -> String {
        self.listed(path).unwrap_or_else(|| "lib".to_owned())
    }

    fn listed(&self, path: &[String]) -> Option<String> {
        let path = path.join("/");
        let is_in = |room: &str| path == room || path.starts_with(&format!("{room}/"));
        let rooms = self
            .0
            .iter()
            .map(|(room, _)| room)
            .filter(|room| is_in(room));
        rooms.max_by_key(|room| room.len()).cloned()
    }

    pub(crate) fn of(&self, room: &str) -> Option<usize> {
        self.0
            .iter()
            .find(|(known, _)| known == room)
            .map(|(_, floor)| *floor)
    }
}
