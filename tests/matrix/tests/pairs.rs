//! Runs cases in which any two values of two dimensions meet at least once.

#[test]
fn every_function_means_what_it_meant_before() {
    let cases = traced_matrix::all_pairs();
    let failures = traced_matrix::run(&cases).expect("cases that compile and run");
    let report: Vec<String> = failures.iter().map(ToString::to_string).collect();
    assert!(
        failures.is_empty(),
        "{}\n{} of {} cases failed",
        report.join("\n"),
        failures.len(),
        cases.len()
    );
}
