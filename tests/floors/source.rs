//! What the code of a file names: the paths in `use` and elsewhere. Comments and tests do not count.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

#[derive(Default)]
pub(crate) struct Source {
    pub(crate) names: Vec<Named>,
    /// The modules that an attribute gives another file, with that file.
    pub(crate) moved: Vec<(String, String)>,
}

/// A path as it is written, without `self`.
#[derive(Debug, PartialEq)]
pub(crate) struct Named {
    pub(crate) path: Vec<String>,
    /// The name that a `use` gives it in this file, or `*` for all that is in it.
    pub(crate) imported: Option<String>,
}

impl Source {
    pub(crate) fn parse(code: &str) -> Source {
        let mut source = Source::default();
        let tokens: TokenStream = code.parse().expect("Rust");
        source.add(&tokens.into_iter().collect::<Vec<_>>(), 0);
        source
    }

    /// Adds what `tokens` name, which stand in so many inline modules.
    fn add(&mut self, tokens: &[TokenTree], depth: usize) {
        let mut rest = tokens;
        while let Some(token) = rest.first() {
            let before = &tokens[..tokens.len() - rest.len()];
            rest = match token {
                TokenTree::Punct(hash) if hash.as_char() == '#' => self.add_attribute(&rest[1..]),
                // `pub(in path)` uses nothing.
                TokenTree::Group(_) if before.last().is_some_and(|last| is_ident(last, "pub")) => {
                    &rest[1..]
                }
                TokenTree::Group(group) => {
                    let is_module = matches!(before, [.., keyword, _] if is_ident(keyword, "mod"));
                    self.add(&within(group), depth + usize::from(is_module));
                    &rest[1..]
                }
                TokenTree::Ident(_) if is_first(before) => self.add_name(rest, depth),
                _ => &rest[1..],
            };
        }
    }

    /// Adds a path or a `use`, and returns what follows it.
    fn add_name<'t>(&mut self, tokens: &'t [TokenTree], depth: usize) -> &'t [TokenTree] {
        // Not the `use<'a>` of a type, nor a `use` alone, as in a macro.
        if let [keyword, first, ..] = tokens
            && is_ident(keyword, "use")
            && !is(first, '<')
        {
            let end = tokens.iter().position(|token| is(token, ';'));
            let (tree, rest) = tokens.split_at(end.unwrap_or(tokens.len()));
            self.add_tree(&tree[1..], &[], depth);
            return rest;
        }
        let (path, rest) = path(tokens);
        if path.len() > 1 {
            self.push(path, None, depth);
        }
        rest
    }

    /// Returns what follows an attribute. If it leaves an item to tests, that is what follows the item.
    fn add_attribute<'t>(&mut self, rest: &'t [TokenTree]) -> &'t [TokenTree] {
        let Some(TokenTree::Group(attribute)) = rest.first() else {
            return rest;
        };
        let attribute = attribute.stream().to_string().replace(' ', "");
        let rest = &rest[1..];
        if attribute == "cfg(test)" || attribute.starts_with("cfg(all(test,") {
            let end = |token: &TokenTree| is(token, ';') || is(token, ',') || is_block(token);
            let end = rest.iter().position(end).expect("an item");
            return &rest[end + 1..];
        }
        if let Some(file) = attribute.strip_prefix("path=") {
            let name = rest.get(1).expect("a module").to_string();
            let file = file.trim_matches('"').trim_end_matches(".rs");
            self.moved.push((name, file.to_owned()));
        }
        rest
    }

    /// Adds the paths of a tree of `use`, such as `a::{b, c::D as E}`.
    fn add_tree(&mut self, tree: &[TokenTree], above: &[String], depth: usize) {
        let (names, rest) = path(tree);
        let path = [above, &names].concat();
        match rest {
            [TokenTree::Group(group)] => {
                let tokens = within(group);
                let branches = tokens.split(|token| is(token, ','));
                for branch in branches.filter(|branch| !branch.is_empty()) {
                    self.add_tree(branch, &path, depth);
                }
            }
            [_as, alias] => self.push(path, Some(alias.to_string()), depth),
            [star] if is(star, '*') => self.push(path, Some("*".to_owned()), depth),
            [] => {
                let name = path.iter().rfind(|name| *name != "self").cloned();
                self.push(path, name, depth);
            }
            // A path such as `::http` leads out of the crate.
            _ => {}
        }
    }

    fn push(&mut self, path: Vec<String>, imported: Option<String>, depth: usize) {
        // In an inline module, `super` is this file.
        let above = path.iter().take_while(|name| *name == "super").count();
        let path: Vec<String> = path
            .into_iter()
            .skip(above.min(depth))
            .filter(|name| name != "self")
            .collect();
        // `__name` is a macro, which has no module.
        if !path.iter().any(|name| name.starts_with("__")) {
            self.names.push(Named { path, imported });
        }
    }
}

/// Returns the names at the beginning that `::` joins, and what follows them.
fn path(tokens: &[TokenTree]) -> (Vec<String>, &[TokenTree]) {
    let mut names = Vec::new();
    let mut rest = tokens;
    while let [TokenTree::Ident(name), after @ ..] = rest {
        names.push(name.to_string());
        rest = after;
        match rest {
            [a, b, after @ ..] if is(a, ':') && is(b, ':') => rest = after,
            _ => break,
        }
    }
    (names, rest)
}

/// Returns `true` if a name after these tokens begins a path: not in `a.b`, `::b`, `$crate` or `'a`.
fn is_first(before: &[TokenTree]) -> bool {
    match before {
        [.., a, b] if is(a, ':') && is(b, ':') => false,
        [.., a] => !is(a, '.') && !is(a, '$') && !is(a, '\''),
        [] => true,
    }
}

fn is(token: &TokenTree, punct: char) -> bool {
    matches!(token, TokenTree::Punct(token) if token.as_char() == punct)
}

fn is_ident(token: &TokenTree, ident: &str) -> bool {
    matches!(token, TokenTree::Ident(token) if token == ident)
}

fn is_block(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace)
}

fn within(group: &Group) -> Vec<TokenTree> {
    group.stream().into_iter().collect()
}
