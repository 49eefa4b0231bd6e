//! The files of a crate, and where the paths in them lead.

use std::collections::BTreeMap;

use crate::source::{Named, Source};

/// The path of a module or of something in it, from the root of the crate.
pub(crate) type Path = Vec<String>;

#[derive(Default)]
pub(crate) struct Files {
    files: BTreeMap<Path, File>,
    /// Modules whose file is another one without some feature, with that file's own path.
    moved: BTreeMap<Path, Path>,
}

pub(crate) struct File {
    pub(crate) name: String,
    /// The paths to this crate in it.
    pub(crate) used: Vec<Used>,
    /// The names that `use` gives here. What they stand for is empty if it is not in this crate.
    imported: BTreeMap<String, Vec<Path>>,
}

pub(crate) struct Used {
    pub(crate) path: Path,
    /// A module that is imported is not used by that, but by the paths that begin with its name.
    is_import: bool,
}

impl Files {
    /// Reads a crate, given the name and the code of each file. Files that only tests have are left out.
    pub(crate) fn parse(files: &[(String, String)]) -> Files {
        let sources: BTreeMap<Path, (&str, Source)> = files
            .iter()
            .map(|(name, code)| (module(name), (name.as_str(), Source::parse(code))))
            .filter(|(module, _)| !is_test(module))
            .collect();
        let is_module = |path: &[String]| sources.contains_key(path);
        let read = |(module, (name, source)): (&Path, &(&str, Source))| {
            (
                module.clone(),
                File::new(name, module, &source.names, &is_module),
            )
        };
        let moved = |(module, (_, source)): (&Path, &(&str, Source))| {
            let moved = source.moved.iter();
            let paths = moved.map(|(name, file)| (below(module, name), below(module, file)));
            paths.collect::<Vec<_>>()
        };
        Files {
            files: sources.iter().map(read).collect(),
            moved: sources.iter().flat_map(moved).collect(),
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&Path, &File)> {
        self.files.iter()
    }

    /// Returns the names of the files that define what `used` names, through all `pub use`.
    pub(crate) fn defining(&self, used: &Used) -> Vec<&str> {
        let mut modules = Vec::new();
        self.follow(&used.path, used.is_import, &mut modules);
        let moved: Vec<Path> = modules
            .iter()
            .filter_map(|module| self.moved.get(module).cloned())
            .collect();
        let files = modules
            .iter()
            .chain(&moved)
            .map(|module| &self.files[module]);
        files.map(|file| file.name.as_str()).collect()
    }

    fn follow(&self, path: &[String], is_import: bool, modules: &mut Vec<Path>) {
        let mut module = Path::new();
        for (at, name) in path.iter().enumerate() {
            let rest = &path[at + 1..];
            let inner = below(&module, name);
            let imported = self.files[&module].imported.get(name);
            match imported {
                // A function and its module may have one name.
                Some(imported) if rest.is_empty() || !self.files.contains_key(&inner) => {
                    for path in imported {
                        self.follow(&[path, rest].concat(), is_import, modules);
                    }
                    return;
                }
                _ if self.files.contains_key(&inner) => module = inner,
                _ => return modules.push(module),
            }
        }
        if !is_import {
            modules.push(module);
        }
    }
}

impl File {
    fn new(
        name: &str,
        module: &[String],
        names: &[Named],
        is_module: &impl Fn(&[String]) -> bool,
    ) -> File {
        let mut file = File {
            name: name.to_owned(),
            used: Vec::new(),
            imported: BTreeMap::new(),
        };
        for Named { path, imported } in names {
            let path = absolute(module, path, is_module);
            if let Some(name) = imported {
                let imported = file.imported.entry(name.clone()).or_default();
                imported.extend(path.clone());
            }
            let is_import = imported.as_ref().is_some_and(|name| name != "*");
            file.used.extend(path.map(|path| Used { path, is_import }));
        }
        for Named { path, imported } in names {
            if imported.is_none()
                && let Some(modules) = file.imported.get(&path[0])
            {
                let paths = modules.iter().map(|module| [module, &path[1..]].concat());
                file.used.extend(paths.map(|path| Used {
                    path,
                    is_import: false,
                }));
            }
        }
        file
    }
}

/// Returns where a path leads from the root of the crate, unless it leads out of it.
fn absolute(
    module: &[String],
    path: &[String],
    is_module: &impl Fn(&[String]) -> bool,
) -> Option<Path> {
    let above = path.iter().take_while(|name| *name == "super").count();
    if above > 0 {
        let module = &module[..module.len() - above];
        return Some([module, &path[above..]].concat());
    }
    match path.split_first()? {
        (first, rest) if first == "crate" => Some(rest.to_vec()),
        (first, _) => is_module(&below(module, first)).then(|| [module, path].concat()),
    }
}

fn below(module: &[String], name: &str) -> Path {
    [module, &[name.to_owned()]].concat()
}

fn module(file: &str) -> Path {
    let path = file.trim_end_matches(".rs").trim_end_matches("/mod");
    let path = path.split('/').filter(|name| *name != "lib");
    path.map(str::to_owned).collect()
}

fn is_test(module: &[String]) -> bool {
    module
        .iter()
        .any(|name| name == "tests" || name == "snapshots")
}
