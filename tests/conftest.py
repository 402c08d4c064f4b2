"""Settings of the tests, and real data where it is there."""

from pathlib import Path

import pytest
from effort import LONG
from hypothesis import settings
from hypothesis.database import DirectoryBasedExampleDatabase

# The same examples each time, whatever the machine and its load, so that a red run means a changed program. Random
# search is `make long`; what it finds is written down as an @example (CONTRIBUTING.md).
settings.register_profile("test", derandomize=True, database=None, deadline=None, max_examples=60)
settings.register_profile(
    "long",
    deadline=None,
    max_examples=600,
    print_blob=True,
    database=DirectoryBasedExampleDatabase(Path(__file__).parents[1] / ".long" / "examples"),
)
settings.load_profile("long" if LONG else "test")

SHARED = Path(__file__).parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of real data beside the checkout; a user's machine does not have it."""
    if not SHARED.is_dir():
        pytest.skip(f"real data folder {SHARED} is not on this machine")
    return SHARED
