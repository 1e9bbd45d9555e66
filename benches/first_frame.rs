//! The kiosk's first frame and memory beside those of an empty Slint window, each in a process of
//! its own, drawn by the software renderer in memory: `cargo bench --bench first_frame`.
//!
//! Stated limit: the first frame in less than twice the empty window's time. Printed with the
//! figures, never asserted: a slow machine is not a defect.

use std::process::Command;
use std::time::Instant;

use i_slint_backend_testing::{TestingBackend, TestingBackendOptions};
use slint::{ComponentHandle, PhysicalSize};
use yingbin::client::FloorClient;
use yingbin::client::check_in::EffectRunner;
use yingbin::config::Brand;
use yingbin::core::kiosk::Settings;
use yingbin::screens::kiosk::{self, KioskScreenSettings};

slint::slint! {
    export component EmptyWindow inherits Window {}
}

const RUNS: usize = 7;

fn main() {
    let begun = Instant::now();
    match std::env::args().nth(1).as_deref() {
        Some("empty") => empty(begun),
        Some("kiosk") => kiosk(begun),
        _ => compare(),
    }
}

fn compare() {
    let (empty_ms, empty_kib) = median("empty");
    let (kiosk_ms, kiosk_kib) = median("kiosk");
    println!("              first frame      memory");
    println!(
        "empty window  {empty_ms:>8.1} ms   {:>6.1} MiB",
        empty_kib / 1024.0
    );
    println!(
        "kiosk         {kiosk_ms:>8.1} ms   {:>6.1} MiB",
        kiosk_kib / 1024.0
    );
    println!(
        "ratio         {:>8.2}      {:>9.2}   (limit: first frame < 2)",
        kiosk_ms / empty_ms,
        kiosk_kib / empty_kib
    );
}

/// Milliseconds and KiB, each the median of several processes.
fn median(which: &str) -> (f64, f64) {
    let this = std::env::current_exe().expect("this program");
    let mut runs: Vec<(f64, f64)> = (0..RUNS)
        .map(|_| {
            let output = Command::new(&this).arg(which).output().expect("a run");
            let text = String::from_utf8(output.stdout).expect("figures");
            let (ms, kib) = text.trim().split_once(' ').expect("two figures");
            (ms.parse().expect("milliseconds"), kib.parse().expect("KiB"))
        })
        .collect();
    runs.sort_by(|a, b| a.0.total_cmp(&b.0));
    let ms = runs[RUNS / 2].0;
    runs.sort_by(|a, b| a.1.total_cmp(&b.1));
    (ms, runs[RUNS / 2].1)
}

fn empty(begun: Instant) {
    in_memory();
    let window = EmptyWindow::new().expect("a window");
    window.show().expect("shown");
    first_frame(window.window(), begun);
}

fn kiosk(begun: Instant) {
    in_memory();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let kiosk = kiosk::open(KioskScreenSettings {
        effects: EffectRunner::new(
            FloorClient::new("http://127.0.0.1:9", "token", None).expect("a client"),
        ),
        runtime: runtime.handle().clone(),
        kiosk: Settings::default(),
        brand: Brand::default(),
        large_text: false,
        fullscreen: false,
        on_pin: Box::new(|_| {}),
    })
    .expect("a kiosk");
    kiosk.show().expect("shown");
    first_frame(kiosk.window(), begun);
}

fn in_memory() {
    let platform = TestingBackend::new(TestingBackendOptions {
        mock_time: true,
        threading: false,
        renderer_name: Some("software".into()),
    });
    slint::platform::set_platform(Box::new(platform)).expect("the first platform");
}

fn first_frame(window: &slint::Window, begun: Instant) {
    window.set_size(PhysicalSize::new(1080, 1920));
    window.take_snapshot().expect("a frame");
    let ms = begun.elapsed().as_secs_f64() * 1000.0;
    println!("{ms} {}", peak_memory_kib());
}

/// The most memory this process has held; 0 where the system does not say.
fn peak_memory_kib() -> f64 {
    std::fs::read_to_string("/proc/self/status")
        .ok()
        .and_then(|status| {
            let line = status.lines().find(|l| l.starts_with("VmHWM:"))?.to_owned();
            line.split_whitespace().nth(1)?.parse().ok()
        })
        .unwrap_or(0.0)
}
