//! A private certification authority, and an https front that hands on to a server behind it.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, mpsc};

use rcgen::{
    BasicConstraints, Certificate, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd,
};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Builder;
use tokio::sync::oneshot;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

/// A front that listens until it is dropped.
#[must_use]
pub struct Front {
    address: SocketAddr,
    ca: String,
    _end: oneshot::Sender<()>,
}

impl Front {
    /// Listens before the server at `base_url`, with a certificate for `name`.
    pub fn before(base_url: &str, name: &str) -> Self {
        Self::until(base_url, name, 2100)
    }

    /// The same, with a certificate that ends with the first day of `year`.
    pub fn until(base_url: &str, name: &str, year: i32) -> Self {
        let behind = base_url.trim_start_matches("http://").parse().expect("an address");
        let certified = certified_for(name, year);
        let config = server(&certified);
        let (end, ended) = oneshot::channel::<()>();
        let (tell, told) = mpsc::channel();
        std::thread::spawn(move || {
            let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async {
                let listener =
                    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
                tell.send(listener.local_addr().expect("an address")).expect("a test that waits");
                tokio::select! {
                    () = serve(listener, TlsAcceptor::from(Arc::new(config)), behind) => {}
                    _ = ended => {}
                }
            });
        });
        let address = told.recv().expect("a front that listens");
        Self { address, ca: certified.ca, _end: end }
    }

    /// The address to send to.
    pub fn base_url(&self) -> String {
        format!("https://{}", self.address)
    }

    /// The certificate of the authority, as PEM.
    pub fn ca(&self) -> &str {
        &self.ca
    }
}

/// A certificate for `name`, its key, and that of the authority that issued it.
pub struct Certified {
    certificate: Certificate,
    key: KeyPair,
    /// The certificate of the authority, as PEM.
    pub ca: String,
}

impl Certified {
    /// The certificate and its key, as PEM.
    pub fn pem(&self) -> [String; 2] {
        [self.certificate.pem(), self.key.serialize_pem()]
    }
}

/// A certificate for `name` until the first day of `year`.
pub fn certified_for(name: &str, year: i32) -> Certified {
    let mut authority = CertificateParams::default();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().expect("a key"))
        .expect("an authority");
    let key = KeyPair::generate().expect("a key");
    let mut parameters = CertificateParams::new([name.to_owned()]).expect("a name");
    parameters.not_after = date_time_ymd(year, 1, 1);
    let certificate = parameters.signed_by(&key, &authority).expect("a certificate");
    Certified { certificate, key, ca: authority.pem() }
}

fn server(certified: &Certified) -> ServerConfig {
    let key = PrivateKeyDer::try_from(certified.key.serialize_der()).expect("a key");
    ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![certified.certificate.der().clone()], key)
        .expect("they fit")
}

async fn serve(listener: TcpListener, acceptor: TlsAcceptor, behind: SocketAddr) {
    while let Ok((stream, _)) = listener.accept().await {
        let acceptor = acceptor.clone();
        tokio::spawn(async move {
            // A client that does not like the certificate goes away: then there is nothing to hand on.
            let Ok(mut stream) = acceptor.accept(stream).await else { return };
            let Ok(mut server) = TcpStream::connect(behind).await else { return };
            let _ = copy_bidirectional(&mut stream, &mut server).await;
        });
    }
}
