//! Addresses of the gateway, as callers reach it.

use url::Url;

/// What the operator has said of them.
#[derive(Debug, Clone, Default)]
pub struct Links {
    base: Option<Url>,
    topups: bool,
}

impl Links {
    /// `base` is how clients reach the gateway; `topups` whether keys can be topped up here.
    pub fn new(base: Option<Url>, topups: bool) -> Self {
        Links { base, topups }
    }

    /// The whole address of a path, if the operator has said how clients reach the gateway.
    pub fn absolute(&self, path: &str) -> Option<String> {
        Some(format!("{}{path}", self.base.as_ref()?.as_str().trim_end_matches('/')))
    }

    /// Where a key is topped up, if that is set up.
    pub fn topup(&self) -> Option<String> {
        const PATH: &str = "/v1/topups";
        self.topups.then(|| self.absolute(PATH).unwrap_or_else(|| PATH.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_whole_where_the_operator_has_said_where_we_are() {
        let links = Links::new(Some("https://pay.example/gateway/".parse().unwrap()), true);
        assert_eq!(links.absolute("/v1/x").as_deref(), Some("https://pay.example/gateway/v1/x"));
        assert_eq!(links.topup().as_deref(), Some("https://pay.example/gateway/v1/topups"));
        assert_eq!(Links::new(None, true).topup().as_deref(), Some("/v1/topups"));
        assert_eq!((Links::default().topup(), Links::default().absolute("/v1/x")), (None, None));
    }
}
