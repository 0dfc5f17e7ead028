#!/usr/bin/env bash
# Disks that become full and drives that are lost while a program writes to them: the message, and that continuing
# afterwards ends as if nothing had happened. Mounts small file systems in its own namespace.

if [ -z "${WRCOR_OWN_MOUNTS:-}" ]; then
  # Below a changed root, user namespaces are unavailable; root needs none there.
  for names in --map-root-user --mount; do
    if unshare "$names" --mount mount -t tmpfs none /tmp 2>/dev/null; then
      WRCOR_OWN_MOUNTS=yes exec unshare "$names" --mount bash "${BASH_SOURCE[0]}"
    fi
  done
  echo 'skipped: this machine lets no test mount a file system (unshare --map-root-user --mount)' >&2
  exit 77
fi

# shellcheck source=tests/cli/lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/../cli/lib.sh"

work=(--channels 4 --cells 1 --batch-size 8 --proxy 'wrcor,acor' --workers 1)
search=(search "${work[@]}" --strategy random --budget 60 --quiet)
score=(score "${work[@]}" --all --shard 1/200 --quiet)
expect_exit 0 wrcor "${search[@]}" --out whole
expect_exit 0 wrcor "${score[@]}" --out whole.jsonl
expect_exit 0 wrcor "${score[@]}" --format csv --out whole.csv

# --- a disk that becomes full at the start, in the middle, at the result
full=0
mkdir disk
trap 'status=$?; umount -l disk 2>/dev/null || true; end_test "$status"' EXIT
for size in 0 4 8 12 16 24 32 40; do
  mount -t tmpfs -o "size=$((size + 4))k" none disk
  head -c 4096 /dev/zero >disk/others
  status=0
  wrcor "${search[@]}" --out disk/run >"$stdout_file" 2>"$stderr_file" || status=$?
  if [ "$status" -ne 0 ]; then
    full=$((full + 1))
    expect_equal "$status" 1
    messages=$(grep -v '^warning: ' "$stderr_file")
    expect_matches "$messages" "^error: cannot (write|create) '[^']*': No space left on device; "
    if [ -s disk/run/journal.jsonl ]; then
      expect_matches "$messages" 'resume with: wrcor search --resume --out disk/run$'
      # While the disk is full, nothing gets lost either.
      refuse 1 'No space left on device; resume with:' wrcor search --resume --out disk/run --quiet
    else
      expect_matches "$messages" 'nothing was evaluated yet: start the search again$'
    fi
    mount -o remount,size=1m disk
    if [ -s disk/run/journal.jsonl ]; then
      lines=$(wc -l <disk/run/journal.jsonl)
      expect_exit 0 wrcor search --resume --out disk/run
      expect_matches "$stderr" "$((lines - 1)) evaluations? (is|are) known"
    else
      expect_exit 0 wrcor "${search[@]}" --out disk/run
    fi
  fi
  expect_same_result disk/run whole
  umount disk
done
[ "$full" -ge 4 ] || fail "only $full of the disks got full"

for format in jsonl csv; do
  for size in 0 4 8 12; do
    mount -t tmpfs -o "size=$((size + 4))k" none disk
    head -c 4096 /dev/zero >disk/others
    refuse 1 "No space left on device; the same command continues 'disk/scores'" \
      wrcor "${score[@]}" --format "$format" --out disk/scores
    mount -o remount,size=1m disk
    expect_exit 0 wrcor "${score[@]}" --format "$format" --out disk/scores
    expect_same_file disk/scores "whole.$format"
    umount disk
  done
done

# while_stopped FILE COMMAND...: runs the command while the program that writes the file ($pid) is stopped.
while_stopped() {
  wait_for_lines "$1" 5 "$pid"
  kill -STOP "$pid"
  shift
  "$@"
  kill -CONT "$pid"
}

start() {
  "$wrcor_program" "$@" --repeats 12 </dev/null >/dev/null 2>"$scratch_dir/messages" &
  pid=$!
}

# lost REGEX: the program ends with exit 1 and one line that matches.
lost() {
  expect_end 1 "$pid"
  expect_matches "$(<"$scratch_dir/messages")" "^error: [^"$'\n'"]*$1[^"$'\n'"]*$"
}

expect_exit 0 wrcor "${search[@]}" --repeats 12 --out slow

# --- a drive that is lost and comes back
mkdir store drive
mount --bind store drive
start "${search[@]}" --out drive/run
while_stopped drive/run/journal.jsonl umount -l drive
lost "cannot write 'drive/run/journal.jsonl': it can no longer be reached: No such file"
mount --bind store drive
expect_exit 0 wrcor search --resume --out drive/run --quiet
expect_same_result drive/run slow
umount drive

# --- a folder that is moved away
start "${search[@]}" --out here
while_stopped here/journal.jsonl mv here there
lost 'it can no longer be reached: No such file'
[ ! -e here ] || fail 'the moved folder was made again'
expect_exit 0 wrcor search --resume --out there --quiet
expect_same_result there slow

# --- another run in its place
start "${search[@]}" --out swapped
swap() { mv swapped gone && cp -r whole swapped; }
while_stopped swapped/journal.jsonl swap
lost 'another file has taken its place'
expect_same_file swapped/result.json whole/result.json
expect_same_file swapped/journal.jsonl whole/journal.jsonl

# --- a journal that is cut while it grows
start "${search[@]}" --out cut
cut() { truncate -s -100 cut/journal.jsonl; }
while_stopped cut/journal.jsonl cut
lost 'something else has changed it: it has [0-9]+ bytes, expected [0-9]+'
expect_exit 0 wrcor search --resume --out cut --quiet
expect_same_result cut slow

# --- a journal that is deleted
start "${search[@]}" --out deleted
while_stopped deleted/journal.jsonl rm deleted/journal.jsonl
lost 'it can no longer be reached: No such file'
expect_exit 0 wrcor "${search[@]}" --repeats 12 --out deleted
expect_same_result deleted slow

# --- the same for scores
start "${score[@]}" --out scores
while_stopped scores mv scores moved
lost "it can no longer be reached: No such file.*; the same command continues 'scores'"
mv moved scores
expect_exit 0 wrcor "${score[@]}" --repeats 12 --out scores
expect_exit 0 wrcor "${score[@]}" --repeats 12 --out again
expect_same_file scores again

echo "full disks $((full + 8)), lost files 6, wrong results 0"
