#!/bin/sh
# Fuzzes everything that tenant-contacts reads, each target for so many executions, and prints a row of a table for each.
#
#   fuzz/campaign.sh [EXECUTIONS_PER_TARGET]
#
# Without a number the campaign's own share of ten million for each target: many for those that are cheap. Needs cargo-fuzz and
# a nightly tool chain (`cargo install cargo-fuzz --locked`, `rustup toolchain install nightly`).
#
#   PERCENT=10              only so much of it
#   TARGETS="state trail"   only these targets
#   WORKERS=2               targets under way together; default 1
#   SECONDS_EACH=60         longest that one execution may take, where others use the machine too; default 10
#   SCRATCH=DIR             where state files and trails are written at each execution: a folder in memory is fastest, and none of
#                           the system's (/dev), which the product refuses
#   CARGO_TARGET_DIR=DIR    where it is built; default fuzz/target
#
# Fails if any target does. What was found lies in fuzz/artifacts, what libFuzzer said in fuzz/logs.
set -eu
cd "$(dirname "$0")"

# No sanitizer: this is safe Rust, and the one thing that AddressSanitizer would add, a tenth of the executions take. Overflow
# checks and debug assertions are on, and the process has an allocator that ends it where it would hold more than 512 MiB.
targets=${TARGETS:-manifests graph exchange partner billing state trail seed}
for target in $targets; do nice -n 10 cargo +nightly fuzz build -s none "$target"; done
built=${CARGO_TARGET_DIR:-target}/$(rustc +nightly -vV | sed -n 's/^host: //p')/release

scratch=$(mktemp -d -p "${SCRATCH:-${TMPDIR:-/tmp}}")
trap 'rm -rf "$scratch"' EXIT INT TERM
mkdir -p logs

# Ten million together.
share() {
    case $1 in
        state | trail) whole=3200000 ;;
        partner) whole=2200000 ;;
        billing) whole=800000 ;;
        manifests) whole=300000 ;;
        graph) whole=200000 ;;
        exchange | seed) whole=50000 ;;
    esac
    echo $((whole * ${PERCENT:-100} / 100))
}

# What input begins with: files of this repository.
seeds() {
    mkdir -p "corpus/$1" "artifacts/$1"
    case $1 in
        manifests) cp ../examples/contoso/*.yaml "corpus/$1" && find ../tests/bad_objects -name '*.yaml' -size -16k -exec cp {} "corpus/$1" \; ;;
        seed) cp ../crates/simulator/src/seed/minimal.yaml "corpus/$1" ;;
        *) printf '\001\000\000' > "corpus/$1/first" ;;
    esac
    # Zero first: a recipe.
    printf '\000\001\002\003\004\005\006\007' > "corpus/$1/recipe"
}

# Names of fields and kinds, for those who read YAML.
grep -ohE '[A-Za-z]{3,}:' ../crds/*.yaml ../examples/contoso/*.yaml ../examples/contoso/seed/*.yaml | sort -u |
    sed 's/.*/"&"/' > "$scratch/words"

run() {
    seeds "$1"
    began=$(date +%s)
    mkdir -p "$scratch/$1"
    status=0
    TMPDIR=$scratch/$1 nice -n 10 "$built/$1" "corpus/$1" -artifact_prefix="artifacts/$1/" -dict="$scratch/words" \
        -runs="$2" -rss_limit_mb=512 -malloc_limit_mb=512 -timeout="${SECONDS_EACH:-10}" -max_len=4096 \
        -print_final_stats=1 -verbosity=1 > "logs/$1" 2>&1 || status=$?
    figure() { sed -n "s/^stat::$1: *//p" "logs/$target"; }
    target=$1
    peak=$(figure peak_rss_mb)
    # libFuzzer looks at the memory once a second; this is the highest that it ever was.
    if [ "$status" -eq 0 ] && [ "${peak:-513}" -gt 512 ]; then status=512; fi
    finds=none
    if [ "$status" -ne 0 ]; then finds="fails: logs/$1"; touch "$scratch/failed"; fi
    echo "| $1 | $(figure number_of_executed_units) | $(($(date +%s) - began)) | ${peak:-?} MiB | $(find "corpus/$1" -type f | wc -l) | $finds |"
}

echo "| target | executions | seconds | peak memory | corpus | finds |"
echo "|---|---|---|---|---|---|"
running=0
for target in $targets; do
    run "$target" "${1:-$(share "$target")}" &
    running=$((running + 1))
    if [ "$running" -ge "${WORKERS:-1}" ]; then wait; running=0; fi
done
wait
[ ! -e "$scratch/failed" ]
