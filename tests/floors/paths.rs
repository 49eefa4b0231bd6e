//! The modules that a file names, in `use` and elsewhere. Comments and tests do not count.

/// Returns the path of the module that a file is.
pub(crate) fn module(file: &str) -> Vec<String> {
    let path = file.trim_end_matches(".rs").trim_end_matches("/mod");
    path.split('/').map(str::to_owned).collect()
}

/// Returns `true` for a module that only tests have.
pub(crate) fn is_test(module: &[String]) -> bool {
    module
        .iter()
        .any(|segment| segment == "tests" || segment == "snapshots")
}

/// Returns the paths of modules and items in this crate that `code` names.
pub(crate) fn used(module: &[String], code: &str) -> Vec<Vec<String>> {
    let code = without_tests_and_comments(code);
    let mut used = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        // `$crate` is in the code of users, and `__name` is a macro, which has no module.
        let is_macro = code[at..].starts_with("crate::__");
        if !is_macro && !code[..at].ends_with(|c: char| c == '$' || c == '_' || c.is_alphanumeric())
        {
            add_tree(&mut used, &[], &code[at + "crate::".len()..]);
        }
    }
    for (at, _) in code.match_indices("super::") {
        let is_first = !code[..at].ends_with(|c: char| c == ':' || c == '_' || c.is_alphanumeric());
        if is_first {
            let mut rest = &code[at..];
            let mut above = module;
            while let Some(further) = rest.strip_prefix("super::") {
                rest = further;
                above = &above[..above.len().saturating_sub(1)];
            }
            add_tree(&mut used, above, rest);
        }
    }
    used
}

/// Adds the paths of a tree of `use`, such as `a::{b, c::D}`.
fn add_tree(used: &mut Vec<Vec<String>>, above: &[String], tree: &str) {
    let mut path = above.to_vec();
    let mut rest = tree;
    loop {
        if let Some(group) = rest.strip_prefix('{') {
            for branch in branches(group) {
                add_tree(used, &path, branch);
            }
            return;
        }
        let end = rest
            .find(|c: char| c != '_' && !c.is_alphanumeric())
            .unwrap_or(rest.len());
        if end > 0 && &rest[..end] != "self" {
            path.push(rest[..end].to_owned());
        }
        match rest[end..].strip_prefix("::") {
            Some(further) => rest = further,
            None => break,
        }
    }
    used.push(path);
}

/// Returns the parts of a group between its commas, up to its end.
fn branches(group: &str) -> Vec<&str> {
    let (mut depth, mut start, mut parts) = (0, 0, Vec::new());
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => {
                parts.push(group[start..at].trim());
                break;
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(group[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.retain(|part| !part.is_empty());
    parts
}

/// Tests stand at the end of a file.
fn without_tests_and_comments(code: &str) -> String {
    let code = code.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
    let lines = code.lines().map(|line| match line.find("//") {
        Some(comment) if !line[..comment].contains('"') => &line[..comment],
        _ => line,
    });
    lines.collect::<Vec<_>>().join("\n")
}
