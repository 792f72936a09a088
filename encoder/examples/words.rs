//! Writes `assets/words.bin` again, from `assets/words.txt`: `cargo run --release -p encoder --example words`.

use encoder::Encoder;
use std::fs;
use std::path::Path;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let assets = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets");
    let encoder = Encoder::new(encoder::model())?;
    let words = fs::read_to_string(assets.join("words.txt"))?;
    let bytes: Vec<u8> =
        words.lines().flat_map(|word| encoder.encode(word).to_bytes()).map(i8::cast_unsigned).collect();
    fs::write(assets.join("words.bin"), bytes)?;
    Ok(())
}
