//! Erasing on both databases.
