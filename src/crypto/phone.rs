//! Phone numbers as typed, brought to one form.

use phonenumber::Mode;
use phonenumber::country::Id;

/// A valid number as E.164, e.g. `+8613800138000`. Never shown by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Phone(String);

impl Phone {
    /// Reads a number as typed, national (of mainland China) or with its country code; full-width
    /// digits and signs count as plain ones. `None` when it is no valid number.
    pub fn parse(typed: &str) -> Option<Self> {
        let plain: String = typed.trim().chars().map(half_width).collect();
        let number = phonenumber::parse(Some(Id::CN), plain).ok()?;
        number
            .is_valid()
            .then(|| Self(number.format().mode(Mode::E164).to_string()))
    }

    pub fn e164(&self) -> &str {
        &self.0
    }
    /// The last four digits.
    pub fn tail(&self) -> &str {
        &self.0[self.0.len().saturating_sub(4)..]
    }
    /// As staff see it without a reveal: `138****5678`; with a foreign country code `+852 ****5678`.
    pub fn masked(&self) -> String {
        match self.0.strip_prefix("+86") {
            Some(national) if national.len() == 11 => {
                format!("{}****{}", &national[..3], self.tail())
            }
            Some(_) => format!("****{}", self.tail()),
            None => {
                let code = phonenumber::parse(None, &self.0)
                    .map_or_else(|_| String::new(), |n| format!("+{} ", n.code().value()));
                format!("{code}****{}", self.tail())
            }
        }
    }
}

impl std::fmt::Debug for Phone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Phone(…)")
    }
}

/// Full-width forms (！ to ～) stand at a fixed distance from the plain ones.
fn half_width(c: char) -> char {
    match c {
        '\u{3000}' => ' ',
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn k1_one_number_typed_in_many_ways_is_one_number() {
        for typed in [
            "13800138000",
            "138 0013 8000",
            "+86 138-0013-8000",
            "008613800138000",
            "８６13800138000",
            "１３８００１３８０００",
        ] {
            let phone = Phone::parse(typed).unwrap_or_else(|| panic!("{typed}"));
            assert_eq!(phone.e164(), "+8613800138000", "{typed}");
        }
        assert_eq!(
            Phone::parse("+852 5123 4567").unwrap().e164(),
            "+85251234567"
        );
        for typed in ["", "12345", "138001380001", "迎宾"] {
            assert!(Phone::parse(typed).is_none(), "{typed}");
        }
    }

    #[test]
    fn s2_4_1_a_masked_phone_keeps_only_its_edges() {
        let phone = Phone::parse("13800135678").unwrap();
        assert_eq!(phone.masked(), "138****5678");
        assert_eq!(
            Phone::parse("+85251234567").unwrap().masked(),
            "+852 ****4567"
        );
        assert!(!format!("{phone:?}").contains("138"));
    }
}
