//! The programs beside this file are the examples; this library is empty.
