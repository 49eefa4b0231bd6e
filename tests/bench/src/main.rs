//! Measures what a span costs, with `traced` and with its peers.

mod child;
mod clock;
mod contender;
mod contenders;
mod figures;
mod instructions;
mod locked;
mod otlp;
mod place;
mod results;
mod sdk;
mod sink;
mod situation;
mod table;
mod target;
mod turn;
mod work;

use std::env;

use anyhow::{Context, Result, ensure};

use crate::contender::Entry;
use crate::contenders::CONTENDERS;
use crate::results::Results;
use crate::situation::{Protocol, SITUATIONS, Situation};

/// The argument that asks for one JSON object instead of tables.
const JSON: &str = "--json";

fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        [child::SERVE, entry, situation] => (contender(entry)?.serve)(self::situation(situation)?),
        [sink::SINK, protocol] => sink::serve(Protocol::named(protocol)?),
        [instructions::MAKE, entry, situation, traces] => {
            (contender(entry)?.make)(self::situation(situation)?, traces.parse()?)
        }
        _ => measure(&arguments),
    }
}

/// Measures the contenders and situations that are named, or all if none is named.
fn measure(arguments: &[&str]) -> Result<()> {
    let names: Vec<&str> = arguments
        .iter()
        .copied()
        .filter(|name| *name != JSON)
        .collect();
    for name in &names {
        let is_known = contender(name).is_ok() || situation(name).is_ok();
        ensure!(is_known, "`{name}` is neither a contender nor a situation");
    }
    let is_named = |name| names.contains(&name);
    let contenders = chosen(CONTENDERS, |entry| is_named(entry.name));
    let situations = chosen(SITUATIONS, |situation| is_named(situation.name));
    let results = Results::measure(&situations, &contenders)?;
    if arguments.contains(&JSON) {
        println!("{:#}", results.json());
    } else {
        table::print(&results);
    }
    Ok(())
}

/// Returns those that are named, or otherwise all.
fn chosen<T>(all: &'static [T], is_named: impl Fn(&T) -> bool) -> Vec<&'static T> {
    let named: Vec<&T> = all.iter().filter(|one| is_named(one)).collect();
    if named.is_empty() {
        all.iter().collect()
    } else {
        named
    }
}

fn contender(name: &str) -> Result<&'static Entry> {
    let found = CONTENDERS.iter().find(|entry| entry.name == name);
    found.with_context(|| format!("no contender `{name}`"))
}

fn situation(name: &str) -> Result<&'static Situation> {
    let found = SITUATIONS.iter().find(|situation| situation.name == name);
    found.with_context(|| format!("no situation `{name}`"))
}
