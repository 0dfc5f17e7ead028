'use strict';
// The sections of the page, redrawn whenever the selection changes.

const state = {
  score: defaultScore().name,
  courseBy: 'proposal',
  distribution: defaultScore().name,
  metric: metrics[0]?.name,
  accuracyScore: defaultScore().name,
  agreementRun: report.runs[0],
  pair: null,
  rankingRun: report.runs[0],
};

const scoreNames = [...votes, ...proxies].map((each) => each.name);
const outcomeNames = [...scoreNames, ...metrics.map((each) => each.name)];

// Charts are made when their place is in the page, and destroyed when it is redrawn.
const place = (where, ...figures) => {
  for (const canvas of where.querySelectorAll('canvas')) Chart.getChart(canvas)?.destroy();
  where.replaceChildren(...figures.map((each) => each.made));
  for (const each of figures) each.draw();
};

// Why the values of several runs do not share a chart, and which runs have none.
const remark = (score) => {
  const lacking = shownRuns().filter((run) => !score.of(run)),
    texts = [];
  if (comparableRuns(score).length > 1) {
    texts.push(
      votes.includes(score)
        ? 'A vote orders the architectures of one run: its values in different runs cannot be compared, so each has a chart.'
        : `The runs have scored with different settings: values of ${score.name} that cannot be compared are in different charts.`,
    );
  }
  for (const run of shownRuns().filter((each) => each.refined > 0 && votes.includes(score))) {
    texts.push(
      `${severalRuns ? `${run.name}: the` : 'The'} first ${run.refined} of the ranking were scored again with more draws of weights and have a vote of their own: its values cannot be compared with those of the others.`,
    );
  }
  if (lacking.length > 0) texts.push(`${lacking.map((run) => run.name).join(', ')}: no ${score.name}.`);
  return texts.length > 0 ? element('p', { class: 'warning' }, texts.join(' ')) : null;
};

const setControls = (section, score, ...choices) => {
  controls(section).replaceChildren(...[...choices, remark(score)].filter(known));
};

const bestText = (run) => {
  const value = run.value[0];
  return known(value) ? `${run.rankedBy} ${numberText(value)}` : 'no architecture has a score';
};

// "logrank(+wrcor,-plain)" with spaces between its words, and without the plus signs.
const ruleText = (rule) => rule.replaceAll('+', '').replaceAll(',', ', ');

const drawSummary = () => {
  const architectures = new Set(report.runs.flatMap((run) => run.cells)).size;
  const fact = (run, label) => run.facts.find(([name]) => name === label)?.[1];
  const minibatch = fact(report.runs[0], 'Minibatch');
  const what = severalRuns
    ? ''
    : ` Strategy: ${fact(report.runs[0], 'Strategy')}; space: ${fact(report.runs[0], 'Search space')}${minibatch ? `; minibatch: ${minibatch}` : ''}.`;
  const anyTrained = report.runs.some(isTrained);
  document.getElementById('not-accuracy').hidden = anyTrained;
  const withoutTraining = anyTrained
    ? ''
    : ` without training any, in ${durationText(report.runs.reduce((sum, run) => sum + run.searchSeconds, 0))}${severalRuns ? ' altogether' : ''}`;
  document.getElementById('summary').textContent =
    `${severalRuns ? `${report.runs.length} searches met ${numberText(architectures)} different architectures` : `${numberText(architectures)} architectures were ranked`}` +
    `${withoutTraining}, by ${[...new Set(report.runs.map((run) => ruleText(run.rule)))].join('; by ')}.${what}`;
};

const tile = (label, text, small) =>
  element(
    'div',
    {},
    element('dt', {}, label),
    element('dd', {}, text, small ? element('small', {}, small) : null),
  );

const tiles = (run) =>
  element(
    'dl',
    { class: 'tiles' },
    tile('Best', bestText(run), `${countText(run.params[0])} parameters, ${countText(run.flops[0])} FLOPs`),
    tile('Architectures', numberText(run.cells.length), `${numberText(run.proposals)} proposals`),
    isTrained(run)
      ? null
      : tile(
          'Time',
          durationText(run.searchSeconds),
          `${durationText(run.searchSeconds / run.cells.length)} per architecture`,
        ),
    metrics.map((metric) => {
      const { best } = report.accuracies.columns.find((column) => column.name === metric.name);
      return tile(
        `${metric.name} of the best`,
        numberText(metric.of(run)[0]),
        `best of the table: ${numberText(best)}`,
      );
    }),
  );

const card = (run, row) =>
  element(
    'li',
    {},
    element(
      'button',
      { type: 'button', class: 'card', onclick: () => openDetail(run, row) },
      element('span', { class: 'rank' }, `${row + 1}. `),
      element(
        'span',
        { class: 'soft' },
        `${run.rankedBy} ${numberText(run.value[row])}`,
        run.ranks?.[row] ? `, rank ${rankText(run.ranks[row])}` : null,
      ),
      drawing(run.cells[row]),
      element(
        'span',
        { class: 'facts' },
        [
          `${countText(run.params[row])} parameters`,
          `${countText(run.flops[row])} FLOPs`,
          ...metrics
            .filter((metric) => known(metric.of(run)[row]))
            .map((metric) => `${metric.name} ${numberText(metric.of(run)[row])}`),
        ].join(' · '),
      ),
      element('span', { class: 'arch' }, archOf(run, row)),
    ),
  );

const drawBest = () => {
  body('best').replaceChildren(
    ...shownRuns()
      .flatMap((run) => [
        runHeading(run),
        rankedRows(run).length === 0 ? element('p', {}, 'No architecture has a score.') : tiles(run),
        element(
          'ol',
          { class: 'cards' },
          rankedRows(run)
            .slice(0, report.top)
            .map((row) => card(run, row)),
        ),
      ])
      .filter(known),
  );
};

const drawCostBenefit = () => {
  const score = quantityNamed(state.score);
  setControls(
    'cost-benefit',
    score,
    select('Show', outcomeNames, state.score, (name) => {
      state.score = name;
      drawCostBenefit();
      drawCourse();
    }),
  );
  place(
    body('cost-benefit'),
    ...comparableRuns(score).flatMap((runs) => [
      paretoFigure(runs, parameters, score),
      paretoFigure(runs, flops, score),
    ]),
  );
};

const drawCourse = () => {
  const score = quantityNamed(state.score),
    hasSeconds = report.runs.some((run) => run.seconds);
  const x = state.courseBy === 'proposal' ? proposals : seconds;
  setControls(
    'course',
    score,
    select('Show', outcomeNames, state.score, (name) => {
      state.score = name;
      drawCostBenefit();
      drawCourse();
    }),
    ...(hasSeconds
      ? [
          select('over', ['proposal', 'seconds'], state.courseBy, (by) => {
            state.courseBy = by;
            drawCourse();
          }),
        ]
      : []),
  );
  place(body('course'), ...comparableRuns(score).map((runs) => courseFigure(runs, x, score)));
};

const drawDistribution = () => {
  const score = quantityNamed(state.distribution);
  setControls(
    'distribution',
    score,
    select('Distribution of', outcomeNames, state.distribution, (name) => {
      state.distribution = name;
      drawDistribution();
    }),
  );
  place(body('distribution'), ...comparableRuns(score).map((runs) => histogramFigure(runs, score)));
};

const drawAgreement = () => {
  const run = state.agreementRun,
    { names } = run.agreement;
  state.pair ??= [0, Math.min(1, names.length - 1)];
  controls('agreement').replaceChildren(
    ...(severalRuns
      ? [
          select(
            'Run',
            report.runs.map((each) => each.name),
            run.name,
            (name) => {
              state.agreementRun = report.runs.find((each) => each.name === name);
              state.pair = null;
              drawAgreement();
            },
          ),
        ]
      : []),
  );
  const [x, y] = state.pair.map((index) => matrixQuantity(names[index]));
  const matrix = { made: matrixTable(run), draw: () => {} };
  const where = body('agreement');
  where.classList.add('columns');
  place(
    where,
    matrix,
    scatterFigure({ runs: [run], name: `${y.name} against ${x.name}`, x, y, say: () => rhoText(run, x, y) }),
  );
};

const drawAccuracy = () => {
  if (metrics.length === 0) return;
  for (const each of [
    document.getElementById('accuracy'),
    document.querySelector('a[href="#accuracy"]').parentElement,
  ])
    each.hidden = false;
  const metric = quantityNamed(state.metric),
    score = quantityNamed(state.accuracyScore);
  const { file, rows, columns } = report.accuracies,
    { best } = columns.find((column) => column.name === metric.name);
  setControls(
    'accuracy',
    score,
    select(
      'Accuracy',
      metrics.map((each) => each.name),
      state.metric,
      (name) => {
        state.metric = name;
        drawAccuracy();
      },
    ),
    select('against', [...scoreNames, 'parameters', 'FLOPs'], state.accuracyScore, (name) => {
      state.accuracyScore = name;
      drawAccuracy();
    }),
  );
  const table = dataTable(
    `${metric.name} of what the runs found`,
    [
      'run',
      'in the table',
      `${metric.name} of rank 1`,
      'best of ranks 1 to 10',
      'best of the run',
      'best of the table',
    ],
    shownRuns().map((run) => {
      const values = metric.of(run),
        some = values.filter(known),
        ranked = rankedRows(run).map((row) => values[row]),
        top = ranked.slice(0, 10).filter(known);
      return [
        run.name,
        `${some.length} of ${values.length}`,
        ranked[0],
        top.length > 0 ? Math.max(...top) : null,
        some.length > 0 ? extent(some)[1] : null,
        best,
      ];
    }),
  );
  const order = dataTable(
    `How the rankings order the networks by ${metric.name}`,
    [
      'run',
      'rho',
      'tau',
      'rho, best 5 %',
      'tau, best 5 %',
      'rho, best 10 %',
      'tau, best 10 %',
      'top 10',
      'nDCG',
      'tau, equal size',
    ],
    shownRuns().map((run) => {
      const by = run.order[metric.name];
      const figures = [
        by.spearman,
        by.kendall,
        by.spearman_top_5_percent,
        by.kendall_top_5_percent,
        by.spearman_top_10_percent,
        by.kendall_top_10_percent,
        by.top_k,
        by.ndcg,
        by.kendall_same_size,
      ];
      return [run.name, ...figures.map((value) => (known(value) ? Number(value.toFixed(3)) : null))];
    }),
  );
  const note = element(
    'p',
    { class: 'note' },
    `Of networks that were trained, as ${file} has them (${numberText(rows)} architectures)${report.runs.some(isTrained) ? '' : '; the search has not seen them'}.`,
  );
  const charts = element('div', { class: 'columns' });
  place(
    body('accuracy'),
    { made: note, draw: () => {} },
    { made: table, draw: () => {} },
    { made: order, draw: () => {} },
    {
      made: charts,
      draw: () =>
        place(
          charts,
          ...comparableRuns(score).map((runs) =>
            scatterFigure({
              runs,
              name: `${metric.name} against ${score.name}`,
              x: score,
              y: metric,
              say: (run) => rhoText(run, score, metric),
            }),
          ),
        ),
    },
  );
};

const trainingText = (run) => {
  const { file, columns } = report.training,
    { covered, seconds: total } = run.training;
  return (
    `${file} (${columns[0].name}) has a time for ${numberText(covered)} of the ${numberText(run.cells.length)} architectures: ${durationText(total)} for these, ` +
    `${durationText(total / Math.max(1, covered))} each on average. What the others would have taken is not known, and not guessed.`
  );
};

const drawCost = () => {
  const runs = shownRuns().filter((run) => !isTrained(run)),
    where = body('cost');
  if (runs.length === 0) {
    const text = 'Another program has trained the architectures: what that took is not recorded.';
    place(where, { made: element('p', { class: 'note' }, text), draw: () => {} });
    return;
  }
  const table = dataTable(
    'What each run cost',
    [
      'run',
      'architectures',
      'seconds',
      'seconds per architecture',
      ...(report.training
        ? ['with a training time', 'seconds of training these', 'training one / scoring one']
        : []),
    ],
    runs.map((run) => [
      run.name,
      run.cells.length,
      run.searchSeconds,
      run.searchSeconds / run.cells.length,
      ...(report.training
        ? [
            run.training.covered,
            run.training.seconds,
            run.training.covered > 0
              ? Number(
                  (
                    run.training.seconds /
                    run.training.covered /
                    (run.searchSeconds / run.cells.length)
                  ).toPrecision(2),
                )
              : null,
          ]
        : []),
    ]),
  );
  const bars = runs
    .flatMap((run) => [
      {
        run,
        label: `${severalRuns ? `${run.name}: ` : ''}search, all ${numberText(run.cells.length)}`,
        seconds: run.searchSeconds,
      },
      ...(run.training?.covered > 0
        ? [
            {
              run,
              label: `${severalRuns ? `${run.name}: ` : ''}training ${numberText(run.training.covered)} of them`,
              seconds: run.training.seconds,
              training: true,
            },
          ]
        : []),
    ])
    .filter((bar) => bar.seconds > 0);
  const notes = report.training
    ? runs.map((run) =>
        element('p', { class: 'note' }, `${severalRuns ? `${run.name}: ` : ''}${trainingText(run)}`),
      )
    : [];
  place(
    where,
    { made: table, draw: () => {} },
    ...notes.map((made) => ({ made, draw: () => {} })),
    ...(bars.length > 1 ? [costFigure(bars)] : []),
  );
};

const drawSetup = () => {
  const runs = shownRuns(),
    labels = [...new Set(runs.flatMap((run) => run.facts.map(([label]) => label)))];
  const text = (run, label) => run.facts.find(([name]) => name === label)?.[1] ?? '–';
  body('setup').replaceChildren(
    element(
      'div',
      { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Settings of the runs' },
      element(
        'table',
        { class: `facts${severalRuns ? '' : ' single'}` },
        severalRuns
          ? element(
              'thead',
              {},
              element(
                'tr',
                {},
                element('td', {}),
                runs.map((run) => element('th', { scope: 'col' }, runSign(run), ` ${run.name}`)),
              ),
            )
          : null,
        element(
          'tbody',
          {},
          labels.map((label) =>
            element(
              'tr',
              {},
              element('th', { scope: 'row' }, label),
              runs.map((run) => element('td', {}, text(run, label))),
            ),
          ),
        ),
      ),
    ),
  );
};

const drawRanking = () => {
  const table = new RankingTable(state.rankingRun, body('ranking'));
  document.querySelector('#ranking > .note').hidden = !state.rankingRun.ranks;
  controls('ranking').replaceChildren(
    ...(severalRuns
      ? [
          select(
            'Run',
            report.runs.map((run) => run.name),
            state.rankingRun.name,
            (name) => {
              state.rankingRun = report.runs.find((run) => run.name === name);
              drawRanking();
            },
          ),
        ]
      : []),
    element(
      'label',
      {},
      'Architectures with',
      element('input', {
        type: 'search',
        placeholder: 'nor_conv_3x3~0',
        oninput: (event) => table.search(event.target.value),
      }),
    ),
  );
};

const drawSelector = () => {
  const selector = document.getElementById('selector');
  selector.hidden = !severalRuns;
  selector.append(
    ...report.runs.map((run) =>
      element(
        'label',
        {},
        element('input', {
          type: 'checkbox',
          checked: true,
          onchange: (event) => {
            run.shown = event.target.checked;
            drawRuns();
          },
        }),
        ' ',
        runSign(run),
        ` ${run.name}`,
      ),
    ),
  );
};

const drawCharts = () => {
  applyTheme();
  for (const draw of [
    drawCostBenefit,
    drawCourse,
    drawDistribution,
    drawAgreement,
    drawAccuracy,
    drawSearches,
    drawCost,
  ])
    draw();
};

const drawRuns = () => {
  drawBest();
  drawSetup();
  drawCharts();
};

drawSummary();
drawSelector();
drawRuns();
drawRanking();

window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', drawCharts);
// Paper is white, and narrower than most windows: the style adapts the colours, the charts must be redrawn.
window.matchMedia('print').addEventListener('change', drawCharts);
