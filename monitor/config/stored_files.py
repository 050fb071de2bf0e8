"""Load a configuration from the texts that the database stores, in which secrets are placeholders."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from monitor.config.settings import ConfigurationFiles, Loaded
from monitor.redaction import HIDDEN

_PLACEHOLDER = re.compile(r"\$\{(file:)?([^{}]+)\}")


def load_stored(main: Path, files: ConfigurationFiles, environ: Mapping[str, str]) -> Loaded:
    """Load a configuration from stored files; a secret that cannot be read now is replaced by ``***``.

    Args:
        main: The absolute path of the main file.
        files: The stored texts of all files.
        environ: The environment variables, for ``${NAME}`` and ``CREDENTIALS_DIRECTORY``.
    """
    # from the package: importing the module would put the module in place of the package's name ``load``
    from monitor.config import load

    texts = {path: _with_known_secrets(text, Path(path).parent, environ) for path, text in files.texts.items()}
    return load(main, environ=environ, instead=ConfigurationFiles(texts, files.matches))


def _with_known_secrets(text: str, folder: Path, environ: Mapping[str, str]) -> str:
    """Return *text* with ``***`` in place of each placeholder whose value cannot be read now."""

    def known(match: re.Match[str]) -> str:
        is_file, name = bool(match[1]), match[2]
        if not is_file:
            return match[0] if environ.get(name) else HIDDEN
        credentials = environ.get("CREDENTIALS_DIRECTORY")
        places = [folder / name, *([Path(credentials, name)] if credentials else [])]
        return match[0] if any(os.access(place, os.R_OK) for place in places) else HIDDEN

    return _PLACEHOLDER.sub(known, text)
