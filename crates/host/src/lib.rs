//! A signing server for browser uploads to S3, with an embedded store for development
