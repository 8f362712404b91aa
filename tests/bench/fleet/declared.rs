//! What is declared: for every account what it has, so that everything is in sync, in a file that the engine's process
//! reads line by line, as a cluster's watch would hand it objects one by one.

use std::{
    io::{BufWriter, Write as _},
    path::PathBuf,
};

use super::bare::Client;

/// Writes one line per account: name, mobile phone, alternate emails, whether it is synchronised.
pub(crate) fn write(base: &str, size: usize) -> PathBuf {
    let path = std::env::temp_dir().join(format!("fleet-{}-{size}.tsv", std::process::id()));
    let mut file = BufWriter::new(std::fs::File::create(&path).unwrap());
    super::block_on(async {
        let client = Client::sign_in(base).await;
        client
            .pages(base, |page| {
                for user in page.value {
                    let phone = user.mobile_phone.unwrap_or_default();
                    let mails = user.other_mails.join(",");
                    let synchronised = user.on_premises_sync_enabled == Some(true);
                    writeln!(file, "{}\t{phone}\t{mails}\t{synchronised}", user.user_principal_name).unwrap();
                }
            })
            .await;
    });
    file.flush().unwrap();
    path
}
