//! A library traces its functions and sets nothing up: whether spans are recorded, and where they
//! go, is the application's choice.
//!
//!     cargo run --example library

/// Stands for a separate crate, whose only dependency is `traced`, without any feature.
mod kv_store {
    use std::collections::BTreeMap;

    use traced::traced;

    /// A key-value store.
    #[derive(Default)]
    pub(crate) struct Store(BTreeMap<String, String>);

    #[derive(Debug, thiserror::Error)]
    #[error("there is no key {0}")]
    pub(crate) struct Missing(String);

    /// The scope tells users of several libraries whose spans these are. In a separate crate, the
    /// option can be left out: the default scope is the crate's name and version.
    #[traced(kind = client, scope = "kv_store", attributes(db.system.name = "kv_store"))]
    impl Store {
        pub(crate) fn put(&mut self, key: &str, value: &str) {
            self.0.insert(normalized(key), value.to_owned());
        }

        #[traced(attributes(key))]
        pub(crate) fn get(&self, key: &str) -> Result<&str, Missing> {
            let found = self.0.get(&normalized(key));
            found
                .map(String::as_str)
                .ok_or_else(|| Missing(key.to_owned()))
        }
    }

    /// Normalizes a key. This is a detail, whose spans users see if they ask for them.
    #[traced(level = debug, scope = "kv_store")]
    fn normalized(key: &str) -> String {
        key.to_lowercase()
    }
}

/// The application that uses the library.
fn main() -> Result<(), traced::InitError> {
    // Nothing is set up yet, so this call records nothing and costs a few nanoseconds.
    let mut store = kv_store::Store::default();
    store.put("Color", "green");

    let guard = traced::init()?;
    let _ = store.get("color");
    let _ = store.get("size");

    // Anybody can turn the details on while the program runs.
    traced::set_filter("info,library::kv_store=debug").expect("the directives are valid");
    store.put("Size", "large");
    guard.flush();
    Ok(())
}
