"""`make test` gives the same answer each time: no test draws what it did not draw before."""

import ast
from pathlib import Path

import pytest
from effort import LONG
from hypothesis import settings

TESTS = Path(__file__).parents[1]
#: Draw from a source that nobody seeded.
UNSEEDED = {"np.random.default_rng", "random.Random", "np.random.RandomState", "np.random.SeedSequence"}
#: Draw from the one source of the whole process: the order of the tests would matter.
SHARED = {
    f"{module}.{name}"
    for module in ("random", "np.random")
    for name in (
        "random",
        "randint",
        "choice",
        "shuffle",
        "seed",
        "normal",
        "uniform",
        "rand",
        "randn",
        "sample",
        "gauss",
    )
}


@pytest.mark.skipif(LONG, reason="`make long` searches")
def test_hypothesis_draws_the_same_examples():
    """No seed of the day, no memory of an earlier run, no limit of time."""
    now = settings()
    assert now.derandomize
    assert now.database is None
    assert now.deadline is None


def test_every_random_source_has_a_seed():
    """Each generator in tests, scripts and benchmarks is seeded, and none shares the process's own."""
    wrong = []
    for folder in (TESTS, TESTS.parent / "scripts", TESTS.parent / "benchmarks"):
        for file in sorted(folder.rglob("*.py")):
            text = file.read_text(encoding="utf-8")
            if "random" not in text:
                continue
            for node in ast.walk(ast.parse(text)):
                if isinstance(node, ast.Call):
                    name = ast.unparse(node.func).replace("numpy.", "np.")
                    if (name in SHARED and (name.startswith("np.") or "\nimport random\n" in text)) or (
                        name in UNSEEDED and not node.args and not node.keywords
                    ):
                        wrong.append(f"{file.relative_to(TESTS.parent)}:{node.lineno} {name}")
    assert not wrong
