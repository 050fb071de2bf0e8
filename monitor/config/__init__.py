"""Loads TOML files into one frozen Config, or reports all problems at once with line and column."""

from monitor.config.load import find_config_file, load
from monitor.config.schema.json_schema import json_schema
from monitor.config.schema.values import parse_duration
from monitor.config.settings import (
    AlertSettings,
    Config,
    ExampleTest,
    Expectation,
    HealthSettings,
    HttpSettings,
    Loaded,
    StorageSettings,
    WatchedPaths,
)

__all__ = [
    "AlertSettings",
    "Config",
    "ExampleTest",
    "Expectation",
    "HealthSettings",
    "HttpSettings",
    "Loaded",
    "StorageSettings",
    "WatchedPaths",
    "find_config_file",
    "json_schema",
    "load",
    "parse_duration",
]
