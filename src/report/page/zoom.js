'use strict';
// Zooming a chart: a box drawn with the mouse, two fingers, the wheel with Ctrl, buttons, keys.

class Zoom {
  constructor(chart, plot) {
    this.chart = chart;
    this.plot = plot;
    this.whole = Object.fromEntries(['x', 'y'].map((axis) => [axis, this.range(axis)]));
    this.pointers = new Map();
    const { canvas } = chart;
    canvas.addEventListener('pointerdown', (event) => this.down(event));
    canvas.addEventListener('pointermove', (event) => this.move(event));
    for (const end of ['pointerup', 'pointercancel']) canvas.addEventListener(end, (event) => this.up(event));
    canvas.addEventListener('dblclick', () => this.reset());
    canvas.addEventListener(
      'wheel',
      (event) => {
        if (!event.ctrlKey) return;
        event.preventDefault();
        this.scale(event.deltaY < 0 ? 0.8 : 1.25, event.offsetX, event.offsetY);
      },
      { passive: false },
    );
  }

  range(axis) {
    const { min, max } = this.chart.scales[axis];
    return { min, max };
  }

  show(axis, range) {
    Object.assign(this.chart.options.scales[axis], range);
  }

  reset() {
    for (const axis of ['x', 'y']) this.show(axis, this.whole[axis]);
    this.chart.update('none');
  }

  // Widths of the axes become `factor` times what they are, about a place of the canvas; never wider than the whole.
  scale(factor, atX, atY) {
    const { chartArea } = this.chart;
    const place = {
      x: atX ?? (chartArea.left + chartArea.right) / 2,
      y: atY ?? (chartArea.top + chartArea.bottom) / 2,
    };
    for (const axis of ['x', 'y']) {
      const { min, max } = this.range(axis),
        whole = this.whole[axis];
      const middle = this.chart.scales[axis].getValueForPixel(place[axis]);
      const range = {
        min: Math.max(whole.min, middle - (middle - min) * factor),
        max: Math.min(whole.max, middle + (max - middle) * factor),
      };
      if (range.max > range.min) this.show(axis, range);
    }
    this.chart.update('none');
  }

  down(event) {
    this.pointers.set(event.pointerId, { x: event.offsetX, y: event.offsetY });
    this.dragged = false;
    if (event.pointerType === 'mouse' && event.button === 0) {
      this.chart.canvas.setPointerCapture(event.pointerId);
      this.start = { x: event.offsetX, y: event.offsetY };
    }
  }

  move(event) {
    if (!this.pointers.has(event.pointerId)) return;
    const before = this.spread();
    this.pointers.set(event.pointerId, { x: event.offsetX, y: event.offsetY });
    const [a, b] = [...this.pointers.values()];
    if (b && before > 0) this.scale(before / this.spread(), (a.x + b.x) / 2, (a.y + b.y) / 2);
    if (this.start) this.drawBox(event.offsetX, event.offsetY);
  }

  up(event) {
    this.pointers.delete(event.pointerId);
    if (this.box && event.type === 'pointerup') this.showBox(event.offsetX, event.offsetY);
    this.box?.remove();
    this.box = this.start = null;
  }

  // Distance between two fingers.
  spread() {
    const [a, b] = [...this.pointers.values()];
    return b ? Math.hypot(a.x - b.x, a.y - b.y) : 0;
  }

  drawBox(x, y) {
    const width = Math.abs(x - this.start.x),
      height = Math.abs(y - this.start.y);
    if (!this.box && Math.max(width, height) < 6) return;
    this.dragged = true;
    if (!this.box) this.plot.append((this.box = element('div', { class: 'box' })));
    Object.assign(this.box.style, {
      left: `${Math.min(x, this.start.x)}px`,
      top: `${Math.min(y, this.start.y)}px`,
      width: `${width}px`,
      height: `${height}px`,
    });
  }

  showBox(x, y) {
    const corners = { x: [x, this.start.x], y: [y, this.start.y] };
    for (const axis of ['x', 'y']) {
      const [min, max] = corners[axis]
        .map((pixel) => this.chart.scales[axis].getValueForPixel(pixel))
        .sort((a, b) => a - b);
      if (Math.abs(corners[axis][0] - corners[axis][1]) >= 6) {
        this.show(axis, {
          min: Math.max(min, this.whole[axis].min),
          max: Math.min(max, this.whole[axis].max),
        });
      }
    }
    this.chart.update('none');
  }

  buttons() {
    const button = (text, label, action) =>
      element('button', { type: 'button', title: label, 'aria-label': label, onclick: action }, text);
    return element(
      'div',
      { class: 'tools' },
      button('+', 'Zoom in', () => this.scale(0.7)),
      button('−', 'Zoom out', () => this.scale(1 / 0.7)),
      button('Whole', 'Show the whole chart', () => this.reset()),
    );
  }

  // Returns whether the key was handled.
  key(key) {
    if (key === '+') this.scale(0.7);
    else if (key === '-') this.scale(1 / 0.7);
    else if (key === '0') this.reset();
    else return false;
    return true;
  }
}
