#!/usr/bin/env bash
# Fetched data sets: the actions and output of 'wrcor data', and the first use of a data set. No test connects to
# another machine.

# shellcheck source=tests/cli/lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

export WRCOR_DATA=$PWD/cache
search() { wrcor search "${small[@]}" --budget 4 --out run "$@"; }
# state_of NAME: its state in the output of 'wrcor data info'.
state_of() { sed -nE "s/^$1 +([a-z]+).*/\1/p" "$stdout_file"; }

# --- available data sets
expect_exit 0 wrcor data info
expect_equal "$(state_of cifar10) $(state_of cifar100) $(state_of imagenet16) $(state_of synthetic)" \
  'missing missing missing ready'
expect_matches "$stdout" 'cifar10 .*wrcor data fetch cifar10'
expect_matches "$stdout" 'imagenet16 .*name a folder with --data-root'
mkdir -p cache/cifar-10-batches-bin
head -c 30730 /dev/zero >cache/cifar-10-batches-bin/data_batch_1.bin
head -c 100 /dev/zero >cache/cifar-100-binary.tar.gz.part
expect_exit 0 wrcor data info --format json
expect_json "$stdout"
expect_equal "$(tr -d ' \n' <<<"$stdout" | grep -o '{"name":"cifar10".*{"name":"imagenet16"')" \
  '{"name":"cifar10","state":"ready","images":10,"bytes":30730,"path":"'"$PWD"'/cache/cifar-10-batches-bin","remedy":null},{"name":"cifar100","state":"partial","images":null,"bytes":100,"path":"'"$PWD"'/cache/cifar-100-binary.tar.gz.part","remedy":"wrcordatafetchcifar100"},{"name":"imagenet16"'
expect_contains "$(tr -d ' \n' <<<"$stdout")" \
  '{"name":"synthetic","state":"ready","images":50000,"bytes":null,"path":null,"remedy":null}'
head -c 30000 /dev/zero >cache/cifar-10-batches-bin/data_batch_1.bin
expect_exit 0 wrcor data info
expect_equal "$(state_of cifar10)" damaged
expect_contains "$stdout" 'data_batch_1.bin: truncated'
# A folder that is not the official data set is not changed.
refuse 3 "cifar-10-batches-bin' is not the whole CIFAR-10: .*data_batch_1.bin' has 30000 bytes, expected 30730000; remove" \
  wrcor data fetch cifar10
rm -r cache

# --- data sets that cannot be fetched
refuse 2 "unknown data set 'cifar11' \(did you mean 'cifar10'\?\)" wrcor data fetch cifar10 cifar11
refuse 2 "'imagenet16' cannot be fetched: name a folder with --data-root" wrcor data fetch imagenet16
refuse 2 "'synthetic' cannot be fetched: the program makes its images" wrcor data fetch synthetic
refuse 2 'an argument is missing: names' wrcor data fetch
refuse 2 'no command given' wrcor data
refuse 2 "--mirror: expected a URL that starts with http://, https:// or file://, got 'ftp://x'" \
  wrcor data fetch cifar10 --mirror ftp://x
[ ! -e cache ] || fail 'a refused command left something in the cache'

# --- first use, without permission to download, or into the user's folder
refuse 3 "no CIFAR-10 in .*cache.*data_batch_1.bin is missing; 'wrcor data fetch cifar10' puts it" search --data cifar10
unset WRCOR_DATA_DOWNLOAD
refuse 3 "no CIFAR-100 in .*train.bin is missing; 'wrcor data fetch cifar100' puts it" search --data cifar100 --no-download
refuse 3 'nothing is downloaded into a folder that --data-root names' \
  search --data cifar10 --data-root mine
[ ! -e cache ] || fail 'a refused search left something in the cache'
[ ! -e run ] || fail 'a refused search left a run behind'

# --- first use, with servers that lack it
advice='; check the network, name another server with --mirror or a folder that has the data with --data-root, or use --data synthetic'
refuse 3 "cannot download CIFAR-10: file://$PWD/nowhere/cifar-10-binary.tar.gz: .*$advice" \
  search --data cifar10 --mirror "file://$PWD/nowhere"
mkdir pipes
mkfifo pipes/cifar-10-binary.tar.gz
refuse 3 "cannot download CIFAR-10: file://$PWD/pipes/cifar-10-binary.tar.gz: not a file$advice" \
  search --data cifar10 --mirror "file://$PWD/pipes"
# Nobody listens to port 1, and no name is looked up.
refuse 3 "cannot download CIFAR-10: http://127.0.0.1:1/x/cifar-10-binary.tar.gz: .*$advice" \
  search --data cifar10 --mirror http://127.0.0.1:1/x
export WRCOR_DATA_MIRROR=file://$PWD/mirror
mkdir mirror
echo 'hello' >mirror/cifar-100-binary.tar.gz
refuse 3 "cifar-100-binary.tar.gz: found a file of 6 bytes, expected 168513733 bytes$advice" \
  wrcor score "${small[@]}" --data cifar100 --unique
[ ! -e run ] || fail 'a failed search left a folder behind'
expect_equal "$(find cache -type f -size +0)" ''
# Of the right size, with another content: 170 MB that take no place on the disk where that can be.
if [ "$(df --output=avail -k . | tail -n 1)" -gt 500000 ]; then
  truncate -s 170052171 mirror/cifar-10-binary.tar.gz
  expect_exit 3 wrcor data fetch cifar10
  expect_equal "$stdout" ''
  expect_contains "$stderr" 'warning: file://'
  expect_matches "$stderr" "found a file with the SHA-256 checksum [0-9a-f]{64}, expected c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd$advice"
  expect_equal "$(find cache -type f -size +0)" ''
  # A disk that is full, or a limit on the size of files.
  too_long() { (trap '' XFSZ; ulimit -f 1000; wrcor "$@"); }
  refuse 1 "cannot write '.*cifar-10-binary.tar.gz.part': File too large" too_long data fetch cifar10
  expect_exit 0 wrcor data info
  expect_equal "$(state_of cifar10)" partial
  rm -r mirror cache
fi
unset WRCOR_DATA_MIRROR

# --- a cache that cannot be written
: >file
WRCOR_DATA=file/cache refuse 1 "cannot create 'file/cache': Not a directory" wrcor data fetch cifar10

# --- interrupts: while another process fetches, and while this one does
# expect_interrupted PID TEXT: the process, which has written the text to errors, ends on SIGINT in an orderly way.
expect_interrupted() {
  local tries=0
  until grep -q "$2" errors; do
    kill -0 "$1" 2>/dev/null || fail "the program ended: $(<errors)"
    tries=$((tries + 1))
    [ "$tries" -lt 3000 ] || fail "the program did not say '$2' in a minute: $(<errors)"
    sleep 0.02
  done
  kill -INT "$1"
  expect_end 130 "$1"
  expect_matches "$(<errors)" 'error: interrupted while CIFAR-10 was fetched; the received part is kept; the same command continues'
}
mkdir -p cache
# By default a background job of a script ignores SIGINT.
set -m
if command -v flock >/dev/null; then
  exec 8>cache/.cifar-10-binary.tar.gz.lock
  flock 8
  "$wrcor_program" data fetch cifar10 --mirror "file://$PWD/nowhere" 2>errors 8>&- &
  expect_interrupted $! 'info: waiting for another process, which fetches CIFAR-10'
  exec 8>&-
fi
if command -v python3 >/dev/null; then
  # Sends the first 100,000 bytes of the archive, then nothing.
  python3 - >port 2>/dev/null <<'PYTHON' &
import http.server, time
class Slow(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header('Content-Length', '170052171')
        self.end_headers()
        self.wfile.write(b'x' * 100000)
        self.wfile.flush()
        time.sleep(600)
server = http.server.HTTPServer(('127.0.0.1', 0), Slow)
print(server.server_port, flush=True)
server.handle_request()
PYTHON
  server=$!
  disown "$server"  # no message about its end
  trap 'kill "$server" 2>/dev/null || true; rm -rf "$scratch_dir"' EXIT
  wait_for_lines port 1 "$server"
  "$wrcor_program" search "${small[@]}" --out run --data cifar10 --mirror "http://127.0.0.1:$(<port)" 2>errors >output &
  program=$!
  tries=0
  until [ "$(stat -c %s cache/cifar-10-binary.tar.gz.part 2>/dev/null)" = 100000 ]; do
    tries=$((tries + 1))
    [ "$tries" -lt 3000 ] || fail "the download did not start in a minute: $(<errors)"
    sleep 0.02
  done
  expect_interrupted "$program" 'info: downloading CIFAR-10 (170 MB) from http'
  kill "$server"
  expect_equal "$(stat -c %s cache/cifar-10-binary.tar.gz.part)" 100000
  [ ! -e run ] || fail 'an interrupted download left a run behind'
  [ ! -s output ] || fail 'an interrupted search printed something'
fi
