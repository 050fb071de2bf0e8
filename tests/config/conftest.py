from collections.abc import Callable
from pathlib import Path

import pytest

from monitor.config import Loaded, load

LoadText = Callable[..., Loaded]


@pytest.fixture
def load_text(tmp_path: Path) -> LoadText:
    """Load a text as config.toml, beside other files given by name; packs lie in the folder "shipped"."""

    def load_it(
        text: str,
        *,
        mode: int = 0o600,
        environ: dict[str, str] | None = None,
        files: dict[str, str] | None = None,
    ) -> Loaded:
        for name, content in {"config.toml": text, **(files or {})}.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8", newline="")
            path.chmod(mode)
        environ = {"HOME": str(tmp_path), **(environ or {})}
        return load(tmp_path / "config.toml", environ=environ, packs=tmp_path / "shipped")

    return load_it


@pytest.fixture
def problems_of(load_text: LoadText) -> Callable[..., list[str]]:
    """Return the problems of a text, each as "LINE:COLUMN LEVEL: MESSAGE; HINT"."""

    def problems(text: str, **options: object) -> list[str]:
        return [
            f"{p.place.line}:{p.place.column} {p.level}: {p.message}" + (f"; {p.hint}" if p.hint else "")
            for p in load_text(text, **options).problems
        ]

    return problems
