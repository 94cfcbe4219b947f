//! The process around the house: configuration, router, forms, signing in, jobs, mail, PDF.

pub mod backup;
pub mod cli;
pub mod cookies;
mod door;
pub mod downloads;
mod exit;
pub mod forms;
pub mod health;
pub mod hooks;
pub mod ics;
pub mod import;
pub mod jobs;
pub mod key;
pub mod limits;
pub mod listening;
pub mod live;
pub mod logs;
pub mod mail;
pub mod metrics;
mod open;
pub mod out;
pub mod pdf;
pub mod person;
pub mod render;
pub mod report;
pub mod routes;
pub mod sentiment;
pub mod serve;
pub mod settings;
pub mod state;
pub mod trial;
pub mod upkeep;
pub mod upload;
pub mod webhooks;

pub use routes::router;
pub use state::AppState;
