"""The pages in a real browser: they fit a phone and a desktop, and nothing is loaded from anywhere else."""

from collections.abc import Iterator

import pytest

from tests.fixtures.browser import CHROMIUM, Browser, chromium
from tests.fixtures.press import ENDLESS, HARBOUR, HOSTILE, OBSERVATORY

WIDTHS = (360, 390, 1280)  # CSS pixels: a small phone, a usual phone, a desktop
PAGES = {
    "results": "/?q=northport",
    "everything": "/?size=50",
    "filtered": "/?lang=fa&since=2026-11-01",
    "nothing found": "/?q=zzzzz",
    "bad query": "/?q=" + "x" * 300 + "%22",
    "article": f"/articles/{HARBOUR.article_id}",
    "right to left": f"/articles/{OBSERVATORY.article_id}",
    "hostile": f"/articles/{HOSTILE.article_id}",
    "endless words": f"/articles/{ENDLESS.article_id}",
    "status": "/status",
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no chromium on this machine: the layout of the search pages was not checked")
    with chromium() as browser:
        yield browser


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES.keys())
def test_a_page_fits_every_width_and_loads_nothing_from_elsewhere(browser: Browser, site: str, path: str) -> None:
    for width in WIDTHS:
        browser.open(site + path, width)
        browser.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        assert browser.evaluate("document.documentElement.scrollWidth") == width
        strangers = [url for url in browser.requests if not url.startswith((f"{site}/", "data:image/svg+xml"))]
        assert strangers == []  # (the data: images are the browser's own icons for date fields)
        refused = [complaint for complaint in browser.complaints if "status of 400" not in complaint]
        assert refused == []


def test_the_layout_check_would_notice(browser: Browser, site: str) -> None:
    browser.open(site, 360)
    browser.evaluate("document.querySelector('h1').style.cssText = 'position:static;display:block;width:500px'")
    assert browser.evaluate("document.documentElement.scrollWidth") > 360


@pytest.mark.parametrize("path", [PAGES["article"], PAGES["status"]])
def test_on_a_phone_every_cell_of_a_table_leaves_room_for_its_label(browser: Browser, site: str, path: str) -> None:
    browser.open(site + path, 360)
    cells = "[...document.querySelectorAll('.stack td')].map(td => getComputedStyle(td).paddingInlineStart)"
    assert set(browser.evaluate(cells)) == {"144px"}


def test_on_a_desktop_the_filters_are_open_beside_the_results_and_on_a_phone_they_are_closed(
    browser: Browser, site: str
) -> None:
    shown = "document.querySelector('.panel').checkVisibility({contentVisibilityAuto: true})"
    browser.open(site, 1280)
    assert browser.evaluate(shown) is True
    browser.open(site, 390)
    assert browser.evaluate(shown) is False


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("path", [PAGES["results"], PAGES["filtered"], PAGES["article"], PAGES["status"]])
def test_text_stands_out_from_its_ground(browser: Browser, site: str, path: str, dark: bool) -> None:
    """Contrast of at least 4.5 to 1 (WCAG 2.2, criterion 1.4.3) for everything that shows text of its own."""
    browser.open(site + path, 1280, dark=dark)
    low = browser.evaluate(
        """
        (() => {
          const rgb = colour => colour.match(/[\\d.]+/g).map(Number);
          const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
            .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
            .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
          const ground = element => {
            for (let e = element; e; e = e.parentElement) {
              const colour = rgb(getComputedStyle(e).backgroundColor);
              if (colour.length < 4 || colour[3] > 0) return colour;
            }
            return [255, 255, 255];
          };
          const ratio = element => {
            const [a, b] = [rgb(getComputedStyle(element).color), ground(element)].map(light);
            return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
          };
          return [...document.body.querySelectorAll('*')]
            .filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()))
            .filter(e => ratio(e) < 4.5).map(e => `${e.outerHTML.slice(0, 80)} ${ratio(e).toFixed(2)}`);
        })()
        """
    )
    assert low == []
