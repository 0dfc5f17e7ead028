'use strict';
// Elements of the page. Text goes in as text nodes only, so that nothing in the data can become markup.

const element = (tag, attributes = {}, ...children) => {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, '');
    else if (value !== false && known(value)) made.setAttribute(name, value);
  }
  made.append(...children.flat().filter(known));
  return made;
};

const body = (section) => document.querySelector(`#${section} > .body`);
const controls = (section) => document.querySelector(`#${section} > .controls`);

const announce = (text) => {
  document.getElementById('status').textContent = text;
};

const runColour = (run) => `var(--run-${run.index % 6})`;
const runStyles = ['circle', 'triangle', 'rect', 'rectRot', 'crossRot', 'star'];
const runSigns = ['●', '▲', '■', '◆', '✕', '✱'];
const runSign = (run) =>
  element(
    'span',
    { class: 'mark', style: `--run: ${runColour(run)}`, 'aria-hidden': 'true' },
    runSigns[run.index % 6],
  );

// A heading for the content of one of several runs.
const runHeading = (run) => (severalRuns ? element('h3', {}, runSign(run), ` ${run.name}`) : null);

const select = (label, options, chosen, changed) =>
  element(
    'label',
    {},
    label,
    element(
      'select',
      { onchange: (event) => changed(event.target.value) },
      options.map((option) => element('option', { value: option, selected: option === chosen }, option)),
    ),
  );

// rows: lists of cells, each a text, a number or an element
const dataTable = (caption, header, rows) => {
  const isNumber = header.map((_, column) =>
    rows.every((row) => typeof row[column] === 'number' || !known(row[column])),
  );
  const cell = (tag, column, content, attributes = {}) =>
    element(
      tag,
      { ...attributes, class: isNumber[column] ? 'number' : null },
      typeof content === 'number' ? numberText(content) : (content ?? '–'),
    );
  return element(
    'div',
    { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': caption },
    element(
      'table',
      {},
      element('caption', { class: 'unseen' }, caption),
      element(
        'thead',
        {},
        element(
          'tr',
          {},
          header.map((text, column) => cell('th', column, text, { scope: 'col' })),
        ),
      ),
      element(
        'tbody',
        {},
        rows.map((row) =>
          element(
            'tr',
            {},
            row.map((content, column) => cell('td', column, content)),
          ),
        ),
      ),
    ),
  );
};

// A table that is only made when it is opened.
const foldedTable = (summary, makeTable) => {
  const details = element('details', {}, element('summary', {}, summary));
  details.addEventListener('toggle', () => {
    if (details.open && details.children.length === 1) details.append(makeTable());
  });
  return details;
};

// The picture of a cell; its lines come from the program.
const drawing = (cell) => {
  const text = report.drawings[cell].map((line) => report.lines[line]).join('');
  const svg = document.importNode(
    new DOMParser().parseFromString(text, 'image/svg+xml').documentElement,
    true,
  );
  svg.querySelector('title')?.remove();
  svg.setAttribute('aria-label', `Drawing of ${report.archs[cell]}`);
  return svg;
};

const archButton = (run, row) =>
  element(
    'button',
    { type: 'button', class: 'link arch', onclick: () => openDetail(run, row) },
    archOf(run, row),
  );
