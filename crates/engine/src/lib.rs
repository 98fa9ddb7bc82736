//! The upload logic of filechute: a state machine without I/O
