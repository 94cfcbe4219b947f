//! The server through its real router, on SQLite and PostgreSQL.

mod access;
mod doors;
mod faults;
mod hooks;
mod house;
mod jobs;
mod listen;
mod live;
mod mistakes;
mod nomination;
mod outbox;
mod recruit;
mod privacy;
mod report;
mod sign_in;
mod triage;
mod webhooks;
