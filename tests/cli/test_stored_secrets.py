"""Nothing that is stored contains the value of a secret in the address of a feed."""

import json
import re
import sqlite3
from urllib.parse import quote

import pytest
from support.command_line import CONFIG
from support.servers import Reply

from monitor.redaction import StoredSecrets

FEED = b"""<rss version="2.0"><channel><title>Wire</title>
<item><guid>1</guid><title>Lazarus Group stole $2M</title><link>https://wire.example/1</link></item></channel></rss>"""
TOKENS = ("open-sesame-7", "p&ssw0rdy/=%2B9 é", "AbCdEf0123456789")


def dumped(folder):
    """Return everything that is stored in *folder*, as SQL and as bytes."""
    database = sqlite3.connect(next(folder.rglob("monitor.db")))
    text = "\n".join(database.iterdump())
    database.close()
    kept = [path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.name != "config.toml"]
    return text.encode() + b"".join(kept)


def assert_hidden(token, stored):
    lowered = stored.lower()
    for spelled in {token, *(quote(token, safe=safe) for safe in ("", "/", "/=", "=&/", " ="))}:
        assert spelled.lower().encode() not in lowered
    assert max(re.findall("[a-z0-9]+", token.lower()), key=len).encode() not in lowered


def with_feeds(site, *names):
    urls = "".join(f'{name} = "{site.url("/" + name)}?token=${{TOK}}"\n' for name in names)
    return CONFIG.replace('wire = "{url}"\n', urls)


@pytest.mark.parametrize("token", TOKENS)
def test_no_token_is_stored_after_polls_redirects_and_failures(terminal, site, tmp_path, monkeypatch, token):
    encoded = quote(token, safe="")
    monkeypatch.setenv("TOK", encoded)
    for path, reply in (("/gone", Reply(404)), ("/fine", Reply(body=FEED))):
        site.route(path, reply)
    site.redirect("/moved", f"/fine?token={encoded}", 301)
    site.redirect("/lower", f"/fine?token={encoded.lower()}", 301)
    site.redirect("/loop", f"/loop?token={encoded}", 302)
    site.redirect("/ftp", f"ftp://wire.example/{encoded}", 302)
    site.redirect("/away", f"http://no-such-host.invalid/?token={encoded}", 302)
    terminal.configure(with_feeds(site, "gone", "fine", "moved", "lower", "loop", "away", "ftp"))
    said = [terminal.type("once") for _ in range(2)]
    printed = "".join(typed.out + typed.err for typed in said).encode()
    assert_hidden(token, dumped(tmp_path) + printed)
    assert_hidden(encoded, dumped(tmp_path))


def test_a_feed_with_a_secret_keeps_its_redirect_and_state_over_restarts_and_a_new_key(terminal, site, monkeypatch):
    monkeypatch.setenv("TOK", TOKENS[0])
    site.redirect("/moved", f"/fine?token={TOKENS[0]}", 301)
    site.route("/fine", Reply(body=FEED))
    for name in ("moved", "moved", "moved", "moved", "renamed"):
        terminal.configure(with_feeds(site, "moved").replace("moved =", f"{name} ="))
        terminal.type("once")
    row = json.loads(terminal.type("feeds", "--json").out)[0]
    assert row["feed"] == "renamed"
    assert row["moved_to"] == f"{site.url('/fine')}?token=***"
    assert len(json.loads(terminal.type("hits", "--json").out)) == 1
    assert {request.path for request in site.requests[1:]} >= {f"/fine?token={TOKENS[0]}"}


def test_a_secret_that_an_earlier_version_stored_is_removed_at_the_next_start(terminal, site, tmp_path, monkeypatch):
    monkeypatch.setattr("monitor.store.db.statements.StoredSecrets.__init__", lambda self, secrets=(): None)
    monkeypatch.setattr("monitor.store.db.statements.StoredSecrets.hide", lambda self, text: text)
    monkeypatch.setattr("monitor.store.db.statements.StoredSecrets.redact", lambda self, text: text)
    monkeypatch.setenv("TOK", TOKENS[0])
    site.route("/fine", Reply(404))
    terminal.configure(with_feeds(site, "fine"))
    terminal.type("once")
    assert TOKENS[0].encode() in dumped(tmp_path)
    monkeypatch.undo()
    monkeypatch.setenv("TOK", TOKENS[0])
    terminal.type("once")
    assert_hidden(TOKENS[0], dumped(tmp_path))


def lower_hex(text):
    return re.sub("%..", lambda match: match[0].lower(), text)


@pytest.mark.parametrize("secret", [*TOKENS, "secret", "a%2Fb", "é"])
def test_a_marker_is_replaced_by_the_secret_only_if_the_secret_is_configured(secret):
    address = f"https://wire.example/{secret}/feed?token={quote(secret)}&again={lower_hex(quote(secret, safe=''))}"
    hidden = StoredSecrets([secret]).hide(address)
    assert secret not in hidden.replace("${secret:", "")
    assert StoredSecrets([secret]).hide(hidden) == hidden
    assert StoredSecrets([secret, "other"]).reveal(hidden) == address
    assert StoredSecrets(["other"]).reveal(hidden) == hidden


def test_a_partly_encoded_secret_is_found_and_restored_unchanged():
    secrets = StoredSecrets(["a/b=c d"])
    hidden = secrets.hide("https://wire.example/?t=a/b%3dc+d&u=a%2Fb=c%20d")
    assert secrets.reveal(hidden) == "https://wire.example/?t=a%2Fb%3Dc%20d&u=a%2Fb%3Dc%20d"
