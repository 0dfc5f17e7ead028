#!/usr/bin/env bash
# Searches whose evaluations are done by workers of a queue, with a Redis server of this test: whatever ends, stalls or
# comes back, the result has the bytes of a local run.
# shellcheck disable=SC2154  # start assigns the names of processes

# shellcheck source=tests/cli/lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=tests/cli/queue/lib.sh
. "$source_dir/tests/cli/queue/lib.sh"

# --- two servers: one on a Unix socket, one on TCP with a password; neither keeps anything
start_socket_server
port=$((20000 + RANDOM % 20000))
start_tcp_server() {
  start_redis tcp_server --port "$port" --bind 127.0.0.1 --requirepass 'open sesame'
}
start_tcp_server
printf 'open sesame\nnot this\n' >password

tcp=redis://127.0.0.1:$port/second
# shellcheck disable=SC2317  # it is called further down
short_worker() { start "$1" "$wrcor_program" worker --workers 1 --max-idle 1 "${@:2}"; }

# --- three workers: one is killed, one stalls for longer than the lease and comes back
expect_exit 0 wrcor "${work[@]}" --budget 40 --out local
for name in killed stalled steady; do worker "$name" --queue "$(url first)"; done
start search "$wrcor_program" "${work[@]}" --budget 40 --queue "$(url first)" --queue-lease 2 --out first
wait_for_lines first/journal.jsonl 6 "$search"
kill_now "$killed"
kill -STOP "$stalled"
expect_exit 0 wrcor queue status "$(url first)"
expect_contains "$stdout" 'running'
expect_exit 0 wrcor queue status "unix://$socket" --format json
expect_contains "$stdout" '"name": "first"'
# What nobody should write there changes nothing.
on_socket XADD wrcor:first:results '*' json '{"run":1}' >/dev/null
on_socket XADD wrcor:first:results '*' nothing x >/dev/null
on_socket XADD wrcor:first:work '*' json "$(printf '[%.0s' {1..100})" >/dev/null
sleep 2.5
kill -CONT "$stalled"
expect_end 0 "$search"
expect_same_result local first
expect_end 0 "$steady"
expect_end 0 "$stalled"
expect_contains "$(<search.log)" 'a message in the queue is left out'
expect_equal "$(on_socket --scan --pattern 'wrcor:first:[rwi]*' | grep -v worker: || true)" 'wrcor:first:run'

# --- over TCP, with a password: the server loses everything once, then the coordinator is killed and resumed
refuse 2 'refuses the connection: .*--queue-password-file' wrcor queue status "$tcp"
expect_lacks "$stderr" sesame
WRCOR_QUEUE_PASSWORD=wrong refuse 2 'refuses the connection' wrcor "${work[@]}" --budget 40 --queue "$tcp" --out refused
export WRCOR_QUEUE_PASSWORD='open sesame'
for name in one two; do worker "$name" --queue "$tcp"; done
start search "$wrcor_program" "${work[@]}" --budget 40 --queue "$tcp" --out second
wait_for_lines second/journal.jsonl 5 "$search"
kill_now "$tcp_server"
sleep 0.3
start_tcp_server
wait_for_lines second/journal.jsonl 12 "$search"
kill_now "$search"
# As if its time had passed.
REDISCLI_AUTH='open sesame' redis-cli -p "$port" DEL wrcor:second:coordinator >/dev/null
unset WRCOR_QUEUE_PASSWORD
expect_exit 0 wrcor search --resume --out second --queue-password-file password
expect_same_result local second
expect_end 0 "$one"
expect_end 0 "$two"
expect_lacks "$(cat ./*.log second/config.json)" sesame

# --- a worker is drained; strategies that learn, and a second stage, have the bytes of a local run, too
learning=(search --strategy evolution --population 6 --tournament 2 --proxy wrcor "${small[@]}" --repeats 4 --refine 3 --budget 24)
expect_exit 0 wrcor "${learning[@]}" --out learning
worker drained --queue "$(url third)"
start search "$wrcor_program" "${learning[@]}" --queue "$(url third)" --out third
answers grep -q 'working for' drained.log
worker steady --queue "$(url third)"
wait_for_lines third/journal.jsonl 3 "$search"
kill -TERM "$drained"
expect_end 143 "$drained"
expect_contains "$(<drained.log)" 'what had started is delivered'
expect_end 0 "$search"
expect_same_result learning third

# --- an item that ends its workers fails; the others do not
start search "$wrcor_program" search --strategy random --proxy params "${small[@]}" --budget 3 --queue "$(url poison)" \
  --queue-lease 1 --out poison
answers grep -q . poison/journal.jsonl
# take COUNT: a worker that gives no sign takes this many items.
take() {
  local taken=0 got tries=0
  while [ "$taken" -lt "$1" ]; do
    got=$(on_socket XREADGROUP GROUP workers gone COUNT $(($1 - taken)) STREAMS wrcor:poison:work '>' | grep -c archs || true)
    taken=$((taken + got))
    tries=$((tries + 1))
    [ "$tries" -lt 500 ] || fail 'the items of a worker that has ended do not come back'
    sleep 0.02
  done
}
answers on_socket exists wrcor:poison:work
for count in 3 3 1; do take "$count"; done
worker survivor --queue "$(url poison)"
expect_end 0 "$search"
expect_contains "$(<search.log)" '1 of 3 architectures could not be evaluated'
expect_contains "$(<poison/result.json)" '"reason": "workers_lost"'

# --- workers that would compute other last digits
start search "$wrcor_program" "${work[@]}" --budget 6 --queue "$(url other)" --out other
answers on_socket get wrcor:other:run
ATEN_CPU_CAPABILITY=default refuse 2 'other last digits .kernels: the search has .*--mixed' \
  wrcor worker --queue "$(url other)" --workers 1 --max-idle 5
worker steady --queue "$(url other)"
expect_end 0 "$search"
ATEN_CPU_CAPABILITY=default worker different --queue "$(url mixed)"
expect_exit 0 wrcor "${work[@]}" --budget 6 --queue "$(url mixed)" --mixed --out mixed
expect_contains "$(<mixed/result.json)" '"platforms": ['

# --- addresses, servers and queues that are not there
refuse 2 '--queue: the address of the queue contains a password' wrcor worker --queue 'redis://:secret@host/name'
expect_lacks "$stderr" secret
refuse 2 '--queue: expected redis://' wrcor worker --queue http://host/name
refuse 2 '--queue: expected the name of a queue' "$wrcor_program" "${work[@]}" --queue redis://host --out unnamed
refuse 1 "cannot reach the queue .*is the server running" "$wrcor_program" "${work[@]}" --queue 'unix:///none?name=x' --out unreached
refuse 1 'cannot reach the queue' wrcor worker --queue 'unix:///none?name=x' --max-idle 1
expect_matches "$stderr" "warning: cannot reach the queue .*trying again, for at most 1 s"
refuse 1 'cannot reach the queue' wrcor queue status unix:///none
refuse 2 'has no queue .nothing' wrcor queue status "$(url nothing)"
start search "$wrcor_program" "${work[@]}" --budget 40 --queue "$(url taken)" --out taken
answers on_socket get wrcor:taken:coordinator
answers grep -q . taken/journal.jsonl
answers on_socket exists wrcor:taken:work
sleep 0.2
refuse 2 'serves another search' wrcor search --proxy params "${small[@]}" --queue "$(url taken)" --out late
refuse 2 'serves another search' wrcor "${work[@]}" --budget 40 --queue "$(url taken)" --out twin
kill -TERM "$search"
expect_end 143 "$search"
expect_contains "$(<search.log)" 'resume with: wrcor search --resume --out taken'
# What has ended is waited for as long as it may live; a search that was interrupted leaves at once.
expect_equal "$(on_socket exists wrcor:taken:coordinator)" 0
on_socket SET wrcor:lapsed:coordinator 'other session host:1' PX 8000 >/dev/null
worker steady --queue "$(url lapsed)"
expect_exit 0 wrcor "${work[@]}" --budget 6 --queue "$(url lapsed)" --out lapsed
expect_contains "$stderr" 'waiting for the queue: host:1 had it'
expect_end 0 "$steady"

# --- results that arrive while the coordinator is away are in the journal when it is back, and not computed again
expect_exit 0 wrcor "${work[@]}" --budget 12 --out local12 # of 11 architectures
start search "$wrcor_program" "${work[@]}" --budget 12 --queue "$(url away)" --out away
answers holds wrcor:away:work 11
kill_now "$search"
short_worker early --queue "$(url away)"
expect_end 0 "$early"
expect_equal "$(on_socket XLEN wrcor:away:results)" 11
on_socket DEL wrcor:away:coordinator >/dev/null
expect_exit 0 timeout 60 "$wrcor_program" search --resume --out away
expect_same_result local12 away

# --- work that a full disk did not take stays on the server
# shellcheck disable=SC2016  # for the other shell
start search bash -c 'trap "" XFSZ; exec "$0" "$@"' "$wrcor_program" "${work[@]}" --budget 12 --queue "$(url full)" --out full
answers holds wrcor:full:work 11
prlimit --pid "$search" --fsize=$(($(stat -c %s full/journal.jsonl) + 1000))
short_worker early --queue "$(url full)"
expect_end 1 "$search"
expect_contains "$(<search.log)" 'resume with: wrcor search --resume --out full'
expect_end 0 "$early"
expect_exit 0 timeout 60 "$wrcor_program" search --resume --out full
expect_same_result local12 full

# --- a worker that evaluates is not idle, and is not given up while it leaves
slow=(search --strategy random --proxy wrcor --channels 16 --cells 1 --batch-size 64 --repeats 16 --seed 5 --budget 2)
short_worker busy --queue "$(url slow)"
expect_exit 0 wrcor "${slow[@]}" --queue "$(url slow)" --queue-lease 1 --out slow
expect_lacks "$stderr" 'a worker has ended'
expect_end 0 "$busy"

# --- a refusal that is not about the password does not speak of it
start odd_server redis-server --port 0 --unixsocket "$scratch_dir/odd.sock" --save '' --rename-command PING NOTHING
answers redis-cli -s "$scratch_dir/odd.sock" NOTHING
refuse 1 'refuses a command: ERR unknown command' wrcor queue status "unix://$scratch_dir/odd.sock"
expect_lacks "$stderr" password
