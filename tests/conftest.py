"""Settings of the tests, and real data where it is there."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

# Continuous integration draws the same examples each time, so that a red run means a changed program.
settings.register_profile("ci", derandomize=True, deadline=None, max_examples=60)
settings.register_profile("dev", deadline=None, max_examples=60)
settings.load_profile("ci" if os.environ.get("CI") else "dev")

SHARED = Path(__file__).parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of real data beside the checkout; a user's machine does not have it."""
    if not SHARED.is_dir():
        pytest.skip(f"real data folder {SHARED} is not on this machine")
    return SHARED
