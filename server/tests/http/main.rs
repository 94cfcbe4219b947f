//! The server through its real router, on SQLite and PostgreSQL.

mod access;
mod branding;
mod direction;
mod faults;
mod inbound;
mod jobs;
mod listen;
mod live;
mod mistakes;
mod moved;
mod moved_day;
mod nomination;
mod outbox;
mod permissions;
mod privacy;
mod recruit;
mod report;
mod search;
mod sign_in;
mod staff;
mod test_app;
mod triage;
mod webhooks;
