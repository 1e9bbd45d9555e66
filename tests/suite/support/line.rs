//! A cable between a screen and its floor that can be cut, or lose every answer.

use std::sync::{Arc, Mutex};

use tokio::io::{copy, copy_bidirectional, sink};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cable {
    Whole,
    /// Nothing gets through, in either direction.
    Cut,
    /// What is asked arrives; what is answered does not.
    LosesAnswers,
    /// Nothing gets through and nothing is closed: what was open seems open to both ends, as when a
    /// phone leaves the Wi-Fi.
    Hung,
}

pub struct Line {
    /// Where the screen finds its floor.
    pub address: String,
    cable: watch::Sender<Cable>,
    floor: Arc<Mutex<String>>,
}

impl Line {
    /// To the floor at `url`.
    pub async fn to(url: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let line = Self {
            address,
            cable: watch::channel(Cable::Whole).0,
            floor: Arc::new(Mutex::new(String::new())),
        };
        line.lead_to(url);
        let (cable, floor) = (line.cable.clone(), line.floor.clone());
        tokio::spawn(async move {
            while let Ok((screen, _)) = listener.accept().await {
                let mut changed = cable.subscribe();
                let floor = floor.lock().unwrap().clone();
                tokio::spawn(async move {
                    let state = *changed.borrow_and_update();
                    // A connection is as the cable was; when that changes it is gone.
                    let carried = carry(state, screen, &floor);
                    tokio::pin!(carried);
                    loop {
                        tokio::select! {
                            biased;
                            _ = changed.changed() => {}
                            () = &mut carried, if *changed.borrow() == state => break,
                        }
                        // While it hangs it is held, but not moved.
                        if *changed.borrow_and_update() != Cable::Hung {
                            break;
                        }
                    }
                });
            }
        });
        line
    }

    /// Another floor at the same address.
    pub fn lead_to(&self, url: &str) {
        let (_, address) = url.split_once("://").unwrap();
        *self.floor.lock().unwrap() = address.to_owned();
        self.cable.send_modify(|_| {});
    }

    pub fn set(&self, cable: Cable) {
        self.cable.send_replace(cable);
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

async fn carry(cable: Cable, mut screen: TcpStream, floor: &str) {
    if cable == Cable::Cut {
        return;
    }
    if cable == Cable::Hung {
        return std::future::pending().await;
    }
    let Ok(mut floor) = TcpStream::connect(floor).await else {
        return;
    };
    if cable == Cable::Whole {
        let _ = copy_bidirectional(&mut screen, &mut floor).await;
        return;
    }
    let (mut asks, _hold) = screen.split();
    let (mut answers, mut asked) = floor.split();
    let mut nowhere = sink();
    let _ = tokio::join!(
        copy(&mut asks, &mut asked),
        copy(&mut answers, &mut nowhere)
    );
}
