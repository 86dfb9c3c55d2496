"""The report in a real browser: click a cell, see the highlight; hostile words do nothing."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from export_samples import hostile, samples

from rectify_ner.export import write_all

selenium = pytest.importorskip("selenium", reason="needs selenium: pip install selenium")
from selenium import webdriver  # noqa: E402
from selenium.webdriver.common.by import By  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402

BINARY = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
SERVICE = shutil.which("chromedriver")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not (BINARY and SERVICE), reason="needs chromium and chromedriver on the path"),
]
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1400,900",
)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    options = webdriver.ChromeOptions()
    options.binary_location = BINARY or ""
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(SERVICE))
    yield driver
    driver.quit()


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("report") / "a.html"
    write_all([*samples(), hostile()], path)
    return path.as_uri()


def opened(browser: Any, page: str, place: str = "", width: int = 1400) -> Any:
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": 860, "deviceScaleFactor": 1, "mobile": width < 500},
    )
    browser.get("about:blank")
    browser.get(page + place)
    return browser


def one(browser: Any, selector: str) -> Any:
    return browser.find_element(By.CSS_SELECTOR, selector)


def texts(browser: Any, selector: str) -> list[str]:
    found = browser.find_elements(By.CSS_SELECTOR, selector)
    return [element.get_attribute("textContent") for element in found]


def in_view(browser: Any, selector: str) -> bool:
    script = """const box = document.querySelector(arguments[0]).getBoundingClientRect();
    return box.top >= 0 && box.bottom <= innerHeight && box.height > 0"""
    return bool(browser.execute_script(script, selector))


def hits(browser: Any) -> str:
    return "".join(texts(browser, ".text .hit"))


def test_a_click_on_a_cell_marks_its_characters(browser: Any, page: str) -> None:
    opened(browser, page, "#1")
    one(browser, ".ledger .chip.L-MONEY").click()
    assert hits(browser) == "36.5万元"
    assert "365,000元" in one(browser, "#selection").text
    assert in_view(browser, ".text .hit")
    assert browser.current_url.split("#")[1].startswith("1/e")


def test_a_click_on_a_measure_marks_all_of_it(browser: Any, page: str) -> None:
    opened(browser, page, "#1")
    cell = one(browser, ".ledger .measure-text")
    cell.click()
    assert hits(browser) == cell.text == samples()[0]["issues"][0]["measures"][0]["text"]


def test_a_click_in_the_text_finds_the_cell(browser: Any, page: str) -> None:
    opened(browser, page, "#1")
    one(browser, ".text mark.L-PERCENT").click()
    assert texts(browser, ".ledger [aria-current]") == ["98%"]
    one(browser, ".text .measure .margin").click()
    assert texts(browser, ".ledger [aria-current]") == [samples()[0]["issues"][0]["measures"][0]["text"]]


def test_rare_characters_do_not_shift_the_marks(browser: Any, page: str) -> None:
    opened(browser, page, "#2")
    one(browser, ".ledger .chip.L-MONEY").click()
    assert hits(browser) == "8万元"
    assert "𠮷祥村" in texts(browser, ".text mark")


def test_the_text_is_shown_to_the_letter(browser: Any, page: str) -> None:
    for number, record in enumerate((*samples(), hostile()), 1):
        opened(browser, page, f"#{number}")
        shown = "".join(texts(browser, ".text p"))
        assert shown == "".join(line for line in record["text"].split("\n") if line.strip()).replace(
            "\r", "\n"
        )


def test_a_link_opens_notice_and_cell(browser: Any, page: str) -> None:
    measure = samples()[0]["issues"][1]["measures"][1]
    opened(browser, page, f"#1/{measure['id']}")
    assert hits(browser) == measure["text"].rstrip("\n")


def test_filters(browser: Any, page: str) -> None:
    opened(browser, page, "#1")
    rows = ".measure-row:not([hidden])"
    assert len(texts(browser, rows)) == 5
    one(browser, ".key.st-done input").click()
    assert all("●已完成" not in row.replace(" ", "") for row in texts(browser, rows))
    one(browser, ".key.st-done input").click()
    browser.find_elements(By.CSS_SELECTOR, ".filters .key input")[-1].click()
    assert len(texts(browser, rows)) == sum(
        bool(measure["flags"]) for issue in samples()[0]["issues"] for measure in issue["measures"]
    )
    browser.find_elements(By.CSS_SELECTOR, ".filters .key input")[-1].click()
    one(browser, ".filters .L-MONEY input").click()
    assert not one(browser, ".ledger .chip.L-MONEY").is_displayed()
    one(browser, ".filters .L-MONEY input").click()
    one(browser, "#notice .filters input[type=search]").send_keys("专题研讨")
    assert len(texts(browser, rows)) == 1


def test_the_keyboard_is_enough(browser: Any, page: str) -> None:
    opened(browser, page, "#1")
    browser.execute_script("document.querySelector('.ledger-pane').focus()")
    pane = browser.switch_to.active_element
    pane.send_keys(Keys.ARROW_RIGHT)
    browser.switch_to.active_element.send_keys(Keys.ARROW_DOWN)
    browser.switch_to.active_element.send_keys(Keys.ENTER)
    assert hits(browser) == samples()[0]["issues"][0]["measures"][0]["text"]
    browser.switch_to.active_element.send_keys(Keys.ESCAPE)
    assert hits(browser) == ""
    browser.execute_script("document.querySelector('.text-pane').focus()")
    browser.switch_to.active_element.send_keys(Keys.ARROW_RIGHT)
    assert browser.switch_to.active_element.tag_name in ("mark", "button")


def test_checks_lead_into_the_text(browser: Any, page: str) -> None:
    opened(browser, page, "#1")
    one(browser, "[data-tab=checks]").click()
    one(browser, ".checks .place").click()
    assert hits(browser) == "2个"


def test_overview_and_its_table(browser: Any, page: str) -> None:
    opened(browser, page)
    assert len(texts(browser, "#overview svg[role=img]")) == 4
    assert one(browser, ".tiles strong").text == "3"
    one(browser, "#find-notice").send_keys("交通")
    assert texts(browser, "#notices-shown") == ["显示 1 份"]
    one(browser, ".notices tbody tr:not([hidden]) a").click()
    assert one(browser, "#notice h1").text == samples()[1]["title"]


def test_phone(browser: Any, page: str) -> None:
    opened(browser, page, "#1", width=390)
    assert browser.execute_script("return document.documentElement.scrollWidth") <= 390
    assert not one(browser, ".text-pane").is_displayed()
    one(browser, ".ledger .chip.L-MONEY").click()
    assert one(browser, ".text-pane").is_displayed() and in_view(browser, ".text .hit")
    browser.find_element(By.XPATH, "//button[text()='返回台账']").click()
    assert one(browser, ".ledger-pane").is_displayed() and in_view(browser, ".ledger [aria-current]")
    opened(browser, page, width=390)
    assert browser.execute_script("return document.documentElement.scrollWidth") <= 390


def test_hostile_words_do_nothing(browser: Any, page: str) -> None:
    browser.get_log("browser")
    opened(browser, page)
    opened(browser, page, "#3")
    for cell in browser.find_elements(By.CSS_SELECTOR, ".ledger button")[:12]:
        browser.execute_script("arguments[0].click()", cell)
    one(browser, "[data-tab=checks]").click()
    assert browser.execute_script("return window.hurt === undefined")
    assert one(browser, "#notice h1").text == hostile()["title"]
    assert not browser.find_elements(By.CSS_SELECTOR, "main img, main b, main svg[onload], main script")
    assert browser.get_log("browser") == []


def test_a_script_that_slips_in_would_not_run(browser: Any, page: str) -> None:
    opened(browser, page)
    browser.execute_script(
        "const evil = document.createElement('script');"
        "evil.textContent = 'window.hurt = 1'; document.body.append(evil)"
    )
    assert browser.execute_script("return window.hurt === undefined")
    browser.get_log("browser")


def test_a_hundred_notices_stay_quick(browser: Any, tmp_path: Path) -> None:
    path = tmp_path / "many.html"
    write_all((record for _ in range(50) for record in samples()), path)
    opened(browser, path.as_uri(), "#99")
    took = browser.execute_script(
        "const start = performance.now(); location.hash = '#50';"
        "await new Promise((done) => setTimeout(done));"
        "document.body.offsetHeight; return performance.now() - start"
    )
    assert took < 1000
    assert one(browser, "#notice h1").text == samples()[1]["title"]
