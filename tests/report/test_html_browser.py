"""The report in a browser: it asks for nothing, fits a phone, can be read by everyone, prints."""

import os
import shutil
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
SERIOUS = ("serious", "critical")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium without a window; no browser is an error where `CI` is set, else a skip."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    missing = [name for name in ("playwright", "axe_playwright_python") if not find_spec(name)]
    if path is None or missing:
        reason = f"no browser test without {', '.join(missing) or 'one of ' + ', '.join(NAMES)}"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=path, args=list(FLAGS))
        yield started
        started.close()


@pytest.fixture
def said() -> list[str]:
    """What the console, the page's script or a request elsewhere said."""
    return []


@pytest.fixture
def opened(browser: Any, report_folder: Path, said: list[str]) -> Iterator[Any]:
    """Opens the report; afterwards fails on any console message, error or request elsewhere."""
    address = (report_folder / "report.html").as_uri()

    def answer(route: Any) -> None:
        if route.request.url.split("#")[0] == address or route.request.url.startswith("data:"):
            route.continue_()
        else:
            said.append(f"request: {route.request.url}")
            route.abort()

    def open_page(*, width: int = 1280, height: int = 900, **options: Any) -> Any:
        page = browser.new_page(viewport={"width": width, "height": height}, **options)
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.route("**/*", answer)
        page.goto(address)
        return page

    yield open_page
    for context in browser.contexts:
        context.close()
    assert said == []


def open_all(page: Any) -> None:
    """Open every part that is folded away."""
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")


def test_a_request_would_be_stopped_and_seen(opened: Any, said: list[str]) -> None:
    """The page's policy refuses it and the console says so: the other tests can fail."""
    page = opened()
    fetched = "fetch('https://example.org/').then(() => 'sent', error => error.name)"
    assert page.evaluate(fetched) == "TypeError"
    assert any("Content Security Policy" in line for line in said)
    said.clear()


@pytest.mark.parametrize("width", [360, 1280])
def test_the_page_is_no_wider_than_the_window(opened: Any, width: int) -> None:
    """With everything open; what is wider scrolls inside its own box."""
    page = opened(width=width)
    open_all(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    outside = page.evaluate(
        """() => [...document.querySelectorAll("main *")].filter(one => {
          if (one.closest(".scroll, .formula") || one.closest("math, svg")) return false;
          return one.getBoundingClientRect().right > innerWidth + 1;
        }).map(one => one.outerHTML.slice(0, 80))"""
    )
    assert outside == []


def test_what_scrolls_can_be_reached_by_keyboard(opened: Any) -> None:
    """On a phone: every box whose content is wider than itself takes the focus."""
    page = opened(width=360)
    open_all(page)
    deaf = page.evaluate(
        """() => [...document.querySelectorAll(".scroll, .formula, pre")]
          .filter(one => one.scrollWidth > one.clientWidth + 1 && one.tabIndex < 0)
          .map(one => one.getAttribute("aria-label") || one.className)"""
    )
    assert deaf == []


INSIDE = {"exclude": [["math"], ["svg"]]}
"""Mathematics and pictures have a name as a whole; their parts are not elements to axe."""


REPEATED = (
    "#statements article:not(#family-theorem-1\\.1, #family-lemma-13)",
    ".variants .card:nth-child(n+2)",
    "#further .card:nth-child(n+2)",
    ".erratum ~ .erratum ~ .erratum",
    "tbody tr:nth-child(n+6)",
)
"""What is made by the same template as what is before it: axe takes half a minute for all of it."""


def thin(page: Any) -> None:
    """Leave of each kind of part a few."""
    page.evaluate(
        "all => { for (const one of document.querySelectorAll(all)) one.remove() }",
        ", ".join(REPEATED),
    )


def violations(page: Any, **options: Any) -> list[tuple[str, str, str]]:
    """What axe finds that is serious: rule, element, why."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, context=INSIDE, options=options or None).response
    assert found["passes"]
    return [
        (violation["id"], node["html"][:120], node.get("failureSummary", "")[:200])
        for violation in found["violations"]
        if violation["impact"] in SERIOUS
        for node in violation["nodes"]
    ]


def test_axe_finds_nothing_serious(opened: Any) -> None:
    """Names, roles, order, contrast; on a phone, where boxes scroll."""
    page = opened(width=360)
    thin(page)
    assert page.locator(".badge.refuted").count() >= 2
    assert violations(page) == []


def test_contrast_suffices_in_the_dark(opened: Any) -> None:
    """Every text against what is behind it; a grey on grey is found."""
    page = opened(color_scheme="dark")
    thin(page)
    open_all(page)
    rule = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
    assert violations(page, **rule) == []
    page.evaluate("document.querySelector('h1').style.color = '#333'")
    assert [name for name, *_ in violations(page, **rule)] == ["color-contrast"]


def test_dark_mode_is_dark_and_pictures_stay_light(opened: Any) -> None:
    """Pictures are drawn for light paper, and keep it."""
    page = opened(color_scheme="dark")
    colours = "one => getComputedStyle(document.querySelector(one)).backgroundColor"
    assert page.evaluate(colours, "body") == "rgb(17, 21, 26)"
    assert page.evaluate(colours, ".paper") == "rgb(255, 255, 255)"


def test_the_first_key_leads_to_the_content(opened: Any) -> None:
    """A skip link that shows when it has the focus."""
    page = opened()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.evaluate("document.activeElement.getBoundingClientRect().left") >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


def test_a_link_opens_what_it_points_into(opened: Any) -> None:
    """A claim inside a folded part is shown when a link leads there."""
    page = opened()
    inside = page.locator("details.variants .card").first
    assert not inside.is_visible()
    id = inside.get_attribute("id")
    page.evaluate("id => { location.hash = id }", id)
    inside.wait_for(state="visible", timeout=5000)


def test_a_command_can_be_copied(opened: Any) -> None:
    """The button copies the command to the letter, or selects it where copying is not allowed."""
    page = opened()
    box = page.locator(".witness .command").first
    box.get_by_role("button").click()
    box.get_by_text("Copied").or_(box.get_by_text("Selected")).wait_for(timeout=5000)
    assert box.locator("code").inner_text().startswith("hdo verify ")


def test_formulas_are_set_in_the_font_of_the_page(opened: Any) -> None:
    """The font inside the page is loaded, and used for mathematics."""
    page = opened()
    page.evaluate("document.fonts.ready.then(() => 0)")
    loaded = page.evaluate("[...document.fonts].map(f => f.family.replaceAll('\"', '') + f.status)")
    assert loaded == ["Report Mathloaded"]


def test_it_prints_with_everything_open(opened: Any) -> None:
    """A PDF of pages, and on paper nothing is folded away or wider than the paper."""
    page = opened()
    document = page.pdf(prefer_css_page_size=True)
    assert document.startswith(b"%PDF")
    assert document.count(b"/Type /Page\n") + document.count(b"/Type /Page ") > 5
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 680, "height": 960})
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate("document.querySelectorAll('details:not([open])').length") == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 680
    assert not page.locator("nav").is_visible()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.evaluate("document.querySelectorAll('details:not([open])').length") > 0
