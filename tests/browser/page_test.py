"""What the page of `wrcor report` does in a browser. Usage: page_test.py ONE_RUN.html SEVERAL_RUNS.html VALUELESS.html
SIMULATED.html"""
import sys
import unittest

from browser import Browser

one_run, several_runs, valueless, simulated = sys.argv[1:5]

ENTER, ESCAPE, ARROW_RIGHT = "\ue007", "\ue00c", "\ue014"

# Places of points in the window, by chart; only those that stand for architectures.
POINT_PLACES = """
  const figure = [...document.querySelectorAll('figure')].find((each) => each.dataset.chart.includes(arguments[0]));
  figure.scrollIntoView({block: 'center'});
  const chart = Chart.getChart(figure.querySelector('canvas')), {left, top} = chart.canvas.getBoundingClientRect();
  return chart.data.datasets.flatMap((set, i) => set.walkable
    ? chart.getDatasetMeta(i).data.map((point) => ({x: left + point.x, y: top + point.y})) : []);"""
MARKS = """
  return [...document.querySelectorAll('figure')].map((figure) => {
    const chart = Chart.getChart(figure.querySelector('canvas'));
    const pixels = chart.ctx.getImageData(0, 0, chart.canvas.width, chart.canvas.height).data;
    return {name: figure.dataset.chart, marks: chart.data.datasets.reduce((sum, set) => sum + set.data.length, 0),
            drawn: pixels.some((value) => value !== 0), label: chart.canvas.getAttribute('aria-label'),
            words: figure.querySelector('figcaption').textContent};
  });"""
DETAIL = "const dialog = document.getElementById('detail'); return dialog.open ? dialog.textContent : '';"
COLUMN = """
  const heading = [...document.querySelectorAll('table.ranking th')].findIndex((th) => th.textContent === arguments[0]);
  return [...document.querySelectorAll('table.ranking tbody tr')].map((row) => row.cells[heading].textContent);"""


class PageTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.browser = Browser(1300, 900)

    @classmethod
    def tearDownClass(cls):
        cls.browser.__exit__()

    def open(self, page, **emulation):
        self.browser.emulate(**{"width": 1300, **emulation})
        self.browser.open(page)
        self.browser.requests.clear()
        self.browser.complaints.clear()
        self.browser.open(page)

    def tearDown(self):
        """No test leaves a complaint behind, nor a request but for the page."""
        self.browser.collect()
        self.assertEqual(self.browser.complaints, [])
        outside = {url for url in self.browser.requests if not url.startswith(("file:", "data:"))}
        self.assertEqual(outside, set())
        self.assertEqual(sum(url.startswith("file:") for url in self.browser.requests), 1)

    def charts(self):
        return self.browser.run(MARKS)

    def test_every_chart_has_marks_and_words(self):
        for page, expected in ((one_run, 5), (several_runs, 8)):
            self.open(page)
            charts = self.charts()
            self.assertGreaterEqual(len(charts), expected)
            for chart in charts:
                self.assertGreater(chart["marks"], 0, chart["name"])
                self.assertTrue(chart["drawn"], chart["name"])
                self.assertRegex(chart["words"], "[0-9]", chart["name"])
                self.assertRegex(chart["label"], "[0-9]", chart["name"])

    def test_simulated_searches_have_lines(self):
        self.open(one_run)
        self.assertTrue(self.browser.run("return document.getElementById('searches').hidden"))
        self.open(simulated)
        chart = next(each for each in self.charts() if "simulated seconds" in each["name"])
        self.assertTrue(chart["drawn"])
        self.assertIn("random, 1 epoch: ", chart["words"])
        self.assertIn("random, 5 epochs (dashed): ", chart["words"])
        choose = """
          const selects = document.querySelectorAll('#searches select'), [which, value] = arguments;
          selects[which].value = value;
          selects[which].dispatchEvent(new Event('change'));
          return document.querySelector('#searches figure').dataset.chart;"""
        self.assertIn("filter by short", self.browser.run(choose, 1, "filter by short"))
        self.assertIn("hyperband", self.browser.run(choose, 1, "hyperband, 1 to 5 epochs"))
        self.assertTrue(self.browser.run(choose, 0, "long").startswith("long of the answers"))
        words = self.browser.run("return document.querySelector('#searches figcaption').textContent")
        self.assertRegex(words, "without a ranking: .*filter by short: .*warm start by short: ")
        rows = self.browser.run("return [...document.querySelectorAll('#searches tbody tr')].map((row) => row.cells[0].textContent)")
        self.assertEqual(len(rows), 31)
        self.assertEqual(rows[-1], "optimum")

    def test_a_run_in_which_nothing_has_a_value_is_shown(self):
        self.open(valueless)
        self.assertIn("No architecture has both values", self.charts()[0]["words"])
        self.assertEqual(len(self.browser.run(COLUMN, "status")), 25)

    def test_the_pareto_front_is_what_no_point_beats(self):
        self.open(one_run)
        front, expected = self.browser.run("""
          const points = pointsOf(report.runs[0], parameters, proxies[0]);
          const beaten = (p) => points.some((q) => q.x <= p.x && q.y >= p.y && (q.x < p.x || q.y > p.y));
          const places = (list) => [...new Set(list.map((p) => `${p.x} ${p.y}`))].sort();
          return [places(paretoFront(points, false)), places(points.filter((p) => !beaten(p)))];""")
        self.assertEqual(front, expected)
        self.assertGreater(len(front), 1)

    def test_a_point_opens_its_architecture(self):
        self.open(one_run)
        place = self.browser.run(POINT_PLACES, "against parameters")[0]
        self.browser.click_at(**place)
        detail = self.browser.wait(DETAIL)
        self.assertIn("Architecture of rank", detail)
        self.assertIn("|nor_conv", detail)
        self.assertEqual(self.browser.run("return document.querySelectorAll('dialog svg .cell-node').length"), 4)
        self.browser.press(ESCAPE)
        self.browser.wait("return !document.getElementById('detail').open")

    def test_a_point_under_the_mouse_tells_what_it_is(self):
        self.open(one_run)
        self.browser.point_at(**self.browser.run(POINT_PLACES, "against parameters")[0])
        lines = self.browser.wait("""
          const {tooltip} = Chart.getChart(document.querySelector('#cost-benefit canvas'));
          return tooltip.opacity > 0 && tooltip.body.flatMap((part) => part.lines);""")
        self.assertRegex(lines[0], "^rank [0-9]+$")
        self.assertRegex(lines[-1], "^[|]")

    def test_a_row_opens_its_architecture(self):
        self.open(several_runs)
        place = self.browser.run("""
          const cell = document.querySelector('table.ranking tbody tr:nth-child(2) td');
          cell.scrollIntoView({block: 'center'});
          const box = cell.getBoundingClientRect();
          return {x: box.x + 5, y: box.y + 5};""")
        self.browser.click_at(**place)
        detail = self.browser.wait(DETAIL)
        self.assertIn("Architecture of rank 2", detail)
        self.assertIn("acc", detail)

    def test_keys_go_from_point_to_point(self):
        self.open(one_run)
        self.browser.run("document.querySelector('#cost-benefit canvas').focus()")
        self.browser.press(ARROW_RIGHT)
        first = self.browser.wait("return document.getElementById('status').textContent")
        self.browser.press(ARROW_RIGHT)
        self.assertNotEqual(self.browser.run("return document.getElementById('status').textContent"), first)
        self.browser.press(ENTER)
        self.assertIn("Architecture of rank", self.browser.wait(DETAIL))

    def test_a_box_zooms_and_a_button_shows_the_whole(self):
        self.open(one_run)
        width = "const {x} = Chart.getChart(document.querySelector('#course canvas')).scales; return x.max - x.min"
        whole = self.browser.run(width)
        box = self.browser.run("""
          const canvas = document.querySelector('#course canvas');
          canvas.scrollIntoView({block: 'center'});
          const {left, top, width, height} = canvas.getBoundingClientRect();
          return [left + width * .4, top + height * .2, left + width * .6, top + height * .8];""")
        self.browser.click_at(*box[:2], to=box[2:])
        self.assertLess(self.browser.wait(f"{width} < {whole} * .5"), 2)
        self.assertEqual(self.browser.run(DETAIL), "")
        self.browser.run("document.querySelector('#course .tools button:last-child').click()")
        self.assertAlmostEqual(self.browser.run(width), whole)
        self.browser.run("document.querySelector('#course canvas').focus()")
        self.browser.press("+")
        self.assertLess(self.browser.run(width), whole)

    def test_the_ranking_is_sorted_by_its_headings(self):
        self.open(one_run)
        heading = "[...document.querySelectorAll('table.ranking th button')].find((each) => each.textContent === 'parameters')"
        for order in ("ascending", "descending"):
            self.browser.run(f"{heading}.focus()")
            self.browser.press(ENTER)
            self.assertEqual(self.browser.run(f"return {heading}.closest('th').getAttribute('aria-sort')"), order)
            values = [int(text.replace(",", "")) for text in self.browser.run(COLUMN, "parameters")]
            self.assertEqual(values, sorted(values, reverse=order == "descending"))
            self.assertGreater(len(set(values)), 1)

    def test_the_ranking_is_searched_and_read_page_by_page(self):
        self.open(one_run)
        ranks = self.browser.run(COLUMN, "rank")
        self.assertEqual(ranks, [str(rank) for rank in range(1, 26)])
        self.browser.run("[...document.querySelectorAll('.pages button')].find((each) => each.textContent === 'Next').click()")
        self.assertEqual(self.browser.run(COLUMN, "rank")[0], "26")
        self.browser.run("""
          const field = document.querySelector('input[type=search]');
          field.value = 'nor_conv_3x3~0';
          field.dispatchEvent(new Event('input'));""")
        self.assertTrue(all("nor_conv_3x3~0" in arch for arch in self.browser.run(COLUMN, "architecture")))

    def test_another_score_and_another_axis_are_shown(self):
        self.open(one_run)
        self.browser.run("""
          const [score, over] = document.querySelectorAll('#course select');
          over.value = 'seconds';
          over.dispatchEvent(new Event('change'));
          const again = document.querySelector('#course select');
          again.value = 'log10 synflow';
          again.dispatchEvent(new Event('change'));""")
        names = [chart["name"] for chart in self.charts()]
        self.assertIn("log10 synflow by seconds of searching", names)
        self.assertIn("log10 synflow against parameters", names)

    def test_a_run_can_be_hidden(self):
        self.open(several_runs)
        text = "return document.getElementById('best').textContent"
        self.assertIn("a <b>run", self.browser.run(text))
        self.browser.run("document.querySelector('#selector input').click()")
        self.assertNotIn("a <b>run", self.browser.run(text))
        for chart in self.charts():
            self.assertGreater(chart["marks"], 0, chart["name"])

    def test_only_runs_whose_scores_can_be_compared_share_a_chart(self):
        self.open(several_runs)
        shared = self.browser.run("""
          return [...document.querySelectorAll('#cost-benefit figure')].map((figure) =>
            Chart.getChart(figure.querySelector('canvas')).data.datasets.filter((set) => set.walkable).map((set) => set.label));""")
        self.assertEqual(shared, [["a <b>run", "other"], ["a <b>run", "other"], ["vote"], ["vote"]])

    def test_a_narrow_or_a_dark_window_shows_everything(self):
        for page in (one_run, several_runs):
            for width in (360, 390, 1600):
                for dark in (False, True):
                    self.open(page, width=width, dark=dark)
                    self.assertLessEqual(self.browser.run("return document.documentElement.scrollWidth"), width)
                    background = self.browser.run("return getComputedStyle(document.body).backgroundColor")
                    self.assertEqual(background, "rgb(18, 22, 27)" if dark else "rgb(255, 255, 255)")

    def test_colours_follow_the_system_while_the_page_is_open(self):
        self.open(one_run)
        colour = "return Chart.getChart(document.querySelector('#course canvas')).data.datasets.at(-1).borderColor"
        light = self.browser.run(colour)
        self.browser.emulate(dark=True)
        self.browser.wait(f"{colour} !== '{light}'")

    def test_paper_is_white_and_has_no_controls(self):
        self.open(one_run, dark=True, paper=True)
        self.assertEqual(self.browser.run("return getComputedStyle(document.body).backgroundColor"), "rgb(255, 255, 255)")
        self.assertEqual(self.browser.run("return getComputedStyle(document.querySelector('.controls')).display"), "none")
        self.assertTrue(self.browser.printed().startswith(b"%PDF-"))

    def test_whatever_is_pressed_can_be_focused_and_has_a_name(self):
        self.open(several_runs)
        nameless = self.browser.run("""
          return [...document.querySelectorAll('button, select, input, canvas, a')].filter((each) =>
            !(each.getAttribute('aria-label') || each.textContent.trim() || each.closest('label')?.textContent.trim())
            || each.tabIndex < 0).map((each) => each.outerHTML);""")
        self.assertEqual(nameless, [])
        headings = self.browser.run("return [...document.querySelectorAll('h1, h2, h3')].map((each) => each.tagName)")
        self.assertEqual(headings.count("H1"), 1)
        self.assertEqual(headings[0], "H1")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
