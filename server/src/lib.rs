//! The process around the house: configuration, router, forms, signing in, jobs, mail, PDF.

pub mod door;
pub mod downloads;
pub mod forms;
pub mod ics;
pub mod live;
pub mod mail;
pub mod pdf;
pub mod render;
pub mod routes;
pub mod state;

pub use routes::router;
pub use state::AppState;
