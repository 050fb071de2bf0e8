"""Loads TOML files into one frozen Config, or reports all problems at once with line and column."""

from monitor.config.load import find_config_file, find_database, load
from monitor.config.schema.json_schema import json_schema
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
)

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
    "find_config_file",
    "find_database",
    "json_schema",
    "load",
    "parse_duration",
]
