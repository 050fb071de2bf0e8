from __future__ import annotations

import pytest

from monitor.errors import UsageError
from monitor.exchange.pack_file import PackOrigin, read_pack, sealed, write_pack


def test_a_pack_is_replaced_only_on_request_and_only_if_an_import_made_it(tmp_path):
    pack = tmp_path / "names.toml"
    write_pack(pack, sealed(PackOrigin("names", {}), [], []), replace=False)
    with pytest.raises(UsageError, match="exists; choose another, or replace it with --force"):
        write_pack(pack, "new", replace=False)
    write_pack(pack, "new", replace=True)
    assert pack.read_text() == "new"
    with pytest.raises(UsageError, match="was not made by monitor import; choose another"):
        write_pack(pack, "newer", replace=True)


def test_a_directory_is_not_replaced(tmp_path):
    with pytest.raises(UsageError, match="was not made by monitor import"):
        write_pack(tmp_path, "", replace=True)


def test_a_symbolic_link_stays_a_link(tmp_path):
    target, link = tmp_path / "real.toml", tmp_path / "names.toml"
    target.write_text(sealed(PackOrigin("names", {}), [], []))
    link.symlink_to(target)
    write_pack(link, "new", replace=True)
    assert (link.is_symlink(), target.read_text()) == (True, "new")


def test_a_pack_says_how_it_was_made(tmp_path):
    pack = tmp_path / "names.toml"
    lines = ["", "# SDN 36 = AEROCARIBBEAN", "[actors.aero]", "", "# line 3 = x.y", '[actors."x.y"]']
    pack.write_text(sealed(PackOrigin("ofac", {"tags": ["a", "ü"]}), ["the list"], lines))
    found = read_pack(pack)
    assert (found.origin, found.edited) == (PackOrigin("ofac", {"tags": ["a", "ü"]}), False)
    assert found.ids() == {"SDN 36": "aero", "line 3": "x.y"}


@pytest.mark.parametrize(
    ("old", "new"), [('"a"', '"b"'), ("# the list", "# another list"), ("\n[actors", "\n\n[actors")]
)
def test_an_edited_pack_is_recognised(tmp_path, old, new):
    pack = tmp_path / "names.toml"
    text = sealed(PackOrigin("ofac", {"tag": "a"}), ["the list"], ["[actors.x]"])
    assert old in text
    pack.write_text(text.replace(old, new))
    assert read_pack(pack).edited


def test_a_pack_without_a_checksum_counts_as_edited(tmp_path):
    pack = tmp_path / "names.toml"
    pack.write_text("# Made by monitor import. Import again with --force to replace it.\n[actors.x]\n")
    found = read_pack(pack)
    assert (found.origin, found.edited) == (PackOrigin("names", {}), True)


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"[actors.x]\n", "was not made by monitor import"),
        (b"\xff\xfe", "is not UTF-8 text"),
        (None, "there is no"),
    ],
    ids=["another file", "binary", "missing"],
)
def test_only_packs_are_updated(tmp_path, raw, message):
    pack = tmp_path / "names.toml"
    if raw is not None:
        pack.write_bytes(raw)
    with pytest.raises(UsageError, match=message):
        read_pack(pack)
