from __future__ import annotations

import pytest

from monitor.config.literal_secrets import masked
from monitor.config.schema.values import InvalidValue, parse_size
from monitor.config.settings import HealthSettings

BASE = """\
[feeds]
wire = "https://wire.example/rss"
[actors]
lazarus = ["Lazarus Group"]
[rules.any]
actors = ["*"]
send_to = ["desk"]
[destinations.desk]
url = "console://"
"""
WHOLE = """\
[health]
send_to = ["desk"]
feed_down = "2h"
heartbeat = "Mon 09:00"
canary = "07:00"
ping = "https://hc.example/${PING}"
min_disk = "1.5GB"
"""
SINGING = BASE + "canary = true\n"


def test_health_settings_are_read_and_the_ping_url_is_a_secret(load_text):
    config = load_text(SINGING + WHOLE, environ={"PING": "0f7a2c9e-beef-cafe"}).config
    health = config.health
    assert (health.send_to, health.feed_down_s, health.min_disk) == (("desk",), 7200.0, 1_500_000_000)
    assert (health.heartbeat.written, health.canary.written) == ("Mon 09:00", "07:00")
    assert health.ping == "https://hc.example/0f7a2c9e-beef-cafe"
    assert {"0f7a2c9e-beef-cafe", health.ping} <= set(config.secrets)
    assert "0f7a" not in repr(config)
    assert config.destinations["desk"].canary


def test_the_health_section_is_optional(load_text):
    loaded = load_text(BASE)
    assert (loaded.config.health, loaded.problems) == (HealthSettings(), ())


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('send_to = ["deks"]', 'error: no destination called "deks"; did you mean "desk"?'),
        ('send_to = "desk"', 'error: send_to in [health] must be a list, not "desk"; write ["desk"]'),
        ('feed_down = "5s"', 'error: feed_down in [health] must be at least "1m"'),
        ('heartbeat = "Monday"', 'error: heartbeat in [health] must be a time of day, not "Monday"'),
        ("canary = true", "error: canary in [health] must be a time of day, not true"),
        ('ping = "hc.example"', "error: ping in [health] must be a web address"),
        ('ping = "ftp://hc.example/x"', "error: ping in [health] must be a web address"),
        ('ping = "https://hc.example/${PING}"', "error: ping in [health] needs the environment variable PING"),
        ("min_disk = 500", "error: min_disk in [health] must be a size, not 500"),
        ('min_disk = "500"', 'error: min_disk in [health] must be a size, not "500"; write it as "500MB" or "2GB"'),
        ('minimum = "5GB"', 'error: unknown setting "minimum" in [health]'),
        ('heartbeat = "09:00"', "warning: heartbeat in [health] has no recipient"),
        ('min_disk = "1GB"', "warning: min_disk in [health] has no recipient"),
        ('canary = "07:00"', "warning: canary in [health] has no recipient"),
    ],
)
def test_an_invalid_setting_is_reported_with_line_and_hint(problems_of, line, problem):
    (said,) = problems_of(f"{BASE}[health]\n{line}\n")
    assert said.startswith("11:")
    assert problem in said


def test_a_canary_destination_without_canary_is_a_warning(problems_of):
    (said,) = problems_of(SINGING)
    assert "canary in [destinations.desk] has no effect: no canary is ever sent" in said


def test_a_destination_used_only_for_health_is_in_use(problems_of):
    assert problems_of(f'{BASE}[destinations.duty]\nurl = "console://"\n[health]\nsend_to = ["duty"]\n') == []


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://hc.example/uuid", None),
        ("https://hc.example/${PING}", None),
        ("${PING_URL}", None),
        ("https://hc.example/ping/0f7a2c9e1234abcd", "https://***"),
        ("https://ana:sesame@hc.example/", "https://***"),
        ("https://hc.example/?token=sesame", "https://***"),
        ("0f7a2c9e1234abcd", "***"),
    ],
)
def test_the_ping_url_is_shown_without_its_token(url, shown):
    assert masked(("health", "ping"), url) == shown


def test_a_literal_token_is_an_error_only_in_a_file_others_can_read(load_text):
    text = f'{BASE}[health]\nping = "https://hc.example/0f7a2c9e1234abcd"\n'
    levels = [load_text(text, mode=mode).problems[0].level for mode in (0o644, 0o600)]
    assert levels == ["error", "warning"]
    assert "0f7a" not in str(load_text(text, mode=0o644).problems)


@pytest.mark.parametrize(
    ("text", "size"), [("1kB", 1000), ("500MB", 5 * 10**8), ("2 TB", 2 * 10**12), ("0.5GB", 5 * 10**8)]
)
def test_a_size_is_a_number_with_its_unit(text, size):
    assert parse_size(text) == size


@pytest.mark.parametrize("value", ["MB", "-1GB", "1 GiB", "1e3MB", "1,5GB", True, 1.5])
def test_an_invalid_size_is_rejected(value):
    with pytest.raises(InvalidValue, match="must be a size"):
        parse_size(value)
