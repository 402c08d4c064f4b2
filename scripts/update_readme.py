"""Put the end of `trimtab demo` into the README, so that what it shows is what a reader gets."""

import re
import subprocess
import sys
from pathlib import Path

README = Path(__file__).parents[1] / "README.md"
#: First and last line of each part that is shown.
PARTS = (("╭", "╰"), ("Orders", "└"), ("Before", "└"), ("╭─ Beta is not enough", "╰"))


def shown() -> str:
    """Run the demonstration and give the part of it that the README shows."""
    done = subprocess.run([sys.executable, "-m", "trimtab", "demo"], capture_output=True, text=True, check=True)
    lines = [line.rstrip() for line in done.stdout.splitlines()]
    kept: list[str] = []
    for start, end in PARTS:
        first = next(i for i, line in enumerate(lines) if line.startswith(start))
        last = next(i for i, line in enumerate(lines) if i > first and line.startswith(end))
        kept += lines[first : last + 1]
    return "\n".join(["```text", *kept, "```"])


def main() -> None:
    """Replace the block."""
    block = shown()
    text = README.read_text(encoding="utf-8")
    README.write_text(re.sub(r"```text\n╭.*?```", lambda _: block, text, count=1, flags=re.DOTALL), encoding="utf-8")


if __name__ == "__main__":
    main()
