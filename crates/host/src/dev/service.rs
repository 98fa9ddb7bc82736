//! From HTTP to s3s and back: CORS around it, S3's manners where s3s has others.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderValue, Method, Response, StatusCode, header};
use rusty_s3::Credentials;
use s3s::auth::{S3Auth, SecretKey};
use s3s::config::{S3Config, StaticConfigProvider};
use s3s::dto::PostResponse;
use s3s::service::{S3Service, S3ServiceBuilder};
use s3s::xml::{Serialize as _, Serializer};
use s3s::{S3Result, s3_error};
use uuid::Uuid;

use super::cors::BucketCors;
use super::refusals::Refusal;
use super::store::{DevStore, Posted, SharedStore};
use super::{REGION, reading, refusals};
use crate::rest::Shared;

/// How long a refused client may pause before its upload is cut off.
const DRAIN_STALL: Duration = Duration::from_secs(20);
/// S3's limit for a form without its file. <https://docs.aws.amazon.com/AmazonS3/latest/API/RESTObjectPOST.html>
const MAX_FORM_BYTES: usize = 20 * 1024;

/// The store as a router that answers every path.
pub(super) fn router(store: Arc<DevStore>, credentials: &Credentials, cors: BucketCors) -> Router {
    let mut config = S3Config::default();
    config.form_max_field_size = MAX_FORM_BYTES;
    config.form_max_fields_size = MAX_FORM_BYTES;
    config.form_max_parts = 100;
    // s3s applies this to forms as well, where S3 knows only the policy's own end.
    config.presigned_url_max_skew_time_secs = 604_800;
    config.expected_region = s3s::region::Region::new(REGION.into()).ok();
    let mut builder = S3ServiceBuilder::new(SharedStore(store));
    builder.set_auth(OneKey { id: credentials.key().to_owned(), secret: credentials.secret().into() });
    builder.set_config(Arc::new(StaticConfigProvider::new(Arc::new(config))));
    let s3 = builder.build();
    let cors = Arc::new(cors);
    Router::new().fallback(move |request: Request| answer(s3.clone(), Arc::clone(&cors), request))
}

/// The one key pair.
struct OneKey {
    id: String,
    secret: SecretKey,
}

#[async_trait::async_trait]
impl S3Auth for OneKey {
    async fn get_secret_key(&self, id: &str) -> S3Result<SecretKey> {
        if id == self.id {
            return Ok(self.secret.clone());
        }
        Err(s3_error!(InvalidAccessKeyId, "The AWS Access Key Id you provided does not exist in our records."))
    }
}

async fn answer(s3: S3Service, cors: Arc<BucketCors>, request: Request) -> Response<Body> {
    let origin = request.headers().get(header::ORIGIN).cloned();
    let method = request.method().clone();
    let mut response = match cors.preflight(&request) {
        Some(response) => response,
        None => serve(&s3, request).await,
    };
    cors.mark(origin.as_ref(), &method, response.headers_mut());
    if let Ok(id) = HeaderValue::from_str(&Uuid::new_v4().simple().to_string()[..16].to_ascii_uppercase()) {
        response.headers_mut().insert("x-amz-request-id", id);
    }
    response
}

async fn serve(s3: &S3Service, request: Request) -> Response<Body> {
    let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let is_form = request.method() == Method::POST
        && content_type.is_some_and(|t| t.to_ascii_lowercase().starts_with("multipart/form-data"));
    // Without a length s3s would collect the file in memory; browsers and S3 always have one.
    if is_form && !request.headers().contains_key(header::CONTENT_LENGTH) {
        let text = "You must provide the Content-Length HTTP header.";
        return refusals::error(StatusCode::LENGTH_REQUIRED, "MissingContentLength", text);
    }
    if request.method() == Method::PUT && request.headers().contains_key(header::TRANSFER_ENCODING) {
        let text = "A header you provided implies functionality that is not implemented";
        return refusals::error(StatusCode::NOT_IMPLEMENTED, "NotImplemented", text);
    }
    // Its key pair is no temporary one.
    let token = "x-amz-security-token";
    let query = request.uri().query().unwrap_or_default();
    let presigned = query.contains("X-Amz-Signature=");
    if request.headers().contains_key(token) || query.to_ascii_lowercase().contains(token) {
        let text = "The provided token is malformed or otherwise invalid.";
        return refusals::error(StatusCode::BAD_REQUEST, "InvalidToken", text);
    }
    let (mut parts, body) = request.into_parts();
    reading::drop_unreadable_range(&mut parts.headers);
    let mut body = Shared::new(body);
    let request = Request::from_parts(parts, s3s::Body::http_body(body.clone()));
    let response = match s3.call(request).await {
        Ok(response) => response.map(Body::new),
        Err(_) => {
            refusals::error(StatusCode::INTERNAL_SERVER_ERROR, "InternalError", "We encountered an internal error.")
        }
    };
    if response.status().is_client_error() || response.status().is_server_error() {
        // A server that answers and closes while the browser still sends makes the browser see a network error
        // instead of the refusal; so the rest is read first, as S3 does.
        body.drain(u64::MAX, Duration::MAX, DRAIN_STALL).await;
        return match (is_form, presigned) {
            (true, _) => reword(response, refusals::form_refusal).await,
            (false, true) => reword(response, refusals::presigned_refusal).await,
            _ => response,
        };
    }
    match response.extensions().get::<Posted>().cloned() {
        Some(posted) if response.status() == StatusCode::CREATED => created(response, &posted),
        _ => response,
    }
}

/// The 201 document; s3s writes a relative location and an ETag without its quotes.
fn created(response: Response<Body>, posted: &Posted) -> Response<Body> {
    let mut xml = Vec::new();
    let document =
        PostResponse { location: &posted.location, bucket: &posted.bucket, key: &posted.key, etag: &posted.etag };
    let mut writer = Serializer::new(&mut xml);
    if writer.decl().and_then(|()| document.serialize(&mut writer)).is_err() {
        return response;
    }
    drop(writer);
    let (mut parts, _) = response.into_parts();
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(xml))
}

/// Replaces s3s's wording of a refusal by S3's.
async fn reword(response: Response<Body>, says: fn(&str, &str) -> Option<Refusal>) -> Response<Body> {
    let (parts, body) = response.into_parts();
    let Ok(bytes) = axum::body::to_bytes(body, 64 * 1024).await else {
        return Response::from_parts(parts, Body::empty());
    };
    let reworded = refusals::read(&bytes).and_then(|(code, message)| says(&code, &message));
    match reworded {
        Some(Refusal { status, code, message }) => refusals::error(status, code, &message),
        None => Response::from_parts(parts, Body::from(bytes)),
    }
}
