//! The sandbox's thread: it accepts connections and can leave a request without an answer.

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use axum::Router;
use axum::http::header::USER_AGENT;
use axum::http::{HeaderMap, Method, Request};
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

use crate::erp::wire;
use crate::model::record::CUSTOMER_CONTACT;

use super::api::{World, router};
use super::fault::Silence;
use super::record::Kind;

/// How long to wait when the system has no room for another connection.
const NO_ROOM: Duration = Duration::from_millis(10);

/// A server on a thread of its own. Dropping it closes every connection, hanging ones too.
pub(super) struct Server {
    pub(super) address: SocketAddr,
    stop: Option<oneshot::Sender<Infallible>>,
    thread: Option<JoinHandle<()>>,
}

/// Tells hyper to close the connection without an answer.
#[derive(Debug, thiserror::Error)]
#[error("the sandbox dropped the connection, as a fault told it to")]
struct Dropped;

impl Server {
    /// Serves `world` on a loopback address.
    pub(super) fn start(world: Arc<World>) -> io::Result<Self> {
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, world.setup.port))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let listener = {
            let _context = runtime.enter();
            TcpListener::from_std(listener)?
        };
        let (stop, stopped) = oneshot::channel();
        // The runtime ends with the thread, and with it every connection that is still open.
        let serve = move || runtime.block_on(accept(listener, world, stopped));
        let thread = thread::Builder::new().name("sandbox".to_owned()).spawn(serve)?;
        Ok(Self { address, stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic of the thread has been shown when it happened.
            let _ = thread.join();
        }
    }
}

async fn accept(listener: TcpListener, world: Arc<World>, mut stop: oneshot::Receiver<Infallible>) {
    let router = TowerToHyperService::new(router(Arc::clone(&world)));
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = &mut stop => return,
        };
        match accepted {
            Ok((stream, _)) => {
                tokio::spawn(connection(stream, router.clone(), Arc::clone(&world)));
            }
            Err(_) => tokio::time::sleep(NO_ROOM).await,
        }
    }
}

async fn connection(stream: TcpStream, router: TowerToHyperService<Router>, world: Arc<World>) {
    // Without it answers are merely slower; a connection that has gone already ends below.
    let _ = stream.set_nodelay(true);
    let service = service_fn(|request| exchange(request, &router, &world));
    let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    // A client that goes away and a fault that drops the connection both end here, as they should.
    let _ = connection.await;
}

async fn exchange(
    mut request: Request<Incoming>,
    router: &TowerToHyperService<Router>,
    world: &World,
) -> Result<Response, Dropped> {
    let arrived = Instant::now();
    let (kind, agent) = (kind(&request), user_agent(request.headers()));
    let ticket = world.state().record.arrived(kind, arrived, agent);
    request.extensions_mut().insert(ticket);
    let Ok(response) = router.call(request).await;
    let setup = &world.setup;
    let delay = setup.latency + setup.jitter.mul_f64(fastrand::f64());
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
    match response.extensions().get() {
        Some(Silence::Drop) => Err(Dropped),
        Some(Silence::Hang) => std::future::pending().await,
        None => {
            if let Some(entry) = world.state().record.entry(ticket) {
                entry.status = Some(response.status().as_u16());
                entry.answered = Some(Instant::now());
            }
            Ok(response)
        }
    }
}

fn kind(request: &Request<Incoming>) -> Kind {
    if request.method() != Method::POST {
        return Kind::Other;
    }
    match request.uri().path() {
        wire::TOKEN_PATH => Kind::Token,
        path if path == CUSTOMER_CONTACT.update_path => Kind::Update,
        path if path == CUSTOMER_CONTACT.query_path => Kind::Query,
        _ => Kind::Other,
    }
}

fn user_agent(headers: &HeaderMap) -> Option<&str> {
    headers.get(USER_AGENT)?.to_str().ok()
}
