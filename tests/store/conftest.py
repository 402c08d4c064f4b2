"""Places for journals: a folder, and a real PostgreSQL where one starts."""

import importlib.util
import sys
from pathlib import Path

import pytest


def _load(name: str):
    """Import a helper that lies beside these tests, under its own name so that processes share it."""
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]


@pytest.fixture
def postgres_url() -> str:
    """URL of an empty PostgreSQL database."""
    return _new_database()


@pytest.fixture(scope="module")
def postgres_module_url() -> str:
    """URL of a PostgreSQL database for the tests of a module."""
    return _new_database()


def _new_database() -> str:
    place = _load("postgres_server")
    if isinstance(place.server(), str):
        pytest.skip(place.server())
    return place.new_database()


@pytest.fixture(params=["sqlite", "postgres"])
def where(request, tmp_path):
    """A place for a journal, of each kind."""
    return tmp_path / "journal.sqlite" if request.param == "sqlite" else request.getfixturevalue("postgres_url")


@pytest.fixture(scope="session")
def crash_writers():
    """Writers that other processes run."""
    return _load("crash_writers")
