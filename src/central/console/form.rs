//! What a page's form sends: names and values in the order of the page, some names repeated.

use axum::body::Body;
use axum::extract::{FromRequest, Request};
use axum::response::{IntoResponse, Response};

use crate::core::language::{Language, Text};
use crate::http::body;

/// The fields of one form. It has no `Debug`, because forms carry passwords and search terms.
#[derive(Clone, Default)]
pub struct Form(Vec<(String, String)>);

impl Form {
    /// The first value of `name` without surrounding space; empty when there is none.
    pub fn one(&self, name: &str) -> &str {
        self.nth(name, 0)
    }

    /// The value of `name` in row `row`, from 0.
    pub fn nth(&self, name: &str, row: usize) -> &str {
        self.values(name).nth(row).unwrap_or("").trim()
    }

    /// A secret exactly as typed.
    pub fn secret(&self, name: &str) -> &str {
        self.values(name).next().unwrap_or("")
    }

    /// How many rows there are: each sends `name`, empty or not.
    pub fn rows(&self, name: &str) -> usize {
        self.values(name).count()
    }

    pub fn has(&self, name: &str, value: &str) -> bool {
        self.values(name).any(|v| v == value)
    }

    /// The text of row `row` whose fields are `prefix` + language tag; blank ones are left out.
    pub fn text(&self, prefix: &str, row: usize) -> Text {
        Text(
            Language::ALL
                .into_iter()
                .map(|l| (l, self.nth(&format!("{prefix}{}", l.tag()), row)))
                .filter(|(_, text)| !text.is_empty())
                .map(|(l, text)| (l, text.replace("\r\n", "\n")))
                .collect(),
        )
    }

    fn values<'a, 'n>(&'a self, name: &'n str) -> impl Iterator<Item = &'a str> + use<'a, 'n> {
        self.0
            .iter()
            .filter(move |(n, _)| n == name)
            .map(|(_, v)| v.as_str())
    }
}

impl<S: Send + Sync> FromRequest<S> for Form {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let (parts, body) = request.into_parts();
        let bytes = body::read(body, body::DEFAULT_LIMIT)
            .await
            .map_err(IntoResponse::into_response)?;
        let request = Request::from_parts(parts, Body::from(bytes));
        axum::Form::<Vec<(String, String)>>::from_request(request, state)
            .await
            .map(|axum::Form(pairs)| Self(pairs))
            .map_err(IntoResponse::into_response)
    }
}

impl From<&[(&str, &str)]> for Form {
    fn from(pairs: &[(&str, &str)]) -> Self {
        Self(
            pairs
                .iter()
                .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
                .collect(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_repeated_fields_keep_their_order_and_blank_languages_are_left_out() {
        let form = Form::from(
            &[
                ("id", "tea"),
                ("name_zh-CN", "茶"),
                ("name_en", " Tea "),
                ("id", "water"),
                ("name_zh-CN", "水"),
                ("name_en", ""),
            ][..],
        );
        assert_eq!(form.rows("id"), 2);
        assert_eq!(form.text("name_", 0), Text::zh_en("茶", "Tea"));
        assert_eq!(form.nth("id", 1), "water");
        assert_eq!(form.text("name_", 1).0.len(), 1);
    }
}
