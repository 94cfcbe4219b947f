//! What becomes of what was said: "We heard …", the organisation's response, the report, and the evidence trail between them.

pub mod heard;
pub mod response;
#[cfg(feature = "store")]
pub mod board;
pub mod report;
pub mod evidence_trail;
