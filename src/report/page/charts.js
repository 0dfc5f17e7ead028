'use strict';
// Figures: a chart, its description in words, and its data as a table.

const style = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const runPaint = (run) => style(`--run-${run.index % 6}`);
const translucent = (colour, alpha) =>
  colour +
  Math.round(alpha * 255)
    .toString(16)
    .padStart(2, '0');

const applyTheme = () => {
  Chart.defaults.animation = false;
  Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  Chart.defaults.color = style('--soft');
  Chart.defaults.borderColor = translucent(style('--line'), 0.6);
  Chart.defaults.devicePixelRatio = Math.max(2, window.devicePixelRatio);
};

const axis = (title, more = {}) => ({
  title: { display: true, text: title, color: style('--ink') },
  ticks: {
    maxRotation: 0,
    autoSkipPadding: 12,
    includeBounds: false,
    callback: (value) => (Math.abs(value) >= 1e4 ? countText(value) : numberText(value)),
  },
  ...more,
});

// Room around the data, so that no point lies on the frame.
const roomy = (values) => {
  if (values.length === 0) return {};
  const [low, high] = extent(values),
    room = (high - low || Math.abs(high) || 1) * 0.04;
  return { min: low - room, max: high + room };
};

// Draws `config` into a new figure.
//   name      heading for assistive technology
//   words     what the chart says: texts, each of a run if it is about one; `marked` if the page has not named the run
//   details   elements below it: tables of its data
//   height    of the chart, if not as usual
const figure = ({ name, words, config, details = [], zoomable = true, height = null }) => {
  const named = ({ run, marked }) => run && (severalRuns || marked);
  const spoken = words.map((each) => (named(each) ? `${each.run.name}: ${each.text}` : each.text)).join(' ');
  const canvas = element('canvas', { tabindex: 0, role: 'img', 'aria-label': `${name}. ${spoken}` });
  const plot = element('div', { class: 'plot', style: height && `height: ${height}` }, canvas);
  const caption = element(
    'figcaption',
    {},
    words.map((each) =>
      element('p', {}, named(each) ? [runSign(each.run), ` ${each.run.name}: `] : null, each.text),
    ),
  );
  const made = element('figure', { 'data-chart': name }, plot, caption, details);
  return {
    made,
    draw: () => {
      const chart = new Chart(canvas, config);
      if (!zoomable) return chart;
      const zoom = new Zoom(chart, plot);
      made.insertBefore(zoom.buttons(), caption);
      config.options.onClick = (event, hits) => {
        if (!zoom.dragged) openHit(chart, hits[0]);
      };
      chart.options.onClick = config.options.onClick;
      canvas.addEventListener('keydown', (event) => {
        if (zoom.key(event.key) || walk(chart, event.key)) event.preventDefault();
      });
      canvas.setAttribute(
        'aria-label',
        `${canvas.getAttribute('aria-label')} Arrow keys go from point to point, Enter opens one, plus and minus zoom.`,
      );
      return chart;
    },
  };
};

const openHit = (chart, hit) => {
  const point = hit && chart.data.datasets[hit.datasetIndex].data[hit.index];
  if (point?.run) openDetail(point.run, point.row);
};

// The points of a chart that stand for architectures, from left to right.
const stops = (chart) =>
  chart.data.datasets
    .flatMap((dataset, datasetIndex) =>
      dataset.walkable
        ? dataset.data.map((point, index) => ({ datasetIndex, index, x: point.x, y: point.y }))
        : [],
    )
    .filter(
      (stop) =>
        stop.x >= chart.scales.x.min &&
        stop.x <= chart.scales.x.max &&
        stop.y >= chart.scales.y.min &&
        stop.y <= chart.scales.y.max,
    )
    .sort((a, b) => a.x - b.x || a.y - b.y);

// Moves from point to point by keys; returns whether the key was handled.
const walk = (chart, key) => {
  if (key === 'Enter') {
    openHit(chart, chart.stop);
    return true;
  }
  const all = stops(chart),
    step = { ArrowRight: 1, ArrowLeft: -1, Home: -Infinity, End: Infinity }[key];
  if (!step || all.length === 0) return false;
  const same = (stop) =>
    chart.stop && stop.datasetIndex === chart.stop.datasetIndex && stop.index === chart.stop.index;
  const now = all.findIndex(same);
  chart.stop =
    all[Math.min(all.length - 1, Math.max(0, now < 0 && step > 0 && step < Infinity ? 0 : now + step))];
  const { datasetIndex, index } = chart.stop;
  chart.setActiveElements([{ datasetIndex, index }]);
  chart.tooltip.setActiveElements([{ datasetIndex, index }], { x: 0, y: 0 });
  chart.update('none');
  announce(pointText(chart.data.datasets[datasetIndex].data[index], chart).join(', '));
  return true;
};

// Several lines, so that the string of an architecture fits a telephone.
const pointText = (point, chart) => {
  const label = (axisName) => `${chart.options.scales[axisName].title.text}: ${numberText(point[axisName])}`;
  const { run, row } = point;
  if (!run) return [label('x'), label('y')];
  return [
    `${severalRuns ? `${run.name}, ` : ''}rank ${row + 1}`,
    label('y'),
    label('x'),
    ...archOf(run, row).split(/(?<=\+)/),
  ];
};

const tooltip = {
  backgroundColor: () => style('--ink'),
  titleColor: () => style('--paper'),
  bodyColor: () => style('--paper'),
  displayColors: false,
  filter: (item, index) => index === 0,
  callbacks: { title: () => '', label: (item) => pointText(item.raw, item.chart) },
};

const options = (scales) => ({
  responsive: true,
  maintainAspectRatio: false,
  normalized: true,
  interaction: { mode: 'nearest', intersect: true },
  plugins: { legend: { display: false }, tooltip },
  scales,
});

const dots = (run, points) => ({
  label: run.name,
  walkable: true,
  data: points.map((point) => ({ ...point, run })),
  pointStyle: runStyles[run.index % 6],
  pointRadius: points.length > 3000 ? 2 : 3.5,
  pointHitRadius: 5,
  pointHoverRadius: 8,
  backgroundColor: translucent(runPaint(run), points.length > 1000 ? 0.35 : 0.55),
  borderColor: runPaint(run),
  borderWidth: points.length > 1000 || run.index % 6 < 4 ? 0 : 1,
  pointHoverBackgroundColor: style('--ink'),
});

const line = (run, points, more) => ({
  label: run.name,
  data: points,
  type: 'line',
  showLine: true,
  pointRadius: 0,
  pointHitRadius: 0,
  pointHoverRadius: 0,
  borderColor: runPaint(run),
  borderWidth: 2,
  borderDash: [[], [6, 3], [2, 2], [8, 3, 2, 3]][run.index % 4],
  fill: false,
  ...more,
});

// How many of a run's architectures a chart cannot show.
const missingText = (run, points) => {
  const missing = run.cells.length - points.length;
  const verbs = missing === 1 ? 'has no value and is' : 'have no value and are';
  return missing > 0
    ? ` ${numberText(missing)} of ${numberText(run.cells.length)} architectures ${verbs} not drawn.`
    : '';
};

// @param runs  those that share the chart
const scatterFigure = ({ runs, name, x, y, lines = () => [], say, details }) => {
  const drawn = runs
    .map((run) => ({ run, points: pointsOf(run, x, y) }))
    .filter(({ points }) => points.length > 0);
  const all = drawn.flatMap(({ points }) => points);
  const words =
    drawn.length === 0
      ? [{ text: 'No architecture has both values.' }]
      : drawn.map(({ run, points }) => ({ run, text: say(run, points) + missingText(run, points) }));
  return figure({
    name,
    words,
    details: details?.(drawn) ?? [],
    config: {
      type: 'scatter',
      data: {
        datasets: [
          ...drawn.flatMap(({ run, points }) => lines(run, points)),
          ...drawn.map(({ run, points }) => dots(run, points)),
        ],
      },
      options: options({
        x: axis(x.name, roomy(all.map((p) => p.x))),
        y: axis(y.name, roomy(all.map((p) => p.y))),
      }),
    },
  });
};

const paretoFigure = (runs, x, y) => {
  const fronts = new Map(runs.map((run) => [run, paretoFront(pointsOf(run, x, y), y.lower(run))]));
  return scatterFigure({
    runs,
    name: `${y.name} against ${x.name}`,
    x,
    y,
    lines: (run) => [line(run, fronts.get(run), { stepped: 'before' })],
    say: (run, points) => {
      const front = fronts.get(run),
        best = front.at(-1);
      return (
        `${numberText(points.length)} architectures, ${front.length} of them on the Pareto front, from ${countText(front[0].x)} ${x.name} ` +
        `(${y.name} ${numberText(front[0].y)}) to ${countText(best.x)} (${numberText(best.y)}).`
      );
    },
    details: (drawn) =>
      drawn.map(({ run }) =>
        foldedTable(`The Pareto front${severalRuns ? ` of ${run.name}` : ''} as a table`, () =>
          dataTable(
            `Pareto front of ${y.name} and ${x.name}, ${run.name}`,
            ['rank', x.name, y.name, 'architecture'],
            fronts.get(run).map((point) => [point.row + 1, point.x, point.y, archButton(run, point.row)]),
          ),
        ),
      ),
  });
};

const courseFigure = (runs, x, y) => {
  const steps = new Map(runs.map((run) => [run, improvements(pointsOf(run, x, y), y.lower(run))]));
  return scatterFigure({
    runs,
    name: `${y.name} by ${x.name}`,
    x,
    y,
    lines: (run, points) => {
      const end = extent(points.map((p) => p.x))[1],
        found = steps.get(run);
      return [line(run, [...found, { ...found.at(-1), x: end }], { stepped: 'before', borderWidth: 2.5 })];
    },
    say: (run, points) => {
      const found = steps.get(run),
        best = found.at(-1);
      return (
        `The best of ${numberText(points.length)} architectures (${y.name} ${numberText(best.y)}) was met at ${x.name} ${numberText(best.x)}; ` +
        `${found.length} times something better than all before it was found.`
      );
    },
    details: (drawn) =>
      drawn.map(({ run }) =>
        foldedTable(`Improvements${severalRuns ? ` of ${run.name}` : ''} as a table`, () =>
          dataTable(
            `Improvements of ${y.name}, ${run.name}`,
            [x.name, y.name, 'rank', 'architecture'],
            steps.get(run).map((point) => [point.x, point.y, point.row + 1, archButton(run, point.row)]),
          ),
        ),
      ),
  });
};

// Of several runs in one chart as shares, because their numbers of architectures differ.
const histogramFigure = (runs, score) => {
  const drawn = runs.filter((run) => score.of(run)),
    inShares = drawn.length > 1;
  const lists = drawn.map((run) => score.of(run).filter(known));
  const { edges, counts } = histogram(lists);
  const heights = counts.map((count, i) =>
    inShares ? count.map((number) => (100 * number) / lists[i].length) : count,
  );
  const middles = edges.slice(1).map((edge, i) => (edges[i] + edge) / 2);
  const binText = (i) => `${numberText(edges[i])} to ${numberText(edges[i + 1])}`;
  const countLabel = ({ dataset, datasetIndex, dataIndex, raw }) =>
    inShares
      ? `${dataset.label}: ${counts[datasetIndex][dataIndex]} architectures (${raw.toFixed(1)} %)`
      : `${raw} architectures`;
  return figure({
    name: `Distribution of ${score.name}`,
    zoomable: false,
    words: drawn.map((run, i) => ({
      run,
      text:
        (lists[i].length === 0
          ? 'No architecture has a value.'
          : `${numberText(lists[i].length)} architectures, median ${numberText(median(lists[i]))}, from ${extent(lists[i]).map(numberText).join(' to ')}.`) +
        missingText(run, lists[i]),
    })),
    config: {
      type: 'bar',
      data: {
        labels: middles,
        datasets: drawn.map((run, i) => ({
          label: run.name,
          data: heights[i],
          backgroundColor: translucent(runPaint(run), 0.75),
          borderColor: runPaint(run),
          borderWidth: 1,
          barPercentage: 1,
          categoryPercentage: inShares ? 0.9 : 1,
        })),
      },
      options: {
        responsive: true,
        maintainAspectRatio: false,
        interaction: { mode: 'index', intersect: false },
        plugins: {
          legend: { display: false },
          tooltip: {
            ...tooltip,
            filter: undefined,
            callbacks: {
              title: ([item]) => `${score.name} ${binText(item.dataIndex)}`,
              label: countLabel,
            },
          },
        },
        scales: {
          x: axis(score.name, {
            grid: { display: false },
            ticks: {
              maxRotation: 0,
              autoSkipPadding: 24,
              callback: (_, i) => numberText(Number(middles[i].toPrecision(3))),
            },
          }),
          y: axis(inShares ? '% of the architectures of the run' : 'architectures', {
            beginAtZero: true,
            ticks: { precision: 0 },
          }),
        },
      },
    },
    details: [
      foldedTable('The distribution as a table', () =>
        dataTable(
          `Distribution of ${score.name}`,
          [score.name, ...drawn.map((run) => run.name)],
          middles.map((_, i) => [binText(i), ...counts.map((count) => count[i])]),
        ),
      ),
    ],
  });
};

const costFigure = (bars) =>
  figure({
    name: 'Seconds of searching and of training',
    zoomable: false,
    height: `${5 + 2.5 * bars.length}rem`,
    words: [
      {
        text: `On a logarithmic scale: ${bars.map((bar) => `${bar.label}: ${durationText(bar.seconds)}`).join('; ')}.`,
      },
    ],
    config: {
      type: 'bar',
      data: {
        labels: bars.map((bar) => bar.label),
        datasets: [
          {
            data: bars.map((bar) => bar.seconds),
            barPercentage: 0.7,
            backgroundColor: bars.map((bar) => translucent(runPaint(bar.run), bar.training ? 0.4 : 0.9)),
            borderColor: bars.map((bar) => runPaint(bar.run)),
            borderWidth: 1,
          },
        ],
      },
      options: {
        indexAxis: 'y',
        responsive: true,
        maintainAspectRatio: false,
        plugins: {
          legend: { display: false },
          tooltip: {
            ...tooltip,
            callbacks: { title: ([item]) => item.label, label: (item) => durationText(item.raw) },
          },
        },
        scales: {
          x: axis('seconds (logarithmic)', {
            type: 'logarithmic',
            min: 10 ** Math.floor(Math.log10(Math.min(...bars.map((bar) => bar.seconds))) - 0.01),
            ticks: {
              autoSkipPadding: 16,
              maxRotation: 0,
              callback: (value) => (Number.isInteger(Math.log10(value)) ? durationText(value) : null),
            },
          }),
          y: { grid: { display: false }, ticks: { color: style('--ink') } },
        },
      },
    },
  });
