"""TOML in, one frozen Config out, or every problem at once with its line and column."""

from monitor.config.load import load
from monitor.config.location import find
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
    "find",
    "json_schema",
    "load",
    "parse_duration",
]
