'use strict';
// The ranking of a run as a table that is sorted by its headings, searched, and read page by page.

class RankingTable {
  static pageSize = 25;

  constructor(run, place) {
    this.run = run;
    this.place = place;
    this.columns = [
      { name: 'rank', of: (row) => row + 1 },
      ...(run.ranks
        ? [
            {
              name: 'or rank',
              of: (row) => run.ranks[row]?.[1],
              text: (row) => run.ranks[row] && rankText(run.ranks[row]),
            },
          ]
        : []),
      ...(run.front ? [{ name: 'front', of: (row) => run.front[row] }] : []),
      { name: 'architecture', of: (row) => archOf(run, row) },
      ...(run.vote ? [{ name: 'vote', of: (row) => run.value[row] }] : []),
      ...run.scores.map((score) => ({ name: score.name, of: (row) => score.values[row], kind: 'score' })),
      ...metrics.map((metric) => ({
        name: metric.name,
        of: (
          (values) => (row) =>
            values[row]
        )(metric.of(run)),
      })),
      ...run.costs.map((cost) => ({ name: cost.name, of: (row) => cost.values[row] })),
      { name: 'parameters', of: (row) => run.params[row] },
      { name: 'FLOPs', of: (row) => run.flops[row] },
      { name: 'proposal', of: (row) => run.proposal[row] },
      ...(run.seconds ? [{ name: 'seconds', of: (row) => run.seconds[row] }] : []),
      ...(run.status.some((text) => text !== 'ok') ? [{ name: 'status', of: (row) => run.status[row] }] : []),
    ];
    this.sorted = { column: this.columns[0], descending: false };
    this.pattern = '';
    this.page = 0;
    this.draw();
  }

  // Rows without a value come last, whatever the order.
  rows() {
    const { column, descending } = this.sorted;
    const rows = this.run.cells
      .map((_, row) => row)
      .filter((row) => archOf(this.run, row).includes(this.pattern));
    const compare = (a, b) =>
      (typeof a === 'string' ? (a < b ? -1 : a > b ? 1 : 0) : a - b) * (descending ? -1 : 1);
    return rows.sort((a, b) => {
      const x = column.of(a),
        y = column.of(b);
      if (known(x) && known(y)) return compare(x, y);
      return known(x) ? -1 : known(y) ? 1 : a - b;
    });
  }

  sortBy(column) {
    const same = this.sorted.column === column;
    this.sorted = { column, descending: same ? !this.sorted.descending : false };
    this.page = 0;
    this.draw();
    announce(`Sorted by ${column.name}, ${this.sorted.descending ? 'descending' : 'ascending'}`);
    this.place.querySelector('th[aria-sort] button')?.focus();
  }

  heading(column) {
    const order =
      this.sorted.column === column ? (this.sorted.descending ? 'descending' : 'ascending') : null;
    return element(
      'th',
      { scope: 'col', 'aria-sort': order, class: this.classes(column) },
      element('button', { type: 'button', onclick: () => this.sortBy(column) }, column.name),
    );
  }

  classes(column) {
    return [this.isNumber(column) ? 'number' : '', column.kind ?? ''].join(' ').trim();
  }

  isNumber(column) {
    return !['architecture', 'status'].includes(column.name);
  }

  cell(column, row) {
    if (column.name === 'architecture') return element('td', {}, archButton(this.run, row));
    const value = column.of(row);
    const text = column.text?.(row) ?? (this.isNumber(column) ? numberText(value) : value);
    return element('td', { class: this.classes(column) }, text);
  }

  row(row) {
    const made = element(
      'tr',
      { class: 'pick' },
      this.columns.map((column) => this.cell(column, row)),
    );
    made.addEventListener('click', (event) => {
      if (!event.target.closest('button')) openDetail(this.run, row);
    });
    return made;
  }

  pages(rows) {
    const last = Math.max(0, Math.ceil(rows.length / RankingTable.pageSize) - 1);
    const go = (text, page) =>
      element(
        'button',
        {
          type: 'button',
          disabled: page < 0 || page > last || page === this.page,
          onclick: () => {
            this.page = page;
            this.draw();
          },
        },
        text,
      );
    const from = this.page * RankingTable.pageSize;
    return element(
      'div',
      { class: 'controls pages' },
      go('First', 0),
      go('Previous', this.page - 1),
      element(
        'span',
        {},
        `${rows.length === 0 ? 0 : from + 1} to ${Math.min(rows.length, from + RankingTable.pageSize)} of ${numberText(rows.length)}`,
      ),
      go('Next', this.page + 1),
      go('Last', last),
    );
  }

  draw() {
    const rows = this.rows(),
      from = this.page * RankingTable.pageSize;
    this.place.replaceChildren(
      element(
        'div',
        { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': `Ranking of ${this.run.name}` },
        element(
          'table',
          { class: this.run.scores.length > 8 ? 'ranking wide' : 'ranking' },
          element('caption', { class: 'unseen' }, `Ranking of ${this.run.name} by ${this.run.rule}`),
          element(
            'thead',
            {},
            element(
              'tr',
              {},
              this.columns.map((column) => this.heading(column)),
            ),
          ),
          element(
            'tbody',
            {},
            rows.slice(from, from + RankingTable.pageSize).map((row) => this.row(row)),
          ),
        ),
      ),
      this.pages(rows),
    );
  }

  search(pattern) {
    this.pattern = pattern;
    this.page = 0;
    this.draw();
  }
}
