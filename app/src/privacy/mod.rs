//! What people may ask of us, and what we delete unasked: erasure, opt-outs, retention.

pub mod erasure;
pub mod opt_out;
pub mod retention;
