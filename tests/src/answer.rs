//! An HTTP answer, read to its end.

use serde_json::Value;

/// Status, headers and body of an answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Its headers.
    pub headers: reqwest::header::HeaderMap,
    /// Its body as it came.
    pub text: String,
    /// Its body as JSON; `null` where it is none.
    pub body: Value,
}

impl Answer {
    /// Reads an answer to its end.
    pub async fn of(response: reqwest::Response) -> Self {
        Answer::read(response).await.expect("the answer's body arrives")
    }

    /// As [`Answer::of`], from a gateway that may die meanwhile.
    pub async fn read(response: reqwest::Response) -> Result<Self, reqwest::Error> {
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let text = response.text().await?;
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        Ok(Answer { status, headers, text, body })
    }

    /// A header's text; empty where there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// Asserts that this is a problem document of the given kind and status, and returns it.
    #[track_caller]
    pub fn problem(&self, slug: &str) -> &Value {
        assert_eq!(self.body["type"], format!("urn:penumbra:problem:{slug}"), "{}", self.text);
        assert_eq!(self.body["status"], self.status, "{}", self.text);
        assert_eq!(self.header("content-type"), "application/problem+json");
        assert!(self.body["detail"].as_str().is_some_and(|detail| !detail.is_empty()), "{}", self.text);
        &self.body
    }

    /// Asserts the status, and returns the body.
    #[track_caller]
    pub fn expect(&self, status: u16) -> &Value {
        assert_eq!(self.status, status, "{}", self.text);
        &self.body
    }
}
