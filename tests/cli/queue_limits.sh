#!/usr/bin/env bash
# Limits of time and signals end a search and its workers while no worker is there, and while the server does not answer.
# shellcheck disable=SC2154  # start assigns the names of processes

# shellcheck source=tests/cli/lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=tests/cli/queue/lib.sh
. "$source_dir/tests/cli/queue/lib.sh"

start_socket_server

# --- without a worker, --max-seconds ends both stages of a search
refuse 1 'no worker of the queue has evaluated .*resume with: wrcor search --resume --out lonely' \
  timeout 30 "$wrcor_program" "${work[@]}" --budget 6 --queue "$(url lonely)" --max-seconds 1 --out lonely
refining=("${work[@]}" --budget 6 --refine 2 --max-seconds 600)
expect_exit 0 wrcor "${refining[@]}" --out refined
mkdir unrefined
cp refined/config.json unrefined
grep -v '"refined"' refined/journal.jsonl >unrefined/journal.jsonl
[ "$(wc -l <unrefined/journal.jsonl)" -lt "$(wc -l <refined/journal.jsonl)" ] || fail 'the journal has no refinements'
start waiting timeout 40 "$wrcor_program" search --resume --out unrefined --queue "$(url unrefined)" --max-seconds 14

# --- a server that does not answer any more: the limit ends the search, which goes on later
socket_of() { printf '%s/%s.sock' "$scratch_dir" "$1"; }
start_redis stopped_server --port 0 --unixsocket "$(socket_of stopped)"
answers redis-cli -s "$(socket_of stopped)" ping
stopped="unix://$(socket_of stopped)?name=x"
expect_exit 0 wrcor "${work[@]}" --budget 40 --max-seconds 600 --out local
start search "$wrcor_program" "${work[@]}" --budget 40 --max-seconds 6 --queue "$stopped" --out limited
worker steady --queue "$stopped"
wait_for_lines limited/journal.jsonl 4 "$search"
kill -STOP "$stopped_server"
SECONDS=0
# ends_within SECONDS CODE PROCESS
ends_within() {
  expect_end "$2" "$3"
  [ "$SECONDS" -le "$1" ] || fail "the process took $SECONDS s to end"
}
kill -TERM "$steady"
ends_within 12 143 "$steady"
expect_matches "$(<steady.log)" 'error: interrupted; [0-9]+ networks were evaluated'
ends_within 25 0 "$search"
expect_contains "$(<limited/result.json)" '"ended_by": "max_seconds"'
expect_contains "$(<search.log)" 'warning: cannot reach the queue'
kill -CONT "$stopped_server"
worker steady --queue "$stopped"
expect_exit 0 timeout 60 "$wrcor_program" search --resume --max-seconds 600 --out limited
expect_end 0 "$steady"
expect_same_result local limited

# --- the same for signals
start search "$wrcor_program" "${work[@]}" --budget 40 --max-seconds 600 --queue "$stopped" --out signalled
answers redis-cli -s "$(socket_of stopped)" exists wrcor:x:work
wait_for_lines signalled/journal.jsonl 1 "$search"
kill -STOP "$stopped_server"
SECONDS=0
kill -TERM "$search"
ends_within 8 143 "$search"
expect_contains "$(<search.log)" 'resume with: wrcor search --resume --out signalled'
start search "$wrcor_program" "${work[@]}" --budget 6 --queue "$stopped" --out waiting_for_server
worker idle --queue "$stopped"
wait_for_lines waiting_for_server/journal.jsonl 1 "$search"
answers grep -q 'waiting for a search' idle.log
SECONDS=0
kill -TERM "$search" "$idle"
ends_within 8 143 "$search"
ends_within 8 143 "$idle"

# --- a server that is gone
kill_now "$stopped_server"
refuse 1 'cannot reach the queue .*is the server running' "$wrcor_program" search --resume --out signalled
expect_exit 0 wrcor search --resume --queue '' --out signalled
expect_same_result local signalled

expect_end 1 "$waiting"
expect_matches "$(<waiting.log)" 'warning: the queue .* has had no worker for 1[0-9] s; start workers with'
expect_matches "$(<waiting.log)" 'error: --max-seconds is over, and no worker of the queue has refined .*has had no worker'
expect_contains "$(<waiting.log)" 'resume with: wrcor search --resume --out unrefined'
expect_exit 0 wrcor search --resume --queue '' --max-seconds 600 --out unrefined
expect_same_result refined unrefined
