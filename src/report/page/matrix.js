'use strict';
// The rank correlations of a run's scores as a coloured table.

const matrixColour = (rho) =>
  known(rho)
    ? `rgb(${style(rho < 0 ? '--minus' : '--plus')} / ${(Math.abs(rho) * 0.75).toFixed(2)})`
    : 'transparent';

const matrixTable = (run) => {
  const { names, rho, n } = run.agreement;
  const cell = (x, y) =>
    element(
      'td',
      {},
      element(
        'button',
        {
          type: 'button',
          style: `background: ${matrixColour(rho[y][x])}`,
          'aria-pressed': String(state.pair?.[0] === x && state.pair?.[1] === y),
          title: `${names[y]} and ${names[x]}: rho ${numberText(rho[y][x])} on ${n[y][x]} architectures`,
          'aria-label': `${names[y]} and ${names[x]}: ${known(rho[y][x]) ? rho[y][x].toFixed(2) : 'undefined'}, show as points`,
          onclick: () => {
            state.pair = [x, y];
            drawAgreement();
            body('agreement').querySelector('[aria-pressed=true]')?.focus();
          },
        },
        known(rho[y][x]) ? rho[y][x].toFixed(2) : '–',
      ),
    );
  return element(
    'div',
    { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Rank correlations' },
    element(
      'table',
      { class: 'matrix' },
      element('caption', { class: 'unseen' }, `Spearman's rank correlations of ${run.name}`),
      element(
        'thead',
        {},
        element(
          'tr',
          {},
          element('td', {}),
          names.map((name) => element('th', { scope: 'col' }, element('span', {}, name))),
        ),
      ),
      element(
        'tbody',
        {},
        names.map((name, y) =>
          element(
            'tr',
            {},
            element('th', { scope: 'row' }, name),
            names.map((_, x) => cell(x, y)),
          ),
        ),
      ),
    ),
  );
};

// The quantity for a name of the matrix, which uses "synflow" for the charts' "log10 synflow".
const matrixQuantity = (name) => quantityNamed(name) ?? quantityNamed(`log10 ${name}`);

const rhoText = (run, x, y) => {
  const { names, rho, n } = run.agreement,
    index = (each) => names.indexOf(plain(each.name)),
    value = rho[index(y)]?.[index(x)];
  return `Spearman's rho ${known(value) ? value.toFixed(3) : 'is undefined'} on ${n[index(y)]?.[index(x)] ?? 0} architectures.`;
};
