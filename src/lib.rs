//! Upload files from the browser straight to S3.
