//! OTLP over HTTP.

use std::io::Write;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use http::header::{self, CONTENT_ENCODING, CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode, Uri};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use rustls::ClientConfig;
use tokio::time::timeout;

use super::answer::{Answer, LARGEST_ANSWER};
use super::connection::{self, HttpClient, HttpResponse};
use super::failure::{Failure, Retry, with_causes};
use super::settings::Settings;
use super::user_agent::USER_AGENT;

pub(super) struct Http {
    client: HttpClient,
    endpoint: Uri,
    headers: HeaderMap,
    gzip: bool,
}

impl Http {
    pub(super) fn new(settings: &Settings, tls: ClientConfig) -> Http {
        let mut headers = HeaderMap::new();
        let protobuf = HeaderValue::from_static("application/x-protobuf");
        headers.insert(CONTENT_TYPE, protobuf);
        headers.insert(header::USER_AGENT, HeaderValue::from_static(USER_AGENT));
        if settings.gzip {
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        headers.extend(settings.headers.clone());
        Http {
            client: connection::http(tls),
            endpoint: settings.endpoint.clone(),
            headers,
            gzip: settings.gzip,
        }
    }

    /// Returns the body that is sent for a message: the message itself, or compressed with gzip.
    pub(super) fn body(&self, message: Bytes) -> Bytes {
        if !self.gzip {
            return message;
        }
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        // Writing to memory does not fail.
        let written = encoder.write_all(&message).and_then(|()| encoder.finish());
        written.unwrap_or_default().into()
    }

    /// Sends a body once, and returns the response if its status is a success.
    pub(super) async fn send(&self, body: Bytes) -> Result<HttpResponse, Failure> {
        let mut request = Request::new(Full::new(body));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = self.endpoint.clone();
        *request.headers_mut() = self.headers.clone();
        let answer = self.client.request(request).await;
        let answer = answer.map_err(|error| unreachable(&error))?;
        let status = answer.status();
        if !status.is_success() {
            return Err(refused(status, answer.headers()));
        }
        Ok(answer)
    }
}

/// Reads the body of a response whose status is a success. The collector has taken the request, so
/// it is not sent again. If the body breaks off, only the number of rejected spans or log records
/// is unknown. A body that is too large is an error nevertheless, as the specification requires.
pub(super) async fn read(answer: HttpResponse, limit: Duration) -> Result<Answer, Failure> {
    let body = Limited::new(answer.into_body(), LARGEST_ANSWER).collect();
    match timeout(limit, body).await {
        Ok(Ok(body)) => Ok(Answer::Whole(body.to_bytes())),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(Failure {
            reason: "HTTP export failed: the response is larger than 4 MiB".to_owned(),
            retry: Retry::Never,
        }),
        Ok(Err(error)) => Ok(Answer::Broken(with_causes(&*error))),
        Err(_) => Ok(Answer::Broken("timed out".to_owned())),
    }
}

fn unreachable(error: &(dyn std::error::Error + 'static)) -> Failure {
    Failure {
        reason: format!("HTTP export failed: network error: {}", with_causes(error)),
        retry: Retry::Soon,
    }
}

/// Returns the failure for a status, by the specification of OTLP.
fn refused(status: StatusCode, headers: &HeaderMap) -> Failure {
    let retry = match status {
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
            retry_after(headers).map_or(Retry::Soon, Retry::After)
        }
        StatusCode::BAD_GATEWAY | StatusCode::GATEWAY_TIMEOUT => Retry::Soon,
        _ => Retry::Never,
    };
    Failure {
        reason: format!("HTTP export failed with status code: {}", status.as_u16()),
        retry,
    }
}

/// Reads `Retry-After`, which is a number of seconds or a date. Returns `None` if it is neither,
/// and zero for a date in the past.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = httpdate::parse_http_date(value).ok()?;
    let wait = date.duration_since(SystemTime::now());
    Some(wait.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn retry(status: u16, after: &str) -> Retry {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, after.parse().expect("a value"));
        refused(StatusCode::from_u16(status).expect("a status"), &headers).retry
    }

    #[test]
    fn the_statuses_of_the_specification_are_tried_again() {
        for status in 300..600 {
            let expected = match status {
                429 | 503 => Retry::After(Duration::from_secs(7)),
                502 | 504 => Retry::Soon,
                _ => Retry::Never,
            };
            assert_eq!(retry(status, "7"), expected, "{status}");
        }
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let past = "Fri, 31 Dec 1999 23:59:59 GMT";
        assert_eq!(retry(503, past), Retry::After(Duration::ZERO));
        let future = httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(100));
        let Retry::After(wait) = retry(429, &future) else {
            panic!("{future}");
        };
        assert!(wait > Duration::ZERO && wait <= Duration::from_secs(100));
        for nonsense in ["", "-1", "soon", "99999999999999999999999"] {
            assert_eq!(retry(503, nonsense), Retry::Soon, "{nonsense}");
        }
    }
}
