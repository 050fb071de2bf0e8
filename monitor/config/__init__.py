"""TOML in, one frozen Config out, or every problem at once with its line and column."""

from monitor.config.finding import find
from monitor.config.loading import load
from monitor.config.schema import json_schema
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
from monitor.config.values import parse_duration

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
