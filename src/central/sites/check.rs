//! What may be saved. Each refusal names the field.

use std::collections::BTreeSet;

use crate::core::house_rules::HouseRules;
use crate::core::language::Text;
use crate::http::ApiError;
use crate::protocol::central::{NoticeDraft, SiteSettings, StaffList};

/// A showroom's id, as it stands in addresses: small letters, digits and hyphens, at most 32.
pub fn site_id(id: &str) -> Result<(), ApiError> {
    let fits = id.len() <= 32
        && id.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
        && id
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    fits.then_some(()).ok_or_else(|| {
        ApiError::invalid(
            "bad_id",
            "",
            "An id is made of small letters, digits and hyphens, at most 32",
        )
    })
}

/// A device's or agent's id: letters, digits, hyphens, dots, underscores, at most 64.
pub fn device_id(id: &str, pointer: &str) -> Result<(), ApiError> {
    let fits = (1..=64).contains(&id.len())
        && id.starts_with(|c: char| c.is_ascii_alphanumeric())
        && id
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_'));
    fits.then_some(()).ok_or_else(|| {
        ApiError::invalid(
            "bad_id",
            pointer,
            "An id is made of letters, digits, hyphens, dots and underscores, at most 64",
        )
    })
}

pub fn settings(s: &SiteSettings) -> Result<(), ApiError> {
    some_text(&s.name, "/name")?;
    if s.languages.is_empty() {
        return Err(missing("/languages"));
    }
    if crate::core::time::zone(&s.time_zone).is_none() {
        return Err(ApiError::invalid(
            "unknown_time_zone",
            "/time_zone",
            "The time zone is not known by that name; e.g. Asia/Shanghai",
        ));
    }
    if s.visit_purposes.is_empty() {
        return Err(missing("/visit_purposes"));
    }
    distinct(
        s.visit_purposes.iter().map(|p| p.id.as_str()),
        "/visit_purposes",
    )?;
    for (i, purpose) in s.visit_purposes.iter().enumerate() {
        some_text(&purpose.text, &format!("/visit_purposes/{i}/text"))?;
    }
    distinct(s.drinks.iter().map(|d| d.id.as_str()), "/drinks")?;
    for (i, drink) in s.drinks.iter().enumerate() {
        some_text(&drink.text, &format!("/drinks/{i}/text"))?;
    }
    let base = &s.ticket_base_url;
    if !base.is_empty() && !base.starts_with("https://") && !base.starts_with("http://") {
        return Err(ApiError::invalid(
            "bad_url",
            "/ticket_base_url",
            "An address begins with https:// (or http://); empty means the floor's own",
        ));
    }
    Ok(())
}

pub fn notice(n: &NoticeDraft) -> Result<(), ApiError> {
    if n.version.trim().is_empty() || n.version.len() > 64 {
        return Err(missing("/version"));
    }
    some_text(&n.text, "/text")?;
    distinct(n.purposes.iter().map(|p| p.id.as_str()), "/purposes")?;
    for (i, purpose) in n.purposes.iter().enumerate() {
        some_text(&purpose.text, &format!("/purposes/{i}/text"))?;
    }
    Ok(())
}

pub fn staff(list: &StaffList) -> Result<(), ApiError> {
    for (i, member) in list.staff.iter().enumerate() {
        device_id(member.id.as_str(), &format!("/staff/{i}/id"))?;
        if member.name.trim().is_empty() {
            return Err(missing(&format!("/staff/{i}/name")));
        }
    }
    distinct(list.staff.iter().map(|m| m.id.as_str()), "/staff")
}

pub fn rules(rules: &HouseRules) -> Result<(), ApiError> {
    rules.check().map_err(|(key, what, _)| {
        let pointer = format!("/{}", key.replace('.', "/"));
        ApiError::invalid("too_small", &pointer, what)
    })
}

fn some_text(text: &Text, pointer: &str) -> Result<(), ApiError> {
    if text.0.is_empty() || text.0.values().any(|t| t.trim().is_empty()) {
        Err(missing(pointer))
    } else {
        Ok(())
    }
}

/// Ids that are there and each only once.
pub fn distinct<'a>(ids: impl Iterator<Item = &'a str>, pointer: &str) -> Result<(), ApiError> {
    let mut seen = BTreeSet::new();
    for (i, id) in ids.enumerate() {
        let at = format!("{pointer}/{i}/id");
        if id.trim().is_empty() {
            return Err(missing(&at));
        }
        if !seen.insert(id) {
            return Err(ApiError::invalid("twice", &at, "This id stands here twice"));
        }
    }
    Ok(())
}

fn missing(pointer: &str) -> ApiError {
    ApiError::invalid("missing", pointer, "Something is missing here")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn k0_ids_that_stand_in_addresses_are_plain() {
        for id in ["xihu", "xihu-2", "0"] {
            assert!(site_id(id).is_ok(), "{id}");
        }
        for id in ["", "-a", "A", "西湖", "a/b", "..", &"a".repeat(33)] {
            assert!(site_id(id).is_err(), "{id}");
        }
        assert!(device_id("Kiosk_1.left", "/id").is_ok());
        assert!(device_id("../x", "/id").is_err());
    }
}
