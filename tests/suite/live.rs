//! The live client against a real server that breaks the line in every way.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures_util::{StreamExt, stream};
use tokio::sync::mpsc;
use yingbin::client::FloorClient;
use yingbin::client::live::{Live, LiveSettings, Silence};
use yingbin::protocol::board::Board;

/// What the server does with one connection.
enum Turn {
    /// Sends these pieces, then ends the stream.
    Send(Vec<&'static str>),
    /// Sends these pieces and keeps the line open without another byte.
    SendThenHush(Vec<&'static str>),
    /// Sends comments for longer than a quiet line is borne, then this.
    CommentsThen(&'static str),
    Refuse(StatusCode),
    /// Takes the request and never answers.
    NoAnswer,
}

type Turns = Arc<Mutex<VecDeque<Turn>>>;

const ONE: &str = "event: board\ndata: {\"version\":1,\"at\":\"2026-11-23T14:00:00+08:00\",\"now_calling\":[],\"recent\":[],\"waiting\":[]}\n\n";
const TWO: &str = "event: board\ndata: {\"version\":2,\"at\":\"2026-11-23T14:01:00+08:00\",\"now_calling\":[],\"recent\":[],\"waiting\":[]}\n\n";
const QUIET: Duration = Duration::from_millis(400);

async fn board(State(turns): State<Turns>, headers: HeaderMap) -> Response {
    assert_eq!(headers["authorization"], "Bearer secret");
    let turn = turns.lock().unwrap().pop_front();
    let pieces =
        |p: Vec<&'static str>| stream::iter(p).map(|p| Ok::<_, Infallible>(Bytes::from(p)));
    match turn {
        Some(Turn::Send(p)) => Body::from_stream(pieces(p)).into_response(),
        Some(Turn::SendThenHush(p)) => {
            Body::from_stream(pieces(p).chain(stream::pending())).into_response()
        }
        Some(Turn::CommentsThen(last)) => {
            let beat =
                tokio_stream::wrappers::IntervalStream::new(tokio::time::interval(QUIET / 8));
            let comments = beat.map(|_| Ok(Bytes::from(": still here\n\n")));
            Body::from_stream(comments.take(16).chain(pieces(vec![last]))).into_response()
        }
        Some(Turn::Refuse(status)) => status.into_response(),
        Some(Turn::NoAnswer) | None => std::future::pending().await,
    }
}

/// Serves `turns`, one a connection, and follows them; the reports come through the channel.
async fn follow(turns: Vec<Turn>) -> mpsc::UnboundedReceiver<Live<Board>> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let app = Router::new()
        .route("/api/v1/board/stream", get(board))
        .with_state(Arc::new(Mutex::new(VecDeque::from(turns))));
    tokio::spawn(async move { axum::serve(listener, app).await });
    follow_at(&base)
}

fn follow_at(base: &str) -> mpsc::UnboundedReceiver<Live<Board>> {
    let client = FloorClient::new(base, "secret", None).unwrap();
    let (tell, told) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        let settings = LiveSettings {
            quiet: QUIET,
            first_pause: Duration::from_millis(1),
            longest_pause: Duration::from_millis(4),
        };
        client
            .follow_board(&settings, |live| drop(tell.send(live)))
            .await
    });
    told
}

async fn version(told: &mut mpsc::UnboundedReceiver<Live<Board>>) -> u64 {
    match told.recv().await {
        Some(Live::View(board)) => board.version,
        other => panic!("{other:?}"),
    }
}

async fn silence(told: &mut mpsc::UnboundedReceiver<Live<Board>>) -> (bool, Silence) {
    match told.recv().await {
        Some(Live::Stale { since, why }) => (since.is_some(), why),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn k5_a_dropped_line_is_reported_and_taken_up_again() {
    let mut told = follow(vec![Turn::Send(vec![ONE]), Turn::SendThenHush(vec![TWO])]).await;
    assert_eq!(version(&mut told).await, 1);
    assert_eq!(silence(&mut told).await, (true, Silence::Unreachable));
    assert_eq!(version(&mut told).await, 2);
}

#[tokio::test]
async fn k5_an_event_may_come_in_pieces_and_several_at_once() {
    let (head, tail) = ONE.split_at(30);
    let turn = Turn::SendThenHush(vec![": hello\n", "\n", head, tail, TWO]);
    let mut told = follow(vec![turn]).await;
    assert_eq!(version(&mut told).await, 1);
    assert_eq!(version(&mut told).await, 2);
}

#[tokio::test]
async fn k5_garbage_ends_the_connection_and_unknown_events_do_not() {
    let mut told = follow(vec![
        Turn::SendThenHush(vec![ONE, "event: board\ndata: {\"half\":\n\n"]),
        Turn::SendThenHush(vec!["event: later\ndata: anything\n\n", TWO]),
    ])
    .await;
    assert_eq!(version(&mut told).await, 1);
    assert_eq!(silence(&mut told).await, (true, Silence::Unreadable));
    assert_eq!(version(&mut told).await, 2);
}

#[tokio::test]
async fn k5_a_line_without_a_byte_is_given_up() {
    let mut told = follow(vec![
        Turn::NoAnswer,
        Turn::SendThenHush(vec![ONE]),
        Turn::SendThenHush(vec![TWO]),
    ])
    .await;
    assert_eq!(silence(&mut told).await, (false, Silence::Quiet));
    assert_eq!(version(&mut told).await, 1);
    assert_eq!(silence(&mut told).await, (true, Silence::Quiet));
    assert_eq!(version(&mut told).await, 2);
}

#[tokio::test]
async fn k5_comments_keep_a_line_alive() {
    let mut told = follow(vec![Turn::CommentsThen(ONE)]).await;
    assert_eq!(version(&mut told).await, 1);
}

#[tokio::test]
async fn k5_a_refused_device_is_told_so_and_asks_again() {
    let mut told = follow(vec![
        Turn::Refuse(StatusCode::UNAUTHORIZED),
        Turn::Refuse(StatusCode::SERVICE_UNAVAILABLE),
        Turn::SendThenHush(vec![ONE]),
    ])
    .await;
    assert_eq!(silence(&mut told).await, (false, Silence::Refused(401)));
    assert_eq!(silence(&mut told).await, (false, Silence::Refused(503)));
    assert_eq!(version(&mut told).await, 1);
}

#[tokio::test]
async fn k5_a_floor_that_is_not_there_is_asked_until_it_is() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let mut told = follow_at(&format!("http://{address}"));
    assert_eq!(silence(&mut told).await, (false, Silence::Unreachable));
    assert_eq!(silence(&mut told).await, (false, Silence::Unreachable));
}
