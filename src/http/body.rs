//! Reading bodies: limited, drained before a refusal, and JSON errors that point at the field.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use futures_util::StreamExt;
use serde::de::DeserializeOwned;

use super::error::ApiError;
use crate::protocol::problem::Problem;

/// The largest ordinary JSON body, bytes.
pub const DEFAULT_LIMIT: usize = 256 * 1024;
/// Most that is read beyond a limit before the refusal is sent, bytes: a client that is still
/// sending would otherwise see a broken connection instead of the 413.
pub const DRAIN: usize = 8 * 1024 * 1024;

/// A whole body must be there within this time.
const WITHIN: Duration = Duration::from_secs(60);

/// Reads a whole body of at most `limit` bytes; a larger one is drained (up to [`DRAIN`]) and
/// refused with 413, one that does not arrive with 408.
pub async fn read(body: Body, limit: usize) -> Result<Bytes, ApiError> {
    read_within(body, limit, WITHIN).await
}

async fn read_within(body: Body, limit: usize, within: Duration) -> Result<Bytes, ApiError> {
    let read = tokio::time::timeout(within, read_all(body, limit)).await;
    read.unwrap_or_else(|_| {
        Err(ApiError::new(
            StatusCode::REQUEST_TIMEOUT,
            "too_slow",
            "The body did not arrive in time",
        ))
    })
}

async fn read_all(body: Body, limit: usize) -> Result<Bytes, ApiError> {
    let mut frames = body.into_data_stream();
    let mut read = Vec::new();
    let mut size = 0_usize;
    while let Some(frame) = frames.next().await {
        let frame =
            frame.map_err(|_| ApiError::bad_request("body_broken", "The body broke off"))?;
        size = size.saturating_add(frame.len());
        if size <= limit {
            read.extend_from_slice(&frame);
        } else {
            read = Vec::new();
            if size - limit > DRAIN {
                break;
            }
        }
    }
    if size > limit {
        Err(ApiError::too_large(limit))
    } else {
        Ok(read.into())
    }
}

/// Reads a JSON body of at most `limit` bytes. What cannot be parsed is a 400; what does not fit
/// the type is a 422 with the field's JSON pointer. Neither repeats what was sent.
pub async fn read_json<T: DeserializeOwned>(request: Request, limit: usize) -> Result<T, ApiError> {
    let is_json = is_json(request.headers());
    let bytes = read(request.into_body(), limit).await?;
    if !is_json {
        return Err(ApiError::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "not_json",
            "The content type must be application/json",
        ));
    }
    parse(&bytes)
}

/// The parsing half of [`read_json`].
pub fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        if error.inner().is_data() {
            Problem::new(422, "invalid", "The body does not fit")
                .detail("A field is missing, unknown or of the wrong kind.")
                .at(&pointer(error.path()))
                .into()
        } else {
            bad_json()
        }
    })?;
    json.end().map_err(|_| bad_json())?;
    Ok(value)
}

fn bad_json() -> ApiError {
    ApiError::bad_request("bad_json", "The body is not JSON")
}

/// RFC 6901. A map's keys come from the sender and might be anything, but unknown ones are only
/// named where the type has no free keys.
fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    path.iter()
        .map(|segment| match segment {
            Segment::Seq { index } => format!("/{index}"),
            Segment::Map { key } => format!("/{}", key.replace('~', "~0").replace('/', "~1")),
            Segment::Enum { .. } | Segment::Unknown => String::new(),
        })
        .collect()
}

fn is_json(headers: &HeaderMap) -> bool {
    headers
        .get(CONTENT_TYPE)
        .and_then(|v| v.to_str().ok())
        .and_then(|v| v.split(';').next())
        .is_some_and(|v| v.trim().eq_ignore_ascii_case("application/json"))
}

/// A JSON body within [`DEFAULT_LIMIT`]. Stands last among a handler's arguments, after the
/// credential, so that authentication comes before validation.
pub struct Json<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = ApiError;
    async fn from_request(request: Request, _: &S) -> Result<Self, ApiError> {
        read_json(request, DEFAULT_LIMIT).await.map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Item {
        #[allow(dead_code)]
        size: u32,
    }

    #[test]
    fn a_wrong_field_is_named_by_its_pointer_and_its_value_is_not_repeated() {
        let error = parse::<Vec<Item>>(br#"[{"size":1},{"size":"13800138000"}]"#).unwrap_err();
        assert_eq!(error.problem().status, 422);
        assert_eq!(error.problem().pointer.as_deref(), Some("/1/size"));
        assert!(!format!("{error:?}").contains("13800138000"));
        assert_eq!(
            parse::<Item>(b"{").unwrap_err().code(),
            "bad_json",
            "broken JSON is not a field's fault"
        );
        assert_eq!(
            parse::<Item>(br#"{"size":1} x"#).unwrap_err().code(),
            "bad_json"
        );
    }

    #[tokio::test]
    async fn a_body_that_never_ends_is_given_up() {
        let pieces = futures_util::stream::iter([Ok::<_, std::io::Error>("a")]);
        let body = Body::from_stream(pieces.chain(futures_util::stream::pending()));
        let error = read_within(body, 10, Duration::from_millis(1)).await;
        assert_eq!(error.unwrap_err().problem().status, 408);
    }

    #[tokio::test]
    async fn a_body_over_the_limit_is_read_to_its_end_and_refused() {
        let body = Body::from(vec![b'x'; 100]);
        let error = read(body, 10).await.unwrap_err();
        assert_eq!(error.problem().status, 413);
        assert_eq!(read(Body::from("1234567890"), 10).await.unwrap().len(), 10);
    }
}
