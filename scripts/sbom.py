"""What this installation is made of: a bill of materials, the licences of what trimtab depends on, and a lock file.

    python scripts/sbom.py                  CycloneDX 1.5 JSON of trimtab and everything it brings with it
    python scripts/sbom.py --licences       the table of docs/security.md: what pyproject.toml names, for running
    python scripts/sbom.py --lock           requirements-lock.txt: the versions here of what tests and docs need

Everything is read from the metadata of installed packages; nothing is asked of a network.
"""

import argparse
import json
import re
import sys
import tomllib
from collections.abc import Iterable
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

HOME = Path(__file__).parents[1]
PAGE = HOME / "docs" / "security.md"
LOCK = HOME / "requirements-lock.txt"
BEGIN, END = "<!-- licences: python scripts/sbom.py --licences -->", "<!-- made -->"
#: Extras that people install to work with trimtab; `test`, `docs` and `bench` are for working on it.
RUNNING = ("alerts", "attest", "conic", "fetch", "postgres", "report", "web")
_NAME = re.compile(r"^[A-Za-z0-9._-]+")
_EXTRAS = re.compile(r"^[A-Za-z0-9._-]+\[([^\]]*)\]")
_LICENCE = re.compile(r"License :: (?:OSI Approved :: )?(.+)")


def main() -> None:
    """Write what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--licences", action="store_true", help="write the table into docs/security.md")
    parser.add_argument("--lock", action="store_true", help="write requirements-lock.txt")
    given = parser.parse_args()
    if given.licences:
        head, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
        table = licence_table(kept=kept_licences())
        PAGE.write_text(f"{head}{BEGIN}\n\n{table}\n\n{END}{rest.partition(END)[2]}", encoding="utf-8")
    elif given.lock:
        pins = sorted(f"{normal(d.name)}=={d.version}" for d in closure(direct(("test", "docs", *RUNNING))))
        LOCK.write_text("# made by: python scripts/sbom.py --lock\n" + "\n".join(pins) + "\n", encoding="utf-8")
    else:
        sys.stdout.write(json.dumps(bill(), indent=1) + "\n")


def normal(name: str) -> str:
    """Give a package's name as registries compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def direct(extras: Iterable[str]) -> list[str]:
    """Give what pyproject.toml asks for, with some extras."""
    project = tomllib.loads((HOME / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = [*project["dependencies"], *(r for extra in extras for r in project["optional-dependencies"][extra])]
    return [requirement for requirement in asked if not requirement.startswith("trimtab[")]


def closure(requirements: Iterable[str]) -> list[Distribution]:
    """Give the installed packages that requirements bring with them."""
    there: dict[str, Distribution] = {}
    seen: set[tuple[str, frozenset[str]]] = set()
    todo = list(requirements)
    while todo:
        requirement = todo.pop()
        named = _NAME.match(requirement)
        if named is None:
            continue
        name = normal(named[0])
        listed = _EXTRAS.match(requirement)
        extras = frozenset(e.strip() for e in listed[1].split(",")) if listed else frozenset[str]()
        if (name, extras) in seen:
            continue
        seen.add((name, extras))
        try:
            package = distribution(name)
        except PackageNotFoundError:
            continue  # an extra, or a marker, that does not hold here
        there[name] = package
        for line in package.requires or ():
            marked = re.search(r"extra\s*==\s*['\"]([^'\"]+)", line)
            if marked is None or marked[1] in extras:
                todo.append(line.partition(";")[0].strip())
    return [there[name] for name in sorted(there)]


def licence_of(package: Distribution) -> str:
    """Give the licence that a package says it has, in few words."""
    said = package.metadata
    if said.get("License-Expression"):
        return str(said["License-Expression"])
    classes = [m[1] for c in said.get_all("Classifier") or [] if (m := _LICENCE.match(c))]
    if classes:
        return "; ".join(classes)
    text = str(said.get("License") or "").strip()
    return text.splitlines()[0][:60] if text else "not said"


def kept_licences() -> dict[str, str]:
    """Give the table as it stands on the page, for packages that are not installed here."""
    table = PAGE.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0]
    rows = re.findall(r"^\| (\S+) \| [^|]* \| ([^|]*) \|$", table, re.MULTILINE)
    return {name: licence.strip() for name, licence in rows if name not in {"package", "---"}}


def licence_table(*, kept: dict[str, str]) -> str:
    """Write the table of what pyproject.toml names for running."""
    lines = ["| package | for | licence |", "|---|---|---|"]
    for extra in ("", *RUNNING):
        wanted = direct((extra,)) if extra else direct(())
        for requirement in wanted if not extra else wanted[len(direct(())) :]:
            name = normal(_NAME.match(requirement)[0])  # type: ignore[index]  # a requirement begins with its name
            try:
                licence = licence_of(distribution(name))
            except PackageNotFoundError:
                licence = kept.get(name, "not installed where this was made")
            lines.append(f"| {name} | {f'`[{extra}]`' if extra else 'always'} | {licence} |")
    return "\n".join(lines)


def bill() -> dict[str, object]:
    """Give the bill of materials."""
    project = tomllib.loads((HOME / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    packages = closure(direct(RUNNING))
    own = {"type": "application", "name": "trimtab", "version": project["version"], "bom-ref": "trimtab"}
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": own},
        "components": [_component(package) for package in packages],
        "dependencies": [
            {"ref": "trimtab", "dependsOn": [_url(p) for p in closure_of_names(direct(RUNNING))]},
            *({"ref": _url(p), "dependsOn": [_url(q) for q in closure_of_names(p.requires or ())]} for p in packages),
        ],
    }


def closure_of_names(requirements: Iterable[str]) -> list[Distribution]:
    """Give the installed packages that requirements name, and no further ones; without those of extras."""
    there = {}
    for line in requirements:
        named = _NAME.match(line)
        if named is None or re.search(r"extra\s*==", line):
            continue
        try:
            there[normal(named[0])] = distribution(named[0])
        except PackageNotFoundError:
            continue
    return [there[name] for name in sorted(there)]


def _url(package: Distribution) -> str:
    return f"pkg:pypi/{normal(package.name)}@{package.version}"


def _component(package: Distribution) -> dict[str, object]:
    return {
        "type": "library", "bom-ref": _url(package), "name": normal(package.name), "version": package.version,
        "purl": _url(package), "licenses": [{"license": {"name": licence_of(package)}}],
    }  # fmt: skip


if __name__ == "__main__":
    main()
