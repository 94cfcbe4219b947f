//! The process around the rooms: what `app` knows nothing of, such as SMTP and PDF.

pub mod pdf;
