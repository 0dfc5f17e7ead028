# shellcheck shell=bash
# Helpers for the tests of queues, which start Redis servers of their own. A test sources this file after lib.sh.
# shellcheck disable=SC2154  # lib.sh has assigned them

for program in redis-server redis-cli; do
  command -v "$program" >/dev/null || skip "$program is not installed"
done
"$wrcor_program" queue status "unix://$scratch_dir/none" 2>&1 | grep -q 'this build of wrcor has no queues' &&
  skip 'this build has no queues: hiredis is not installed'

children=()
# start NAME COMMAND...: in the background; its process is $NAME, its messages are in NAME.log.
start() {
  local name=$1
  shift
  "$@" </dev/null >"$name.out" 2>"$name.log" &
  declare -g "$name=$!"
  children+=("$!")
}
# kill_now PROCESS: without a message of the shell.
kill_now() {
  kill -KILL "$1" 2>/dev/null || true
  wait "$1" 2>/dev/null || true
}
stop_children() {
  local child
  for child in "${children[@]}"; do kill_now "$child"; done
}
trap 'status=$?; [ -z "${KEEP_LOGS:-}" ] || cp -r . "$KEEP_LOGS"; stop_children; end_test "$status"' EXIT

# start_redis NAME ARGUMENTS...: a server that keeps nothing.
start_redis() { start "$1" redis-server --save '' --appendonly no --loglevel warning "${@:2}"; }

# answers COMMAND...: waits until the command succeeds.
answers() {
  local tries=0
  until "$@" >/dev/null 2>&1; do
    tries=$((tries + 1))
    [ "$tries" -lt 1500 ] || fail "'$*' does not succeed in 30 seconds"
    sleep 0.02
  done
}

# start_socket_server: a server at $socket; on_socket ARGUMENTS... are commands for it.
socket=$scratch_dir/redis.sock
on_socket() { redis-cli -s "$socket" "$@"; }
start_socket_server() {
  start_redis unix_server --port 0 --unixsocket "$socket"
  answers on_socket ping
}
# url NAME: of a queue there.
url() { printf 'unix://%s?name=%s' "$socket" "$1"; }
# holds KEY COUNT: whether the stream there has as many entries.
holds() { [ "$(on_socket XLEN "$1")" -eq "$2" ]; }

# worker NAME ARGUMENTS...: it waits for at most $max_idle seconds.
max_idle=20
worker() { start "$1" "$wrcor_program" worker --workers 1 --max-idle "$max_idle" "${@:2}"; }
# A search of 11 architectures that a worker evaluates in a second.
# shellcheck disable=SC2034  # for the tests
work=(search --strategy random --proxy 'wrcor,acor' "${small[@]}" --repeats 8 --seed 5)
