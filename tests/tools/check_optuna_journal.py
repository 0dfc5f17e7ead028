#!/usr/bin/env python3
"""Checks that Optuna loads the studies of runs as they are.

check_optuna_journal.py RUN...      RUN.log is the journal of the run in the folder RUN
"""

import json
import logging
import sys

import optuna
from optuna.storages import JournalStorage

try:
    from optuna.storages.journal import JournalFileBackend
except ImportError:  # Optuna 3
    from optuna.storages import JournalFileStorage as JournalFileBackend

optuna.logging.set_verbosity(logging.ERROR)


def check(name):
    study = optuna.load_study(study_name=name, storage=JournalStorage(JournalFileBackend(name + ".log")))
    result = json.load(open(name + "/result.json"))
    rows = sorted(result["ranking"], key=lambda row: row["first_seen"])
    trials = study.get_trials()
    assert len(trials) == len(rows)
    member = result["rank_by"].lstrip("+-")
    for trial, row in zip(trials, rows):
        attributes = trial.user_attrs
        assert attributes["arch"] == row["arch"] and attributes["rank"] == row["rank"]
        assert attributes["status"] == row["status"]
        for proxy, score in row["scores"].items():
            assert attributes["score." + proxy] == score
        assert trial.datetime_start <= trial.datetime_complete
        operations = [part.split("~")[0] for part in row["arch"].replace("+", "").strip("|").split("|")]
        assert sorted(trial.params.values()) == sorted(part for part in operations if part)
        value = row["vote"] if "vote" in row else row["scores"][member]
        if value is None:
            assert trial.state == optuna.trial.TrialState.FAIL and trial.values is None
        else:
            assert trial.state == optuna.trial.TrialState.COMPLETE
            assert trial.values == [value] + list(row.get("costs", {}).values())
    if len(study.directions) == 1:
        assert study.best_trial.user_attrs["arch"] == result["ranking"][0]["arch"]
    else:
        front = {row["arch"] for row in result["ranking"] if row["front"] == 1}
        assert {trial.user_attrs["arch"] for trial in study.best_trials} == front
    assert study.user_attrs["settings"] == result["settings"]
    # A study can be continued.
    study.enqueue_trial(trials[0].params)
    trial = study.ask({key: value for key, value in trials[0].distributions.items()})
    assert trial.params == trials[0].params
    assert len(optuna.load_study(study_name=name, storage=study._storage).trials) == len(rows) + 1


for argument in sys.argv[1:]:
    check(argument)
