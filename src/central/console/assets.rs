//! Style, script and pictures of the pages, compiled in; their addresses change with their
//! contents, so that browsers may keep them for ever.

use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::crypto::chain::sha256_hex;

struct Asset {
    name: &'static str,
    kind: &'static str,
    body: &'static [u8],
}

const STYLE: Asset = Asset {
    name: "style.css",
    kind: "text/css; charset=utf-8",
    body: include_bytes!("../../../ui/console/assets/style.css"),
};
const SCRIPT: Asset = Asset {
    name: "page.js",
    kind: "text/javascript; charset=utf-8",
    body: include_bytes!("../../../ui/console/assets/page.js"),
};
const MARK: Asset = Asset {
    name: "mark.svg",
    kind: "image/svg+xml",
    body: include_bytes!("../../../ui/console/assets/mark.svg"),
};
const SKYLINE: Asset = Asset {
    name: "skyline.svg",
    kind: "image/svg+xml",
    body: include_bytes!("../../../ui/console/assets/skyline.svg"),
};

/// One hash over everything: the style names the pictures beside it by relative address.
static EDITION: LazyLock<String> = LazyLock::new(|| {
    let all: Vec<u8> = [STYLE, SCRIPT, MARK, SKYLINE]
        .iter()
        .flat_map(|a| a.body.iter().copied())
        .collect();
    sha256_hex(&all)[..12].to_owned()
});

/// The address of the file `name`.
pub fn address(name: &str) -> String {
    format!("/assets/{}/{name}", *EDITION)
}

/// `GET /assets/{edition}/{name}`.
pub async fn serve(Path((edition, name)): Path<(String, String)>) -> Response {
    let found = [STYLE, SCRIPT, MARK, SKYLINE]
        .into_iter()
        .find(|a| a.name == name && edition == *EDITION);
    match found {
        Some(asset) => (
            [
                (header::CONTENT_TYPE, asset.kind),
                (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
            ],
            asset.body,
        )
            .into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
