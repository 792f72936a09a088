//! Builds again when a migration is added: `sqlx::migrate!` sees changed files by itself, but no new ones.

fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
