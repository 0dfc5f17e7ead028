'use strict';
// Simulated searches under a budget of seconds: what each would answer with, moment by moment.

const simulated = report.searches;

const searchText = (line) => `${line.search}, ${line.epochs} ${line.epochs === '1' ? 'epoch' : 'epochs'}`;
const guideText = (line) => line.guide || 'without a ranking';

// What a chart may show: all searches with one ranking, or one search with all rankings.
const searchGroups = () => {
  const groups = new Map();
  const add = (name, line, label) => groups.set(name, [...(groups.get(name) ?? []), { line, label }]);
  for (const line of simulated.lines) add(guideText(line), line, searchText(line));
  if (groups.size > 1) {
    for (const line of simulated.lines) add(searchText(line), line, guideText(line));
  }
  return groups;
};

const spreadText = ({ mean, deviation }) => `${mean.toFixed(2)} ± ${deviation.toFixed(2)}`;

// The moments at which all runs of a search have an answer.
const answers = (line, metric) =>
  line.anytime[metric].flatMap((spread, i) =>
    spread ? [{ x: simulated.moments[i], y: spread.mean, spread }] : [],
  );

// A search has one colour and sign, and a dashed line where another line has them, too.
const paintedLines = (members, metric) => {
  const searches = [...new Set(members.map(({ line }) => line.search))];
  const seen = new Set();
  return members.map(({ line, label }, position) => {
    const index = searches.length > 1 ? searches.indexOf(line.search) : position;
    const dashed = seen.has(index);
    seen.add(index);
    const run = { index, name: dashed ? `${label} (dashed)` : label };
    return { line, run, dashed, points: answers(line, metric) };
  });
};

const anytimeFigure = (group, members, metric) => {
  const drawn = paintedLines(members, metric).filter(({ points }) => points.length > 0);
  const all = drawn.flatMap(({ points }) => points);
  return figure({
    name: `${metric} of the answers over simulated seconds: ${group}`,
    words: [{ text: `Shown: ${group}. Means and deviations over ${numberText(simulated.runs)} runs:` }].concat(
      drawn.map(({ run, points }) => ({
        run,
        marked: true,
        text: [points.at(-1), points[0]]
          .map(({ spread, x }) => `${spreadText(spread)} after ${numberText(x)} s`)
          .join(', '),
      })),
    ),
    config: {
      type: 'scatter',
      data: {
        datasets: drawn.map(({ run, dashed, points }) => ({
          ...line(run, points),
          borderDash: dashed ? [6, 3] : [],
          walkable: true,
          pointStyle: runStyles[run.index % 6],
          pointRadius: 3,
          pointHitRadius: 5,
          pointHoverRadius: 6,
          pointBackgroundColor: runPaint(run),
        })),
      },
      options: {
        ...options({
          x: axis('simulated seconds', roomy(simulated.moments)),
          y: axis(metric, roomy(all.map((point) => point.y))),
        }),
        plugins: {
          legend: { display: false },
          tooltip: {
            ...tooltip,
            callbacks: {
              title: () => '',
              label: ({ dataset, raw }) => [
                dataset.label,
                `${metric}: ${spreadText(raw.spread)}`,
                `${numberText(raw.x)} s`,
              ],
            },
          },
        },
      },
    },
    details: [
      foldedTable('The chart as a table', () =>
        dataTable(
          `${metric} of the answers`,
          ['seconds', ...drawn.map(({ run }) => run.name)],
          simulated.moments.map((moment, i) => [
            moment,
            ...drawn.map((each) => {
              const spread = each.line.anytime[metric][i];
              return spread ? spreadText(spread) : null;
            }),
          ]),
        ),
      ),
    ],
  });
};

const searchState = { group: null, metric: simulated?.metrics[0] };

const drawSearches = () => {
  if (!simulated) return;
  for (const each of [
    document.getElementById('searches'),
    document.querySelector('a[href="#searches"]').parentElement,
  ])
    each.hidden = false;
  const groups = searchGroups();
  searchState.group ??= [...groups.keys()][0];
  controls('searches').replaceChildren(
    select('Accuracy', simulated.metrics, searchState.metric, (metric) => {
      searchState.metric = metric;
      drawSearches();
    }),
    select('of', [...groups.keys()], searchState.group, (group) => {
      searchState.group = group;
      drawSearches();
    }),
  );
  const notes = simulated.notes.map((text) => element('p', { class: 'note' }, text));
  const still = (made) => ({ made, draw: () => {} });
  place(
    body('searches'),
    anytimeFigure(searchState.group, groups.get(searchState.group), searchState.metric),
    still(dataTable('What the searches answer with', simulated.header, simulated.rows)),
    ...notes.map(still),
  );
};
