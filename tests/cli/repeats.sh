#!/usr/bin/env bash
# How sure a ranking is: repeats, the ranks that a place may have, and repeats for the best alone.

# shellcheck source=tests/cli/lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

run=(search "${small[@]}" --strategy random --budget 12 --seed 3 --proxy wrcor)

# --- one draw tells nothing of how sure it is
expect_exit 0 wrcor "${run[@]}" --out once
expect_lacks "$stdout" 'ranks'
expect_lacks "$stderr" 'tie'
expect_lacks "$(<once/result.json)" '"ranks"'

# --- with repeats: the ranks that each place may have, a warning of a tie
expect_exit 0 wrcor "${run[@]}" --repeats 2 --out twice
expect_matches "$stdout" '^rank  ranks '
expect_matches "$stdout" $'\n'' +1  1-[0-9]+ '
expect_matches "$stderr" 'the first places are a statistical tie: over 2 repeats, [0-9]+ architectures may be the best'
expect_contains "$(<twice/result.json)" '"ranks": ['
expect_exit 0 wrcor "${run[@]}" --repeats 2 --format csv --out csv
expect_matches "$stdout" '^rank,ranks,wrcor,params,flops,arch,status'

# --- repeats for the best alone
expect_exit 0 wrcor "${run[@]}" --repeats 2 --refine 3 --out refined
expect_contains "$(<refined/result.json)" '"refined": 3'
expect_equal "$(grep -c '"refined":true' refined/journal.jsonl)" 3
expect_equal "$(grep -c '"ranks": \[' refined/result.json)" 3
# Another number of them is another run.
refuse 2 'search.refine: the run has 3, asked for 4' wrcor "${run[@]}" --repeats 2 --refine 4 --resume --out refined
