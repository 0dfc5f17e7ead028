#!/usr/bin/env bash
# Explanations of scores: describe --layers, score --explain.

# shellcheck source=tests/cli/lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

arch='|nor_conv_3x3~0|+|nor_conv_3x3~0|avg_pool_3x3~1|+|skip_connect~0|nor_conv_3x3~1|skip_connect~2|'

# --- pictures
expect_exit 0 wrcor describe "$arch"
expect_contains "$stdout" '[in]──nor_conv_3x3──▶[1]──avg_pool_3x3──▶[2]──skip_connect──▶[out]'
expect_matches "$stdout" 'reachable edges +6 of 6'
expect_exit 0 wrcor describe "$arch" --format dot
expect_contains "$stdout" '0 -> 1 [label="nor_conv_3x3"];'
if command -v dot >/dev/null; then dot -Tsvg <<<"$stdout" >graph.svg || fail 'Graphviz does not read the graph'; fi
expect_exit 0 wrcor describe "$arch" --format svg
expect_matches "$stdout" '^<svg xmlns="http://www.w3.org/2000/svg" '
expect_equal "$(grep -c 'class="cell-edge"' <<<"$stdout")" 6

# --- the contribution of each response
expect_exit 0 wrcor describe "$arch" --layers "${small[@]}"
expect_matches "$stdout" $'\n''unit  layer +side +weight +norm +share +correlation +effect'
expect_matches "$stdout" $'\n'' +5  lastact.1 +gradient +32.0 '
expect_exit 0 wrcor describe "$arch" --layers "${small[@]}" --format csv
expect_equal "$(head -n 1 <<<"$stdout")" 'unit,layer,side,weight,norm,share,correlation,effect'
expect_equal "$(awk -F, 'NR > 1 { sum += $6 } END { printf "%.6f", sum }' <<<"$stdout")" 1.000000
expect_exit 0 wrcor describe "$arch" --layers "${small[@]}" --format json
expect_contains "$stdout" '"layers": ['
refuse 2 'decomposes one architecture' wrcor describe --all --layers
refuse 2 'it takes neither --classes nor --image-size' wrcor describe "$arch" --layers --classes 100
refuse 2 '--layers is a table' wrcor describe "$arch" --layers --format svg

# --- an explanation: uncertainty, effect of one change, contributions
expect_exit 0 wrcor score --explain "$arch" "${small[@]}" --repeats 3 --proxy wrcor,synflow
expect_equal "$(head -n 1 <<<"$stdout")" "$arch"
expect_matches "$stdout" 'wrcor +[0-9.]+ +±[0-9.]+ over 3 draws of weights, ±[0-9.]+ over 3 minibatches +better than [0-9]+ of 20 random cells'
expect_matches "$stdout" 'edge 0->1 +nor_conv_3x3 '
expect_matches "$stdout" 'unit +responses +% of K +mean correlation'
first=$stdout
expect_exit 0 wrcor score --explain "$arch" "${small[@]}" --repeats 3 --proxy wrcor,synflow --workers 1
expect_equal "$stdout" "$first"
expect_exit 0 wrcor score --explain "$arch" "${small[@]}" --repeats 3 --format jsonl
expect_contains "$stdout" '"minibatches": {'
# Eight repeats by default; an id can replace a string.
expect_exit 0 wrcor score --explain index:1 "${small[@]}"
expect_contains "$stdout" 'over 8 draws of weights'
# A cell without a path has no score, and the explanation reports it.
expect_exit 0 wrcor score --explain 0 "${small[@]}" --repeats 2
expect_matches "$stdout" 'wrcor +none +degenerate: disconnected'
refuse 2 'cannot be combined with --arch' wrcor score --explain "$arch" --arch "$arch"
refuse 2 'exclude each other' wrcor score --explain "$arch" --plan
# Of a run, with its sizes.
expect_exit 0 wrcor search "${small[@]}" --strategy random --budget 3 --proxy params --quiet --out run
best=$(sed -nE 's/^ *"params": ([0-9]+),/\1/p' run/result.json | head -n 1)
expect_exit 0 wrcor describe run --format csv
expect_equal "$(tail -n 1 <<<"$stdout" | cut -d, -f7)" "$best"
expect_exit 0 wrcor score --explain run --proxy params --repeats 1
expect_contains "$stdout" "$best parameters"
