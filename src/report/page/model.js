'use strict';
// The data that the page shows: this file touches no element of the page.

const report = JSON.parse(document.getElementById('report-data').textContent);

report.runs.forEach((run, index) => {
  run.index = index;
  run.shown = true;
});

const shownRuns = () => report.runs.filter((run) => run.shown);
const severalRuns = report.runs.length > 1;

// A quantity that rows of a run have: what charts put on their axes.
//   name, of(run) -> values by row, null where a row has none, or undefined where the run has none at all;
//   lower(run): whether lower is better
const quantity = (name, of, lower = () => false) => ({ name, of, lower });

const parameters = quantity(
  'parameters',
  (run) => run.params,
  () => true,
);
const flops = quantity(
  'FLOPs',
  (run) => run.flops,
  () => true,
);
const proposals = quantity('proposal', (run) => run.proposal);
const seconds = quantity('seconds of searching', (run) => run.seconds ?? undefined);

const votes = report.runs.some((run) => run.vote)
  ? [quantity('vote', (run) => (run.vote ? run.value : undefined))]
  : [];

const proxyNames = [...new Set(report.runs.flatMap((run) => run.scores.map((score) => score.name)))];
const scoreOf = (run, name) => run.scores.find((score) => score.name === name);
const proxies = proxyNames.map((name) =>
  quantity(
    name,
    (run) => scoreOf(run, name)?.values,
    (run) => scoreOf(run, name)?.lower ?? false,
  ),
);

const metrics = (report.accuracies?.columns ?? []).map((column) =>
  quantity(column.name, (run) => run.cells.map((cell) => column.values[cell])),
);

const quantityNamed = (name) =>
  [parameters, flops, ...votes, ...proxies, ...metrics].find((each) => each.name === name);

// The score that orders the rankings of all runs, or the first score that all have: votes of different runs
// are not comparable.
const defaultScore = () => {
  const [first] = report.runs;
  if (!severalRuns && first.vote) return votes[0];
  const same = report.runs.every((run) => run.rankedBy === first.rankedBy);
  if (same && !first.vote) return proxies.find((each) => each.name === first.rankedBy) ?? proxies[0];
  return proxies.find((each) => report.runs.every((run) => each.of(run))) ?? proxies[0];
};

// "synflow" for "log10 synflow".
const plain = (name) => name.replace(/^log10 /, '');

const known = (value) => value !== null && value !== undefined;

// Whether another program has trained the architectures of a run: it is not known how long that took.
const isTrained = (run) => !known(run.searchSeconds);

// The rows that have a rank by a score, best first, then those without one.
const rankedRows = (run) => run.value.flatMap((value, row) => (known(value) ? [row] : []));

// Points of the rows that have both values.
const pointsOf = (run, x, y) => {
  const xs = x.of(run),
    ys = y.of(run);
  if (!xs || !ys) return [];
  return xs.map((value, row) => ({ x: value, y: ys[row], row })).filter((p) => known(p.x) && known(p.y));
};

// The runs that are shown, in groups that can share an axis of a quantity: a vote orders the architectures of one run, and
// scores of different settings differ in scale. Sizes and accuracies are the same for all.
const comparableRuns = (score) => {
  const groups = new Map();
  for (const run of shownRuns().filter((each) => score.of(each))) {
    const group = votes.includes(score)
      ? run.name
      : proxies.includes(score)
        ? run.settings || run.name
        : 'all';
    groups.set(group, [...(groups.get(group) ?? []), run]);
  }
  return [...groups.values()];
};

const isBetter = (a, b, lower) => (lower ? a < b : a > b);

// The points that no other point beats, which would have less x and a y at least as good, or the same x and a
// better y.
const paretoFront = (points, lower) => {
  const sorted = [...points].sort((a, b) => a.x - b.x || (lower ? a.y - b.y : b.y - a.y));
  const front = [];
  for (const point of sorted) {
    if (front.length === 0 || isBetter(point.y, front.at(-1).y, lower)) front.push(point);
  }
  return front;
};

// The points at which the best value improved, in the order of x.
const improvements = (points, lower) => {
  const steps = [];
  for (const point of [...points].sort((a, b) => a.x - b.x)) {
    if (steps.length === 0 || isBetter(point.y, steps.at(-1).y, lower)) steps.push(point);
  }
  return steps;
};

const extent = (values) => {
  let low = Infinity,
    high = -Infinity;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
};

// Bins of one width for lists of values: {edges, counts by list}.
const histogram = (lists) => {
  const all = lists.flat();
  if (all.length === 0) return { edges: [], counts: lists.map(() => []) };
  const [low, high] = extent(all);
  const longest = Math.max(...lists.map((list) => list.length));
  const bins = high === low ? 1 : Math.min(60, Math.max(8, Math.round(2 * Math.cbrt(longest))));
  const width = (high - low) / bins || 1;
  const counts = lists.map((list) => {
    const count = new Array(bins).fill(0);
    for (const value of list) count[Math.min(bins - 1, Math.floor((value - low) / width))] += 1;
    return count;
  });
  return { edges: Array.from({ length: bins + 1 }, (_, i) => low + i * width), counts };
};

const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b),
    half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
};

const numberText = (value) => {
  if (!known(value) || !Number.isFinite(value)) return '–';
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return value.toLocaleString('en');
  const size = Math.abs(value);
  return size >= 1e9 || (size < 1e-4 && size > 0)
    ? value.toExponential(3)
    : value.toLocaleString('en', { maximumSignificantDigits: 5 });
};

// 1500000 -> "1.5 M"
const countText = (value) => {
  if (value >= 1e9) return `${numberText(Number((value / 1e9).toPrecision(4)))} G`;
  if (value >= 1e6) return `${numberText(Number((value / 1e6).toPrecision(4)))} M`;
  if (value >= 1e4) return `${numberText(Number((value / 1e3).toPrecision(4)))} k`;
  return numberText(value);
};

const durationText = (value) => {
  if (!Number.isFinite(value)) return '–';
  if (value < 120) return `${numberText(Number(value.toPrecision(3)))} s`;
  if (value < 7200) return `${(value / 60).toFixed(1)} min`;
  if (value < 172800) return `${(value / 3600).toFixed(1)} h`;
  return `${numberText(Number((value / 86400).toPrecision(4)))} days`;
};

// The possible ranks of an architecture.
const rankText = ([best, worst]) => (best === worst ? `${best}` : `${best} to ${worst}`);

const archOf = (run, row) => report.archs[run.cells[row]];
