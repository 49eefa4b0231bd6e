//! The traced code of the tests that look at traces from outside of the process.

pub mod handed_on;
#[path = "../../../examples/order_service/orders.rs"]
mod orders;
pub mod scenario;
