//! The proxy over real sockets: every fault as a client sees it.

mod answers;
mod breaks;
mod control;
mod honest;
mod support;
