#!/usr/bin/env bash
# Shows the most memory that `check` and `update` take for files of 10,000 to 1,000,000 rows.
#
# Everything streams, so that memory must not grow with the file but for a few bytes a row. The
# limit is 64 MiB and 32 bytes a row; the exit status is 1 if a run is above it. The rows go to a
# sandbox that is a process of its own: its memory does not count, for it keeps what it is sent.
# Linux only. Takes about a minute, the build aside, and 500 MB of temporary space.
set -euo pipefail
export LC_ALL=C

readonly SIZES=(10000 100000 1000000)
readonly LIMIT_BYTES=$((64 << 20))
readonly LIMIT_BYTES_PER_ROW=32

cd "$(dirname "${BASH_SOURCE[0]}")/.."
readonly SAMPLE=$PWD/samples/contacts.csv
cargo build --release
readonly ROWPATCH=${CARGO_TARGET_DIR:-$PWD/target}/release/rowpatch

# What the caller has set for rowpatch must not reach the runs.
# shellcheck disable=SC2086 # Several names are meant.
unset ${!ROWPATCH_@}

folder=$(mktemp -d)
sandbox=
clean_up() {
    if [[ -n $sandbox ]]; then
        kill "$sandbox" && wait "$sandbox" || true
    fi
    rm -rf "$folder"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

# The sample's first 12 columns and their values, over and over, each row with a key of its own.
generate() {
    cut -d, -f1-12 "$SAMPLE" | awk -F, -v OFS=, -v rows="$1" '
        NR == 1 { print; next }
        { line[NR - 2] = $0 }
        END {
            for (row = 0; row < rows; row++) {
                $0 = line[row % (NR - 1)]
                $1 = sprintf("CUST%07d", row)
                $2 = "CONTACT" row
                print
            }
        }'
}

# A sandbox on a free port, and the target that sends to it.
start_sandbox() {
    "$ROWPATCH" sandbox >"$folder/sandbox" &
    sandbox=$!
    until grep -qs '^Ctrl-C' "$folder/sandbox"; do
        kill -0 "$sandbox"
        sleep 0.05
    done
    awk '/listens on/ { print "[targets.sandbox]\nbase_url = \"" $NF "\"" }
         /data source/ { gsub(",", ""); print "data_source = \"" $3 "\"\nuser_name = \"" $5 "\"" }' \
        "$folder/sandbox" >"$folder/config.toml"
}

# Runs rowpatch with these arguments; its peak memory in KiB goes to the file "peak".
with_peak() {
    if /usr/bin/time -f %M true 2>/dev/null; then
        /usr/bin/time -f %M -o "$folder/peak" "$ROWPATCH" "$@"
        return
    fi
    "$ROWPATCH" "$@" &
    local run=$!
    # The mark only rises, so that the last one read lacks the last moments at most; of a run of
    # less than a second that can be much.
    local name value
    while kill -0 "$run" 2>/dev/null; do
        while read -r name value _; do
            if [[ $name == VmHWM: ]]; then echo "$value" >"$folder/peak"; fi
        done <"/proc/$run/status"
        sleep 0.01
    done 2>/dev/null
    wait "$run"
}

# One line of the table, for a file of so many rows.
measure() {
    local rows=$1 verb=$2 began=$EPOCHREALTIME
    shift
    if ! ROWPATCH_PASSWORD=rehearsal with_peak "$@" >"$folder/told" 2>&1; then
        cat "$folder/told" >&2
        exit 2
    fi
    local peak limit verdict=within
    peak=$(<"$folder/peak")
    limit=$((LIMIT_BYTES + LIMIT_BYTES_PER_ROW * rows))
    if ((peak << 10 > limit)); then
        verdict=ABOVE
        status=1
    fi
    awk -v rows="$rows" -v verb="$verb" -v peak="$peak" -v limit="$limit" -v verdict="$verdict" \
        -v began="$began" -v ended="$EPOCHREALTIME" 'BEGIN {
            printf "%9d  %-6s  %8.1f  %9.1f  %7.1f  %s\n",
                rows, verb, peak / 1024, limit / 1048576, ended - began, verdict
        }'
}

status=0
start_sandbox
printf '%9s  %-6s  %8s  %9s  %7s\n' rows verb 'peak MiB' 'limit MiB' seconds
for rows in "${SIZES[@]}"; do
    file=$folder/$rows.csv
    generate "$rows" >"$file"
    measure "$rows" check "$file" --config "$folder/config.toml"
    measure "$rows" update "$file" --config "$folder/config.toml" --yes \
        --rate unlimited --concurrency 64 --max-failures 100%
done
exit "$status"
