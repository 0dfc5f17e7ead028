#!/usr/bin/env bash
# A run as a study of Optuna.

# shellcheck source=tests/cli/lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

wrcor search "${small[@]}" --proxy wrcor,acor --budget 12 --strategy random --quiet --out run >/dev/null
wrcor search "${small[@]}" --proxy acor --rank-by=-acor --budget 4 --strategy random --quiet --out lower >/dev/null
wrcor search "${small[@]}" --proxy wrcor,acor --rank-by 'az(wrcor,acor)' --minimize params --budget 8 --quiet --out several >/dev/null
export_study() { wrcor export "$1" --format optuna-journal --out "$1.log" "${@:2}"; }

# --- the study: trials in the order of proposals, those without a score failed
for run in run lower several; do
  expect_exit 0 export_study "$run"
  trials=$(grep -c '"op_code":4,' "$run.log")
  expect_contains "$stderr" "'$run.log' has the study '$run' of $trials trials"
  expect_equal "$trials" "$(grep -c '"rank":' "$run/result.json")"
  expect_equal "$(grep -c '"state":3,' "$run.log" || true)" \
    "$(grep -cE '^      "status": "(degenerate|not_applicable|failed)"' "$run/result.json" || true)"
done
expect_contains "$(head -n 1 run.log)" '"study_name":"run","directions":[2]'
expect_contains "$(head -n 1 lower.log)" '"directions":[1]'
expect_contains "$(head -n 1 several.log)" '"directions":[2,1]'
expect_contains "$(<run.log)" '"edge 0->1":"{\"name\":\"CategoricalDistribution\",\"attributes\":{\"choices\":[\"none\",'
cp run.log first.log
expect_exit 0 export_study run --force
expect_same_file run.log first.log

# --- refusals
refuse 2 "'run.log' exists; choose another --out, or --force replaces it" export_study run
refuse 2 "the format 'optuna-journal' is a file: name it by --out" wrcor export run --format optuna-journal
refuse 2 "takes a run as it is" export_study run --force --seed 3
refuse 2 "takes a run as it is" export_study run --force --weights run.log
refuse 2 "'absent' holds no result.json" export_study absent
expect_exit 0 env TZ=America/New_York "$wrcor_program" export run --format optuna-journal --out elsewhere.log
expect_same_file elsewhere.log first.log

# --- as Optuna reads it
python=$(python_with optuna)
if [ -z "$python" ]; then
  echo 'left out, as no python3 has optuna: what Optuna makes of the files' >&2
  exit 0
fi
expect_exit 0 "$python" "$source_dir/tests/tools/check_optuna_journal.py" run lower several
