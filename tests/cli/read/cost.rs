//! What an export of a large tenant costs the tenant, counted by the tenant.

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
};

use serde_json::Value;
use testkit::cli::{binary::Running, folder::Folder};

use super::reader;

/// Accounts beside the example company's own fifty.
const ACCOUNTS: u64 = 10_000;
/// Accounts of the example company, at most.
const OWN: u64 = 60;
/// A page of accounts, the largest that Microsoft Graph gives (contract §2).
const USERS: u64 = 999;
/// Everything else that is read once, whatever the number of accounts: the budget of the directory's surface. A token, one
/// batch of organization, domains, roles and deleted accounts, and groups that hold roles.
const REST: u64 = 10;

fn statistics(address: SocketAddr) -> Value {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET /_sim/statistics HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    serde_json::from_str(body).unwrap_or_else(|error| panic!("{error}: {body}"))
}

#[test]
fn an_export_of_ten_thousand_accounts_costs_pages_and_a_bounded_rest() {
    let generate = format!("users={ACCOUNTS}");
    let server = Running::start(["simulate", "--listen", "127.0.0.1:0", "--generate", &generate]);
    let journal = server.says(&["Journal: http://"]);
    let (_, after) = journal.split_once("Journal: http://").unwrap();
    let address: SocketAddr = after.split('/').next().unwrap().parse().unwrap();
    let to = Folder::new("export_cost").root().join("exported");
    let answer = reader::with_secret(address, &["export", "--to", to.to_str().unwrap()], reader::SECRET);
    assert_eq!(answer.code, 0, "{answer:#?}");

    let counted = statistics(address);
    let of = |operation: &str| counted["operations"][operation].as_u64().unwrap_or_default();
    let all = ACCOUNTS + OWN;
    let (requests, users) = (counted["requests"].as_u64().unwrap(), of("GET users"));
    println!("{requests} requests: {users} pages of accounts, {:#}", counted["operations"]);
    assert!((1..=all.div_ceil(USERS)).contains(&users), "{users} pages of accounts");
    // The files name no mailbox, so none is read.
    assert_eq!(of("POST Get-Mailbox"), 0);
    assert!(requests - users <= REST, "{requests} requests: {counted:#}");
    assert_eq!(counted["throttled"], 0);
}
