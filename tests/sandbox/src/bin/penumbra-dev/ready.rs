//! Waiting until the gateway answers.

use anyhow::{Context, bail};
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const PATIENCE: Duration = Duration::from_secs(15);

/// Returns once `GET /ready` is answered with 200, over the port like anybody's request.
pub async fn wait(address: SocketAddr) -> anyhow::Result<()> {
    let begin = Instant::now();
    loop {
        let said = match tokio::time::timeout(PATIENCE, ask(address)).await {
            Ok(Ok(said)) => said,
            Ok(Err(error)) => error.to_string(),
            Err(_) => "no answer".to_owned(),
        };
        if said.split(' ').nth(1) == Some("200") {
            return Ok(());
        }
        if begin.elapsed() > PATIENCE {
            bail!("the gateway is not ready after {} seconds; `/ready` says: {said}", PATIENCE.as_secs());
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// The answer's status line.
async fn ask(address: SocketAddr) -> anyhow::Result<String> {
    let mut stream = TcpStream::connect(address).await?;
    let request = format!("GET /ready HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.take(64 * 1024).read_to_end(&mut answer).await?;
    let answer = String::from_utf8_lossy(&answer).into_owned();
    Ok(answer.lines().next().context("an empty answer")?.to_owned())
}
