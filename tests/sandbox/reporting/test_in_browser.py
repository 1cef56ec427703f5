"""The report in a real browser: nothing sticks out, and the browser has nothing to complain of."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from sandbox.reporting.page import write_report
from tests.sandbox.reporting.believable import bad_day

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--hide-scrollbars",
    "--enable-logging=stderr",
    "--v=0",
)
# Tells what the page itself, which has no scripts, cannot: its widths, as the browser laid them out.
MEASURE = """<script>
const wide = document.documentElement.clientWidth;
const out = [...document.querySelectorAll('main *')].filter(
  e => !e.closest('svg') && e.getBoundingClientRect().right > wide + 1);
const first = out[0]?.outerHTML.slice(0, 80);
document.body.dataset.seen = [wide, document.documentElement.scrollWidth, out.length, first].join('|');
const texts = [...document.querySelectorAll('figure svg text')].filter(e => {
  const box = e.getBoundingClientRect(), around = e.closest('svg').getBoundingClientRect();
  return box.right > around.right + 2 || box.left < around.left - 2;
});
document.body.dataset.cut = texts.map(e => e.textContent).join('|');
</script>"""


@pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed: the layout is not looked at")
@pytest.mark.parametrize("width", [1280, 900])
def test_nothing_sticks_out(tmp_path: Path, width: int) -> None:
    page = write_report(bad_day(tmp_path / "r").folder)
    measured = page.with_name("measured.html")
    measured.write_text(page.read_text().replace("</body>", f"{MEASURE}</body>"))
    assert CHROMIUM is not None
    done = subprocess.run(
        [
            CHROMIUM,
            *FLAGS,
            f"--user-data-dir={tmp_path / 'profile'}",
            f"--window-size={width},900",
            "--dump-dom",
            measured.as_uri(),
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    seen = re.search(r'data-seen="([^"]*)"', done.stdout)
    assert seen is not None, done.stderr
    wide, scrolled, sticking_out, first = seen[1].split("|", 3)
    assert int(wide) == width
    assert int(scrolled) <= width
    assert sticking_out == "0", first
    cut = re.search(r'data-cut="([^"]*)"', done.stdout)
    assert cut is not None
    assert cut[1] == "", "text is cut off at the edge of its picture"
    assert "CONSOLE" not in done.stderr
