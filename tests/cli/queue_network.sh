#!/usr/bin/env bash
# Trouble in the network between a search, its workers and the server of their queue: data that is late, connections that
# break, and a partition, in which nothing arrives and nobody learns of it. The result has the bytes of a local run.
#
# WRCOR_TEST_PARTITION is the length of the partitions in seconds, 5 unless given.
# shellcheck disable=SC2154  # start assigns the names of processes

partition=${WRCOR_TEST_PARTITION:-5}
# shellcheck source=tests/cli/lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=tests/cli/queue/lib.sh
. "$source_dir/tests/cli/queue/lib.sh"

python=$(python_with asyncio)
[ -n "$python" ] || skip 'there is no python3 for the network of this test'
port=$((20000 + RANDOM % 20000))
max_idle=$((partition + 30))
start_redis server --port "$port" --bind 127.0.0.1
answers redis-cli -p "$port" ping
expect_exit 0 wrcor "${work[@]}" --budget 24 --out local

# --- both are behind a network that is slow and breaks connections; then nothing arrives from a worker, then from the
# search. A worker on the server's side takes over what the first one holds.
# network NAME PORT COMMANDS...: what the network is to be like.
network() { echo "${*:2}" >"$1.commands"; }
for name in search_side worker_side; do network $name 0.01 0 up; done # a search that cannot begin ends
start search_net "$python" "$source_dir/tests/cli/queue/proxy.py" $((port + 1)) "$port" search_side.commands
start worker_net "$python" "$source_dir/tests/cli/queue/proxy.py" $((port + 2)) "$port" worker_side.commands
for k in 1 2; do answers redis-cli -p $((port + k)) ping; done
start search "$wrcor_program" "${work[@]}" --budget 24 --queue "redis://127.0.0.1:$((port + 1))/first" \
  --queue-lease 3 --out first
worker far --queue "redis://127.0.0.1:$((port + 2))/first"
wait_for_lines first/journal.jsonl 2 "$search"
for name in search_side worker_side; do network $name 0.02 0.01 up; done
wait_for_lines first/journal.jsonl 6 "$search"
network worker_side 0.01 0.01 down
worker near --queue "redis://127.0.0.1:$port/first"
wait_for_lines first/journal.jsonl 10 "$search"
network search_side 0.01 0.01 down
sleep "$partition"
for name in search_side worker_side; do network $name 0.01 0.01 up; done
expect_end 0 "$search"
expect_end 0 "$near"
expect_end 0 "$far"
expect_same_result local first

# --- two hosts in namespaces, whose cable is pulled out and put back
if ! command -v ip >/dev/null || ! unshare --net true 2>/dev/null; then
  echo 'network namespaces are not allowed here: their part of the test is left out' >&2
  exit 0
fi
# in_host COMMAND...: in the namespace of the worker's host, 10.93.0.2; the search and the server are in another, 10.93.0.1.
start head unshare --net sleep 600
start host unshare --net sleep 600
# inside PROCESS COMMAND...: in its network.
inside() { nsenter --target "$1" --net "${@:2}"; }
outside_of() { [ "$(readlink "/proc/$1/ns/net")" != "$(readlink /proc/self/ns/net)" ]; }
for name in head host; do answers outside_of "${!name}"; done
inside "$head" ip link add cable type veth peer name cable netns "$host"
number=0
for name in head host; do
  number=$((number + 1))
  inside "${!name}" ip address add 10.93.0.$number/24 dev cable
  inside "${!name}" ip link set lo up
  inside "${!name}" ip link set cable up
done
start head_server nsenter --target "$head" --net redis-server --port "$port" --bind 10.93.0.1 --protected-mode no \
  --save '' --appendonly no --loglevel warning
answers inside "$host" redis-cli -h 10.93.0.1 -p "$port" ping
queue=redis://10.93.0.1:$port/second
start second_search nsenter --target "$head" --net "$wrcor_program" "${work[@]}" --budget 24 --queue "$queue" --queue-lease 3 --out second
start second_far nsenter --target "$host" --net "$wrcor_program" worker --workers 1 --max-idle "$max_idle" --queue "$queue"
wait_for_lines second/journal.jsonl 4 "$second_search"
inside "$host" ip link set cable down
sleep "$partition"
inside "$host" ip link set cable up
expect_end 0 "$second_search"
expect_end 0 "$second_far"
expect_same_result local second
