//! A DNS server of a test: UDP and TCP on one free port of 127.0.0.1, messages written by hand from RFC 1035 and by no code of
//! the product.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex},
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, UdpSocket},
    task::JoinHandle,
};

pub const A: u16 = 1;
pub const NS: u16 = 2;
pub const CNAME: u16 = 5;
pub const SOA: u16 = 6;
pub const MX: u16 = 15;
pub const AAAA: u16 = 28;

pub const NO_ERROR: u8 = 0;
pub const SERVER_FAILURE: u8 = 2;
pub const NO_SUCH_NAME: u8 = 3;
pub const REFUSED: u8 = 5;

/// A record: owner, type, data.
#[derive(Clone)]
pub struct Record(String, u16, Vec<u8>);

/// A name without compression.
pub fn name(text: &str) -> Vec<u8> {
    let mut octets = Vec::new();
    for label in text.split('.').filter(|label| !label.is_empty()) {
        octets.push(u8::try_from(label.len()).unwrap());
        octets.extend_from_slice(label.as_bytes());
    }
    octets.push(0);
    octets
}

pub fn mx(owner: &str, preference: u16, exchanger: &str) -> Record {
    Record(owner.into(), MX, [&preference.to_be_bytes()[..], &name(exchanger)].concat())
}

pub fn a(owner: &str) -> Record {
    Record(owner.into(), A, vec![192, 0, 2, 1])
}

pub fn aaaa(owner: &str) -> Record {
    Record(owner.into(), AAAA, [&[0x20, 1, 0xd, 0xb8][..], &[0; 12]].concat())
}

pub fn cname(owner: &str, target: &str) -> Record {
    Record(owner.into(), CNAME, name(target))
}

pub fn ns(owner: &str, server: &str) -> Record {
    Record(owner.into(), NS, name(server))
}

pub fn soa(owner: &str) -> Record {
    Record(owner.into(), SOA, [name("ns.example"), name("hostmaster.example"), vec![0; 20]].concat())
}

/// Makes something else of an answer.
pub type Forge = fn(&[u8]) -> Vec<u8>;

/// What the server answers.
#[derive(Clone)]
pub struct Reply {
    code: u8,
    recursion: bool,
    authoritative: bool,
    answers: Vec<Record>,
    authority: Vec<Record>,
    /// By UDP only that it does not fit.
    truncated: bool,
    /// By TCP this instead of an answer, then the end.
    over_tcp: Option<Vec<u8>>,
    /// Sent before the answer: each made from the answer.
    before: Vec<Forge>,
}

impl Reply {
    pub fn code(code: u8) -> Self {
        Self {
            code,
            recursion: true,
            authoritative: false,
            answers: Vec::new(),
            authority: Vec::new(),
            truncated: false,
            over_tcp: None,
            before: Vec::new(),
        }
    }

    pub fn of(answers: impl IntoIterator<Item = Record>) -> Self {
        Self { answers: answers.into_iter().collect(), ..Self::code(NO_ERROR) }
    }

    /// The name is there, and has nothing of the kind.
    pub fn nothing() -> Self {
        Self::of([]).with_authority([soa("example")])
    }

    pub fn with_authority(self, authority: impl IntoIterator<Item = Record>) -> Self {
        Self { authority: authority.into_iter().collect(), ..self }
    }

    pub fn with_code(self, code: u8) -> Self {
        Self { code, ..self }
    }

    pub fn authoritative(self) -> Self {
        Self { authoritative: true, ..self }
    }

    pub fn without_recursion(self) -> Self {
        Self { recursion: false, ..self }
    }

    pub fn truncated(self) -> Self {
        Self { truncated: true, ..self }
    }

    pub fn over_tcp(self, octets: &[u8]) -> Self {
        Self { over_tcp: Some(octets.to_vec()), ..self }
    }

    pub fn after(self, before: &[Forge]) -> Self {
        Self { before: before.to_vec(), ..self }
    }

    /// The answer to the question, whose header is 12 octets and whose rest is one name, type and class.
    fn message(&self, question: &[u8], by_udp: bool) -> Vec<u8> {
        let cut = by_udp && self.truncated;
        let mut message = question.to_vec();
        message[2] = 0x80 | (question[2] & 0x79) | (u8::from(self.authoritative) << 2) | (u8::from(cut) << 1);
        message[3] = (u8::from(self.recursion) << 7) | self.code;
        if cut {
            return message;
        }
        for (place, records) in [(6, &self.answers), (8, &self.authority)] {
            message[place..place + 2].copy_from_slice(&u16::try_from(records.len()).unwrap().to_be_bytes());
            for Record(owner, kind, data) in records {
                message.extend(name(owner));
                message.extend(kind.to_be_bytes());
                message.extend([0, 1, 0, 0, 0, 60]);
                message.extend(u16::try_from(data.len()).unwrap().to_be_bytes());
                message.extend(data);
            }
        }
        message
    }
}

type Asked = Arc<Mutex<Vec<(String, u16)>>>;

/// The server. Serves as long as it lives.
pub struct DnsServer {
    pub address: SocketAddr,
    asked: Asked,
    tasks: [JoinHandle<()>; 2],
}

impl DnsServer {
    /// Answers what `zone` says of a name and a type.
    pub async fn start(zone: impl Fn(&str, u16) -> Reply + Send + Sync + 'static) -> Self {
        let (udp, tcp) = loop {
            let udp = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
            // The port that is free for UDP may be somebody's for TCP.
            if let Ok(tcp) = TcpListener::bind(udp.local_addr().unwrap()).await {
                break (udp, tcp);
            }
        };
        let address = udp.local_addr().unwrap();
        let asked = Asked::default();
        let zone = Arc::new(zone);
        let answer = {
            let asked = Arc::clone(&asked);
            move |question: &[u8]| {
                let (name, kind) = read(question);
                let reply = zone(&name, kind);
                asked.lock().unwrap().push((name, kind));
                reply
            }
        };
        let answer_tcp = answer.clone();
        let tasks = [
            tokio::spawn(async move {
                let mut room = vec![0; 512];
                while let Ok((length, from)) = udp.recv_from(&mut room).await {
                    let reply = answer(&room[..length]);
                    let message = reply.message(&room[..length], true);
                    for before in &reply.before {
                        udp.send_to(&before(&message), from).await.unwrap();
                    }
                    udp.send_to(&message, from).await.unwrap();
                }
            }),
            tokio::spawn(async move {
                while let Ok((mut stream, _)) = tcp.accept().await {
                    let mut question = vec![0; usize::from(stream.read_u16().await.unwrap())];
                    stream.read_exact(&mut question).await.unwrap();
                    let reply = answer_tcp(&question);
                    let message = reply.over_tcp.clone().unwrap_or_else(|| {
                        let message = reply.message(&question, false);
                        [&u16::try_from(message.len()).unwrap().to_be_bytes()[..], &message].concat()
                    });
                    stream.write_all(&message).await.unwrap();
                }
            }),
        ];
        Self { address, asked, tasks }
    }

    /// What was asked, in order; what came again by TCP is there twice.
    pub fn asked(&self) -> Vec<(String, u16)> {
        self.asked.lock().unwrap().clone()
    }
}

impl Drop for DnsServer {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

/// Name and type of a question.
fn read(question: &[u8]) -> (String, u16) {
    assert_eq!(question[4..12], [0, 1, 0, 0, 0, 0, 0, 0], "one question and nothing else");
    assert_eq!(question[2..4], [1, 0], "a question that wants recursion");
    let mut labels = Vec::new();
    let mut at = 12;
    while question[at] != 0 {
        let end = at + 1 + usize::from(question[at]);
        labels.push(str::from_utf8(&question[at + 1..end]).unwrap().to_owned());
        at = end;
    }
    assert_eq!(question[at + 3..], [0, 1], "of the Internet");
    (labels.join("."), u16::from_be_bytes([question[at + 1], question[at + 2]]))
}
