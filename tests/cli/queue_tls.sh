#!/usr/bin/env bash
# Queues over TLS: a search and its worker at a server whose certificate an authority of this test has signed; servers that
# are not trusted, or speak otherwise than their address says, are refused with one line.
# shellcheck disable=SC2154  # start assigns the names of processes

# shellcheck source=tests/cli/lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=tests/cli/queue/lib.sh
. "$source_dir/tests/cli/queue/lib.sh"

command -v openssl >/dev/null || skip 'openssl is not installed'
port=$((20000 + RANDOM % 20000))
plain_port=$((port + 1))

# --- two authorities, and a certificate by the first for this host
for name in ours other; do
  openssl req -x509 -newkey rsa:2048 -nodes -subj "/CN=$name" -days 2 -keyout $name.key -out $name.pem 2>openssl.log
done
openssl req -newkey rsa:2048 -nodes -subj /CN=server -keyout server.key -out server.csr 2>openssl.log
openssl x509 -req -in server.csr -CA ours.pem -CAkey ours.key -CAcreateserial -days 2 \
  -extfile <(echo 'subjectAltName=IP:127.0.0.1') -out server.pem 2>openssl.log

# start_tls_server NAME CLIENTS: whether clients must have certificates.
start_tls_server() {
  start_redis "$1" --port "$plain_port" --tls-port "$port" --bind 127.0.0.1 --tls-cert-file server.pem \
    --tls-key-file server.key --tls-ca-cert-file ours.pem --tls-auth-clients "$2"
}
start_tls_server tls_server no
answers redis-cli -p "$plain_port" ping || skip 'this redis-server has no TLS'
tls=rediss://127.0.0.1:$port

# --- the plain client at a port with TLS: one line that says so
refuse 1 'cannot reach the queue .*does the server expect TLS .rediss://' wrcor queue status "redis://127.0.0.1:$port"

case $(SSL_CERT_FILE=ours.pem wrcor queue status "$tls" 2>&1) in
  *'a hiredis without it'*)
    refuse 2 'no TLS for .*hiredis 1.0' wrcor queue status "$tls"
    skip 'this build has no TLS: its hiredis is older than 1.0'
    ;;
esac

# --- a certificate that is not trusted, a host that is not in it, a server without TLS
export SSL_CERT_DIR=/nonexistent
SSL_CERT_FILE=other.pem refuse 2 'the certificate of .* is not trusted .*SSL_CERT_FILE' wrcor queue status "$tls"
SSL_CERT_FILE=other.pem refuse 2 'the certificate of .* is not trusted' wrcor worker --queue "$tls/x"
SSL_CERT_FILE=other.pem refuse 2 'the certificate of .* is not trusted' "$wrcor_program" "${work[@]}" --queue "$tls/x" --out untrusted
SSL_CERT_FILE=missing.pem refuse 2 'the certificate of .* is not trusted' wrcor queue status "$tls"
export SSL_CERT_FILE=$PWD/ours.pem
refuse 2 'the certificate of .* is not trusted .*mismatch' wrcor queue status "rediss://localhost:$port"
refuse 1 'cannot reach the queue .*no TLS .*does the server speak it' wrcor queue status "rediss://127.0.0.1:$plain_port"

# --- a search and its worker; the server is restarted once
expect_exit 0 wrcor "${work[@]}" --budget 24 --out local
start search "$wrcor_program" "${work[@]}" --budget 24 --queue "$tls/first" --out first
worker steady --queue "$tls/first"
wait_for_lines first/journal.jsonl 5 "$search"
kill_now "$tls_server"
sleep 0.3
start_tls_server tls_server no
expect_end 0 "$search"
expect_end 0 "$steady"
expect_same_result local first
expect_exit 0 wrcor queue status "$tls/first"
expect_contains "$stdout" finished

# --- a server that asks for a certificate of the client
kill_now "$tls_server"
start_tls_server tls_server yes
answers redis-cli -p "$plain_port" ping
refuse 1 'cannot reach the queue .*does the server ask for certificates of its clients' wrcor queue status "$tls"
