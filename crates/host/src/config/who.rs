//! Who may ask, and from which pages: the variables about it.

use axum::http::HeaderName;

use super::env::{list, web_url};
use super::{AllowedOrigins, ConfigError, RawOptions};
use crate::access::{Access, ForwardAuth};

impl RawOptions {
    /// Whom a token or a service lets in; anyone where there is neither.
    pub(super) fn access(&self) -> Result<Access, ConfigError> {
        match (&self.token, self.forward_auth()?) {
            (Some(_), Some(_)) => {
                let write = "write one of FILECHUTE_TOKEN and FILECHUTE_FORWARD_AUTH_URL, not both";
                Err(ConfigError::Invalid { name: "FILECHUTE_FORWARD_AUTH_URL", write })
            }
            // What no header can hold nobody could send.
            (Some(token), None) if !token.bytes().all(|b| matches!(b, b' '..=b'~')) => {
                let write = "write letters, digits and signs of ASCII on one line";
                Err(ConfigError::Invalid { name: "FILECHUTE_TOKEN", write })
            }
            (Some(token), None) => Ok(Access::Token(token.clone())),
            (None, Some(forward)) => Ok(Access::Forward(forward)),
            (None, None) => Ok(Access::Anyone),
        }
    }

    fn forward_auth(&self) -> Result<Option<ForwardAuth>, ConfigError> {
        let Some(url) = &self.forward_auth_url else {
            if self.forward_auth_user.is_some() {
                let write = "write where to ask, for example `http://auth.internal/verify`; \
                             FILECHUTE_FORWARD_AUTH_USER names a header of that answer";
                return Err(ConfigError::Missing { name: "FILECHUTE_FORWARD_AUTH_URL", write });
            }
            return Ok(None);
        };
        // A query of its own is where some services read which group may pass.
        let (base, query) = url.split_once('?').map_or((url.as_str(), None), |(base, query)| (base, Some(query)));
        let plain = web_url(base).filter(|_| !query.is_some_and(|query| query.contains('#')));
        let mut url = plain.ok_or(ConfigError::Invalid {
            name: "FILECHUTE_FORWARD_AUTH_URL",
            write: "write an http(s) URL, for example `http://auth.internal/verify`",
        })?;
        url.set_query(query);
        let user_header = self.forward_auth_user.as_deref().map(HeaderName::try_from).transpose().map_err(|_| {
            let write = "write the name of the header that names the user, for example `remote-user`";
            ConfigError::Invalid { name: "FILECHUTE_FORWARD_AUTH_USER", write }
        })?;
        Ok(Some(ForwardAuth { url, user_header }))
    }

    /// The origins, and whether their pages may send cookies.
    pub(super) fn origins(&self) -> Result<(AllowedOrigins, bool), ConfigError> {
        let cookies = match self.credentials_mode.as_deref() {
            None | Some("include") => true,
            Some("omit") => false,
            Some(_) => {
                let write = "write `include` or `omit`";
                return Err(ConfigError::Invalid { name: "FILECHUTE_CREDENTIALS", write });
            }
        };
        let Some(origins) = &self.allowed_origins else { return Ok((AllowedOrigins::default(), cookies)) };
        if list(origins).any(|origin| origin == "*") {
            return if cookies {
                Err(ConfigError::Invalid {
                    name: "FILECHUTE_ALLOWED_ORIGINS",
                    write: "`*` with cookies would let any page upload as your users: list the origins \
                            (`https://shop.example`), or set FILECHUTE_CREDENTIALS=omit as well",
                })
            } else {
                Ok((AllowedOrigins::Any, cookies))
            };
        }
        let listed = list(origins).map(AllowedOrigins::origin).collect::<Option<_>>().map(AllowedOrigins::Listed);
        let listed = listed.ok_or(ConfigError::Invalid {
            name: "FILECHUTE_ALLOWED_ORIGINS",
            write: "write origins with commas, as browsers send them: `https://shop.example`, each by its whole name, no \
                    path, no slash, no port 443 or 80",
        })?;
        Ok((listed, cookies))
    }
}
