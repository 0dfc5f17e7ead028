#!/usr/bin/env bash
# Searches with several objectives: fronts, costs of a table, any number of workers.

# shellcheck source=tests/cli/lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

search=(search "${small[@]}" --proxy synflow --budget 60 --population 12 --quiet)

# --- nsga2 is the default; fronts and costs in the result and the table
expect_exit 0 wrcor "${search[@]}" --minimize params,flops --workers 1 --format csv --top 60 --out one
csv=$stdout
expect_contains "$(<one/config.json)" '"strategy": "nsga2"'
expect_matches "$(head -n 1 <<<"$csv")" '^rank,front,synflow,params,flops,arch,status$'
expect_contains "$(<one/result.json)" '"front": 1,'
# Of the first front nothing is better in all, by the columns of the table.
expect_equal "$(awk -F, 'NR > 1 && $3 != "" { n++; f[n] = $2; s[n] = $3; p[n] = $4; o[n] = $5 }
  END { for (i = 1; i <= n; i++) { first = 1
          for (j = 1; j <= n; j++) if (s[j] >= s[i] && p[j] <= p[i] && o[j] <= o[i] &&
            (s[j] > s[i] || p[j] < p[i] || o[j] < o[i])) first = 0
          if (first != (f[i] == 1)) print i } }' <<<"$csv")" ''
expect_exit 0 wrcor "${search[@]}" --minimize params,flops --workers 3 --out three
expect_same_result three one
expect_exit 0 wrcor search --resume --out one --quiet
expect_same_result three one

# --- the front in the summary and in the report
expect_exit 0 wrcor search "${small[@]}" --proxy synflow --budget 60 --minimize params --strategy random --out random
expect_matches "$stderr" '; front of [0-9]+, hypervolume 0\.[0-9]{4};'
expect_exit 0 wrcor report one --out one.html
expect_contains "$(<one.html)" 'params,flops; the front has '

# --- measured costs
expect_exit 0 wrcor describe --all
awk -F, 'NR == 1 { print "arch,latency"; next } NR % 3 { printf "%s,%d\n", $1, $7 % 97 }' "$stdout_file" >latency.csv
expect_exit 0 wrcor "${search[@]}" --minimize latency --cost-table latency.csv --format csv --top 60 --out measured
expect_matches "$(head -n 1 <<<"$stdout")" '^rank,front,synflow,latency,params,flops,arch,status$'
expect_matches "$(<measured/result.json)" '"without_cost": [1-9]'
unchecked latency.csv

# --- refusals
refuse 2 "--minimize: the space 'nb201' has no cost 'latency'; it has .*--cost-table" wrcor search --minimize latency
refuse 2 "the cost 'params' is named twice" wrcor search --minimize params,params
refuse 2 '--cost-table: has no effect, because constraints.max_cost limits none' wrcor search --cost-table latency.csv
