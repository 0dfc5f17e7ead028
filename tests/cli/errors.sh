#!/usr/bin/env bash
# Input that the program does not understand: exit code 2 and one line with the input and a suggestion.

# shellcheck source=tests/cli/lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

cell='|nor_conv_3x3~0|+|nor_conv_3x3~0|avg_pool_3x3~1|+|skip_connect~0|nor_conv_3x3~1|skip_connect~2|'

search() { wrcor search "${small[@]}" --out run "$@"; }
score() { wrcor score --channels 4 --cells 1 --arch "$cell" "$@"; }

# --- 2: unknown words, with suggestions
refuse 2 "unknown command 'serach' \(did you mean 'search'\?\)" wrcor serach
refuse 2 'no command given' wrcor
refuse 2 "unknown option '--buget' \(did you mean '--budget'\?\)" search --buget 3
refuse 2 "unexpected argument 'nb201'" search nb201
refuse 2 "given more than once" search --seed 1 --seed 2
refuse 2 "a value is missing" wrcor search --seed
refuse 2 "unknown proxy 'wrcorr' \(did you mean 'wrcor'\?\); known proxies: .*gcor" search --proxy 'acor,wrcorr'
refuse 2 "unknown .*'nb301'.*known .*: nb201" search --space nb301
refuse 2 "unknown .*'cifar11'.*known .*: cifar10, cifar100, imagenet16, folder, synthetic" search --data cifar11
refuse 2 "unknown .*'evolve'.*known strategies: random, evolution, local, reinforce, nsga2, exhaustive" search --strategy evolve
refuse 2 "expected one of table, json, csv, got 'xml'" search --format xml
refuse 2 "kind: expected one of proxies, .*, got 'proxy'" wrcor list proxy

# --- 2: values that are invalid by themselves or in combination
refuse 2 "--budget: expected an integer from 1 to .*, got 0" search --budget 0
refuse 2 "--budget: expected an integer .*, got 1e3" search --budget 1e3
refuse 2 "--max-seconds: expected a number above 0, .*'inf'" search --max-seconds inf
refuse 2 "--batch-size: expected an integer from 2 " wrcor search --batch-size 1
refuse 2 "'wrcor' is listed twice" search --proxy 'wrcor,wrcor'
refuse 2 "--rank-by: at character 1: unknown .*'acro' .*did you mean 'acor'" search --rank-by acro
refuse 2 "--tournament: expected at most .*\(5\), got 6" search --population 5 --tournament 6
refuse 2 "--min-params: expected at most .*\(10\), got 11" search --min-params 11 --max-params 10
refuse 2 '--resume: name .* --out' wrcor search --resume
refuse 2 "'run' holds no run to resume" search --resume
touch a_file
refuse 2 "'a_file' is not a folder; name a new one" wrcor search "${small[@]}" --out a_file
refuse 2 "'a_file' is not a folder; name a new one" wrcor train 0 "${small[@]}" --out a_file
mkdir a_folder
refuse 2 "--out: 'a_folder' is a folder; name a file in it" wrcor score "${small[@]}" --arch 0 --out a_folder
refuse 2 "--arch-file: 'a_file' names no architecture" wrcor score "${small[@]}" --arch-file a_file
for command in search train score 'report a_folder' 'config init'; do
  # shellcheck disable=SC2086  # a command of two words
  refuse 2 "--out: expected a path, got ''" wrcor $command --out ''
done
refuse 2 "--log-file: expected a path, got ''" wrcor list spaces --log-file ''
refuse 2 "unknown proxy ''; known proxies" search --proxy ''
refuse 2 "--device: expected auto, cpu, cuda or cuda:K, got 'gpu'" search --device gpu
refuse 2 "device 'cuda:99' is not usable here.*; usable: cpu" search --device cuda:99
expect_exit 0 wrcor list devices
if [[ $stdout != *cuda* ]]; then refuse 2 "device 'cuda' is not usable here \(.*(CUDA|driver).*\); usable: cpu" wrcor doctor --device cuda; fi
refuse 2 "--shard: expected I/N .*, got '0/3'" score --shard 0/3
refuse 2 "--shard: expected I/N .*, got '4/3'" score --shard 4/3
refuse 2 "no architecture to score" wrcor score "${small[@]}"
refuse 2 "--out .*--format jsonl or csv" score --format table --out scores
export WRCOR_SEARCH_BUDGET=many
refuse 2 "WRCOR_SEARCH_BUDGET: expected an integer .*, got 'many'" wrcor search --out run
unset WRCOR_SEARCH_BUDGET
export WRCOR_SEARCH_BUDGTE=30
refuse 2 "WRCOR_SEARCH_BUDGTE: unknown variable \(did you mean 'WRCOR_SEARCH_BUDGET'\?\), got '30'" wrcor search --out run
unset WRCOR_SEARCH_BUDGTE
[ -z "$(ls -A run 2>/dev/null)" ] || fail 'a refused search left something behind'

# --- 2: settings without effect, from a flag, a variable or a file; not from the record of a run
idle() { refuse 2 "$1: has no effect, because $2; leave it out" "${@:3}"; }
idle --data-root "the data set 'synthetic' has no files" score --data-root /does/not/exist
idle --data-root "the data set 'synthetic' has no files" search --data-root /does/not/exist
idle --data-root "the data set 'synthetic' has no files" wrcor train "$cell" --data-root x --out run
idle --augment 'the images are those of data.batch_file, .*batch.pt.' \
  wrcor score --arch "$cell" --batch "$source_dir/tests/golden/nb201_small/batch.pt" --augment
idle --no-augment 'the images are those of data.batch_file, .*batch.pt.' \
  wrcor score --arch "$cell" --batch "$source_dir/tests/golden/nb201_small/batch.pt" --no-augment
idle --no-download "the data set 'synthetic' is not downloaded" score --no-download
idle --download 'nothing is downloaded into a folder that data.root names' \
  search --data cifar10 --data-root x --download --dry-run
idle --init 'none of the proxies reads weights' score --proxy params,flops --init xavier
idle --weights-mode 'none of the proxies reads weights' search --proxy params --weights-mode independent
idle --workers 'the workers of search.queue evaluate the networks' search --queue redis://host/name --workers 2
idle --repeats '--plan measures one network at a time, .*' score --plan --repeats 2
idle --window "the strategy 'random' does not learn from outcomes" wrcor ask trials --strategy random --window 4
refuse 2 '--force: has no effect without --out; leave it out' wrcor export "$cell" --format python --force
idle --mirror "the data set 'synthetic' is not downloaded" score --mirror file:///nowhere
idle --tf32 'it is for CUDA, and networks run on the CPU' score --device cpu --tf32
idle --no-channels-last 'it is for CUDA, and networks run on the CPU' search --device cpu --no-channels-last
idle --replacement "it is for the strategy 'random', and search.strategy is 'evolution'" search --replacement
idle --population "it is for the strategies 'evolution', 'nsga2', and search.strategy is 'random'" \
  search --strategy random --population 30
idle --init 'the weights are those of --weights' score --weights w.pt --init xavier
idle --batch-size 'no network is run without --layers' wrcor describe "$cell" --batch-size 4
idle --init "the format 'python' has no weights" wrcor export "$cell" --format python --init xavier
printf 'search:\n  strategy: random\n  tournament: 3\n' >idle.yaml
idle 'idle.yaml:3: search.tournament' "it is for the strategy 'evolution', and .*" search --config idle.yaml
export WRCOR_SEARCH_REPLACEMENT=true
idle WRCOR_SEARCH_REPLACEMENT "it is for the strategy 'random', and .*" search
unset WRCOR_SEARCH_REPLACEMENT
expect_exit 0 wrcor search --replacement --strategy random --dry-run
printf '%s\n' "$stdout" >record.json
expect_exit 0 wrcor search --config record.json --strategy evolution --dry-run
[ -z "$(ls -A run 2>/dev/null)" ] || fail 'a refused search left something behind'

# --- 2: architectures, by position and reason
refuse 2 "at byte 33: found unknown operation 'avg_pool_5x5', .*\(did you mean 'avg_pool_3x3'\?\)" wrcor score --arch "${cell/3x3~1/5x5~1}"
refuse 2 'at byte 80: found the end of the text, expected term 3 of node 3' wrcor describe "${cell%skip_connect~2|}"
refuse 2 "at byte 0: found 'nor_conv_3x3', expected '\|'" wrcor describe 'nor_conv_3x3'
refuse 2 'id: expected an integer from 0 to 15624' wrcor describe 15625
refuse 2 'official index: expected an integer from 0 to 15624' wrcor describe index:-1
refuse 2 "; 'wrcor describe index:5' prints the string of this one" wrcor score --arch index:5
refuse 2 'expected an architecture or --all, got both' wrcor describe --all 3

# --- 2: configuration files, by line
unchecked config.json
refuse_config() {
  printf '%b' "$2" >"config.$1"
  refuse 2 "config\\.$1$3" wrcor config validate "config.$1"
}
refuse_config yaml 'search:\n  budget: ten\n' ":2: search.budget: expected an integer .*, got 'ten'"
refuse_config yaml 'run:\n  seed: 1\n  seed: 2\n' ":3: duplicate key 'run.seed', first given in line 2"
refuse_config yaml 'run: [1\nseed: {\n' ':[0-9]+: '
refuse_config yaml 'search:\n  buget: 10\n' ":2: unknown key 'search.buget' \(did you mean 'search.budget'\?\)"
refuse_config json '{"search": {"budget": 10,\n "strategy": "evolve"}}' ":2: search.strategy: unknown strategy 'evolve'"
refuse_config json '{"search": {"budget": 10}' ':[0-9]+: '
refuse_config bin 'a\0000b' ': not a text file'
refuse 2 "config.yaml:2: unknown key 'search.buget'" wrcor search --config config.yaml --out run
refuse 2 'missing.yaml: cannot be read: No such file' wrcor search --config missing.yaml
# Several problems, one line each.
printf 'search: {budget: -1, strategy: evolve}\nspaces: {}\n' >config.yaml
expect_exit 2 wrcor config validate config.yaml
expect_equal "$(grep -c '^error: config.yaml:[12]: ' "$stderr_file")" 3

# File, variables, flags and the machine in one report; every line names the value.
printf 'serach: 1\ndata:\n  name: cifar10\n  root: nowhere\nsearch:\n  population: 5\n' >config.yaml
export WRCOR_RUN_SEDE=7 WRCOR_DATA=$PWD
expect_exit 2 wrcor search --config config.yaml --out run --window 0 --device cuda:99
unset WRCOR_RUN_SEDE WRCOR_DATA
for line in "config.yaml:1: unknown key 'serach' \(did you mean 'search'\?\), got 1" \
  "WRCOR_RUN_SEDE: unknown variable \(did you mean 'WRCOR_RUN_SEED'\?\), got '7'" \
  '--window: expected an integer from 1 to 1000000, got 0' \
  'search.tournament: expected at most search.population \(5\), got 10' \
  "--device: device 'cuda:99' is not usable here" \
  'config.yaml:3: data.name: no CIFAR-10 in nowhere'; do
  expect_matches "$stderr" "(^|"$'\n'")error: $line"
done
expect_equal "$(grep -c '^error: ' "$stderr_file")" 6
[ ! -e run ] || fail 'a refused search left something behind'
# A variable that resembles no setting causes only a warning.
expect_exit 0 env WRCOR_ELSEWHERE=1 "$wrcor_program" list votes
expect_exit 0 env WRCOR_ELSEWHERE=1 "$wrcor_program" search --dry-run
expect_contains "$stderr" 'warning: WRCOR_ELSEWHERE: no such variable'
