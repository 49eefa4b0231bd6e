//! The tests that pass in the unchanged crate.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;

use crate::package::{Package, Selection, Test};

/// The tests, by target.
pub(crate) struct Suite(BTreeMap<Selection, BTreeSet<Test>>);

impl Suite {
    pub(crate) fn of(plain: &Package, targets: &BTreeSet<Selection>) -> Result<Suite> {
        let passing = |target: &Selection| Ok((target.clone(), plain.passing(target)?));
        let passing = targets.iter().map(passing).collect::<Result<_>>()?;
        Ok(Suite(passing))
    }

    pub(crate) fn len(&self) -> usize {
        self.0.values().map(BTreeSet::len).sum()
    }

    /// Returns the tests that do not pass in the copy, neither together nor alone. A test that
    /// fails alone in the unchanged crate does not count.
    pub(crate) fn broken(&self, plain: &Package, copy: &Package) -> Result<Vec<String>> {
        let mut broken = Vec::new();
        for (target, expected) in &self.0 {
            let found = copy.passing(target)?;
            for test in expected.difference(&found) {
                if !copy.passes_alone(test)? && plain.passes_alone(test)? {
                    broken.push(test.to_string());
                }
            }
        }
        Ok(broken)
    }
}
