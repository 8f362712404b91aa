//! One question to one server: by UDP, and by TCP where the answer does not fit.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
};

use domain::base::{Message, Name};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpStream, UdpSocket},
};

use crate::{
    failure::Failure,
    wire::{self, Kind},
};

/// Room for one datagram. Without EDNS, which is not offered, an answer has 512 octets at most (RFC 1035, 4.2.1); what a server
/// sends beyond this room is cut off, and then no answer.
const DATAGRAM: usize = 4_096;

/// Asks a server, and waits as long as it takes: whoever asks has a limit.
///
/// The number and the port are different for every question, so that somebody who does not see the question has to guess both
/// (RFC 5452).
pub(crate) async fn ask(server: SocketAddr, name: &Name<Vec<u8>>, kind: Kind) -> Result<Message<Vec<u8>>, Failure> {
    let question = wire::question(rand::random(), name, kind)?;
    let answer = by_udp(server, &question).await?;
    if answer.header().tc() { by_tcp(server, &question).await } else { Ok(answer) }
}

fn unreachable(_: io::Error) -> Failure {
    Failure::Unreachable
}

async fn by_udp(server: SocketAddr, question: &Message<Vec<u8>>) -> Result<Message<Vec<u8>>, Failure> {
    let any: IpAddr = match server {
        SocketAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        SocketAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    };
    let socket = UdpSocket::bind((any, 0)).await.map_err(unreachable)?;
    // Connected: what others send is not received, and a closed port is told.
    socket.connect(server).await.map_err(unreachable)?;
    socket.send(question.as_slice()).await.map_err(unreachable)?;
    let mut room = vec![0; DATAGRAM];
    loop {
        let length = socket.recv(&mut room).await.map_err(unreachable)?;
        // Anything else may be forged, or late: the true answer may still come.
        if let Some(answer) = room.get(..length).and_then(|octets| wire::answer_to(question, octets)) {
            return Ok(answer);
        }
    }
}

/// By TCP, a message follows its length (RFC 1035, 4.2.2), which is 64 KiB at most.
async fn by_tcp(server: SocketAddr, question: &Message<Vec<u8>>) -> Result<Message<Vec<u8>>, Failure> {
    let mut stream = TcpStream::connect(server).await.map_err(unreachable)?;
    let octets = question.as_slice();
    let mut sent = u16::try_from(octets.len()).map_err(|_| Failure::NotAName)?.to_be_bytes().to_vec();
    sent.extend_from_slice(octets);
    stream.write_all(&sent).await.map_err(unreachable)?;
    let mut room = vec![0; usize::from(stream.read_u16().await.map_err(unreachable)?)];
    stream.read_exact(&mut room).await.map_err(unreachable)?;
    let answer = wire::answer_to(question, &room).ok_or(Failure::Garbled)?;
    if answer.header().tc() { Err(Failure::Garbled) } else { Ok(answer) }
}
