//! A reverse proxy that breaks HTTP on demand, for tests
