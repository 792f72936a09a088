//! A way to a server that can be cut.

use std::sync::Arc;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// Passes bytes on to a server of this machine, for as long as it is told to.
pub struct Proxy {
    pub port: u16,
    way: Arc<watch::Sender<Way>>,
}

/// What becomes of connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    Open,
    /// They are accepted, and nothing comes back.
    Silent,
    /// They are closed.
    Cut,
}

impl Proxy {
    pub async fn to(server: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (port, way) = (listener.local_addr().unwrap().port(), Arc::new(watch::Sender::new(Way::Open)));
        let told = way.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(pass(client, server.clone(), told.subscribe()));
            }
        });
        Proxy { port, way }
    }

    /// From now on, for connections that there are and for new ones.
    pub fn set(&self, way: Way) {
        self.way.send_replace(way);
    }
}

async fn pass(mut client: TcpStream, server: String, mut told: watch::Receiver<Way>) {
    let way = *told.borrow_and_update();
    if way == Way::Open {
        let Ok(mut server) = TcpStream::connect(server).await else { return };
        tokio::select! {
            _ = tokio::io::copy_bidirectional(&mut client, &mut server) => return,
            _ = told.wait_for(|way| *way != Way::Open) => {}
        }
    }
    // Whoever was connected while it was silent has to come again once it is not.
    let _ = told.wait_for(|way| *way != Way::Silent).await;
}
