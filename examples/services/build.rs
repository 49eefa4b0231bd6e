//! Generates the payment service from its description in this file, so that nobody needs `protoc`.

use tonic_build::manual::{Builder, Method, Service};

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let charge = Method::builder()
        .name("charge")
        .route_name("Charge")
        .input_type("crate::payment::Charge")
        .output_type("crate::payment::Receipt")
        .codec_path("tonic_prost::ProstCodec")
        .build();
    let payment = Service::builder()
        .name("Payment")
        .package("orders")
        .method(charge)
        .build();
    Builder::new().compile(&[payment]);
}
