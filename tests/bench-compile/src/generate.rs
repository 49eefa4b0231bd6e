//! Generates crates with 1,000 functions in chains of five. Every other chain is async, and every
//! other pair of chains is fallible.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use anyhow::Result;

use crate::variant::Variant;

pub(crate) const FUNCTIONS: u32 = 1_000;
const CHAIN: u32 = 5;

/// The code around the functions, which calls the first one of each chain. The optimizer cannot see
/// its arguments.
const MAIN: &str = r#"
use std::fmt::Error;
use std::future::Future;
use std::hint::black_box;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

type Boxed<T> = Pin<Box<dyn Future<Output = T>>>;

fn drive<T>(mut future: Boxed<T>) -> Option<T> {
    match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}

fn main() {
    let (id, name) = black_box((7_u64, "name"));
    for call in black_box(SYNC) {
        black_box(call(id, name));
    }
    for call in black_box(SYNC_FALLIBLE) {
        let _ = black_box(call(id, name));
    }
    for call in black_box(ASYNC) {
        black_box(drive(call(id, name)));
    }
    for call in black_box(ASYNC_FALLIBLE) {
        let _ = black_box(drive(call(id, name)));
    }
}
"#;

/// Writes the package of a variant.
pub(crate) fn package(folder: &Path, variant: &Variant) -> Result<()> {
    let Variant {
        name,
        attribute,
        dependency,
    } = variant;
    fs::create_dir_all(folder.join("src"))?;
    let manifest = format!(
        "[package]\nname = \"{name}\"\nedition = \"2024\"\n[dependencies]\n{dependency}\n[workspace]\n"
    );
    fs::write(folder.join("Cargo.toml"), manifest)?;
    let mut source = MAIN.to_owned();
    for index in 0..FUNCTIONS {
        function(&mut source, attribute, index)?;
    }
    for kind in KINDS {
        table(&mut source, kind)?;
    }
    Ok(fs::write(folder.join("src/main.rs"), source)?)
}

/// The kind of a chain.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Kind {
    /// The table of the first functions of these chains.
    table: &'static str,
    is_async: bool,
    is_fallible: bool,
}

const KINDS: [Kind; 4] = [
    Kind {
        table: "SYNC",
        is_async: false,
        is_fallible: false,
    },
    Kind {
        table: "ASYNC",
        is_async: true,
        is_fallible: false,
    },
    Kind {
        table: "SYNC_FALLIBLE",
        is_async: false,
        is_fallible: true,
    },
    Kind {
        table: "ASYNC_FALLIBLE",
        is_async: true,
        is_fallible: true,
    },
];

impl Kind {
    fn of(index: u32) -> Kind {
        KINDS[(index / CHAIN) as usize % KINDS.len()]
    }

    fn returns(self) -> &'static str {
        if self.is_fallible {
            "Result<u64, Error>"
        } else {
            "u64"
        }
    }
}

fn function(source: &mut String, attribute: &str, index: u32) -> Result<()> {
    let kind = Kind::of(index);
    let asyncness = if kind.is_async { "async " } else { "" };
    let returns = kind.returns();
    writeln!(
        source,
        "\n{attribute}\n{asyncness}fn f{index}(id: u64, name: &str) -> {returns} {{"
    )?;
    writeln!(
        source,
        "    let value = id.wrapping_mul({}) ^ name.len() as u64;",
        2 * index + 3
    )?;
    if kind.is_fallible {
        writeln!(
            source,
            "    if value % 1_000 == {} {{\n        return Err(Error);\n    }}",
            index % 1_000
        )?;
    }
    let value = result(kind, index);
    let value = if kind.is_fallible {
        format!("Ok({value})")
    } else {
        value
    };
    writeln!(source, "    {value}\n}}")?;
    Ok(())
}

/// Returns what the function returns: the last one of a chain its own value, the others that of the
/// next one.
fn result(kind: Kind, index: u32) -> String {
    let next = index + 1;
    if next.is_multiple_of(CHAIN) {
        return "value.rotate_left(3)".to_owned();
    }
    let wait = if kind.is_async { ".await" } else { "" };
    let fail = if kind.is_fallible { "?" } else { "" };
    format!("f{next}(value, name){wait}{fail}.wrapping_add(value)")
}

/// Writes a table of the first functions of all chains of a kind.
fn table(source: &mut String, kind: Kind) -> Result<()> {
    let Kind {
        table, is_async, ..
    } = kind;
    let returns = kind.returns();
    let signature = if is_async {
        format!("fn(u64, &'static str) -> Boxed<{returns}>")
    } else {
        format!("fn(u64, &str) -> {returns}")
    };
    let heads = (0..FUNCTIONS).filter(|index| index % CHAIN == 0);
    let heads: Vec<u32> = heads.filter(|head| Kind::of(*head) == kind).collect();
    writeln!(
        source,
        "\nconst {table}: [{signature}; {}] = [",
        heads.len()
    )?;
    for head in heads {
        if is_async {
            writeln!(source, "    |id, name| Box::pin(f{head}(id, name)),")?;
        } else {
            writeln!(source, "    f{head},")?;
        }
    }
    writeln!(source, "];")?;
    Ok(())
}
