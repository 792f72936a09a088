//! Writes requests the way the provider's document says, and reads its answers.

use crate::encode::{self, Fields, Format, plain};
use progenitor_client::{ByteStream, Error, ResponseValue};
use reqwest::{
    Body, Client, Method, Response, Url,
    header::{ACCEPT, CONTENT_TYPE, COOKIE, HeaderMap, HeaderName, HeaderValue},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

/// A request in the making. The first thing that goes wrong is kept, and told when it is built.
pub(crate) struct Request {
    method: Method,
    base: String,
    path: String,
    /// A query that every request has.
    literal: String,
    query: Vec<(String, String)>,
    cookies: Vec<(String, String)>,
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
            literal: query.to_owned(),
            query: Vec::new(),
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
        let Some(value) = self.given(name, value) else { return self };
        match encode::query(name, format, &value) {
            Ok(pairs) => self.query.extend(pairs),
            Err(reason) => return self.fail(format!("`{name}` {reason}")),
        }
        self
    }

    pub(crate) fn header(mut self, name: &str, format: Format, value: &impl Serialize) -> Self {
        let Some(value) = self.given(name, value) else { return self };
        let text = match encode::header(format, &value) {
            Ok(text) => text,
            Err(reason) => return self.fail(format!("`{name}` {reason}")),
        };
        match (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_bytes(text.as_bytes())) {
            (Ok(name), Ok(value)) => drop(self.headers.insert(name, value)),
            _ => return self.fail(format!("the value of `{name}` can't stand in a header")),
        }
        self
    }

    pub(crate) fn cookie(mut self, name: &str, format: Format, value: &impl Serialize) -> Self {
        let Some(value) = self.given(name, value) else { return self };
        match encode::query(name, format, &value) {
            Ok(pairs) => self.cookies.extend(pairs),
            Err(reason) => return self.fail(format!("`{name}` {reason}")),
        }
        self
    }

    pub(crate) fn accept(self, content_type: &str) -> Self {
        self.media_type(ACCEPT, content_type)
    }

    pub(crate) fn json(self, content_type: &str, body: Option<&impl Serialize>) -> Self {
        self.written(content_type, body, |value| Ok(value.to_string()))
    }

    /// `fields` are those that are not written in the default way.
    pub(crate) fn form(self, content_type: &str, fields: Fields<'_>, body: Option<&impl Serialize>) -> Self {
        self.written(content_type, body, |value| encode::form(value, fields))
    }

    pub(crate) fn text(self, content_type: &str, body: Option<&impl Serialize>) -> Self {
        self.written(content_type, body, |value| Ok(encode::scalar(value)))
    }

    pub(crate) fn bytes(self, content_type: &str, body: Option<Body>) -> Self {
        if body.is_none() {
            return self;
        }
        let mut this = self.media_type(CONTENT_TYPE, content_type);
        this.body = body;
        this
    }

    /// `written` is a boundary and the bytes between.
    pub(crate) fn multipart(self, content_type: &str, written: Option<Result<(String, Vec<u8>), String>>) -> Self {
        match written {
            None => self,
            Some(Ok((boundary, bytes))) => {
                let essence = content_type.split(';').next().unwrap_or_default().trim();
                self.bytes(&format!("{essence}; boundary={boundary}"), Some(bytes.into()))
            }
            Some(Err(reason)) => self.fail(format!("the body can't be written: {reason}")),
        }
    }

    /// Sends the request and reads the success that `T` describes. Statuses for which `announced` holds are failures that
    /// `E` describes; any other is unexpected.
    pub(crate) async fn answer<T: DeserializeOwned, E: DeserializeOwned>(
        self,
        client: &Client,
        announced: fn(u16) -> bool,
    ) -> Result<ResponseValue<T>, Error<E>> {
        let response = self.send(client, announced).await?;
        let (status, headers) = (response.status(), response.headers().clone());
        let body = response.bytes().await.map_err(Error::ResponseBodyError)?;
        match read(&headers, &body) {
            Ok(value) => Ok(ResponseValue::new(value, status, headers)),
            Err(error) => Err(Error::InvalidResponsePayload(body, error)),
        }
    }

    /// As [`Request::answer`], for a success without a body.
    pub(crate) async fn empty<E: DeserializeOwned>(
        self,
        client: &Client,
        announced: fn(u16) -> bool,
    ) -> Result<ResponseValue<()>, Error<E>> {
        self.send(client, announced).await.map(ResponseValue::empty)
    }

    /// As [`Request::answer`], for a success that is a stream of bytes.
    pub(crate) async fn stream<E: DeserializeOwned>(
        self,
        client: &Client,
        announced: fn(u16) -> bool,
    ) -> Result<ResponseValue<ByteStream>, Error<E>> {
        self.send(client, announced).await.map(ResponseValue::stream)
    }

    async fn send<E: DeserializeOwned>(
        self,
        client: &Client,
        announced: fn(u16) -> bool,
    ) -> Result<Response, Error<E>> {
        let request = self.build(client).map_err(|unsent| match unsent {
            Unsent::Wrong(reason) => Error::InvalidRequest(reason),
            Unsent::Refused(error) => Error::CommunicationError(error),
        })?;
        let response = client.execute(request).await?;
        match response.status() {
            status if status.is_success() => Ok(response),
            status if announced(status.as_u16()) => Err(failure(response).await),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }

    /// The request, or the first thing that was wrong with it.
    fn build(mut self, client: &Client) -> Result<reqwest::Request, Unsent> {
        if !self.cookies.is_empty() {
            match HeaderValue::from_str(&encode::joined(&self.cookies, "; ")) {
                Ok(cookies) => drop(self.headers.insert(COOKIE, cookies)),
                Err(_) => self = self.fail("a cookie's value can't stand in a header".to_owned()),
            }
        }
        if let Some(wrong) = self.wrong {
            return Err(Unsent::Wrong(wrong));
        }
        let mut url =
            Url::parse(&self.base).map_err(|error| Unsent::Wrong(format!("`{}` is not a URL: {error}", self.base)))?;
        let path = format!("{}{}", url.path().trim_end_matches('/'), self.path);
        url.set_path(&path);
        if url.path() != path {
            return Err(Unsent::Wrong(format!("`{path}` can't stand in a URL")));
        }
        let query = encode::joined(&self.query, "&");
        let parts = [url.query().unwrap_or_default(), &self.literal, &query];
        let query = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("&");
        url.set_query(Some(query.as_str()).filter(|query| !query.is_empty()));
        let mut request = client.request(self.method, url).headers(self.headers);
        if let Some(body) = self.body {
            request = request.body(body);
        }
        request.build().map_err(Unsent::Refused)
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

    fn written(
        self,
        content_type: &str,
        body: Option<&impl Serialize>,
        write: impl Fn(&Value) -> Result<String, String>,
    ) -> Self {
        let Some(body) = body else { return self };
        let written = serde_json::to_value(body).map(plain).map_err(|error| error.to_string());
        match written.and_then(|value| write(&value)) {
            Ok(text) => self.bytes(content_type, Some(text.into())),
            Err(reason) => self.fail(format!("the body can't be written: {reason}")),
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

/// Why a request could not be sent.
enum Unsent {
    Wrong(String),
    Refused(reqwest::Error),
}

/// Reads a failure. One that isn't what the document announces is passed on as it came.
async fn failure<T: DeserializeOwned>(response: Response) -> Error<T> {
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

/// JSON, or text as a string. An empty body is null, else an object without members, else text without a letter: what was
/// announced with one is often answered with nothing.
fn read<T: DeserializeOwned>(headers: &HeaderMap, body: &[u8]) -> Result<T, serde_json::Error> {
    let text = || serde_json::from_value(String::from_utf8_lossy(body).into());
    let nothing = || {
        serde_json::from_value(Value::Null)
            .or_else(|error| serde_json::from_value(Value::Object(Map::new())).map_err(|_| error))
    };
    let json = || if body == b"null" { nothing() } else { serde_json::from_slice(body) };
    if body.is_empty() {
        return nothing().or_else(|error| text().map_err(|_| error));
    }
    match headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()) {
        Some(content_type) if encode::is_json(content_type) => json(),
        // Some call their JSON text.
        Some(_) => text().or_else(|_| json()),
        None => json().or_else(|error| text().map_err(|_| error)),
    }
}
