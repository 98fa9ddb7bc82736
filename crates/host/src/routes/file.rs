//! What every route that begins an upload asks of the file: name, type, size. One place, so that no route is laxer.

use axum::http::StatusCode;

use crate::ApiError;
use crate::config::{Config, is_type};

/// The type, checked against the list.
pub(super) fn content_type<'a>(config: &Config, sent: Option<&'a str>) -> Result<Option<&'a str>, ApiError> {
    let content_type = sent.filter(|sent| !sent.is_empty());
    if content_type.is_some_and(|content_type| !is_type(content_type)) {
        return Err(ApiError::bad_request(
            "s3: the type must be one content type such as image/png or text/plain; charset=utf-8, no list or wildcard",
        ));
    }
    if !config.types.allows(content_type) {
        return Err(ApiError::unsupported_type(format!(
            "files of type {} are not accepted here; accepted: {}",
            content_type.unwrap_or("(none)"),
            config.types.describe()
        )));
    }
    Ok(content_type)
}

/// The size, checked against the limits.
pub(super) fn size(config: &Config, size: u64) -> Result<(), ApiError> {
    if let Some(max) = config.size.max.filter(|max| size > *max) {
        return Err(ApiError::too_large(format!("s3: the file has {size} bytes; at most {max} are accepted")));
    }
    if size < config.size.min {
        let text = format!("s3: the file has {size} bytes; at least {} are needed", config.size.min);
        return Err(ApiError::new(StatusCode::BAD_REQUEST, "EntityTooSmall", text));
    }
    Ok(())
}

/// The bucket, where a client names one.
pub(super) fn bucket(config: &Config, sent: Option<&str>) -> Result<(), ApiError> {
    if sent.is_some_and(|bucket| bucket != config.bucket.name()) {
        return Err(ApiError::denied("s3: this host signs for its own bucket only"));
    }
    Ok(())
}
