"""Places for desks: helpers that lie beside these tests, and a real PostgreSQL where one starts."""

import importlib.util
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent


def _load(path: Path):
    """Import a helper under its own name, so that it is there once."""
    if path.stem not in sys.modules:
        spec = importlib.util.spec_from_file_location(path.stem, path)
        module = importlib.util.module_from_spec(spec)
        sys.modules[path.stem] = module
        spec.loader.exec_module(module)
    return sys.modules[path.stem]


@pytest.fixture(scope="session")
def files():
    """Files for a small desk, and what is in one."""
    return _load(HERE / "desk_files.py")


@pytest.fixture
def postgres_url() -> str:
    """URL of an empty PostgreSQL database."""
    place = _load(HERE.parent / "store" / "postgres_server.py")
    if isinstance(place.server(), str):
        pytest.skip(place.server())
    return place.new_database()
