from pathlib import Path

import pytest

from monitor import packs
from monitor.config import Config, load
from monitor.watchlist import compile_watchlist
from monitor.watchlist.compile import Watchlist


@pytest.fixture(scope="session")
def all_packs(tmp_path_factory: pytest.TempPathFactory) -> Config:
    """Return a configuration that includes every pack and holds nothing else."""
    names = sorted(file.stem for file in Path(packs.__file__).parent.glob("*.toml"))
    file = tmp_path_factory.mktemp("packs") / "config.toml"
    file.write_text(f"include = {[f'pack:{name}' for name in names]}\n", "utf-8")
    loaded = load(file, environ={})
    assert loaded.problems == ()
    assert loaded.config is not None
    return loaded.config


@pytest.fixture(scope="session")
def watchlist(all_packs: Config) -> Watchlist:
    """Return the watchlist of every pack, compiled once."""
    return compile_watchlist(all_packs)
