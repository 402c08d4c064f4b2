"""The bundled files as tables, and the scripts that build them as modules."""

import csv
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import polars as pl
import pytest

from trimtab import sample

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"


def load_script(name: str) -> ModuleType:
    """Import a script of the repository by its file, under its own name, as running it would."""
    spec = importlib.util.spec_from_file_location(name, SCRIPTS / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up there, and build_contracts imports build_sample
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def prices() -> pl.DataFrame:
    return pl.read_parquet(sample.prices_path())


@pytest.fixture(scope="session")
def futures() -> pl.DataFrame:
    return pl.read_parquet(sample.futures_path())


@pytest.fixture(scope="session")
def contracts() -> dict[str, dict[str, str]]:
    with sample.contracts_path().open(encoding="utf-8", newline="") as file:
        return {row["root"]: row for row in csv.DictReader(file)}


@pytest.fixture(scope="session")
def build_sample() -> ModuleType:
    return load_script("build_sample")


@pytest.fixture(scope="session")
def build_contracts(build_sample: ModuleType) -> ModuleType:  # build_contracts imports build_sample
    return load_script("build_contracts")


@pytest.fixture(scope="session")
def build_sample_year(build_sample: ModuleType) -> ModuleType:  # build_sample_year imports build_sample
    return load_script("build_sample_year")
