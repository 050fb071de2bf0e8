"""Parse CSS selectors given on the command line, in the form in which the configuration writes them."""

from __future__ import annotations

import tomllib

from pydantic import ValidationError

from monitor.config.schema.tables import PageTable
from monitor.errors import UsageError
from monitor.model import PageSelectors


def read_page_selectors(written: str) -> PageSelectors:
    """Return the CSS selectors in the inline table *written*: ``{ entry = ".row", title = "a", link = "a@href" }``.

    Raises:
        UsageError: *written* is not such a table; the message says what is wrong.
    """
    try:
        table = tomllib.loads(f"page = {written.strip().removeprefix('page').lstrip().removeprefix('=')}")["page"]
        return PageSelectors(**PageTable.model_validate(table).model_dump())
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the value"
        raise UsageError(f"--page: {where}: {first['msg']}") from error
    except (ValueError, RecursionError) as error:
        hint = 'write it as in the configuration: { entry = ".row", title = "a", link = "a@href" }'
        raise UsageError(f"--page is not a TOML table: {_cause(error)}; {hint}") from error


def _cause(error: ValueError | RecursionError) -> str:
    return "values are nested too deeply" if isinstance(error, RecursionError) else str(error)
