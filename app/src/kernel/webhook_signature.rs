//! Signatures of webhooks, coming and going, as the specification “Standard Webhooks” (standardwebhooks.com) has them.
//!
//! What is signed is `ID.TIMESTAMP.BODY` with HMAC-SHA-256; the header `webhook-signature` holds `v1,` and the signature in
//! base64, several of them with spaces while a secret is being changed.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::Duration;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::kernel::clock::Time;
use crate::kernel::error::{Error, Result};

/// How old a delivery may be, and how far ahead its clock: beyond that it may be one that somebody recorded.
pub const WINDOW_MINUTES: i64 = 5;
/// Longest id of a delivery.
const MAX_ID_CHARS: usize = 200;

/// A key for signing, as both sides hold it.
pub struct SigningKey(Vec<u8>);

/// The three headers of a delivery, as they came.
#[derive(Clone, Copy, Debug)]
pub struct SignatureHeaders<'h> {
    /// `webhook-id`: the same for each attempt to deliver the same thing.
    pub id: &'h str,
    /// `webhook-timestamp`: seconds since 1970.
    pub timestamp: &'h str,
    /// `webhook-signature`
    pub signature: &'h str,
}

impl SigningKey {
    /// From a secret as `Secret::derive` makes it.
    #[must_use]
    pub fn new(secret: &str) -> Self {
        Self(secret.as_bytes().to_vec())
    }

    /// As a tool wants it: `whsec_` and the key in base64.
    #[must_use]
    pub fn shown(&self) -> String {
        format!("whsec_{}", STANDARD.encode(&self.0))
    }

    fn mac(&self, id: &str, timestamp: &str, body: &[u8]) -> Hmac<Sha256> {
        let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(&self.0).expect("HMAC takes a key of any length");
        for part in [id.as_bytes(), b".", timestamp.as_bytes(), b".", body] {
            mac.update(part);
        }
        mac
    }

    /// The value of `webhook-signature` for a delivery.
    #[must_use]
    pub fn sign(&self, id: &str, at: Time, body: &[u8]) -> String {
        let mac = self.mac(id, &at.timestamp().to_string(), body);
        format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
    }

    /// Checks a delivery: its headers, its age, its signature.
    ///
    /// # Errors
    /// `Invalid` on the header that is wrong, saying what it should be.
    pub fn check(&self, headers: SignatureHeaders<'_>, body: &[u8], now: Time) -> Result<()> {
        let SignatureHeaders { id, timestamp, signature } = headers;
        if id.is_empty() || id.len() > MAX_ID_CHARS {
            return Err(Error::field("webhook-id", "The header webhook-id is missing or longer than 200 characters."));
        }
        let sent = timestamp.parse().ok().and_then(|seconds| Time::from_timestamp(seconds, 0));
        let sent = sent.ok_or_else(|| {
            Error::field("webhook-timestamp", "The header webhook-timestamp is missing or no number of seconds since 1970.")
        })?;
        let age = now - sent;
        if age.abs() > Duration::minutes(WINDOW_MINUTES) {
            let side = if age > Duration::zero() { "old" } else { "ahead of our clock" };
            return Err(Error::field(
                "webhook-timestamp",
                format!("This delivery is {} minutes {side}; {WINDOW_MINUTES} are allowed. Sign it again.", age.num_minutes().abs()),
            ));
        }
        let holds = signature.split_ascii_whitespace().filter_map(|one| STANDARD.decode(one.strip_prefix("v1,")?).ok());
        if holds.into_iter().any(|one| self.mac(id, timestamp, body).verify_slice(&one).is_ok()) {
            return Ok(());
        }
        Err(Error::field(
            "webhook-signature",
            "The signature does not fit. It should be “v1,” and the base64 of HMAC-SHA-256 over ID.TIMESTAMP.BODY, exactly as sent.",
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::clock::now;

    fn stated(result: Result<()>) -> String {
        match result {
            Ok(()) => "fits".into(),
            Err(Error::Invalid(fields)) => fields[0].0.clone(),
            Err(other) => other.to_string(),
        }
    }

    #[test]
    fn a_signature_is_that_of_the_specification() {
        // The example of the specification's own libraries.
        let key = SigningKey(STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").expect("base64"));
        let at = Time::from_timestamp(1_614_265_330, 0).expect("a time");
        let signed = key.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", at, br#"{"test": 2432232314}"#);
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn only_what_is_fresh_and_whole_fits() {
        let (key, at) = (SigningKey::new("secret"), now());
        let (stamp, signature) = (at.timestamp().to_string(), key.sign("a", at, b"body"));
        let headers = SignatureHeaders { id: "a", timestamp: &stamp, signature: &signature };
        assert_eq!(stated(key.check(headers, b"body", at)), "fits");
        let both = format!("v1,bm8= {signature}");
        assert_eq!(stated(key.check(SignatureHeaders { signature: &both, ..headers }, b"body", at)), "fits", "one of several is enough");
        assert_eq!(stated(key.check(headers, b"bodY", at)), "webhook-signature");
        assert_eq!(stated(key.check(SignatureHeaders { id: "b", ..headers }, b"body", at)), "webhook-signature");
        assert_eq!(stated(SigningKey::new("other").check(headers, b"body", at)), "webhook-signature");
        assert_eq!(stated(key.check(SignatureHeaders { signature: "", ..headers }, b"body", at)), "webhook-signature");
        assert_eq!(stated(key.check(SignatureHeaders { id: "", ..headers }, b"body", at)), "webhook-id");
        assert_eq!(stated(key.check(SignatureHeaders { timestamp: "soon", ..headers }, b"body", at)), "webhook-timestamp");
        for minutes in [6, -6] {
            assert_eq!(stated(key.check(headers, b"body", at + Duration::minutes(minutes))), "webhook-timestamp");
        }
    }
}
