# What is done often. A recipe is nothing but its commands: whoever has no `just` types them.

# Shows the recipes.
default:
    @just --list --unsorted

# Writes anew what is made from the types: definitions, reference pages, indexes, JSON schemas.
gen:
    cargo run -- crds --write crds --write charts/tenant-contacts/files/crds
    WRITE_GENERATED=1 cargo test --workspace --test kinds
    WRITE_GENERATED=1 cargo test --workspace --test explain
    WRITE_GENERATED=1 cargo test --workspace --test repository the_index_of

# Writes into the scenarios with NAME in their file's name what comes of them now; read it before you commit it.
scenarios-anew NAME:
    SCENARIO={{ NAME }} WRITE_SCENARIOS=1 cargo test --workspace --test engine scenarios

# Formatting and lints, as CI asks for them.
check:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets --locked -- -D warnings

# Unit tests of every crate, the architecture, the engine, and what is generated. Needs no cluster, no browser and no Python.
test-fast:
    cargo test --workspace --lib --test repository --test kinds --test explain --test engine

# All tests. README.md says what they need and how long they take.
test:
    cargo test --workspace

# The example company from plan to verified end state, on a simulated tenant.
demo *ARGS:
    cargo run --profile quick -- demo {{ ARGS }}

# Who would receive which notice in the example company's tenant. Exit code 2: that tenant has errors.
[no-exit-message]
explain *ARGS:
    cargo run --profile quick -- explain {{ ARGS }} --simulate

# What a fleet costs; docs/performance.md has the numbers and the other benchmarks.
bench *ARGS="1000 10000":
    cargo bench --bench fleet -- {{ ARGS }}

# The gate, as CI runs it.
ci:
    .ci/run

# A share of the fuzz campaign, in percent. Needs cargo-fuzz and a nightly tool chain; TARGETS and WORKERS hold as well.
fuzz PERCENT="1":
    PERCENT={{ PERCENT }} fuzz/campaign.sh
