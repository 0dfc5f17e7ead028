#!/usr/bin/env bash
# The page that `wrcor report` writes: input folders, output path, content, refusals.

# shellcheck source=tests/cli/lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

first_version=$source_dir/tests/fixtures/version_1
cp -r "$first_version/run" "$first_version/vote" .
unchecked {run,vote,broken}/{journal.jsonl,result.json,config.json}

# data PAGE: the JSON that the page's scripts draw.
data() { sed -n 's/^<script id="report-data" type="application\/json">\(.*\)<\/script>$/\1/p' "$1"; }

# --- a self-contained page in the folder of the run
expect_exit 0 wrcor report run
expect_equal "$stdout" ''
expect_equal "$stderr" 'info: the report: run/report.html'
page=$(<run/report.html)
expect_json "$(data run/report.html)"
expect_contains "$page" '<title>Search: run</title>'
expect_contains "$page" "content=\"default-src 'none'"
expect_contains "$page" 'Permission is hereby granted, free of charge'
for outside in ' src=' '@import' 'url(' '<link rel="stylesheet'; do expect_lacks "$page" "$outside"; done
expect_equal "$(find run -name '*.html*' | wc -l)" 1

# --- the same input, the same bytes: at any path, and over an older page
cp run/report.html first.html
expect_exit 0 wrcor report run/ --out second.html
expect_same_file second.html first.html
expect_exit 0 wrcor report run
expect_same_file run/report.html first.html
expect_exit 0 wrcor report "$PWD/run" --out third.html
expect_same_file third.html first.html

# --- several runs side by side
refuse 2 '--out: name the page, as it shows several runs' wrcor report run vote
expect_exit 0 wrcor report run vote --out both.html --title 'Two <runs> & more' --top 2
expect_contains "$(<both.html)" '<title>Two &lt;runs&gt; &amp; more</title>'
expect_contains "$(data both.html)" '"title":"Two \u003cruns> & more","top":2,'
expect_contains "$(data both.html)" '"name":"run","facts"'
expect_contains "$(data both.html)" '"name":"vote","facts"'
refuse 2 "'run/' is given twice" wrcor report run vote run/ --out both.html

# --- names that would end a script
mkdir -p odd
name='odd/<script>alert(1)<'
cp -r run "$name"
rm "$name/report.html"
unchecked "$name/"{journal.jsonl,result.json,config.json}
expect_exit 0 wrcor report "$name"
expect_lacks "$(<"$name/report.html")" '<script>alert'
expect_equal "$(grep -o '<script' "$name/report.html" | wc -l)" "$(grep -o '</script>' "$name/report.html" | wc -l)"

# --- flags of tables without one
refuse 2 '--missing: has no effect, because no table is read' wrcor report run --missing -1 --out no.html
refuse 2 '--key: has no effect, because no table is read' wrcor report run --key id --out no.html

# --- accuracies of trained networks, and their training times
expect_exit 0 wrcor describe --all
awk -F, 'NR == 1 { print "index,arch,acc,half,none,seconds"; next }
  { printf "%d,%s,%.4f,%s,,%d\n", $3, $1, 50 + $7 / 50000, NR % 2 ? $7 : "", 100 }' "$stdout_file" >table.csv
expect_exit 0 wrcor report run --benchmark table.csv --metric acc --training-times table.csv --training-column seconds
expect_equal "$stderr" 'info: the report: run/report.html'
expect_contains "$(data run/report.html)" '"accuracies":{"file":"table.csv","rows":15625,"columns":[{"name":"acc","best":'
expect_contains "$(data run/report.html)" '"training":{"covered":12,"seconds":1200.0}'
expect_exit 0 wrcor report run --out second.html --key index --benchmark table.csv --metric acc \
  --training-times table.csv --training-column seconds
expect_same_file second.html run/report.html
expect_exit 0 wrcor report run --benchmark table.csv --metric acc,half
expect_matches "$stderr" "warning: table.csv: column 'half' has a value for [1-9][0-9]* of 12 architectures"
refuse 3 "table.csv: column 'none' has no value for any of 12 architectures" \
  wrcor report run --benchmark table.csv --metric none
refuse 2 "table.csv.*'accuracy'" wrcor report run --benchmark table.csv --metric accuracy
refuse 2 "--metric: 'acc' is given twice" wrcor report run --benchmark table.csv --metric acc,acc
refuse 2 '--benchmark requires --metric' wrcor report run --benchmark table.csv
refuse 2 '--training-times requires --training-column' wrcor report run --training-times table.csv
refuse 3 'no_such.csv' wrcor report run --benchmark no_such.csv --metric acc

# --- folders that are not finished runs
refuse 2 "'nowhere' holds no result.json: it is the folder of no finished run; wrcor search --resume" wrcor report nowhere
refuse 2 "'run/result.json' is a file; name the folder of a finished run" wrcor report run/result.json
mkdir broken
refuse 2 "'broken' holds no result.json" wrcor report broken
refuse 2 'an argument is missing: run .DIR.; see' wrcor report
head -c 2000 run/result.json >broken/result.json
refuse 3 "'broken/result.json': " wrcor report broken
sed 's/"schema_version": 1/"schema_version": 99/' run/result.json >broken/result.json
refuse 3 'broken/result.json.*99' wrcor report broken
echo '{"ranking": []}' >broken/result.json
refuse 3 "'broken/result.json' is not the result of a run" wrcor report broken
cp run/result.json broken/
sed '3s/ok/ko/' run/journal.jsonl >broken/journal.jsonl
refuse 3 'broken/journal.jsonl:3: expected a journal line, found damage' wrcor report broken
[ ! -e broken/report.html ] || fail 'a page of a damaged run'

# --- a page that cannot be written, or is another file
echo 'my own page' >mine.html
refuse 2 "'mine.html' exists and is not a report; choose another --out, or remove it" wrcor report run --out mine.html
expect_equal "$(<mine.html)" 'my own page'
refuse 2 "'odd' is a folder; name a file in it" wrcor report run --out odd
refuse 1 'no/such/folder' wrcor report run --out no/such/folder/page.html
refuse 2 'run/report.html' wrcor report run --log-file run/report.html

# --- networks without a value, and all cells of the space, in a few megabytes
expect_exit 0 wrcor search "${small[@]}" --proxy wrcor --strategy random --dedupe exact --budget 40 --seed 3 --out found
expect_exit 0 wrcor report found
expect_contains "$(data found/report.html)" '"rankedBy":"wrcor"'
# Rank intervals, if scores were repeated.
expect_contains "$(data found/report.html)" '"ranks":null,"front":null,"costs":[],"refined":0,'
expect_exit 0 wrcor search "${small[@]}" --proxy wrcor --strategy random --budget 8 --repeats 2 --refine 3 --out sure
expect_exit 0 wrcor report sure
expect_matches "$(data sure/report.html)" '"ranks":\[\[1,[1-3]\],\[[1-3],[1-3]\],\[[1-3],3\],null,.*"refined":3,'
awk '
  NR == FNR { if (FNR > 1) { split($0, cell, ","); archs[++count] = cell[1] } next }
  /^  "ranking": \[/ { print; in_ranking = 1
    for (k = 1; k <= count; ++k) printf "{\"rank\": %d, \"arch\": \"%s\", \"canonical\": \"%s\", \"status\": \"ok\", " \
      "\"scores\": {\"wrcor\": %.6f, \"dyn_isometry\": %.6f, \"synflow\": %.6f}, \"params\": %d, \"flops\": %d, \"first_seen\": %d}%s\n",
      k, archs[k], archs[k], 900 - k / 20, k / 3, k / 7, 10000 + k, 200000 + k, k, k < count ? "," : ""
    next }
  /^  \]/ { in_ranking = 0 }
  !in_ranking { print }' <(wrcor describe --all) run/result.json >broken/result.json
rm broken/journal.jsonl
expect_exit 0 wrcor report broken
[ "$(stat -c %s broken/report.html)" -lt 6000000 ] || fail "$(stat -c %s broken/report.html) bytes of 15,625 rows"
expect_contains "$(data broken/report.html)" '"seconds":null'
