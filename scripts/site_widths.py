"""Measure the built documentation on a phone: pages wider than the screen, and lines that are cut or need scrolling.

    python scripts/site_widths.py              every page of site/ at 390 px
    python scripts/site_widths.py --width 1280

Needs Chromium; pages are loaded one after the other into a frame of that width. Exit code 1 if a page is too wide.
"""

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
from html import unescape
from pathlib import Path

SITE = Path(__file__).parents[1] / "site"
#: Milliseconds that all pages may take together, by the clock of the page.
BUDGET = 600_000
HARNESS = """<!doctype html><meta charset="utf-8"><body><iframe id="f"
 style="width:WIDTHpx;height:900px;border:0"></iframe>
<script>
const pages = PAGES, out = [];
const frame = document.getElementById("f");
function measure(page) {
  const d = frame.contentDocument, wide = d.documentElement.scrollWidth - WIDTH;
  const cut = [...d.querySelectorAll("article pre > code, article table, article math, article svg, article img")]
    .filter(e => e.scrollWidth > e.clientWidth + 1 && e.tagName !== "IMG")
    .map(e => e.tagName.toLowerCase() + ": " + (e.textContent || "").trim().slice(0, 60));
  const past = wide > 0 ? [...d.querySelectorAll("article *")].filter(e => e.getBoundingClientRect().right > WIDTH + 1)
    .slice(-1).map(e => e.tagName.toLowerCase() + ": " + (e.textContent || "").trim().slice(0, 60)) : [];
  out.push({page, wide, cut, past});
}
async function all() {
  for (const page of pages) {
    await new Promise(done => { frame.onload = () => setTimeout(done, 60); frame.src = page; });
    measure(page);
  }
  const pre = document.createElement("pre");
  pre.id = "out"; pre.textContent = JSON.stringify(out); document.body.append(pre);
}
all();
</script>"""


def measure(pages: list[Path], width: int) -> list[dict[str, object]]:
    """Load each page into a frame of a width, and say what is wider than it."""
    browser = next((b for b in ("chromium", "chromium-browser", "google-chrome") if shutil.which(b)), None)
    if browser is None:
        sys.exit("Chromium is not installed")
    urls = json.dumps([page.as_uri() for page in pages])
    with tempfile.TemporaryDirectory() as folder:
        harness = Path(folder) / "widths.html"
        harness.write_text(HARNESS.replace("PAGES", urls).replace("WIDTH", str(width)), encoding="utf-8")
        done = subprocess.run(
            [
                browser, "--headless", "--hide-scrollbars",
                "--no-sandbox", "--disable-gpu", "--allow-file-access-from-files",
                f"--user-data-dir={folder}/profile", f"--virtual-time-budget={BUDGET}", "--dump-dom", harness.as_uri(),
            ],
            capture_output=True, text=True, check=False, timeout=540,
        )  # fmt: skip
    written = re.search(r'<pre id="out">(.*?)</pre>', done.stdout, re.DOTALL)
    if written is None:
        sys.exit("the browser gave no measure")
    measured: list[dict[str, object]] = json.loads(unescape(written[1]))
    return measured


def main() -> None:
    """Measure every page and print what does not fit."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--width", type=int, default=390)
    width = parser.parse_args().width
    pages = sorted(SITE.rglob("index.html"))
    if not pages:
        sys.exit("no site: run make docs first")
    too_wide = 0
    for one in measure(pages, width):
        name = str(one["page"]).removeprefix(SITE.as_uri() + "/")
        too_wide += int(str(one["wide"])) > 0
        if int(str(one["wide"])) > 0 or one["cut"]:
            print(f"{name}: {one['wide']} px too wide {one['past']}; scrolls inside: {one['cut']}")
    print(f"{len(pages)} pages at {width} px, {too_wide} wider than the screen")
    sys.exit(1 if too_wide else 0)


if __name__ == "__main__":
    main()
