//! The instrumentation scopes of a provider, by number.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use opentelemetry::InstrumentationScope;

/// Each scope once. It keeps them for good, since spans name them by number.
#[derive(Default)]
pub(crate) struct Scopes(Mutex<Numbered>);

#[derive(Default)]
struct Numbered {
    scopes: Vec<InstrumentationScope>,
    numbers: HashMap<InstrumentationScope, u32>,
}

impl Scopes {
    /// The number of a scope.
    pub(crate) fn number(&self, scope: InstrumentationScope) -> u32 {
        let Numbered { scopes, numbers } = &mut *self.lock();
        *numbers.entry(scope).or_insert_with_key(|scope| {
            scopes.push(scope.clone());
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
