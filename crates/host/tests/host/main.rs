//! The host from outside: over HTTP, against its own store. One program, since each test program links for long.

mod binary;
mod common;
mod connections;
mod cors;
mod guards;
mod lost;
mod manners;
mod multipart;
mod presign;
mod refusals;
mod routes;
mod settings;
mod types;
mod uploads;
