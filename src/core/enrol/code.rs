//! A one-time enrolment code (登记码) as people type it: `7K3MD-01ZXW`.

/// Signs in a code, without the hyphen between its two groups.
pub const SIGNS: usize = 10;

/// The sign that a key means: case does not matter, letters that are read as digits are those
/// digits, and Chinese keyboards' wide forms are plain ones. `None`: no sign of a code.
pub fn sign(key: char) -> Option<char> {
    match super::narrow(key).to_ascii_uppercase() {
        'O' => Some('0'),
        'I' | 'L' => Some('1'),
        'U' => None,
        other => other.is_ascii_alphanumeric().then_some(other),
    }
}

/// Whether this only stands between the signs.
pub fn is_between(key: char) -> bool {
    key.is_whitespace() || matches!(key, '-' | '–' | '—')
}

/// The code as it is written.
pub fn grouped(signs: &str) -> String {
    let (first, second) = signs.split_at(signs.len().min(SIGNS / 2));
    match second {
        "" => first.to_owned(),
        _ => format!("{first}-{second}"),
    }
}
