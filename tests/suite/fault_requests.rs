//! Slow, huge, malformed, unauthorised and many requests.

use futures_util::future::join_all;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::central::problem;
use crate::support::floor::{DESK, KIOSK, TestFloor};
use crate::support::site::party;

async fn connect(floor: &TestFloor) -> TcpStream {
    let address = floor.url.strip_prefix("http://").unwrap();
    TcpStream::connect(address).await.unwrap()
}

#[tokio::test]
async fn k9_clients_that_send_a_byte_now_and_then_hold_nobody_up() {
    let floor = TestFloor::open().await;
    let mut slow = Vec::new();
    for n in 0..300 {
        let mut stream = connect(&floor).await;
        let beginning = match n % 3 {
            0 => "POST /api/v1/check-ins HTTP/1.1\r\nHost: fl".to_owned(),
            // A stranger, and a known kiosk whose body never comes.
            1 => "POST /api/v1/check-ins HTTP/1.1\r\nHost: f\r\nContent-Length: 900\r\n\r\n{"
                .to_owned(),
            _ => format!(
                "POST /api/v1/check-ins HTTP/1.1\r\nHost: f\r\nAuthorization: Bearer {KIOSK}\r\n\
                 Idempotency-Key: slow-{n}\r\nContent-Type: application/json\r\n\
                 Content-Length: 900\r\n\r\n{{"
            ),
        };
        stream.write_all(beginning.as_bytes()).await.unwrap();
        slow.push(stream);
    }
    for n in 1..=20 {
        let answer = floor.check_in(&format!("k{n}"), &party()).await;
        assert_eq!(answer.ticket.number, format!("A{n:03}"));
        // And they go on being slow.
        for stream in &mut slow {
            let _ = stream.write_all(b" ").await;
        }
    }
    assert_eq!(floor.desk().await.visits.len(), 20);
}

#[tokio::test]
async fn k9_a_huge_body_is_refused_as_a_problem_and_the_line_stays_whole() {
    let floor = TestFloor::open().await;
    for bytes in [300_000, 2_000_000, 8_000_000] {
        let request = floor
            .call(KIOSK, Method::POST, "/api/v1/check-ins")
            .header("Idempotency-Key", "huge")
            .header("Content-Type", "application/json")
            .body(format!("{{\"drink\": \"{}\"}}", "x".repeat(bytes)));
        let refused = problem(request.send().await.unwrap()).await;
        assert_eq!(refused, (413, "too_large".to_owned()), "{bytes}");
    }
    assert_eq!(floor.check_in("k", &party()).await.ticket.number, "A001");
}

#[tokio::test]
async fn k9_malformed_requests_are_refused_without_an_echo_and_leave_nothing() {
    let floor = TestFloor::open().await;
    for raw in [
        "\r\n\r\n",
        "GET\r\n\r\n",
        "POST /api/v1/check-ins HTTP/1.1\r\nHost: f\r\nContent-Length: x\r\n\r\n",
        "POST /api/v1/check-ins HTTP/1.1\r\nHost: f\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "\x16\x03\x01\x02\x00\x01\x00\x01\u{fc}\x03\x03 a TLS greeting on a plain port",
        "GET /%ff%00/../../etc/passwd HTTP/1.1\r\nHost: f\r\nConnection: close\r\n\r\n",
    ] {
        let mut stream = connect(&floor).await;
        // The server may close before all of it is sent.
        let _ = stream.write_all(raw.as_bytes()).await;
        let _ = stream.shutdown().await;
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        let answer = String::from_utf8_lossy(&answer);
        assert!(!answer.starts_with("HTTP/1.1 2"), "{raw:?}: {answer}");
        assert!(!answer.starts_with("HTTP/1.1 5"), "{raw:?}: {answer}");
    }
    let secret = "慕容云笙13900001234";
    let mut good = serde_json::to_value(party()).unwrap();
    good["drink"] = Value::from("tea");
    let with = |field: &str, value: Value| {
        let mut body = good.clone();
        body[field] = value;
        body.to_string()
    };
    for (body, status) in [
        (format!("{{\"{secret}"), 400),
        (String::new(), 400),
        ("[".repeat(100_000), 400),
        (with("party_size", json!(secret)), 422),
        (with("party_size", json!(-1)), 422),
        (with("party_size", json!(1e300)), 422),
        (with(secret, json!(1)), 422),
        (with("sealed_profile", json!(secret)), 422),
        (with("language", json!(secret)), 422),
        (json!({}).to_string(), 422),
    ] {
        let request = floor
            .call(KIOSK, Method::POST, "/api/v1/check-ins")
            .header("Idempotency-Key", "bad")
            .header("Content-Type", "application/json")
            .body(body.clone());
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status().as_u16(), status, "{body:.80}");
        let said = answer.text().await.unwrap();
        assert!(said.contains("\"code\""), "{said}");
        assert!(
            !said.contains("13900001234") || body.contains(&format!("\"{secret}\":")),
            "{said}"
        );
    }
    // Who is asking comes before what is asked.
    let request = floor
        .call("", Method::POST, "/api/v1/check-ins")
        .body("not json");
    let refused = problem(request.send().await.unwrap()).await;
    assert_eq!(refused, (401, "unauthorised".to_owned()));
    assert!(floor.desk().await.visits.is_empty());
    assert_eq!(floor.check_in("bad", &party()).await.ticket.number, "A001");
}

#[tokio::test(flavor = "multi_thread")]
async fn k9_strangers_are_limited_and_enrolled_devices_are_not() {
    let floor = TestFloor::open().await;
    let strangers = (0..120).map(|n| {
        let token = if n % 2 == 0 { "" } else { "guessed" };
        floor.call(token, Method::GET, "/api/v1/site").send()
    });
    let answers = join_all(strangers).await;
    let mut turned_away = 0;
    for answer in answers {
        let answer = answer.unwrap();
        if answer.status() == StatusCode::TOO_MANY_REQUESTS {
            let wait = answer.headers()["retry-after"].to_str().unwrap();
            assert!(wait.parse::<u32>().unwrap() >= 1);
            assert_eq!(problem(answer).await.1, "too_many_requests");
            turned_away += 1;
        } else {
            assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
        }
    }
    assert!(turned_away > 0, "guessing is slow");

    // From the same address, at the same time.
    let floor = &floor;
    let asking = (0..20).map(|_| async move {
        for _ in 0..100 {
            let answer = floor.call(DESK, Method::GET, "/api/v1/agents").send().await;
            assert_eq!(answer.unwrap().status(), StatusCode::OK);
        }
    });
    join_all(asking).await;
}
