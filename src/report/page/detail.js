'use strict';
// One architecture: its drawing and all its data, in a dialog.

const figureText = (table, value, text) =>
  known(value) ? `${text(value)} (${table.file})` : `not in ${table.file}`;

const trainedFacts = (run, row) => [
  ...metrics.map((metric) => [metric.name, figureText(report.accuracies, metric.of(run)[row], numberText)]),
  ...(report.training?.columns ?? []).map((column) => [
    'Training time',
    figureText(report.training, column.values[run.cells[row]], durationText),
  ]),
];

const ranksElsewhere = (run, row) =>
  report.runs
    .filter((other) => other !== run && other.cells.includes(run.cells[row]))
    .map((other) => [
      `Rank in ${other.name}`,
      `${other.cells.indexOf(run.cells[row]) + 1} of ${other.cells.length}`,
    ]);

const meetingText = (run, row) => {
  const evaluated = run.seconds?.[row];
  return `proposal ${run.proposal[row]}${known(evaluated) ? `, evaluated after ${durationText(evaluated)}` : ''}`;
};

const architectureFacts = (run, row) => [
  ...(severalRuns ? [['Run', run.name]] : []),
  ['Rank', `${row + 1} of ${run.cells.length}`],
  ...(run.ranks?.[row] ? [['Ranks it may have', rankText(run.ranks[row])]] : []),
  ...ranksElsewhere(run, row),
  ...(run.vote ? [['Vote', numberText(run.value[row])]] : []),
  ['Status', run.status[row]],
  ...trainedFacts(run, row),
  ['Parameters', numberText(run.params[row])],
  ['FLOPs', numberText(run.flops[row])],
  ['First met', meetingText(run, row)],
  ...run.scores.map((score) => [score.name, numberText(score.values[row])]),
];

const factRow = ([label, text]) =>
  element('tr', {}, element('th', { scope: 'row' }, label), element('td', {}, text));

const openDetail = (run, row) => {
  const dialog = document.getElementById('detail');
  dialog.replaceChildren(
    element(
      'header',
      {},
      element('h2', { id: 'detail-title' }, `Architecture of rank ${row + 1}`),
      element('button', { type: 'button', autofocus: true, onclick: () => dialog.close() }, 'Close'),
    ),
    drawing(run.cells[row]),
    element('p', { class: 'arch' }, archOf(run, row)),
    element(
      'table',
      { class: 'facts single' },
      element('tbody', {}, architectureFacts(run, row).map(factRow)),
    ),
  );
  if (!dialog.open) dialog.showModal();
};

document.getElementById('detail').addEventListener('click', (event) => {
  if (event.target === event.currentTarget) event.currentTarget.close();
});
