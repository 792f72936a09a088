//! Writes requests the way the provider's document says, and reads its answers.

use crate::encode::{self, Format};
use progenitor_client::{Error, ResponseValue};
use reqwest::{
    Body, Client, Method, Response, Url,
    header::{ACCEPT, CONTENT_TYPE, COOKIE, HeaderMap, HeaderName, HeaderValue},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

/// A request in the making. The first thing that goes wrong is kept, and told when it is built.
pub(crate) struct Request {
    method: Method,
    base: String,
    path: String,
    query: Vec<String>,
    cookies: Vec<String>,
    headers: HeaderMap,
    body: Option<Body>,
    wrong: Option<String>,
}

#[allow(dead_code, reason = "which of them are used depends on the operations")]
impl Request {
    /// `template` is an encoded path whose variables are given by [`Request::path`], and perhaps a query behind it that
    /// every request has.
    pub(crate) fn new(method: Method, base: &str, template: &str) -> Self {
        let (path, query) = template.split_once('?').unwrap_or((template, ""));
        Request {
            method,
            base: base.to_owned(),
            path: path.to_owned(),
            query: Some(query.to_owned()).filter(|query| !query.is_empty()).into_iter().collect(),
            cookies: Vec::new(),
            headers: HeaderMap::new(),
            body: None,
            wrong: None,
        }
    }

    pub(crate) fn path(mut self, name: &str, format: Format, value: &impl Serialize) -> Self {
        let Some(value) = self.given(name, value) else {
            return self.fail(format!("`{name}` is part of the path and can't be absent"));
        };
        let text = encode::path(name, format, &value);
        if matches!(text.as_str(), "" | "." | "..") {
            return self.fail(format!("`{name}` is part of the path and can't be `{text}`"));
        }
        self.path = self.path.replace(&format!("{{{name}}}"), &text);
        self
    }

    pub(crate) fn query(mut self, name: &str, format: Format, value: &impl Serialize) -> Self {
        if let Some(value) = self.given(name, value) {
            self.query.extend(encode::query(name, format, &value));
        }
        self
    }

    pub(crate) fn header(mut self, name: &str, format: Format, value: &impl Serialize) -> Self {
        let Some(value) = self.given(name, value) else { return self };
        let text = encode::header(format, &value);
        match (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_bytes(text.as_bytes())) {
            (Ok(name), Ok(value)) => drop(self.headers.insert(name, value)),
            _ => return self.fail(format!("the value of `{name}` can't stand in a header")),
        }
        self
    }

    pub(crate) fn cookie(mut self, name: &str, format: Format, value: &impl Serialize) -> Self {
        if let Some(value) = self.given(name, value) {
            self.cookies.extend(encode::query(name, format, &value));
        }
        self
    }

    pub(crate) fn accept(self, content_type: &str) -> Self {
        self.media_type(ACCEPT, content_type)
    }

    pub(crate) fn json(self, content_type: &str, body: Option<&impl Serialize>) -> Self {
        self.written(content_type, body, |value| value.to_string().into_bytes())
    }

    pub(crate) fn form(self, content_type: &str, body: Option<&impl Serialize>) -> Self {
        self.written(content_type, body, |value| encode::form(value).into_bytes())
    }

    pub(crate) fn text(self, content_type: &str, body: Option<&impl Serialize>) -> Self {
        self.written(content_type, body, |value| encode::scalar(value).into_bytes())
    }

    pub(crate) fn bytes(self, content_type: &str, body: Option<impl Into<Body>>) -> Self {
        let Some(body) = body else { return self };
        let mut this = self.media_type(CONTENT_TYPE, content_type);
        this.body = Some(body.into());
        this
    }

    /// The request, or the first thing that was wrong with it.
    pub(crate) fn build<E>(mut self, client: &Client) -> Result<reqwest::Request, Error<E>> {
        if !self.cookies.is_empty() {
            match HeaderValue::from_str(&self.cookies.join("; ")) {
                Ok(cookies) => drop(self.headers.insert(COOKIE, cookies)),
                Err(_) => self = self.fail("a cookie's value can't stand in a header".to_owned()),
            }
        }
        if let Some(wrong) = self.wrong {
            return Err(Error::InvalidRequest(wrong));
        }
        let mut url = Url::parse(&self.base)
            .map_err(|error| Error::InvalidRequest(format!("`{}` is not a URL: {error}", self.base)))?;
        let path = format!("{}{}", url.path().trim_end_matches('/'), self.path);
        url.set_path(&path);
        if url.path() != path {
            return Err(Error::InvalidRequest(format!("`{path}` can't stand in a URL")));
        }
        if !self.query.is_empty() {
            let query = url.query().map(str::to_owned).into_iter().chain(self.query).collect::<Vec<_>>().join("&");
            url.set_query(Some(&query));
        }
        let mut request = client.request(self.method, url).headers(self.headers);
        if let Some(body) = self.body {
            request = request.body(body);
        }
        Ok(request.build()?)
    }

    /// What is to be sent for `value`; nothing for `None`.
    fn given(&mut self, name: &str, value: &impl Serialize) -> Option<Value> {
        match serde_json::to_value(value) {
            Ok(Value::Null) => None,
            Ok(value) => Some(plain(value)),
            Err(error) => {
                self.wrong.get_or_insert(format!("`{name}` can't be written: {error}"));
                None
            }
        }
    }

    fn written(self, content_type: &str, body: Option<&impl Serialize>, write: impl Fn(&Value) -> Vec<u8>) -> Self {
        let Some(body) = body else { return self };
        match serde_json::to_value(body).map(plain) {
            Ok(value) => self.bytes(content_type, Some(write(&value))),
            Err(error) => self.fail(format!("the body can't be written: {error}")),
        }
    }

    fn media_type(mut self, header: HeaderName, content_type: &str) -> Self {
        // A header that the document declares as a parameter is the caller's.
        if self.headers.contains_key(&header) {
            return self;
        }
        match HeaderValue::from_str(content_type) {
            Ok(value) => drop(self.headers.insert(header, value)),
            Err(_) => return self.fail(format!("`{content_type}` is not a media type")),
        }
        self
    }

    pub(crate) fn fail(mut self, reason: String) -> Self {
        self.wrong.get_or_insert(reason);
        self
    }
}

/// Whole numbers without a fraction: the caller's `5` stays `5` on its way through a typed `5.0`.
pub(crate) fn plain(value: Value) -> Value {
    match value {
        Value::Number(number) => match number.as_f64() {
            // Every whole number of this size is exact, in either form.
            Some(float) if number.is_f64() && float.fract() == 0.0 && float.abs() < 9_007_199_254_740_992.0 => {
                Value::from(float as i64)
            }
            _ => Value::Number(number),
        },
        Value::Array(items) => items.into_iter().map(plain).collect(),
        Value::Object(members) => members.into_iter().map(|(name, value)| (name, plain(value))).collect(),
        other => other,
    }
}

/// Reads a success.
#[allow(dead_code, reason = "whether it is used depends on the operations")]
pub(crate) async fn answer<T: DeserializeOwned, E>(response: Response) -> Result<ResponseValue<T>, Error<E>> {
    let (status, headers) = (response.status(), response.headers().clone());
    let body = response.bytes().await.map_err(Error::ResponseBodyError)?;
    match read(&headers, &body) {
        Ok(value) => Ok(ResponseValue::new(value, status, headers)),
        Err(error) => Err(Error::InvalidResponsePayload(body, error)),
    }
}

/// Reads a failure. One that isn't what the document announces is passed on as it came.
#[allow(dead_code, reason = "whether it is used depends on the operations")]
pub(crate) async fn failure<T: DeserializeOwned>(response: Response) -> Error<T> {
    let (status, headers) = (response.status(), response.headers().clone());
    let body = match response.bytes().await {
        Ok(body) => body,
        Err(error) => return Error::ResponseBodyError(error),
    };
    match read(&headers, &body) {
        Ok(value) => Error::ErrorResponse(ResponseValue::new(value, status, headers)),
        Err(_) => {
            let mut response = http::Response::new(body);
            *response.status_mut() = status;
            *response.headers_mut() = headers;
            Error::UnexpectedResponse(response.into())
        }
    }
}

/// JSON, or text as a string; an empty body is null.
fn read<T: DeserializeOwned>(headers: &HeaderMap, body: &[u8]) -> Result<T, serde_json::Error> {
    if body.is_empty() {
        return serde_json::from_value(Value::Null);
    }
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("application/json");
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if essence == "application/json" || essence.ends_with("+json") {
        return serde_json::from_slice(body);
    }
    // Some call their JSON text.
    serde_json::from_value(String::from_utf8_lossy(body).into()).or_else(|_| serde_json::from_slice(body))
}
