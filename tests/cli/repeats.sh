#!/usr/bin/env bash
# The uncertainty of a ranking: repeats, rank intervals, and repeats for the best alone.

# shellcheck source=tests/cli/lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

run=(search "${small[@]}" --strategy random --budget 12 --seed 3 --proxy wrcor)

# --- one draw gives no uncertainty
expect_exit 0 wrcor "${run[@]}" --out once
expect_lacks "$stdout" 'ranks'
expect_lacks "$stderr" 'tie'
expect_lacks "$(<once/result.json)" '"ranks"'

# --- with repeats: rank intervals, a warning of a tie
expect_exit 0 wrcor "${run[@]}" --repeats 2 --out twice
expect_matches "$stdout" '^rank  ranks '
expect_matches "$stdout" $'\n'' +1  1-[0-9]+ '
expect_matches "$stderr" 'the first places are a statistical tie: over 2 repeats, [0-9]+ architectures cannot be distinguished from the best'
expect_contains "$(<twice/result.json)" '"ranks": ['
expect_exit 0 wrcor "${run[@]}" --repeats 2 --format csv --out csv
expect_matches "$stdout" '^rank,ranks,wrcor,params,flops,arch,status'

# --- repeats for the best alone
expect_exit 0 wrcor "${run[@]}" --repeats 2 --refine 3 --out refined
expect_contains "$(<refined/result.json)" '"refined": 3'
expect_equal "$(grep -c '"refined":true' refined/journal.jsonl)" 3
expect_equal "$(grep -c '"ranks": \[' refined/result.json)" 3
# Another number of refined networks is another run.
refuse 2 'search.refine \(--refine\): the run has 3, asked for 4' wrcor "${run[@]}" --repeats 2 --refine 4 --resume --out refined
refuse 2 '--refine: expected score.repeats of at least 2' wrcor "${run[@]}" --refine 3 --out none
# Most of its scores are from one draw: they are not joined with scores from two.
settings() { sed -nE 's/.*"settings": ?"([0-9a-f]+)".*/\1/p' "$1" | head -n 1; }
expect_exit 0 wrcor score "${small[@]}" --seed 3 --proxy wrcor --repeats 2 --unique --shard 1/2000 --out scores.jsonl
expect_equal "$(settings scores.jsonl)" "$(settings twice/result.json)"
[ "$(settings refined/result.json)" != "$(settings twice/result.json)" ] || fail 'refined scores pass for others'
# A signal ends a refinement like a search, and the run continues from there.
many=(search "${small[@]}" --strategy random --budget 200 --proxy wrcor --repeats 3 --refine 100 --out many)
"$wrcor_program" "${many[@]}" --quiet 2>stopped &
pid=$!
until grep -q '"refined":true' many/journal.jsonl 2>/dev/null; do
  kill -0 "$pid" 2>/dev/null || fail 'the program ended before it refined anything'
  sleep 0.02
done
kill -TERM "$pid"
code=0
wait "$pid" || code=$?
expect_equal "$code" 143
expect_contains "$(<stopped)" 'resume with: wrcor search --resume --out many'
expect_exit 0 wrcor search --resume --out many --quiet
expect_contains "$(<many/result.json)" '"refined": 100'
