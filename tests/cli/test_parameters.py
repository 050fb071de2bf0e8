from __future__ import annotations


def test_an_invalid_number_is_reported_with_its_argument(terminal):
    terminal.configure()
    assert terminal.type("show", "abc").err == 'monitor: ID must be a number, not "abc"\n'
    assert terminal.type("hits", "--limit", "0").err == "monitor: --limit must be at least 1\n"
    assert "ID must be at most 9223372036854775807" in terminal.type("show", "9" * 23).err
