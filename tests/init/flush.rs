//! Runs a program that sends one span, and reports what became of it.

use std::net::SocketAddr;

use crate::{application, errors, run};

/// The output of the program.
#[derive(Debug)]
pub(crate) struct Said {
    /// The counts, on standard output.
    pub(crate) counts: String,
    /// The lines on standard error, with `ENDPOINT` for the collector.
    pub(crate) errors: String,
}

/// Runs the program with these additional variables, which may replace others.
pub(crate) fn flush(protocol: &str, collector: SocketAddr, variables: &[(&str, &str)]) -> Said {
    let endpoint = format!("http://{collector}");
    let mut program = application("flush");
    let program = program.envs([
        ("OTEL_EXPORTER_OTLP_ENDPOINT", &*endpoint),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", protocol),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "4000"),
    ]);
    let output = run(program.envs(variables.iter().copied()));
    Said {
        errors: errors(&output).replace(&endpoint, "ENDPOINT"),
        counts: String::from_utf8(output.stdout).expect("text"),
    }
}

impl Said {
    /// Checks the counts, and that there is one line, or none, which contains this.
    #[track_caller]
    pub(crate) fn assert(&self, counts: &str, said: &str) {
        assert_eq!(self.counts, counts, "{}", self.errors);
        assert!(self.errors.contains(said), "{}", self.errors);
        let lines = usize::from(!said.is_empty());
        assert_eq!(self.errors.lines().count(), lines, "{}", self.errors);
    }
}
