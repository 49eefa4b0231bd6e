//! The libraries that are compared, and what each needs in the source.

/// A way to annotate the generated functions.
pub(crate) struct Variant {
    /// The name of the folder and of the package.
    pub(crate) name: &'static str,
    /// The attribute before each function.
    pub(crate) attribute: &'static str,
    /// The line in the manifest for its dependency.
    pub(crate) dependency: &'static str,
}

const TRACED: &str = concat!(
    "traced = { path = \"",
    env!("CARGO_MANIFEST_DIR"),
    "/../../runtime\" }"
);
const TRACING: &str = "tracing = \"0.1\"";
const FASTRACE: &str = "fastrace = { version = \"0.7\", features = [\"enable\"] }";

/// The functions without any attribute.
pub(crate) const PLAIN: Variant = Variant {
    name: "plain",
    attribute: "",
    dependency: "",
};

/// The libraries, ours first, without recorded arguments.
pub(crate) const BARE: [Variant; 3] = [
    Variant {
        name: "traced",
        attribute: "#[traced::traced]",
        dependency: TRACED,
    },
    Variant {
        name: "tracing",
        attribute: "#[tracing::instrument(skip_all)]",
        dependency: TRACING,
    },
    Variant {
        name: "fastrace",
        attribute: "#[fastrace::trace]",
        dependency: FASTRACE,
    },
];

/// The same libraries in the same order, with two recorded arguments.
pub(crate) const RECORDING: [Variant; 3] = [
    Variant {
        name: "traced-2",
        attribute: "#[traced::traced(attributes(id, name))]",
        dependency: TRACED,
    },
    Variant {
        name: "tracing-2",
        attribute: "#[tracing::instrument(skip_all, fields(id = id, name = name))]",
        dependency: TRACING,
    },
    Variant {
        name: "fastrace-2",
        attribute: "#[fastrace::trace(properties = { \"id\": \"{id}\", \"name\": \"{name}\" })]",
        dependency: FASTRACE,
    },
];
