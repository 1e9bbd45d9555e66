//! A real Chromium at phone size, spoken to over its debugging pipe: no driver, no port, no network.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tokio::sync::oneshot;

/// A condition on a page must come true within this, milliseconds: far more than any machine needs.
const PATIENCE: u32 = 60_000;

/// A browser of its own, with an empty profile.
pub struct Chromium {
    child: Child,
    pipe: Arc<Pipe>,
    _profile: tempfile::TempDir,
}

struct Pipe {
    out: Mutex<ChildStdin>,
    next: AtomicU64,
    waiting: Mutex<HashMap<u64, oneshot::Sender<Value>>>,
    heard: Mutex<Vec<Value>>,
}

/// One tab; each has cookies and storage of its own.
pub struct Tab {
    pipe: Arc<Pipe>,
    session: String,
}

fn program() -> PathBuf {
    let named = std::env::var_os("CHROMIUM").map(PathBuf::from);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = ["chromium", "chromium-browser", "google-chrome"]
        .iter()
        .flat_map(|name| std::env::split_paths(&path).map(move |dir| dir.join(name)))
        .find(|program| program.is_file());
    named.or(found).unwrap_or_else(|| {
        panic!(
            "the pad is tested in a real Chromium, and there is none here: install it (Debian: \
             apt-get install chromium) or name the program in CHROMIUM"
        )
    })
}

impl Chromium {
    pub fn start() -> Self {
        let profile = tempfile::tempdir().unwrap();
        // The pipe is wanted at descriptors 3 and 4.
        let mut child = Command::new("sh")
            .args(["-c", r#"exec "$0" "$@" 3<&0 4>&1 </dev/null >/dev/null"#])
            .arg(program())
            .args([
                "--headless",
                "--remote-debugging-pipe",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--disable-dev-shm-usage",
                "--no-first-run",
                "--no-proxy-server",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--disable-extensions",
                "--disable-default-apps",
                "--hide-scrollbars",
                "--force-color-profile=srgb",
            ])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .arg("about:blank")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("a shell");
        let pipe = Arc::new(Pipe {
            out: Mutex::new(child.stdin.take().unwrap()),
            next: AtomicU64::new(1),
            waiting: Mutex::default(),
            heard: Mutex::default(),
        });
        let mut input = BufReader::new(child.stdout.take().unwrap());
        let listener = pipe.clone();
        std::thread::spawn(move || {
            let mut message = Vec::new();
            while input.read_until(0, &mut message).is_ok_and(|n| n > 0) {
                message.pop();
                if let Ok(value) = serde_json::from_slice(&message) {
                    listener.hear(value);
                }
                message.clear();
            }
            listener.waiting.lock().unwrap().clear();
        });
        Self {
            child,
            pipe,
            _profile: profile,
        }
    }

    /// A tab the size of a phone.
    pub async fn phone(&self) -> Tab {
        let call = |method: &'static str, params| self.pipe.call(None, method, params);
        let context = call("Target.createBrowserContext", json!({})).await;
        let target = call(
            "Target.createTarget",
            json!({"url": "about:blank", "browserContextId": context["browserContextId"]}),
        )
        .await;
        let attached = call(
            "Target.attachToTarget",
            json!({"targetId": target["targetId"], "flatten": true}),
        )
        .await;
        let tab = Tab {
            pipe: self.pipe.clone(),
            session: attached["sessionId"].as_str().unwrap().to_owned(),
        };
        for domain in ["Page", "Runtime", "Network", "Log"] {
            tab.call(&format!("{domain}.enable"), json!({})).await;
        }
        // The phone's clock stands: the page goes by the floor's, which the test moves by hand, and
        // a slow machine runs no countdown out.
        let clock = "const now = Date.now(); Date.now = () => now;";
        tab.call(
            "Page.addScriptToEvaluateOnNewDocument",
            json!({ "source": clock }),
        )
        .await;
        let phone = json!({"width": 390, "height": 844, "deviceScaleFactor": 2, "mobile": true});
        tab.call("Emulation.setDeviceMetricsOverride", phone).await;
        tab.call(
            "Emulation.setTouchEmulationEnabled",
            json!({"enabled": true}),
        )
        .await;
        tab
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Pipe {
    fn hear(&self, message: Value) {
        if let Some(id) = message["id"].as_u64() {
            let waiting = self.waiting.lock().unwrap().remove(&id);
            if let Some(waiting) = waiting {
                let _ = waiting.send(message);
            }
            return;
        }
        if message["method"] == "Page.javascriptDialogOpening" {
            let id = self.next.fetch_add(1, Ordering::Relaxed);
            let accept = json!({"id": id, "sessionId": message["sessionId"],
                "method": "Page.handleJavaScriptDialog", "params": {"accept": true}});
            self.write(&accept);
        }
        self.heard.lock().unwrap().push(message);
    }

    fn write(&self, message: &Value) {
        let mut bytes = message.to_string().into_bytes();
        bytes.push(0);
        self.out.lock().unwrap().write_all(&bytes).unwrap();
    }

    async fn call(&self, session: Option<&str>, method: &str, params: Value) -> Value {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let (send, receive) = oneshot::channel();
        self.waiting.lock().unwrap().insert(id, send);
        let mut message = json!({"id": id, "method": method, "params": params});
        if let Some(session) = session {
            message["sessionId"] = json!(session);
        }
        self.write(&message);
        let answer = receive.await.expect("Chromium runs and speaks");
        assert!(answer["error"].is_null(), "{method}: {}", answer["error"]);
        answer["result"].clone()
    }
}

impl Tab {
    async fn call(&self, method: &str, params: Value) -> Value {
        self.pipe.call(Some(&self.session), method, params).await
    }

    pub async fn open(&self, url: &str) {
        let opened = self.call("Page.navigate", json!({"url": url})).await;
        assert!(opened["errorText"].is_null(), "{url}: {opened}");
    }

    /// Loads the page again, as a finger pulling it down does.
    pub async fn reload(&self) {
        // Marked, so that nothing later is asked of the page that is going.
        self.eval("window.going = true").await;
        self.call("Page.reload", json!({})).await;
        while self.call("Runtime.evaluate", json!({"expression": "window.going === undefined && document.readyState === 'complete'"}))
            .await["result"]["value"] != true
        {
            tokio::task::yield_now().await;
        }
    }

    /// The value of an expression; a promise is waited for.
    pub async fn eval(&self, expression: &str) -> Value {
        let wanted = json!({"expression": expression, "awaitPromise": true, "returnByValue": true});
        let answer = self.call("Runtime.evaluate", wanted).await;
        assert!(
            answer["exceptionDetails"].is_null(),
            "{expression}\n{}",
            answer["exceptionDetails"]["exception"]["description"]
        );
        answer["result"]["value"].clone()
    }

    /// Waits until the expression is true of the page; told by the page itself.
    pub async fn until(&self, condition: &str) -> Value {
        let script = format!(
            "new Promise((found, failed) => {{
                const look = () => {{ try {{ return {condition}; }} catch {{ return false; }} }};
                let value = look();
                if (value) return found(value);
                const observer = new MutationObserver(() => {{
                    value = look();
                    if (!value) return;
                    observer.disconnect();
                    clearTimeout(patience);
                    found(value);
                }});
                observer.observe(document, {{ subtree: true, childList: true, attributes: true, characterData: true }});
                const patience = setTimeout(() => failed(new Error('waited in vain for ' + {named} + ' in: ' + document.body.innerText)), {PATIENCE});
            }})",
            named = json!(condition)
        );
        self.eval(&script).await
    }

    /// Waits until there is such an element to be touched.
    pub async fn see(&self, selector: &str) {
        let selector = json!(selector);
        self.until(&format!("document.querySelector({selector}) !== null"))
            .await;
    }

    /// Waits until the page shows this text.
    pub async fn shows(&self, text: &str) {
        let text = json!(text);
        self.until(&format!("document.body.innerText.includes({text})"))
            .await;
    }

    /// Presses the middle of the element; nothing may lie over it.
    pub async fn tap(&self, selector: &str) {
        let quoted = json!(selector);
        // Found, measured and held in one look: news may redraw the page between two, and nothing is
        // drawn under a finger.
        let place = self
            .until(&format!(
                "(() => {{ const e = document.querySelector({quoted});
                    if (!e || e.disabled) return null;
                    e.scrollIntoView({{ block: 'center' }});
                    const b = e.getBoundingClientRect();
                    const [x, y] = [b.x + b.width / 2, b.y + b.height / 2];
                    const top = document.elementFromPoint(x, y);
                    const free = e === top || e.contains(top);
                    if (free) window.dispatchEvent(new PointerEvent('pointerdown'));
                    return {{ x, y, height: b.height, free }}; }})()"
            ))
            .await;
        assert_eq!(place["free"], true, "{selector} is covered: {place}");
        // Not by touch events: on a busy machine a touch may last so long that it is a long press.
        for kind in ["mousePressed", "mouseReleased"] {
            let event = json!({"type": kind, "x": place["x"], "y": place["y"], "button": "left",
                "clickCount": 1});
            self.call("Input.dispatchMouseEvent", event).await;
        }
    }

    /// Types into the field.
    pub async fn fill(&self, selector: &str, text: &str) {
        self.tap(selector).await;
        let quoted = json!(selector);
        self.until(&format!(
            "document.activeElement === document.querySelector({quoted}) || \
             (document.querySelector({quoted}).focus(), true)"
        ))
        .await;
        self.call("Input.insertText", json!({"text": text})).await;
    }

    /// Chooses an option, as the system's own list does.
    pub async fn choose(&self, selector: &str, value: &str) {
        let (selector, value) = (json!(selector), json!(value));
        self.eval(&format!(
            "(() => {{ const e = document.querySelector({selector}); e.value = {value};
                e.dispatchEvent(new Event('change', {{ bubbles: true }})); }})()"
        ))
        .await;
    }

    /// Takes the Wi-Fi away, or gives it back.
    pub async fn offline(&self, offline: bool) {
        let conditions = json!({"offline": offline, "latency": 0, "downloadThroughput": -1,
            "uploadThroughput": -1});
        self.call("Network.emulateNetworkConditions", conditions)
            .await;
    }

    /// Everything the network brought to this page so far, as text.
    pub async fn network(&self) -> String {
        let heard: Vec<Value> = {
            let heard = self.pipe.heard.lock().unwrap();
            heard
                .iter()
                .filter(|m| m["sessionId"] == self.session.as_str())
                .cloned()
                .collect()
        };
        let mut text = String::new();
        for event in heard {
            let params = &event["params"];
            match event["method"].as_str().unwrap_or_default() {
                "Network.eventSourceMessageReceived" => {
                    text += params["data"].as_str().unwrap_or_default();
                }
                "Network.loadingFinished" => {
                    let wanted = json!({"requestId": params["requestId"]});
                    let pipe = &self.pipe;
                    let id = pipe.next.fetch_add(1, Ordering::Relaxed);
                    let (send, receive) = oneshot::channel();
                    pipe.waiting.lock().unwrap().insert(id, send);
                    pipe.write(&json!({"id": id, "sessionId": self.session,
                        "method": "Network.getResponseBody", "params": wanted}));
                    let answer = receive.await.expect("Chromium runs and speaks");
                    // A body may be gone by now; a stream's messages stand above.
                    text += answer["result"]["body"].as_str().unwrap_or_default();
                }
                _ => {}
            }
            text.push('\n');
        }
        text
    }

    /// What the page complained of: exceptions, refused styles and scripts.
    pub fn complaints(&self) -> Vec<String> {
        let heard = self.pipe.heard.lock().unwrap();
        heard
            .iter()
            .filter(|m| m["sessionId"] == self.session.as_str())
            .filter(|m| {
                m["method"] == "Runtime.exceptionThrown"
                    || (m["method"] == "Log.entryAdded"
                        && m["params"]["entry"]["source"] != "network")
            })
            .map(ToString::to_string)
            .collect()
    }

    /// A picture of what is on the phone, in the tests' folder for such things.
    pub async fn picture(&self, name: &str) {
        let shot = self
            .call("Page.captureScreenshot", json!({"format": "png"}))
            .await;
        let png = STANDARD.decode(shot["data"].as_str().unwrap()).unwrap();
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pad");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(format!("{name}.png")), png).unwrap();
    }
}
