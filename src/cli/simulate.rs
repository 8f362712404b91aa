//! `simulate`: the simulated tenant as a server.

use std::{
    io::{self, Write as _},
    net::SocketAddr,
    path::PathBuf,
    process::ExitCode,
    time::Duration,
};

use tenant_contacts_simulator::{FaultScript, Limits, LimitsError, Options, Seed, Simulator};
use tokio::net::TcpListener;

use super::Failure;
use crate::simulated::{self, SimulatedError};

/// How often a changed state is written: a kill loses no more than this. Requests wait while the state is put into its
/// form (111 MB for 100,000 accounts), so that oftener would be felt.
const SAVE_EVERY: Duration = Duration::from_secs(5);

/// Arguments of `simulate`.
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// Where to listen. Port 0 takes a free one; the address is the first line printed.
    #[arg(long, default_value = "127.0.0.1:8181")]
    pub listen: SocketAddr,
    /// The seed; the example company's where left out.
    #[arg(long, value_name = "FILE")]
    pub seed: Option<PathBuf>,
    /// Accounts to generate beside those that the seed names, as `users=N`; the seed's own `generateUsers` where left out.
    #[arg(long, value_name = "users=N", value_parser = generated)]
    pub generate: Option<usize>,
    /// Milliseconds before each answer.
    #[arg(long, value_name = "MS", default_value_t = 0)]
    pub latency: u64,
    /// Replication lag of each replica in milliseconds, as `0,2000,5000`.
    #[arg(long, value_name = "MS,...", value_delimiter = ',')]
    pub lag: Vec<u64>,
    /// Limits on requests: `published`, `none`, or a factor on the published ones such as 0.1.
    #[arg(long, value_name = "LIMITS", default_value = "none", value_parser = throttling)]
    pub limits: Throttling,
    /// Faults, as `3:429(2.5);7:reset-after;PATCH users#2:503`.
    #[arg(long, value_name = "SCRIPT")]
    pub faults: Option<FaultScript>,
    /// Keep the tenant's state in this file: taken up at start if it exists, written every five seconds while it changes,
    /// and at the end. Secrets and permissions of applications always come from the seed.
    #[arg(long, value_name = "FILE")]
    pub state: Option<PathBuf>,
    /// Serve HTTPS; the certificate of the authority to trust is written to ca.pem in this directory. It is new at
    /// every start.
    #[arg(long, value_name = "DIR")]
    pub tls: Option<PathBuf>,
    /// Seed of everything random.
    #[arg(long, default_value_t = 0)]
    pub random: u64,
}

/// The limits to enforce, if any. A type of its own: an option would say that the argument may be left out.
#[derive(Clone, Debug)]
pub struct Throttling(Option<Limits>);

fn throttling(text: &str) -> Result<Throttling, String> {
    if text == "none" {
        return Ok(Throttling(None));
    }
    text.parse().map(|limits| Throttling(Some(limits))).map_err(|error: LimitsError| format!("{error}, nor `none`"))
}

/// Saves while there is something to save.
async fn keep(simulator: Simulator, path: PathBuf) {
    loop {
        tokio::time::sleep(SAVE_EVERY).await;
        let (simulator, path) = (simulator.clone(), path.clone());
        let saved = tokio::task::spawn_blocking(move || simulator.save(&path)).await;
        if let Ok(Err(error)) = saved {
            // The next round tries again, and the save at the end reports its failure.
            tracing::warn!(error = &error as &dyn std::error::Error, "the state was not saved");
        }
    }
}

fn generated(text: &str) -> Result<usize, String> {
    let number = text.strip_prefix("users=").ok_or("expected users=N")?;
    let number = number.parse().map_err(|_| "expected a number after users=".to_owned())?;
    if number > Seed::MOST_GENERATED {
        return Err(format!("more than {}", Seed::MOST_GENERATED));
    }
    Ok(number)
}

/// The seed with its accounts: `--generate` is in place of the seed's own `generateUsers`, which stands where nothing is said.
fn seed(args: &Args) -> Result<Seed, SimulatedError> {
    let mut seed = simulated::seed(args.seed.as_deref())?;
    let count = args.generate.unwrap_or(seed.generate_users);
    seed.generate(count, args.random);
    Ok(seed)
}

/// Serves until interrupted.
pub async fn run(args: &Args) -> Result<ExitCode, Failure> {
    let seed = seed(args).map_err(Failure::Simulated)?;
    let mut options = Options { seed: args.random, latency: Duration::from_millis(args.latency), ..Options::default() };
    if !args.lag.is_empty() {
        options.replicas = args.lag.iter().copied().map(Duration::from_millis).collect();
    }
    options.limits.clone_from(&args.limits.0);
    if let Some(faults) = &args.faults {
        options.faults = faults.clone();
    }
    let simulator = match &args.state {
        None => simulated::simulator(&seed, options),
        Some(path) => Simulator::restore(&seed, options, path).map_err(SimulatedError::State),
    }
    .map_err(Failure::Simulated)?;
    let listen = |source| Failure::Simulated(SimulatedError::Listen(source));
    let listener = TcpListener::bind(args.listen).await.map_err(listen)?;
    let address = listener.local_addr().map_err(listen)?;
    let tls = args.tls.as_deref().map(simulated::tls).transpose().map_err(Failure::Simulated)?;
    let scheme = if tls.is_some() { "https" } else { "http" };
    writeln!(io::stdout(), "{scheme}://{address}").map_err(Failure::Print)?;
    writeln!(
        io::stderr(),
        "Simulating tenant {}. Journal: {scheme}://{address}/_sim/journal, statistics: {scheme}://{address}/_sim/statistics",
        simulator.tenant_id()
    )
    .map_err(Failure::Print)?;
    let keeping = args.state.clone().map(|path| tokio::spawn(keep(simulator.clone(), path)));
    simulator.clone().serve(listener, tls, super::run::interrupted()).await.map_err(listen)?;
    if let Some(keeping) = keeping {
        keeping.abort();
    }
    if let Some(path) = &args.state {
        simulator.save(path).map_err(|error| Failure::Simulated(SimulatedError::State(error)))?;
    }
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;

    #[derive(clap::Parser)]
    struct Cli {
        #[command(flatten)]
        args: Args,
    }

    #[test]
    fn c10_the_seeds_own_accounts_are_made_unless_a_number_is_given() {
        let file = std::env::temp_dir().join(format!("tenant-contacts-seed-{}.yaml", std::process::id()));
        let minimal = include_str!("../../crates/simulator/src/seed/minimal.yaml");
        std::fs::write(&file, format!("{minimal}\ngenerateUsers: 3\n")).unwrap();
        let path = file.to_str().unwrap();
        let users = |more: &[&str]| {
            let args = Cli::parse_from(["simulate"].iter().chain(more)).args;
            seed(&args).unwrap().users.len()
        };
        let alone = users(&["--seed", path, "--generate", "users=0"]);
        assert_eq!(users(&["--seed", path]), alone + 3);
        assert_eq!(users(&["--seed", path, "--generate", "users=5"]), alone + 5, "the flag is in place of the seed's");
        std::fs::remove_file(&file).unwrap();
    }
}
