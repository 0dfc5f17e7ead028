#!/usr/bin/env bash
# Hostile input: too large, too deep, endless, of another encoding, or with terminal control sequences. It is refused by
# one printable line and the right exit code, quickly and in little memory.

# shellcheck source=tests/cli/lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

golden=$source_dir/tests/golden/nb201_small
cell='|nor_conv_3x3~0|+|nor_conv_3x3~0|avg_pool_3x3~1|+|skip_connect~0|nor_conv_3x3~1|skip_connect~2|'
escape=$'\e'

score() { wrcor score "${small[@]}" "$@"; }
evaluate() { wrcor evaluate --benchmark table.csv --metric acc "$@"; }
validate() { wrcor config validate "$@"; }
# piped FILE COMMAND...: with the file as standard input. A process substitution stands for an endless one.
piped() { "${@:2}" <"$1"; }

# expect_printable TEXT: UTF-8 without control characters except line feeds.
expect_printable() {
  if LC_ALL=C grep -q $'[\001-\011\013-\037\177]' <<<"$1"; then fail "control characters in $(printf '%q' "$1")"; fi
  if command -v iconv >/dev/null; then
    iconv -f UTF-8 -t UTF-8 <<<"$1" >/dev/null 2>&1 || fail "no UTF-8: $(printf '%q' "$1")"
  fi
}

# peak_of COMMAND...: peak memory of the command in KiB.
peak_of() {
  python3 - "$@" <<'END'
import resource, subprocess, sys
subprocess.run(sys.argv[1:], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
END
}

# refuse_lightly CODE REGEX ARGS...: the command refuses within 64 MiB more than it needs to refuse a missing file.
refuse_lightly() {
  refuse "$1" "$2" wrcor "${@:3}"
  command -v python3 >/dev/null || return 0
  local argument base peak missing=()
  for argument in "${@:3}"; do
    case $argument in zeros | archive | *.csv) missing+=(missing) ;; *) missing+=("$argument") ;; esac
  done
  base=$(peak_of "$wrcor_program" "${missing[@]}")
  peak=$(peak_of "$wrcor_program" "${@:3}")
  [ "$peak" -lt $((base + 65536)) ] || fail "'${*:3}' took $peak KiB, with a missing file $base KiB"
}

printf 'arch,acc\n%s,90\n' "$cell" >table.csv
truncate -s 1G zeros
printf '%s\n' "$cell" >one

# --- files of a gigabyte
refuse_lightly 3 'zeros:1: found a line of more than 65535 bytes' score "${small[@]}" --arch-file zeros
refuse_lightly 2 'zeros: larger than 1 MiB' config validate zeros
refuse_lightly 3 'zeros: found NUL bytes, expected a text file' evaluate --benchmark zeros --metric acc --scores one
refuse_lightly 3 'zeros: found NUL bytes, expected a text file' evaluate --benchmark table.csv --metric acc --scores zeros
refuse_lightly 3 'zeros: found neither a zip archive nor safetensors' score --channels 4 --cells 1 --arch "$cell" --batch zeros
refuse 3 'standard input:1: found a line of more than 65535 bytes' piped zeros score --arch-file -
cp zeros archive
printf 'PK\3\4' | dd of=archive conv=notrunc status=none
refuse_lightly 3 'archive: found an archive that cannot be read \(.*its end is missing' \
  score --channels 4 --cells 1 --arch "$cell" --batch archive
rm archive
truncate -s 300M large.csv
refuse_lightly 3 'large.csv: found NUL bytes' evaluate --benchmark large.csv --metric acc --scores one
rm large.csv zeros

# --- paths that are not files: refused at once, whatever is at the other end
mkdir folder golden
batch=(score --channels 4 --cells 1 --arch "$cell")
mkfifo pipe golden/golden.json
ln -s loop loop
if command -v python3 >/dev/null; then
  python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("socket")'
else
  ln -s folder socket
fi
why='(a (named pipe|device|socket), not a file|Is a directory, not a file|Too many levels|No such file)'
for file in folder pipe socket /dev/zero loop missing; do
  refuse 3 "cannot read '$file': $why" score --arch-file $file
  refuse 3 "cannot read '$file': $why" wrcor "${batch[@]}" --batch $file
  refuse 3 "cannot read '$file': $why" wrcor "${batch[@]}" --batch-size 8 --weights $file
  refuse 3 "cannot read '$file': $why" wrcor export "$cell" "${small[@]:0:4}" --weights $file --out exported
  refuse 3 "cannot read '$file': $why" wrcor evaluate --benchmark $file --metric acc --scores one
  refuse 3 "cannot read '$file': $why|'$file' holds no result.json" evaluate --scores $file
  refuse 2 "$file: cannot be read: $why" validate $file
  refuse 2 "$file: cannot be read: $why" score --arch "$cell" --config $file
done
refuse 3 "cannot read 'golden/golden.json': a named pipe, not a file" wrcor doctor --golden golden
if [ "$(id -u)" -ne 0 ]; then
  install -m 000 one locked
  refuse 3 "cannot read 'locked': Permission denied" score --arch-file locked
  refuse 2 'locked: cannot be read: Permission denied' validate locked
fi
# Images and records, whether they would be drawn or not.
mkdir -p pets/cat pets/dog records
for class in cat dog; do cp "$source_dir/tests/fixtures/images/colour.png" pets/$class; done
mkfifo pets/dog/pipe.png records/data_batch_1.bin
refuse 3 "cannot read 'pets/dog/pipe.png': a named pipe, not a file" \
  wrcor score --channels 4 --cells 1 --batch-size 2 --arch "$cell" --data folder --data-root pets
refuse 3 "cannot read 'records/data_batch_1.bin': a named pipe, not a file" \
  score --arch "$cell" --data cifar10 --data-root records
mv records/data_batch_1.bin records/data_batch_1
refuse 3 "cannot read 'records/data_batch_1': a named pipe, not a file" \
  score --arch "$cell" --data cifar10 --data-root records
# The files of a run.
run=(search "${small[@]}" --strategy random --budget 3 --quiet)
expect_exit 0 wrcor "${run[@]}" --out run
for file in journal.jsonl result.json; do
  cp -r run run_with_pipe
  rm run_with_pipe/$file
  mkfifo run_with_pipe/$file
  for command in "report run_with_pipe" "export run_with_pipe --format python" "search --resume --out run_with_pipe --budget 4"; do
    case $file:$command in
      journal.jsonl:export* | result.json:search*) continue ;;
    esac
    # shellcheck disable=SC2086  # words of a command line
    refuse 3 "cannot (read|write) 'run_with_pipe/$file': a named pipe, not a file" wrcor $command
  done
  rm -r run_with_pipe
done
cp -r run run_with_zeros
truncate -s 20G run_with_zeros/journal.jsonl
refuse 3 "cannot read 'run_with_zeros/journal.jsonl': it is larger than 4294967296 bytes" \
  wrcor search --resume --out run_with_zeros
unchecked run_with_zeros/journal.jsonl
rm -r run_with_zeros
mkdir begun
mkfifo begun/journal.jsonl
refuse 3 "cannot read 'begun/journal.jsonl': a named pipe, not a file" wrcor "${run[@]}" --out begun
cp -r run run_with_pipe
rm run_with_pipe/config.json
mkfifo run_with_pipe/config.json
refuse 2 'run_with_pipe/config.json: cannot be read: a named pipe, not a file' \
  wrcor search --resume --out run_with_pipe
rm -r run_with_pipe

# --- streams from the shell count as files
expect_exit 0 score --arch-file <(cat one)
expect_exit 0 validate <(printf 'run: {seed: 5}')
refuse 3 "expected scores that 'wrcor score --out' wrote" wrcor evaluate --benchmark <(cat table.csv) --metric acc --scores one
refuse 3 '/dev/fd/[0-9]+: found ' wrcor score --channels 4 --cells 1 --arch "$cell" --batch <(cat "$golden/batch.pt")
for file in - /dev/stdin; do
  expect_exit 0 true  # forgets the output
  piped one score --arch-file $file >"$stdout_file" 2>"$stderr_file" || fail "$file is not read"
  expect_equal "$(wc -l <"$stdout_file")" 1
done
# A read error does not count as the end.
refuse 3 "cannot read 'standard input' to its end: Is a directory" piped / score --arch-file -
refuse 3 "cannot read '/dev/stdin': Is a directory, not a file" piped / score --arch-file /dev/stdin
: >empty
refuse 2 'names no architecture' score --arch-file empty
refuse 3 'empty: expected a header line' wrcor evaluate --benchmark empty --metric acc --scores one
refuse 3 'empty: expected scores' evaluate --scores empty
expect_exit 0 validate empty

# --- lists of architectures: a million lines, ends of lines, other encodings
awk -v cell="$cell" 'BEGIN { for (i = 0; i < 1000000; i++) print cell }' >million
expect_exit 0 score --arch-file million --shard 1000000/1000000
expect_equal "$(wc -l <"$stdout_file")" 1
sed '$s/$/x/' million >damaged
refuse 2 "damaged:1000000: nb201 architecture string: at byte 95: found 'x'" score --arch-file damaged --shard 1/1000000
rm million damaged
printf '\xef\xbb\xbf%s\r\n\r\n# %s[2J\n%s' "$cell" "$escape" "$cell" >windows
expect_exit 0 score --arch-file windows
expect_equal "$(wc -l <"$stdout_file")" 2
{ printf '\xff\xfe' && sed 's/./&\x00/g' one; } >utf16
refuse 3 'utf16:1: found NUL bytes, expected lines of text in UTF-8' score --arch-file utf16
printf '|nor_conv\xff\e[2J' >bytes
refuse 2 "bytes:1: nb201 .*found unknown operation 'nor_conv\\\\xff\\\\x1b" score --arch-file bytes
expect_printable "$stderr"

# --- configurations
{
  echo 'a0: &a0 [x, x, x, x, x, x, x, x, x]'
  for i in $(seq 15); do printf 'a%s: &a%s [*a%s, *a%s, *a%s, *a%s]\n' "$i" "$i" $((i - 1)) $((i - 1)) $((i - 1)) $((i - 1)); done
  echo 'score: {proxies: *a15}'
} >bomb.yaml
expect_exit 2 validate bomb.yaml
expect_contains "$stderr" 'score.proxies: expected a list of proxies'
echo 'run: &r {seed: *r}' >cycle.yaml
refuse 2 'cycle.yaml:1: an alias refers to itself' validate cycle.yaml
echo 'run: !!python/object/apply:os.system [touch mark]' >tag.yaml
refuse 2 'tag.yaml:1: the tag .*python/object/apply:os.system' validate tag.yaml
[ ! -e mark ] || fail 'a tag was obeyed'
for deep in '[' '{"a":' '- ' '? '; do
  for ((i = 0; i < 10000; i++)); do printf '%s' "$deep"; done >deep.yaml
  refuse 2 'deep.yaml:1: nested deeper than 64 levels' validate deep.yaml
done
awk 'BEGIN { for (i = 0; i < 1000000; i++) print "k" i ": 1" }' >lines.yaml
refuse 2 'lines.yaml: larger than 1 MiB, so not a configuration' validate lines.yaml
awk 'BEGIN { for (i = 0; i < 100000; i++) print "k" i ": 1" }' >lines.yaml
expect_exit 2 validate lines.yaml
expect_equal "$(wc -l <"$stderr_file")" 20
expect_contains "$stderr" 'and 99981 more problems'
{ echo 'search:' && printf '  %0500d: 1\n' 0; } >key.yaml
refuse 2 "key.yaml:2: unknown key 'search.0000.*\.\.\.'" validate key.yaml
awk 'BEGIN { for (i = 0; i < 40000; i++) print "- &a" i " x" }' >anchors.yaml
refuse 2 "anchors.yaml:1: expected sections such as 'search:', got a list" validate anchors.yaml
for value in .nan .inf -.inf 1e400 -1 0x10 1_000 99999999999999999999 '"5"' '5 ' '!!int 5' $'5\v'; do
  printf 'search: {budget: %s}\n' "$value" >value.yaml
  [ "$value" = '5 ' ] || refuse 2 'value.yaml:1: ' validate value.yaml
  printf 'search: {max_seconds: %s}\n' "$value" >value.yaml
  case $value in '5 ' | 99999999999999999999) continue ;; esac
  refuse 2 'value.yaml:1: ' validate value.yaml
done
refuse_text() {
  printf '%b' "$2" >text.yaml
  refuse 2 "text.yaml$1" validate text.yaml
  expect_printable "$stderr"
}
refuse_text ': not a text file in UTF-8' 'data: {root: "m\0374ller"}'
refuse_text ': not a text file: it holds NUL bytes' '\0377\0376r\0000u\0000n\0000'
refuse_text ":1: unknown key 'run.a.u001b\[2J'" 'run: {"a\\e[2J": 1}'
refuse_text ":1: unknown key 'run.a.u009b2J'" 'run: {"a\\u009b2J": 1}'
refuse_text ":1: unknown key 'run.a.u202eb'" 'run: {a\0342\0200\0256b: 1}'
printf '\xef\xbb\xbfrun:\r\n  seed: 5\r\n' >windows.yaml
expect_exit 0 validate windows.yaml
printf '{"run": {"seed": 1, "seed": 2}}' >twice.json
refuse 2 "twice.json:1: duplicate key 'run.seed'" validate twice.json

# --- score files and benchmark tables
refuse_scores() {
  printf '%b' "$2" >scores
  refuse 3 "scores$1" evaluate --scores scores
  expect_printable "$stderr"
}
record="{\"arch\":\"$cell\",\"scores\":"
refuse_scores ': expected scores .*found a number that is too large' "$record{\"a\":1e400}}\n"
refuse_scores ':2: expected .*found no JSON from byte' "$record{\"a\":1}}\n$record{\"a\":NaN}}\n$record{\"a\":1}}\n"
refuse_scores ':2: expected .*the key .a. twice' "$record{\"a\":1}}\n$record{\"a\":1,\"a\":2}}\n$record{\"a\":1}}\n"
refuse_scores ': found bytes that are not UTF-8' "$record{\"\0377\":1}}\n"
refuse_scores ": expected scores .*found the key 'a.u001b\[2J' twice" "$record{\"a\\\\u001b[2J\":1,\"a\\\\u001b[2J\":1}}\n"
refuse_scores ":2: .*architecture string: .*found '.x1b" "$record{}}\n{\"arch\":\"\\\\u001b[2J\",\"scores\":{}}\n$record{}}\n"
{ printf '%s' "$record" && printf '[%.0s' $(seq 100000) && echo; } >scores
refuse 3 'scores: expected scores .*nested deeper than 64 levels' evaluate --scores scores
{ printf '{"ranking":' && printf '[%.0s' $(seq 10000) && printf ']%.0s' $(seq 10000) && echo '}'; } >scores
refuse 3 'nested deeper than 64 levels' evaluate --scores scores
echo "$record{\"a\":1}}" >scores
refuse_table() {
  printf '%b' "$2" >hostile.csv
  refuse "$3" "hostile.csv$1" wrcor evaluate --benchmark hostile.csv --metric acc --scores scores
  expect_printable "$stderr"
}
for number in nan inf 1e400 0x1p3 --1 1.; do
  [ "$number" = 1. ] || refuse_table ":2:[0-9]+: column 'acc': expected a finite number" "arch,acc\n$cell,$number\n" 3
done
refuse_table ': found bytes that are not UTF-8' 'arch,acc\0377\n' 3
refuse_table ": unknown column 'acc'.*known columns: arch, a.u001b\[2Jc" 'arch,a\0033[2Jc\n' 2
refuse_table ":2:[0-9]+: column 'acc': .*got '.u001b\[2J'" "arch,acc\n$cell,\0033[2J\n" 3
refuse_table ':2:1: the quote that opens here is never closed' "arch,acc\n\"$cell,1\n" 3
{ printf 'arch,acc' && printf ',%.0s' $(seq 1000000) && echo; } >hostile.csv
refuse 3 'hostile.csv:1:[0-9]+: more than 4096 columns' wrcor evaluate --benchmark hostile.csv --metric acc --scores scores
{ echo 'arch,acc' && head -c 1000000 /dev/zero | tr '\0' x; } >hostile.csv
refuse 3 'hostile.csv:2:1: a field of more than 65536 bytes' wrcor evaluate --benchmark hostile.csv --metric acc --scores scores
for id in -1 15625 18446744073709551616 1e3 0x1 '' ' 1'; do
  printf 'id,acc\n%s,1\n' "$id" >hostile.csv
  refuse 3 'hostile.csv:2:1: expected a (whole number|number below 15625)' \
    wrcor evaluate --benchmark hostile.csv --key id --metric acc --scores scores
done

# --- tensor files: nothing in a pickle is run, and nothing in it is trusted
if command -v python3 >/dev/null; then
  python3 - <<'END'
import zipfile
with zipfile.ZipFile("evil.pt", "w", zipfile.ZIP_STORED) as archive:
    archive.writestr("a/data.pkl", b"\x80\x02}X\x01\0\0\0acposix\nsystem\nX\x0a\0\0\0touch mark\x85Rs.")
with zipfile.ZipFile("bomb.pt", "w", zipfile.ZIP_DEFLATED) as archive:
    archive.writestr("a/data.pkl", bytes(100 << 20))
END
  batch=(score --channels 4 --cells 1 --arch "$cell" --batch)
  refuse_lightly 3 "evil.pt: found 'a', which is not a dense tensor but is made by 'posix.system'" "${batch[@]}" evil.pt
  [ ! -e mark ] || fail 'a pickle was run'
  refuse_lightly 3 "bomb.pt: .*the record 'data.pkl', which is compressed" "${batch[@]}" bomb.pt
fi

# --- the command line: numbers, texts of other encodings, escape sequences
for number in ' 1' '1 ' -1 0x10 1e3 1.5 99999999999999999999 nan ١; do
  refuse 2 "--channels: expected an integer" wrcor score --arch "$cell" "--channels=$number"
  refuse 2 "--top-k: expected an integer" evaluate --scores scores "--top-k=$number"
done
refuse 2 '--seed: expected an integer' wrcor score --arch "$cell" --seed 18446744073709551616
refuse 2 '--seed: ' wrcor score --arch "$cell" --seed ""
refuse 2 "argument 2: expected text in UTF-8, got 'm.xfcller'" wrcor score $'m\xfcller'
refuse 2 'argument 2: expected text in UTF-8' wrcor search $'--out=\xff'
refuse 2 "unknown command 'a.u001b\[2J'" wrcor "a${escape}[2J"
expect_printable "$stderr"
refuse 2 "unknown option '--a.u001b\[2J'" wrcor score "--a${escape}[2J"
refuse 3 "cannot read 'a.nb.u001b\[2J': No such file" wrcor score --arch-file $'a\nb\e[2J'
export WRCOR_RUN_DEVICE=$'\xff\e[2J'
refuse 2 "WRCOR_RUN_DEVICE: expected auto, cpu, cuda or cuda:K, got '.xff.u001b\[2J'" wrcor score --arch "$cell"
unset WRCOR_RUN_DEVICE
export WRCOR_DATA=$PWD/$'m\xfcller\e[2J'
refuse 3 'no CIFAR-10 in .*m.xfcller.u001b\[2J' wrcor score --arch "$cell" --data cifar10
expect_printable "$stderr"
unset WRCOR_DATA
# A working folder whose name is not UTF-8.
mkdir $'m\xfcller'
in_latin_1() { (cd $'m\xfcller' && "$@"); }
expect_exit 0 in_latin_1 wrcor "${run[@]}" --out run
expect_exit 0 in_latin_1 wrcor search --resume --out run
expect_exit 0 in_latin_1 wrcor report run
expect_printable "$stderr"
expect_file $'m\xfcller/run/report.html'
expect_exit 0 in_latin_1 score --arch "$cell" --out scores
cp "$golden/batch.pt" $'m\xfcller'
refuse 2 "data.batch_file: config.json must name '.*m.xfcller/batch.pt', which is not UTF-8; rename the folder" \
  in_latin_1 wrcor search --channels 4 --cells 1 --batch batch.pt --out second
expect_printable "$stderr"
[ ! -e $'m\xfcller/second' ] || fail 'a refused search left something behind'
WRCOR_DATA=$PWD/$'m\xfcller' wrcor data info --format json >printed_cache
expect_json "$(<printed_cache)"
long=$(head -c 100000 /dev/zero | tr '\0' x)
for words in "$long" "score --arch $long" "score --proxy $long" "search --device $long" "search --out x --rank-by $long" \
  "score --$long" "evaluate --benchmark $long --metric a --scores one" "search --budget $long" "list $long"; do
  status=0
  # shellcheck disable=SC2086  # words of a command line
  wrcor $words >"$stdout_file" 2>"$stderr_file" || status=$?
  case $status in 2 | 3) ;; *) fail "exited $status" ;; esac
  [ "$(wc -c <"$stderr_file")" -lt 2100 ] || fail "a long message: $(head -c 200 "$stderr_file")"
  expect_equal "$(wc -l <"$stderr_file")" 1
done
# Names in a table are escaped, too.
printf 'arch,a\e[2J\n%s,90\n' "$cell" >table.csv
expect_exit 0 wrcor evaluate --benchmark table.csv --metric $'a\e[2J' --scores scores
expect_printable "$stdout"
