from __future__ import annotations

import pytest

from monitor.config import ConfigurationFiles, load_stored

TEXT = '[destinations.desk]\nurl = "slack://${file:token}/${NAME}"\n'


@pytest.mark.parametrize(
    ("environ", "url"), [({}, "slack://***/***"), ({"NAME": ""}, "slack://***/***"), ({"NAME": "a"}, "slack://***/a")]
)
def test_a_secret_that_cannot_be_read_is_masked(tmp_path, environ, url):
    main = tmp_path / "config.toml"
    loaded = load_stored(main, ConfigurationFiles({str(main): TEXT}, {}), environ)
    assert loaded.partial is not None
    assert [d.url for d in loaded.partial.destinations.values()] == [url]


def test_a_secret_in_a_file_beside_the_configuration_is_read(tmp_path):
    (tmp_path / "token").write_text("T0KEN")
    main = tmp_path / "config.toml"
    loaded = load_stored(main, ConfigurationFiles({str(main): TEXT}, {}), {"NAME": "a"})
    assert loaded.partial is not None
    assert [d.url for d in loaded.partial.destinations.values()] == ["slack://T0KEN/a"]
