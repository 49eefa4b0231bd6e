//! Puts the attribute on the functions of a crate's source.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::functions::{self, Function};

const ATTRIBUTE: &str = "#[::traced::traced] ";

/// The files below `src`.
pub(crate) struct Annotated {
    root: PathBuf,
    files: Vec<File>,
    /// The files that are not Rust by themselves, and why.
    pub(crate) skipped: Vec<String>,
}

struct File {
    /// The path in the crate's folder, as the compiler names it.
    path: String,
    text: String,
    functions: Vec<Function>,
}

/// A function that has the attribute, by the index of its file, and its own index in that file.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Id(usize, usize);

impl Annotated {
    /// Annotates every function of the crate in `root`.
    pub(crate) fn new(root: &Path) -> Result<Annotated> {
        let mut annotated = Annotated {
            root: root.to_owned(),
            files: Vec::new(),
            skipped: Vec::new(),
        };
        annotated.read(&root.join("src"))?;
        (0..annotated.files.len()).try_for_each(|file| annotated.write(file))?;
        Ok(annotated)
    }

    /// Returns how many functions have the attribute.
    pub(crate) fn count(&self) -> usize {
        self.files.iter().map(|file| file.functions.len()).sum()
    }

    /// Returns the innermost function with the attribute at this place.
    pub(crate) fn at(&self, path: &str, line: usize) -> Option<Id> {
        let file = self.files.iter().position(|file| file.path == path)?;
        let functions = &self.files[file].functions;
        let holds = |function: &Function| function.lines.contains(&line);
        Some(Id(file, functions.iter().rposition(holds)?))
    }

    /// Returns a place such as `src/file.rs:7 function`.
    pub(crate) fn place(&self, Id(file, function): Id) -> String {
        let file = &self.files[file];
        let function = &file.functions[function];
        format!(
            "{}:{} `{}`",
            file.path,
            function.lines.start(),
            function.name
        )
    }

    /// Takes the attribute off these functions. An `Id` from before is not valid afterwards.
    pub(crate) fn take_off(
        &mut self,
        functions: impl DoubleEndedIterator<Item = Id>,
    ) -> Result<()> {
        for Id(file, function) in functions.rev() {
            self.files[file].functions.remove(function);
            self.write(file)?;
        }
        Ok(())
    }

    fn read(&mut self, folder: &Path) -> Result<()> {
        let entries =
            fs::read_dir(folder).with_context(|| format!("no folder {}", folder.display()))?;
        let mut paths = entries
            .map(|entry| Ok(entry?.path()))
            .collect::<Result<Vec<_>>>()?;
        paths.sort();
        for path in paths {
            if path.is_dir() {
                self.read(&path)?;
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                self.read_file(&path)?;
            }
        }
        Ok(())
    }

    fn read_file(&mut self, path: &Path) -> Result<()> {
        let text = fs::read_to_string(path)?;
        let path = path.strip_prefix(&self.root)?.display().to_string();
        match functions::find(&text) {
            Ok(functions) => self.files.push(File {
                path,
                text,
                functions,
            }),
            Err(error) => self.skipped.push(format!("{path}: {error}")),
        }
        Ok(())
    }

    /// The attribute stands in the function's first line, so that all lines keep their numbers.
    fn write(&self, file: usize) -> Result<()> {
        let file = &self.files[file];
        let mut text = file.text.clone();
        for function in file.functions.iter().rev() {
            text.insert_str(function.start, ATTRIBUTE);
        }
        Ok(fs::write(self.root.join(&file.path), text)?)
    }
}
