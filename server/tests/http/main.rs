//! The server through its real router, on SQLite and PostgreSQL.

mod access;
mod permissions;
mod faults;
mod inbound;
mod test_app;
mod jobs;
mod listen;
mod live;
mod mistakes;
mod moved;
mod nomination;
mod outbox;
mod recruit;
mod privacy;
mod report;
mod sign_in;
mod triage;
mod webhooks;
