//! The floor's address as people type it: often no more than `192.168.1.20`.

/// Longest address taken, in characters.
pub const MAX: usize = 120;

/// The port a floor listens on unless it is told otherwise.
const PORT: &str = ":7710";

/// The sign that a key means in an address; `None`: it cannot stand in one.
pub fn sign(key: char) -> Option<char> {
    let key = match super::narrow(key) {
        '。' => '.',
        other => other.to_ascii_lowercase(),
    };
    let allowed = key.is_ascii_alphanumeric() || ".:/-_[]".contains(key);
    allowed.then_some(key)
}

/// The whole address. What has a scheme is taken at its word. Else it is encrypted, unless the
/// floor can only be on this machine or the house speaks `in_clear`; and has the usual port, unless
/// one is named. `None`: nothing was typed.
pub fn whole(typed: &str, in_clear: bool) -> Option<String> {
    let typed = typed.trim_end_matches('/');
    if typed.is_empty() {
        return None;
    }
    if typed.contains("://") {
        return Some(typed.to_owned());
    }
    let (host, path) = match typed.split_once('/') {
        Some((host, path)) => (host, format!("/{path}")),
        None => (typed, String::new()),
    };
    let here =
        host.starts_with("localhost") || host.starts_with("127.") || host.starts_with("[::1]");
    let scheme = if here || in_clear { "http" } else { "https" };
    // Colons inside brackets belong to the address itself.
    let named = host
        .rsplit(']')
        .next()
        .is_some_and(|rest| rest.contains(':'));
    let port = if named { "" } else { PORT };
    Some(format!("{scheme}://{host}{port}{path}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn k10_an_address_is_completed_and_encrypted_unless_it_is_this_machine() {
        for (typed, whole_address) in [
            ("192.168.1.20", "https://192.168.1.20:7710"),
            ("192.168.1.20:8443", "https://192.168.1.20:8443"),
            ("floor.lan/", "https://floor.lan:7710"),
            ("127.0.0.1", "http://127.0.0.1:7710"),
            ("localhost:9000", "http://localhost:9000"),
            ("[::1]", "http://[::1]:7710"),
            ("[fd00::2]", "https://[fd00::2]:7710"),
            ("https://floor.example", "https://floor.example"),
            ("http://192.168.1.20:7710", "http://192.168.1.20:7710"),
            ("gate.lan/floor", "https://gate.lan:7710/floor"),
        ] {
            assert_eq!(whole(typed, false).as_deref(), Some(whole_address));
        }
        assert_eq!(
            whole("10.0.0.9", true).as_deref(),
            Some("http://10.0.0.9:7710")
        );
        assert_eq!(whole("", false), None);
        assert_eq!(whole("/", false), None);
    }

    #[test]
    fn k10_an_address_takes_what_chinese_keyboards_type() {
        let typed: String = "１９２。168．1.20：7710 ！"
            .chars()
            .filter_map(sign)
            .collect();
        assert_eq!(typed, "192.168.1.20:7710");
    }
}
