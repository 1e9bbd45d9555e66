//! A browser as far as the pages need one.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Mutex;

use reqwest::header::{ACCEPT_LANGUAGE, CONTENT_TYPE, COOKIE, LOCATION, ORIGIN, SET_COOKIE};
use reqwest::{Client, Method, Response, StatusCode, Url};

/// As much of a browser as the pages need: cookies, the origin of its forms, a language.
pub struct Browser {
    client: Client,
    base: String,
    pub cookies: Mutex<BTreeMap<String, String>>,
    pub language: &'static str,
}

pub struct Page {
    pub status: StatusCode,
    headers: reqwest::header::HeaderMap,
    pub page: String,
}

impl Page {
    pub fn header(&self, name: impl reqwest::header::AsHeaderName) -> &str {
        self.headers
            .get(name)
            .and_then(|v| v.to_str().ok())
            .unwrap_or("")
    }
    #[track_caller]
    pub fn shows(&self, text: &str) {
        assert!(self.page.contains(text), "no `{text}` in:\n{}", self.page);
    }
    #[track_caller]
    pub fn hides(&self, text: &str) {
        assert!(!self.page.contains(text), "`{text}` in:\n{}", self.page);
    }
    #[track_caller]
    pub fn leads_to(&self, to: &str) {
        assert_eq!(
            (self.status, self.header(LOCATION)),
            (StatusCode::SEE_OTHER, to),
            "{}",
            self.page
        );
    }
    /// What stands between the page's `<code id="secret">` tags.
    pub fn secret(&self) -> String {
        let (_, rest) = self.page.split_once("id=\"secret\">").expect("a secret");
        rest.split('<').next().expect("its end").to_owned()
    }
}

impl Browser {
    /// Of an English reader, with no cookies yet.
    pub fn at(address: SocketAddr) -> Self {
        // Several tests of one process install the same provider; only the first is needed.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Self {
            client: Client::builder()
                .redirect(reqwest::redirect::Policy::none())
                .no_proxy()
                .tls_certs_only([])
                .build()
                .expect("a client"),
            base: format!("http://{address}"),
            cookies: Mutex::default(),
            language: "en-GB,en;q=0.9",
        }
    }

    pub async fn get(&self, path: &str) -> Page {
        let request = self.request(Method::GET, path);
        self.keep(request.send().await.expect("an answer")).await
    }

    pub async fn post(&self, path: &str, form: &[(&str, &str)]) -> Page {
        let request = self
            .request(Method::POST, path)
            .header(ORIGIN, &self.base)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(urlencoded(form));
        self.keep(request.send().await.expect("an answer")).await
    }

    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let cookies: Vec<String> = self
            .cookies
            .lock()
            .expect("cookies")
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        self.client
            .request(method, format!("{}{path}", self.base))
            .header(ACCEPT_LANGUAGE, self.language)
            .header(COOKIE, cookies.join("; "))
    }

    pub async fn keep(&self, response: Response) -> Page {
        let (status, headers) = (response.status(), response.headers().clone());
        for cookie in headers.get_all(SET_COOKIE) {
            let cookie = cookie.to_str().expect("plain");
            let (pair, attributes) = cookie.split_once(';').expect("attributes");
            let (name, value) = pair.split_once('=').expect("a pair");
            let mut jar = self.cookies.lock().expect("cookies");
            if attributes.contains("Max-Age=0") {
                jar.remove(name);
            } else {
                jar.insert(name.to_owned(), value.to_owned());
            }
        }
        Page {
            status,
            headers,
            page: response.text().await.expect("text"),
        }
    }
}

pub fn urlencoded(form: &[(&str, &str)]) -> String {
    Url::parse_with_params("http://form.example/", form)
        .expect("an address")
        .query()
        .unwrap_or("")
        .to_owned()
}
