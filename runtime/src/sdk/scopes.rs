//! The instrumentation scopes of a provider, by number.

use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use opentelemetry::InstrumentationScope;

use super::memory;
use crate::site::scope::are_same;

/// The maximum number of scopes that are told apart. Programs have about one for each library, but
/// scopes that are made up at run time must not fill the memory.
const MAX_SCOPES: usize = 4_096;
/// The maximum memory that all these scopes take, in bytes.
const MAX_BYTES: usize = 1024 * 1024;
/// The name of the scope that stands for all others.
const OTHERS: &str = "traced.too_many_scopes";

/// The scopes of a provider, each of them stored once.
///
/// They are kept as long as the provider, since records refer to them by number. Spans of scopes
/// beyond the bounds are exported under one extra scope, whose name says so.
#[derive(Default)]
pub(crate) struct Scopes(Mutex<Numbered>);

#[derive(Default)]
struct Numbered {
    scopes: Vec<Arc<InstrumentationScope>>,
    numbers: HashMap<Scope, u32>,
    bytes: usize,
}

/// A scope that equals another one by [`are_same`].
struct Scope(Arc<InstrumentationScope>);

impl PartialEq for Scope {
    fn eq(&self, other: &Scope) -> bool {
        are_same(&self.0, &other.0)
    }
}

impl Eq for Scope {}

impl Hash for Scope {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // This hashes floats by their bits, as `are_same` compares them.
        self.0.hash(state);
    }
}

impl Scopes {
    /// Returns the number of a scope. A new scope is stored if there is room. If there is none,
    /// returns the number of the extra scope.
    pub(crate) fn number(&self, scope: InstrumentationScope) -> u32 {
        let scope = Scope(Arc::new(scope));
        let mut numbered = self.lock();
        if let Some(number) = numbered.numbers.get(&scope) {
            return *number;
        }
        let bytes = memory::of_scope(&scope.0);
        let has_room = numbered.scopes.len() < MAX_SCOPES && numbered.bytes + bytes <= MAX_BYTES;
        if has_room {
            numbered.bytes += bytes;
            return numbered.add(scope);
        }
        let others = Scope(Arc::new(InstrumentationScope::builder(OTHERS).build()));
        let known = numbered.numbers.get(&others).copied();
        known.unwrap_or_else(|| numbered.add(others))
    }

    /// Returns the scopes after the first `count`.
    pub(crate) fn since(&self, count: usize) -> Vec<Arc<InstrumentationScope>> {
        self.lock().scopes[count..].to_vec()
    }

    fn lock(&self) -> MutexGuard<'_, Numbered> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Numbered {
    fn add(&mut self, scope: Scope) -> u32 {
        let number = u32::try_from(self.scopes.len()).unwrap_or(u32::MAX);
        self.scopes.push(Arc::clone(&scope.0));
        self.numbers.insert(scope, number);
        number
    }
}

#[cfg(test)]
mod tests {
    use opentelemetry::{Array, KeyValue, Value};

    use super::*;
    use crate::site::scope::{COMPARED, index_of};

    #[test]
    fn a_scope_with_a_nan_is_the_same_each_time() {
        let scope = |float: f64| {
            let list = Value::Array(Array::F64(vec![1.0, float]));
            InstrumentationScope::builder("with a NaN")
                .with_attributes([KeyValue::new("one", float), KeyValue::new("list", list)])
                .build()
        };
        let scopes = Scopes::default();
        let numbers = [f64::NAN, f64::NAN, -f64::NAN].map(|float| scopes.number(scope(float)));
        assert_eq!(numbers, [0, 0, 1]);
        let [one, again, other] = [f64::NAN, f64::NAN, 0.5].map(|float| index_of(scope(float)));
        assert_eq!(one, again);
        assert_ne!(one, other);
    }

    #[test]
    fn scopes_with_made_up_names_are_bounded() {
        let scopes = Scopes::default();
        let number = |name: String| scopes.number(InstrumentationScope::builder(name).build());
        let numbers: Vec<u32> = (0..20_000).map(|index| number(index.to_string())).collect();
        let most = u32::try_from(MAX_SCOPES).expect("it is small");
        let expected: Vec<u32> = (0..20_000).map(|index| most.min(index)).collect();
        assert_eq!(numbers, expected);
        assert_eq!(number("7".to_owned()), 7);
        assert_eq!(scopes.since(MAX_SCOPES - 1).len(), 2);
        assert_eq!(scopes.since(MAX_SCOPES)[0].name(), OTHERS);
    }

    #[test]
    fn a_scope_is_found_without_a_look_at_all_of_them() {
        let scopes = Scopes::default();
        let number = |index: u32| {
            let scope = InstrumentationScope::builder(format!("scope {index}"));
            scopes.number(scope.build())
        };
        assert!((0..1_000).map(number).eq(0..1_000));
        COMPARED.set(0);
        assert!((0..1_000).map(number).eq(0..1_000));
        // Now and then, a map compares a scope with another one whose hash is similar.
        assert!(COMPARED.get() < 2_000, "{}", COMPARED.get());
    }

    #[test]
    fn scopes_with_long_names_are_bounded() {
        let scopes = Scopes::default();
        for index in 0..20 {
            let name = format!("{index} {}", "x".repeat(MAX_BYTES / 4));
            scopes.number(InstrumentationScope::builder(name).build());
        }
        let names = scopes.since(0);
        let names: Vec<&str> = names.iter().map(|scope| scope.name()).collect();
        assert_eq!(names.len(), 4);
        assert_eq!(names[3], OTHERS);
    }

    #[test]
    fn scopes_with_many_small_attributes_are_bounded() {
        let scopes = Scopes::default();
        for index in 0..200 {
            let attributes = (0..1_000).map(|_| KeyValue::new("a", true));
            let scope = InstrumentationScope::builder(index.to_string());
            scopes.number(scope.with_attributes(attributes).build());
        }
        let kept = scopes.since(0);
        assert!((10..20).contains(&kept.len()), "{}", kept.len());
    }
}
