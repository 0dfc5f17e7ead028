#!/usr/bin/env python3
"""Spearman's rho between the scores of a run and the columns of a benchmark table.

    wrcor search --strategy random --dedupe exact --budget 400 --seed 7 --out runs/sample
    bench/rank_correlation.py runs/sample/result.json TABLE.csv c10_test_200ep c100_test_200ep

TABLE.csv has a column `arch` and one column a metric. Architectures without a score count as worst.
"""
import csv
import json
import sys


def ranks(values):
    """Ranks from 0, ties at their mean."""
    order = sorted(range(len(values)), key=values.__getitem__)
    result = [0.0] * len(values)
    start = 0
    while start < len(order):
        end = start
        while end + 1 < len(order) and values[order[end + 1]] == values[order[start]]:
            end += 1
        for position in range(start, end + 1):
            result[order[position]] = (start + end) / 2
        start = end + 1
    return result


def pearson(x, y):
    mean_x, mean_y = sum(x) / len(x), sum(y) / len(y)
    covariance = sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y))
    return covariance / (sum((a - mean_x) ** 2 for a in x) * sum((b - mean_y) ** 2 for b in y)) ** 0.5


def main():
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    with open(sys.argv[1], encoding="utf-8") as file:
        ranking = json.load(file)["ranking"]
    with open(sys.argv[2], encoding="utf-8", newline="") as file:
        table = {row["arch"]: row for row in csv.DictReader(file)}
    print("proxy", "networks", *sys.argv[3:])
    for proxy in ranking[0]["scores"]:
        scores = [float("-inf") if row["scores"][proxy] is None else row["scores"][proxy] for row in ranking]
        metrics = ([float(table[row["arch"]][column]) for row in ranking] for column in sys.argv[3:])
        print(proxy, len(ranking), *(f"{pearson(ranks(scores), ranks(metric)):.3f}" for metric in metrics))


if __name__ == "__main__":
    main()
