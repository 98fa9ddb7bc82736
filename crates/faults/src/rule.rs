//! Which request gets which fault: rules, written as JSON, and the count of their uses.

use std::collections::BTreeMap;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use crate::Fault;

/// More rules than any test needs; a bound all the same.
const MAX_RULES: usize = 1_000;

/// One rule: what it matches, how often it applies, and the fault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Rule {
    /// Which requests; a missing condition holds for all of them.
    #[serde(default, rename = "match")]
    pub matching: Match,
    /// How often it applies; `null` or missing: for ever.
    #[serde(default)]
    pub times: Option<u32>,
    /// How many matching requests are let through first.
    #[serde(default)]
    pub skip: u32,
    /// What happens.
    pub fault: Wanted,
}

/// The conditions of a rule, all of which must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Match {
    /// The method, upper or lower case. A rule without one never touches a preflight (`OPTIONS`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// A piece of the path, as it travels (percent-encoded).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// A piece of the query, as it travels: `partNumber=2`, `uploads`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub query: Option<String>,
    /// Headers and their exact values; `null` for a header that must be missing.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub header: BTreeMap<String, Option<String>>,
}

/// A fault and the manner of an answer that the proxy gives by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Wanted {
    /// The fault.
    #[serde(flatten)]
    pub fault: Fault,
    /// Puts CORS headers on it, as a well configured bucket does. Default true.
    pub cors: bool,
    /// Reads the whole request body before it. Default true.
    pub drain: bool,
}

impl From<Fault> for Wanted {
    fn from(fault: Fault) -> Self {
        Self { fault, cors: true, drain: true }
    }
}

impl<'de> Deserialize<'de> for Wanted {
    // By hand, because `flatten` would switch off the check for unknown fields, and a typo would pass as a default.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut fields = Map::deserialize(deserializer)?;
        let mut flag = |name: &str| match fields.remove(name) {
            None => Ok(true),
            Some(Value::Bool(flag)) => Ok(flag),
            Some(_) => Err(D::Error::custom(format!("{name} must be true or false"))),
        };
        let (cors, drain) = (flag("cors")?, flag("drain")?);
        let fault: Fault = serde_json::from_value(Value::Object(fields)).map_err(D::Error::custom)?;
        fault.check().map_err(D::Error::custom)?;
        Ok(Self { fault, cors, drain })
    }
}

/// The part of a request that rules look at.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    /// The method.
    pub method: &'a str,
    /// The path as it travels.
    pub path: &'a str,
    /// The query as it travels, without the question mark.
    pub query: &'a str,
    /// The headers, names in lower case.
    pub headers: &'a [(&'a str, &'a str)],
}

impl Match {
    /// Whether all conditions hold.
    pub fn accepts(&self, seen: &Seen<'_>) -> bool {
        let method = match &self.method {
            Some(method) => method.eq_ignore_ascii_case(seen.method),
            // A failed preflight hides every other fault from the page, so it has to be asked for by name.
            None => seen.method != "OPTIONS",
        };
        method
            && self.path.as_ref().is_none_or(|piece| seen.path.contains(piece))
            && self.query.as_ref().is_none_or(|piece| seen.query.contains(piece))
            && self.header.iter().all(|(name, value)| {
                let mut found = seen.headers.iter().filter(|(other, _)| other.eq_ignore_ascii_case(name)).peekable();
                match value {
                    Some(value) => found.any(|(_, other)| other == value),
                    None => found.peek().is_none(),
                }
            })
    }
}

/// The rules in force and how often each was met.
#[derive(Debug, Default)]
pub struct Rules(Vec<(Rule, u32)>);

impl Rules {
    /// Reads a JSON array of rules.
    ///
    /// # Errors
    /// A text for the developer: what is wrong, and where.
    pub fn from_json(json: &[u8]) -> Result<Self, String> {
        let rules: Vec<Rule> = serde_json::from_slice(json).map_err(|error| error.to_string())?;
        if rules.len() > MAX_RULES {
            return Err(format!("{} rules are over {MAX_RULES}", rules.len()));
        }
        Ok(Self(rules.into_iter().map(|rule| (rule, 0)).collect()))
    }

    /// The fault for this request: that of the first matching rule with uses left. Counts the use.
    pub fn pick(&mut self, seen: &Seen<'_>) -> Option<Wanted> {
        for (rule, met) in &mut self.0 {
            let end = rule.times.map(|times| rule.skip.saturating_add(times));
            if end.is_some_and(|end| *met >= end) || !rule.matching.accepts(seen) {
                continue;
            }
            *met = met.saturating_add(1);
            if *met > rule.skip {
                return Some(rule.fault.clone());
            }
        }
        None
    }

    /// The rules with their number of uses so far, as JSON.
    pub fn to_json(&self) -> Value {
        let one = |(rule, met): &(Rule, u32)| {
            let mut json = serde_json::to_value(rule).unwrap_or_default();
            json["used"] = met.saturating_sub(rule.skip).into();
            json
        };
        self.0.iter().map(one).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PUT: Seen<'static> =
        Seen { method: "PUT", path: "/b/k%20y", query: "partNumber=2", headers: &[("x-a", "1"), ("x-a", "2")] };

    fn rules(json: &str) -> Rules {
        Rules::from_json(json.as_bytes()).expect(json)
    }

    #[test]
    fn the_first_rule_with_uses_left_applies() {
        let mut rules = rules(
            r#"[{"match":{"method":"put"},"skip":1,"times":2,"fault":{"kind":"denied"}},
                {"match":{"path":"k%20y"},"fault":{"kind":"html","cors":false}}]"#,
        );
        let mut next = || rules.pick(&PUT).map(|wanted| (wanted.fault.kind(), wanted.cors));
        // The skipped request belongs to the next rule that matches it.
        assert_eq!(next(), Some(("html", false)));
        assert_eq!(next(), Some(("denied", true)));
        assert_eq!(next(), Some(("denied", true)));
        assert_eq!(next(), Some(("html", false)));
        assert_eq!(rules.to_json()[0]["used"], 2);
        assert_eq!(rules.to_json()[1]["used"], 2);
    }

    #[test]
    fn every_condition_must_hold() {
        for (condition, expected) in [
            ("{}", true),
            (r#"{"method":"GET"}"#, false),
            (r#"{"query":"partNumber=2"}"#, true),
            (r#"{"query":"partNumber=3"}"#, false),
            (r#"{"header":{"X-A":"2"}}"#, true),
            (r#"{"header":{"x-a":"3"}}"#, false),
            (r#"{"header":{"x-b":null}}"#, true),
            (r#"{"header":{"x-a":null}}"#, false),
            (r#"{"path":"/b/","header":{"x-b":"1"}}"#, false),
        ] {
            let mut rules = rules(&format!(r#"[{{"match":{condition},"fault":{{"kind":"html"}}}}]"#));
            assert_eq!(rules.pick(&PUT).is_some(), expected, "{condition}");
        }
    }

    #[test]
    fn a_preflight_is_broken_only_by_name() {
        let preflight = Seen { method: "OPTIONS", ..PUT };
        assert!(rules(r#"[{"fault":{"kind":"html"}}]"#).pick(&preflight).is_none());
        assert!(rules(r#"[{"match":{"method":"OPTIONS"},"fault":{"kind":"html"}}]"#).pick(&preflight).is_some());
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        for wrong in [
            "{}",
            r#"[{"fault":{"kind":"nope"}}]"#,
            r#"[{"fault":{"kind":"html"},"time":1}]"#,
            r#"[{"match":{"host":"x"},"fault":{"kind":"html"}}]"#,
            r#"[{"fault":{"kind":"html","cors":"no"}}]"#,
            r#"[{"fault":{"kind":"slow","bytesPerSecond":0}}]"#,
            r#"[{"fault":{"kind":"status","status":200,"headers":{"Content-Length":"1"}}}]"#,
            r#"[{"fault":{"kind":"status","status":200,"headers":{"a b":"1"}}}]"#,
            r#"[{"fault":{"kind":"redirect","location":"a\nb"}}]"#,
            r#"[{"times":-1,"fault":{"kind":"html"}}]"#,
        ] {
            assert!(Rules::from_json(wrong.as_bytes()).is_err(), "{wrong}");
        }
    }
}
