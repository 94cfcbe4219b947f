//! JSON whose fractions stay what they are to the last bit: serde_json's quick way to read them may be off by one.

use serde_json::{Number, Value as Json};

/// What a fraction becomes while the rest is read. No text that people write begins like this.
const MARK: &str = "\0fraction:";
const MARK_AS_JSON: &str = "\\u0000fraction:";

/// Reads JSON.
pub(super) fn parse(text: &str) -> serde_json::Result<Json> {
    match marked(text) {
        None => serde_json::from_str(text),
        Some(marked) => {
            let mut value = serde_json::from_str(&marked)?;
            unmark(&mut value);
            Ok(value)
        }
    }
}

/// The text with every fraction as a marked string; none where there is no fraction.
fn marked(text: &str) -> Option<String> {
    let (mut out, mut copied, mut at) = (String::new(), 0, 0);
    let bytes = text.as_bytes();
    while at < bytes.len() {
        match bytes[at] {
            b'"' => at = after_string(bytes, at),
            b'-' | b'0'..=b'9' => {
                let end = at + bytes[at..].iter().take_while(|byte| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E')).count();
                let number = &text[at..end];
                if number.len() > 18 || number.contains(['.', 'e', 'E']) {
                    out.push_str(&text[copied..at]);
                    out.push_str(&format!("\"{MARK_AS_JSON}{number}\""));
                    copied = end;
                }
                at = end;
            }
            _ => at += 1,
        }
    }
    (copied > 0).then(|| out + &text[copied..])
}

/// The place behind a string that begins at `at`.
fn after_string(bytes: &[u8], mut at: usize) -> usize {
    at += 1;
    while at < bytes.len() && bytes[at] != b'"' {
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    at + 1
}

fn unmark(value: &mut Json) {
    match value {
        Json::String(text) => {
            if let Some(number) = text.strip_prefix(MARK).and_then(number) {
                *value = number;
            }
        }
        Json::Array(values) => values.iter_mut().for_each(unmark),
        Json::Object(values) => values.values_mut().for_each(unmark),
        _ => {}
    }
}

fn number(text: &str) -> Option<Json> {
    if let Ok(whole) = text.parse::<i64>() {
        return Some(whole.into());
    }
    text.parse().ok().and_then(Number::from_f64).map(Json::Number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fraction_comes_back_to_the_last_bit() {
        let mut bits = 0x3fe1_2345_6789_abcd_u64;
        let mut inexact = 0;
        for _ in 0..20_000 {
            bits = bits.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let number = f64::from_bits((bits >> 12) | 0x3ff0_0000_0000_0000) - 1.5;
            let text = serde_json::json!({"a \"1.5\" b": [number, {"n": -3}], "t": "0.1"}).to_string();
            let read = parse(&text).expect("JSON");
            assert_eq!(read["a \"1.5\" b"][0].as_f64().map(f64::to_bits), Some(number.to_bits()), "{text}");
            assert_eq!((read["a \"1.5\" b"][1]["n"].as_i64(), read["t"].as_str()), (Some(-3), Some("0.1")));
            inexact += usize::from(serde_json::from_str::<f64>(&number.to_string()).is_ok_and(|read| read.to_bits() != number.to_bits()));
        }
        assert!(inexact > 0, "otherwise nothing here is needed");
        assert_eq!(parse("[1e300, 9223372036854775807, -0.5e-7]").expect("JSON").to_string(), "[1e+300,9223372036854775807,-5e-8]");
        assert!(parse("[1.5, nonsense]").is_err());
    }
}
