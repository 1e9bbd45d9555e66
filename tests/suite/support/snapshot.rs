//! Pictures of windows, drawn by the software renderer without a display, and compared with the
//! ones agreed on in `tests/snapshots`. `YINGBIN_SNAPSHOTS=write` takes the present ones as agreed.

use std::fs;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use i_slint_backend_testing::{TestingBackend, TestingBackendOptions};
use slint::{PhysicalSize, Rgba8Pixel, SharedPixelBuffer, Window};

/// Differences of a colour channel that no eye sees.
const UNSEEN: u8 = 6;
/// Pixels of a million that may differ more: the edges of a letter, should rounding differ.
const TOLERATED_PER_MILLION: usize = 200;

/// Draws windows in memory; in each test, before the first window.
pub fn in_memory() {
    let platform = TestingBackend::new(TestingBackendOptions {
        mock_time: true,
        threading: false,
        renderer_name: Some("software".into()),
    });
    // A platform belongs to a thread; where all tests share one thread, it stands already.
    let _ = slint::platform::set_platform(Box::new(platform));
}

/// Gives the window its size and lets what follows from it happen.
pub fn resize(window: &Window, width: u32, height: u32) {
    window.set_size(PhysicalSize::new(width, height));
    settle();
}

/// Runs what Slint does between two frames.
pub fn settle() {
    i_slint_backend_testing::mock_elapsed_time(std::time::Duration::from_millis(1));
    slint::platform::update_timers_and_animations();
}

/// Fails when `window` does not look like `tests/snapshots/<name>.png`.
pub fn assert_looks(window: &Window, name: &str) {
    if let Err(difference) = looks(window, name, 1) {
        panic!("{difference}");
    }
}

/// Whether `window`, each side divided by `shrink`, looks like `tests/snapshots/<name>.png`; else
/// what differs. Large windows are kept small, so that many of them fit into a repository.
pub fn looks(window: &Window, name: &str, shrink: u32) -> Result<(), String> {
    // What a change of size sets in motion is drawn in the second picture.
    window.take_snapshot().expect("the software renderer draws");
    settle();
    let picture = window.take_snapshot().expect("the software renderer draws");
    let picture = shrunk(&picture, shrink);
    let agreed = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/snapshots")
        .join(format!("{name}.png"));
    if std::env::var_os("YINGBIN_SNAPSHOTS").is_some_and(|v| v == "write") {
        write(&agreed, &picture);
        return Ok(());
    }
    let difference = match read(&agreed) {
        None => Some("there is no agreed picture".to_owned()),
        Some(expected) => difference(&expected, &picture),
    };
    let Some(difference) = difference else {
        return Ok(());
    };
    let actual = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.png"));
    write(&actual, &picture);
    Err(format!(
        "{name}: {difference}; drawn: {}; agreed: {}; YINGBIN_SNAPSHOTS=write accepts it",
        actual.display(),
        agreed.display()
    ))
}

/// The mean of each square of `by` times `by` pixels.
fn shrunk(picture: &SharedPixelBuffer<Rgba8Pixel>, by: u32) -> SharedPixelBuffer<Rgba8Pixel> {
    let (width, height) = (picture.width() / by, picture.height() / by);
    let mut small = SharedPixelBuffer::<Rgba8Pixel>::new(width, height);
    let pixels = picture.as_slice();
    for (at, pixel) in (0..).zip(small.make_mut_slice()) {
        let (x, y) = (at % width * by, at / width * by);
        let mut sums = [0; 3];
        for (dx, dy) in (0..by).flat_map(|dy| (0..by).map(move |dx| (dx, dy))) {
            let p = pixels[((y + dy) * picture.width() + x + dx) as usize];
            for (sum, channel) in sums.iter_mut().zip([p.r, p.g, p.b]) {
                *sum += u32::from(channel);
            }
        }
        let [r, g, b] = sums.map(|sum| (sum / (by * by)) as u8);
        *pixel = Rgba8Pixel::new(r, g, b, 255);
    }
    small
}

fn difference(
    agreed: &SharedPixelBuffer<Rgba8Pixel>,
    drawn: &SharedPixelBuffer<Rgba8Pixel>,
) -> Option<String> {
    let size = |p: &SharedPixelBuffer<Rgba8Pixel>| (p.width(), p.height());
    if size(agreed) != size(drawn) {
        return Some(format!("{:?} instead of {:?}", size(drawn), size(agreed)));
    }
    let pixels = agreed.as_slice().iter().zip(drawn.as_slice());
    let differ = pixels
        .filter(|(a, d)| {
            a.r.abs_diff(d.r) > UNSEEN || a.g.abs_diff(d.g) > UNSEEN || a.b.abs_diff(d.b) > UNSEEN
        })
        .count();
    let tolerated = agreed.as_slice().len() * TOLERATED_PER_MILLION / 1_000_000;
    (differ > tolerated).then(|| format!("{differ} pixels differ, {tolerated} are tolerated"))
}

fn write(path: &Path, picture: &SharedPixelBuffer<Rgba8Pixel>) {
    fs::create_dir_all(path.parent().expect("a folder")).expect("the folder can be made");
    let file = BufWriter::new(fs::File::create(path).expect("the picture can be written"));
    let mut encoder = png::Encoder::new(file, picture.width(), picture.height());
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::High);
    let rgb: Vec<u8> = picture
        .as_slice()
        .iter()
        .flat_map(|p| [p.r, p.g, p.b])
        .collect();
    encoder
        .write_header()
        .and_then(|mut w| w.write_image_data(&rgb))
        .expect("the picture can be written");
}

fn read(path: &Path) -> Option<SharedPixelBuffer<Rgba8Pixel>> {
    let file = std::io::BufReader::new(fs::File::open(path).ok()?);
    let mut reader = png::Decoder::new(file).read_info().ok()?;
    let mut rgb = vec![0; reader.output_buffer_size()?];
    let info = reader.next_frame(&mut rgb).ok()?;
    let mut picture = SharedPixelBuffer::new(info.width, info.height);
    for (pixel, [r, g, b]) in picture
        .make_mut_slice()
        .iter_mut()
        .zip(rgb.as_chunks::<3>().0)
    {
        *pixel = Rgba8Pixel::new(*r, *g, *b, 255);
    }
    Some(picture)
}
