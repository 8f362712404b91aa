//! Pages: how many items one has, and the link to the next. Contract §6.1 "Paging".
//!
//! Invariant: a link is bound to the cmdlet and its parameters, dies after its lifetime, and goes on at any replica.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::{error::ExchangeError, parameters::Parameters, request::ExchangeRequest};
use crate::{exchange::view::Cursor, state::State};

/// ResultSize where none is given. [EPS]
const RESULTS: usize = 1000;

/// One page of an answer.
#[derive(Clone, Debug, Default)]
pub(crate) struct Page {
    /// Where it begins.
    pub(crate) cursor: Cursor,
    /// Most items on it.
    pub(crate) size: usize,
    /// Items on the pages before.
    pub(crate) served: usize,
    /// `ResultSize`; none is `Unlimited`.
    pub(crate) limit: Option<usize>,
    /// `ResultSize` was given.
    pub(crate) told: bool,
    digest: String,
}

impl Page {
    /// What the request asks for.
    pub(crate) fn read(
        state: &State,
        request: &ExchangeRequest,
        parameters: &Parameters,
    ) -> Result<Self, ExchangeError> {
        let limit = match parameters.text("ResultSize") {
            None => Some(RESULTS),
            Some(text) if text.eq_ignore_ascii_case("unlimited") => None,
            Some(text) => match text.parse::<usize>() {
                Ok(size) if size > 0 => Some(size),
                Ok(_) | Err(_) => {
                    return Err(ExchangeError::argument(format!(
                        "Cannot convert value \"{text}\" to type \"Microsoft.Exchange.Data.Unlimited`1[System.UInt32]\"."
                    )));
                }
            },
        };
        let digest = digest(request);
        let most = state.options.exchange.page_size;
        let told = parameters.text("ResultSize").is_some();
        let size = request.page_size().unwrap_or(most).min(most);
        let mut page = Self { size, limit, told, digest, ..Self::default() };
        if let Some(token) = request.option("skiptoken") {
            page.follow(state, token)?;
        }
        if let Some(limit) = limit {
            page.size = page.size.min(limit.saturating_sub(page.served));
        }
        Ok(page)
    }

    fn follow(&mut self, state: &State, token: &str) -> Result<(), ExchangeError> {
        // Status and text of a dead link are UNV.
        let refuse = || ExchangeError::bad("The next link is not valid or has expired.");
        let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| refuse())?;
        let (digest, issued, part, after, served): (String, i64, usize, Option<String>, usize) =
            serde_json::from_slice(&bytes).map_err(|_| refuse())?;
        let lifetime = i64::try_from(state.options.exchange.link_lifetime.as_secs()).unwrap_or(i64::MAX);
        let age = state.clock.wall().as_second().saturating_sub(issued);
        if digest != self.digest || age >= lifetime {
            return Err(refuse());
        }
        self.cursor = Cursor { part, after };
        self.served = served;
        Ok(())
    }

    /// The link to the page that begins at `cursor`.
    pub(crate) fn link(&self, state: &State, request: &ExchangeRequest, cursor: &Cursor, served: usize) -> String {
        let issued = state.clock.wall().as_second();
        let token = json!([self.digest, issued, cursor.part, cursor.after, served]).to_string();
        let mut url = format!("{}{}?%24skiptoken={}", request.origin, request.path, URL_SAFE_NO_PAD.encode(token));
        if let Some(select) = request.option("select") {
            let encoded = percent_encoding::utf8_percent_encode(select, percent_encoding::NON_ALPHANUMERIC);
            url.extend(["&%24select=".to_owned(), encoded.to_string()]);
        }
        url
    }
}

/// Ties a link to the call it belongs to.
fn digest(request: &ExchangeRequest) -> String {
    let mut hash = Sha256::new();
    hash.update(request.path.as_bytes());
    hash.update(request.body.get("CmdletInput").map(ToString::to_string).unwrap_or_default());
    URL_SAFE_NO_PAD.encode(&hash.finalize()[..6])
}
