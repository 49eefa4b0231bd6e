//! The instrumentation scopes of a provider, by number.

use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::sync::{Mutex, MutexGuard, PoisonError};

use opentelemetry::InstrumentationScope;

use crate::site::scope::are_same;

/// Each scope once. It keeps them for good, since spans name them by number.
#[derive(Default)]
pub(crate) struct Scopes(Mutex<Numbered>);

#[derive(Default)]
struct Numbered {
    scopes: Vec<InstrumentationScope>,
    numbers: HashMap<Scope, u32>,
}

/// A scope that is the same as another by [`are_same`].
struct Scope(InstrumentationScope);

impl PartialEq for Scope {
    fn eq(&self, other: &Scope) -> bool {
        are_same(&self.0, &other.0)
    }
}

impl Eq for Scope {}

impl Hash for Scope {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // Which hashes floats by their bits.
        self.0.hash(state);
    }
}

impl Scopes {
    /// The number of a scope.
    pub(crate) fn number(&self, scope: InstrumentationScope) -> u32 {
        let Numbered { scopes, numbers } = &mut *self.lock();
        *numbers.entry(Scope(scope)).or_insert_with_key(|scope| {
            scopes.push(scope.0.clone());
            u32::try_from(scopes.len() - 1).unwrap_or(u32::MAX)
        })
    }

    /// The scopes behind the first so many.
    pub(crate) fn since(&self, count: usize) -> Vec<InstrumentationScope> {
        self.lock().scopes[count..].to_vec()
    }

    fn lock(&self) -> MutexGuard<'_, Numbered> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use opentelemetry::{Array, KeyValue, Value};

    use super::*;
    use crate::site::scope::index_of;

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
}
