//! The tests of `app` from outside, in one program: a long import of one file runs beside the races of another.

mod corpus;
mod formats;
mod messages;
mod races;
mod real_data;
mod story;
mod tidy;
