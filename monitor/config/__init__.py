"""Load the TOML files of a configuration into one frozen Config, or report all problems with line and column."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.lazy_names import lazy_names

if TYPE_CHECKING:
    from monitor.config.load import load
    from monitor.config.location import find_config_file, find_database
    from monitor.config.schema.json_schema import json_schema
    from monitor.config.schema.page_option import read_page_selectors
    from monitor.config.schema.values import parse_duration
    from monitor.config.settings import (
        AlertSettings,
        Config,
        ConfigurationFiles,
        ExampleTest,
        Expectation,
        HealthSettings,
        HttpSettings,
        Loaded,
        StorageSettings,
        WatchedPaths,
        WebSettings,
        WebToken,
        WebUser,
    )
    from monitor.config.stored_files import load_stored

__all__ = [
    "AlertSettings",
    "Config",
    "ConfigurationFiles",
    "ExampleTest",
    "Expectation",
    "HealthSettings",
    "HttpSettings",
    "Loaded",
    "StorageSettings",
    "WatchedPaths",
    "WebSettings",
    "WebToken",
    "WebUser",
    "find_config_file",
    "find_database",
    "json_schema",
    "load",
    "load_stored",
    "parse_duration",
    "read_page_selectors",
]

# Imported when it is used: pydantic takes 0.4 s, and a command such as status needs only the path of the database.
_MODULES = {
    "find_config_file": "monitor.config.location",
    "find_database": "monitor.config.location",
    "load": "monitor.config.load",
    "load_stored": "monitor.config.stored_files",
    "read_page_selectors": "monitor.config.schema.page_option",
    "json_schema": "monitor.config.schema.json_schema",
    "parse_duration": "monitor.config.schema.values",
    "AlertSettings": "monitor.config.settings",
    "Config": "monitor.config.settings",
    "ConfigurationFiles": "monitor.config.settings",
    "ExampleTest": "monitor.config.settings",
    "Expectation": "monitor.config.settings",
    "HealthSettings": "monitor.config.settings",
    "HttpSettings": "monitor.config.settings",
    "Loaded": "monitor.config.settings",
    "StorageSettings": "monitor.config.settings",
    "WatchedPaths": "monitor.config.settings",
    "WebSettings": "monitor.config.settings",
    "WebToken": "monitor.config.settings",
    "WebUser": "monitor.config.settings",
}

__getattr__ = lazy_names(__name__, _MODULES)
