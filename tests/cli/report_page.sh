#!/usr/bin/env bash
# The page of `wrcor report` in headless Chromium, checked by page_test.py. Needs chromium, chromedriver and python3; is
# skipped if one of them is missing.

# shellcheck source=tests/cli/lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

for program in chromium chromedriver python3; do
  command -v "$program" >/dev/null || skip "there is no $program (Debian: chromium chromium-driver python3)"
done

first_version=$source_dir/tests/fixtures/version_1
cp -r "$first_version/vote" .
unchecked vote/{config.json,result.json,journal.jsonl}
expect_exit 0 wrcor search "${small[@]}" --proxy wrcor,synflow --strategy random --dedupe exact --budget 60 --out 'a <b>run'
expect_exit 0 wrcor search "${small[@]}" --proxy wrcor --strategy evolution --budget 40 --out other
wrcor describe --all >cells.csv
awk -F, 'NR == 1 { print "arch,acc,seconds"; next } { printf "%s,%.4f,%s\n", $1, 50 + $7 / 1000, NR % 3 ? "" : 100 }' \
  cells.csv >table.csv
expect_exit 0 wrcor report 'a <b>run' --out one.html
expect_exit 0 wrcor report 'a <b>run' other vote --out several.html --benchmark table.csv --metric acc \
  --training-times table.csv --training-column seconds
awk -F, 'NR == 1 { print "arch,short,long,acc,s1,s2"; next }
  { printf "%s,%d,%d,%.4f,%d,%d\n", $1, NR % 97, NR % 89, 50 + $7 / 50000, 1 + NR % 5, 10 + NR % 5 }' cells.csv >trained.csv
expect_exit 0 wrcor evaluate --benchmark trained.csv --metric acc,long --fidelity 1=short,5=long --training-times trained.csv \
  --training-column 1=s1,5=s2 --simulated-seconds 900 --runs 4 --table-score short --guide short=0.1 --bootstrap 0 --format json
cp "$stdout_file" searches.json
expect_exit 0 wrcor report other --out simulated.html --searches searches.json

# The first run, if none of its networks had a value.
mkdir valueless
unchecked valueless/result.json
python3 -c '
import json, sys
run = json.load(sys.stdin)
run["schema_version"] = 3  # the last without a check
for row in run["ranking"]:
    row.update(status="degenerate", reason="singular", raw=dict.fromkeys(row["scores"], 0))
    row["scores"] = dict.fromkeys(row["scores"])
json.dump(run, sys.stdout)' <'a <b>run/result.json' >valueless/result.json
expect_exit 0 wrcor report valueless --out valueless.html

status=0
PYTHONPATH=$source_dir/tests/browser PYTHONDONTWRITEBYTECODE=1 python3 "$source_dir/tests/browser/page_test.py" \
  one.html several.html valueless.html simulated.html >browser.log 2>&1 || status=$?
[ "$status" -eq 0 ] || fail "$(<browser.log)"
