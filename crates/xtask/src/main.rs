//! Build, demo and test commands of filechute
fn main() {}
