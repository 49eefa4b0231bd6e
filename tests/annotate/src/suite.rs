//! The tests that pass as the crate is.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;

use crate::package::{Package, Selection, Test};

/// By target.
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

    /// The tests that do not pass in the copy, neither together nor alone; one that fails alone as it is does not count.
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
