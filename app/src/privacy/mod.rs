//! Erasure, opt-outs and retention.

pub mod erasure;
pub mod opt_out;
pub mod retention;
