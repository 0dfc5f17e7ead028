#!/usr/bin/env bash
# Servers of a queue that refuse commands: what passes is waited for, by the search and by its worker, with one warning;
# what does not pass ends them with one line.
# shellcheck disable=SC2154  # start assigns the names of processes

# shellcheck source=tests/cli/lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=tests/cli/queue/lib.sh
. "$source_dir/tests/cli/queue/lib.sh"

port=$((20000 + RANDOM % 20000))
mkdir "$scratch_dir/redis"
start_redis server --port "$port" --bind 127.0.0.1 --unixsocket "$socket" --dir "$scratch_dir/redis"
answers on_socket ping

# A worker whose queue is another thing, and no coordinator that lives renews it.
on_socket LPUSH wrcor:foreign:run x >/dev/null
worker astray --queue "$(url foreign)"

# --- memory that is full, a replica, a save that failed: they pass
# warnings FILE: how many reports of a server that refuses.
warnings() { grep -c '^warning: the queue .* refuses a command' "$1" || true; }
# have_warned COUNT: both have reported it as often.
have_warned() { [ "$(warnings search.log)" -ge "$1" ] && [ "$(warnings steady.log)" -ge "$1" ]; }
saves() { on_socket INFO persistence | grep -q 'rdb_last_bgsave_status:err'; }

expect_exit 0 wrcor "${work[@]}" --budget 72 --out local
start search "$wrcor_program" "${work[@]}" --budget 72 --queue "$(url first)" --out first
worker steady --queue "$(url first)"
wait_for_lines first/journal.jsonl 3 "$search"
on_socket CONFIG SET maxmemory 1 >/dev/null
answers have_warned 1
on_socket CONFIG SET maxmemory 0 >/dev/null
wait_for_lines first/journal.jsonl 7 "$search"
on_socket REPLICAOF 127.0.0.1 1 >/dev/null
answers have_warned 2
on_socket REPLICAOF NO ONE >/dev/null
wait_for_lines first/journal.jsonl 11 "$search"
on_socket CONFIG SET save '3600 1' >/dev/null
rm -r "$scratch_dir/redis"
on_socket BGSAVE >/dev/null
answers saves
answers have_warned 3
on_socket CONFIG SET save '' >/dev/null
expect_end 0 "$search"
expect_end 0 "$steady"
expect_same_result local first
for log in search steady; do
  expect_equal "$(warnings "$log.log")" 3
  expect_matches "$(<$log.log)" '.OOM .*trying again'
  expect_contains "$(<$log.log)" 'the queue is there again'
done

# --- keys that somebody has changed are renewed
expect_exit 0 wrcor "${work[@]}" --budget 12 --out local12 # of 11 architectures
start search "$wrcor_program" "${work[@]}" --budget 12 --queue "$(url changed)" --out changed
answers holds wrcor:changed:work 11
on_socket DEL wrcor:changed:work wrcor:changed:results >/dev/null
on_socket MSET wrcor:changed:work x wrcor:changed:results x >/dev/null
worker steady --queue "$(url changed)"
expect_end 0 "$search"
expect_end 0 "$steady"
expect_same_result local12 changed
on_socket LPUSH wrcor:list:coordinator x >/dev/null
refuse 1 'refuses a command: WRONGTYPE' wrcor "${work[@]}" --budget 12 --queue "$(url list)" --out list

# --- rights: of a user who has none here, and of one who has those that the manual names
tcp=127.0.0.1:$port
on_socket ACL SETUSER poor on '>word' '~other:*' +@all >/dev/null
rights=$(sed -n "s/^.*ACL SETUSER wrcor on '>[^ ]* //p" "$source_dir/docs/commands/worker.md" | tr -d "'")
expect_contains "$rights" '~wrcor:* '
# shellcheck disable=SC2086  # several words
on_socket ACL SETUSER wrcor on '>word' $rights >/dev/null
export WRCOR_QUEUE_PASSWORD=word
refuse 2 'refuses a command: NOPERM .*wrcor:' wrcor worker --queue "redis://poor@$tcp/rights"
refuse 2 'refuses a command: NOPERM .*wrcor:' wrcor "${work[@]}" --budget 12 --queue "redis://poor@$tcp/rights" --out poor
refuse 2 'refuses a command: NOPERM' wrcor queue status "redis://poor@$tcp/rights"
worker steady --queue "redis://wrcor@$tcp/rights"
expect_exit 0 wrcor "${work[@]}" --budget 12 --queue "redis://wrcor@$tcp/rights" --out rights
expect_end 0 "$steady"
expect_same_result local12 rights
expect_exit 0 wrcor queue status "redis://wrcor@$tcp/rights"
unset WRCOR_QUEUE_PASSWORD

# --- the worker whose queue is another thing has waited long enough
expect_end 1 "$astray"
expect_equal "$(grep -c '^warning: ' astray.log)" 1
expect_matches "$(<astray.log)" 'error: the queue .*refuses a command: WRONGTYPE'

# --- a password that changes during the search ends it and its workers; it goes on with the new one
start search "$wrcor_program" "${work[@]}" --budget 72 --queue "$(url locked)" --out locked
worker steady --queue "$(url locked)"
wait_for_lines locked/journal.jsonl 4 "$search"
on_socket CONFIG SET requirepass word >/dev/null
REDISCLI_AUTH=word on_socket CLIENT KILL TYPE normal >/dev/null
for name in search steady; do
  expect_end 2 "${!name}"
  expect_equal "$(grep -c '^error: ' "$name.log")" 1
  expect_matches "$(<$name.log)" 'error: .*refuses the connection: NOAUTH'
done
export WRCOR_QUEUE_PASSWORD=word
REDISCLI_AUTH=word on_socket DEL wrcor:locked:coordinator >/dev/null # as if its time had passed
worker steady --queue "$(url locked)"
expect_exit 0 wrcor search --resume --out locked
expect_end 0 "$steady"
expect_same_result local locked
