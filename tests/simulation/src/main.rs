//! Stories of purchases, as many as one likes. `cargo xtask simulate` builds it optimised and starts it.
fn main() -> anyhow::Result<()> {
    let mut args = std::env::args().skip(1);
    let seed = args.next().unwrap().parse()?;
    let n = args.next().unwrap().parse()?;
    let told = args.next().is_some();
    let start = std::time::Instant::now();
    let tally = simulation::Episode::run(&simulation::Store::Sqlite, seed, n, told)?;
    println!("{tally}{:x} {:?}", tally.trace, start.elapsed());
    Ok(())
}
