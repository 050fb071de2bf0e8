import pytest
from support.servers import Reply

from monitor.config import load

BASE = """\
[rules.r]
actors = ["a"]
send_to = ["d"]
[destinations.d]
url = "console://"
"""
MISTAKES = """\
[feeds]
wire = "https://wire.example/rss"
[actors.a]
aliases = ["Ardea Kin", "/(x/"]
[rules.r]
actors = ["tag:gang"]
send_to = ["d"]
[destinations.d]
url = "slakc://a/b/c"
[alerts]
corroborate = [10, 3]
"""


def test_everything_that_run_rejects_is_reported_in_one_round(terminal):
    terminal.config.write_text(MISTAKES)
    checked = terminal.type("check")
    assert checked.code == 1
    for line, reason in (
        ("4:25", "is not a valid RE2 regular expression"),
        ("6:11", 'no actor has the tag "gang"'),
        ("9:7", "the address of d cannot be used"),
        ("11:15", "must rise"),
        ("1:1", "[http] contact is missing"),
    ):
        assert any(f":{line}: error: " in out and reason in out for out in checked.out.splitlines()), (line, reason)


def test_a_missing_contact_is_an_error_only_for_public_feeds(terminal):
    terminal.config.write_text(BASE + '[actors]\na = ["Ardea Kin"]\n[feeds]\nf = "http://127.0.0.1/f"\n')
    assert "contact" in terminal.type("check").out
    terminal.config.write_text(terminal.config.read_text() + '[http]\nallow_private = ["127.0.0.0/8"]\n')
    assert terminal.type("check").code == 0


@pytest.mark.parametrize(
    ("url", "form"),
    [
        ("https://hooks.slack.com/services/x", "slack://TOKEN_A/TOKEN_B/TOKEN_C"),
        ("https://discord.com/api/webhooks/1", "discord://WEBHOOK_ID/WEBHOOK_TOKEN"),
        ("https://api.telegram.org/bot1:x/sendMessage", "tgram://BOT_TOKEN/CHAT_ID"),
        ("https://acme.webhook.office.com/webhookb2/x", "msteams://TEAM/TOKEN_A/TOKEN_B/TOKEN_C"),
        ("https://mattermost.example.org/x", "mmosts://mattermost.example.org/TOKEN"),
        ("https://ntfy.sh/", "ntfy://TOPIC"),
        ("https://wire.example/hook", "jsons://"),
    ],
)
def test_the_web_address_of_a_webhook_gets_the_form_that_apprise_needs(terminal, url, form):
    terminal.config.write_text(BASE.replace("console://", url) + '[actors]\na = ["Ardea Kin"]\n')
    assert form in terminal.type("check").out


def test_a_new_configuration_names_its_database_and_a_contact(terminal, tmp_path):
    folder = tmp_path / "new"
    assert terminal.type("init", str(folder)).code == 0
    config = load(folder / "config.toml", environ={}).config
    assert config.storage.path == folder / "monitor.db"
    assert "@" in config.http.contact


def test_a_secret_in_a_feed_url_is_never_shown(terminal, site, monkeypatch):
    monkeypatch.setenv("TOK", "sesame42open")
    terminal.configure(url=site.route("/feed", Reply(status=301, headers=(("Location", "/new?token=sesame42open"),))))
    terminal.config.write_text(terminal.config.read_text().replace("/feed", "/feed?token=${TOK}"))
    shown = [terminal.type(*words) for words in (("check", "--online"), ("once",), ("feeds",), ("feeds", "--json"))]
    assert all("sesame42open" not in typed.out + typed.err for typed in shown)
    assert "token=***" in shown[-1].out


def test_problems_are_written_as_github_annotations(terminal):
    terminal.config.write_text("[http]\nevry = 1\n")
    assert terminal.type("check", "--format", "github").out == (
        f"::error file={terminal.config},line=2,col=1,endColumn=4::"
        'unknown setting "evry" in [http]; did you mean "every"?\n'
    )
    assert terminal.type("check", "--format", "json").out == terminal.type("check", "--json").out
