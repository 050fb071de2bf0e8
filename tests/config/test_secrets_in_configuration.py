import pytest

SECRET = "sesame-42-open"
LITERALS = {
    "login": f'[feeds]\nf = "https://reader:{SECRET}@127.0.0.1/rss"',
    "auth": f'[feeds.f]\nurl = "https://127.0.0.1/rss"\nauth = "reader:{SECRET}"',
    "header": f'[feeds.f]\nurl = "https://127.0.0.1/rss"\nheaders = {{ X-Key = "{SECRET}" }}',
    "parameter": f'[feeds.f]\nurl = "https://127.0.0.1/rss?token={SECRET}"',
    "off": f'[feeds.f]\nurl = "https://127.0.0.1/rss"\nauth = "reader:{SECRET}"\nenabled = false',
    "destination": f'[destinations.d]\nurl = "slack://{SECRET}/b/c"',
}
NOT_LOADED = {
    "unknown key": f'[feeds.f]\nurl = "https://127.0.0.1"\npasword = "{SECRET}"',
    "wrong type": f'[destinations.d]\nurl = ["slack://{SECRET}"]',
    "short destination": f'[destinations]\nd = "{SECRET}"',
    "inline": f'destination = {{ d = {{ url = "slack://{SECRET}" }} }}',
    "behind": f'[feeds]\nf = {{ url = "https://a:{SECRET}@x.example", evry = 1 }}',
    "comment": f'[destinations.d]\nurl = "nothing" # slack://{SECRET}',
    "several lines": f'[destinations.d]\nurl = """\nslack://{SECRET}/b""" \nevry = 1',
    "broken": f'[destinations.d]\nurl = "slack://{SECRET}',
    "broken auth": f'[feeds.f]\nauth = "a:{SECRET}',
    "broken login": f'[feeds]\nf = "https://a:{SECRET}@x.example',
    "broken at the top": f'slack = "slack://{SECRET}',
    "proxy": f'[http]\nproxy = "socks5://a:{SECRET}@127.0.0.1"',
    "password of the page": f'web = {{ users = {{ ana = {{ password = "{SECRET}" }} }} }}',
    "misspelt password": f'[web.users.ana]\npasword = "{SECRET}"',
    "short token": f'[web.tokens.siem]\ntoken = "{SECRET}"',
    "no address": f'[destinations.d]\nurl = "{SECRET}"',
    "no web address": f'[feeds]\nf = "gopher://a:{SECRET}@x.example"',
    "no login": f'[feeds.f]\nurl = "https://127.0.0.1"\nauth = "{SECRET}"',
    "in a name": f'[destinations.d]\nurl = "${{slack://{SECRET}}}"',
}


@pytest.mark.parametrize("text", [*LITERALS.values(), *NOT_LOADED.values()], ids=[*LITERALS, *NOT_LOADED])
def test_no_problem_shows_a_secret(load_text, text):
    problems = load_text(text, mode=0o644).problems
    assert problems
    assert SECRET not in "\n".join(map(str, problems)) + repr(problems)


@pytest.mark.parametrize("text", LITERALS.values(), ids=LITERALS)
@pytest.mark.parametrize(
    ("mode", "level"),
    [(0o600, "warning"), (0o640, "warning"), (0o644, "error"), (0o660, "error")],
    ids=["0600", "0640", "0644", "0660"],
)
def test_a_literal_secret_is_an_error_in_a_readable_file(load_text, text, mode, level):
    found = [p for p in load_text(text, mode=mode).problems if "literal secret" in p.message]
    assert [p.level for p in found] == [level]
    assert "${NAME}" in found[0].hint


@pytest.mark.parametrize("text", [LITERALS[k] for k in LITERALS if k != "off"], ids=[k for k in LITERALS if k != "off"])
def test_a_config_knows_its_secrets_and_hides_them(load_text, text):
    config = load_text(text).config
    assert SECRET in " ".join(config.secrets)
    assert SECRET not in repr(config)


def test_a_login_in_a_url_becomes_auth(load_text):
    feed = load_text('[feeds]\nf = "https://a%40b:c%3Ad@127.0.0.1:8443/rss?x=1"').config.feeds["f"]
    assert feed.url == "https://127.0.0.1:8443/rss?x=1"
    assert feed.auth == ("a@b", "c:d")


def test_placeholders_work_in_all_settings_for_secrets(load_text):
    text = """
    [feeds.f]
    url = "https://${HOST}/rss"
    auth = "reader:${PW}"
    headers = { X-Key = "Bearer ${file:token}" }
    [destinations.d]
    url = "${SLACK}"
    """
    environ = {"HOST": "127.0.0.1", "PW": "geheim", "SLACK": "slack://first/second/third-token"}
    config = load_text(text, environ=environ, files={"token": "tkn-file\n"}, mode=0o644).config
    feed = config.feeds["f"]
    assert (feed.url, feed.auth, feed.headers) == (
        "https://127.0.0.1/rss",
        ("reader", "geheim"),
        (("X-Key", "Bearer tkn-file"),),
    )
    assert config.destinations["d"].url == environ["SLACK"]
    assert {"geheim", "tkn-file", "reader:geheim", "third-token", environ["SLACK"]} <= set(config.secrets)


def test_an_unset_variable_is_reported_with_its_location(problems_of):
    assert problems_of('[destinations.d]\nurl = "${SLACK_URL}"')[0] == (
        "2:7 error: url in [destinations.d] needs the environment variable SLACK_URL, which is not set; set SLACK_URL"
    )


def test_secrets_of_a_disabled_feed_are_not_needed(load_text):
    assert load_text('[feeds.f]\nurl = "${URL}"\nenabled = false').config.disabled_feeds == {"f"}


def test_a_secret_file_is_relative_to_the_configuration_file(load_text):
    files = {"sub/more.toml": '[feeds.f]\nurl = "https://x.example"\nauth = "${file:login}"', "sub/login": "a:b-c-d"}
    config = load_text('include = ["sub/more.toml"]', files=files).config
    assert config.feeds["f"].auth == ("a", "b-c-d")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('url = "https://x.example/a b"', "contains a space"),
        ('url = "https://x.example:port/"', "must be a web address"),
        ('url = "feed://x.example/"', "must be a web address"),
        ('url = "https:///rss"', "has no host"),
        ('url = "https://[x/"', "must be a web address"),
        ('outlet = "x"', "has no url"),
        ('url = "https://a:b@x.example"\nauth = "c:d"', "contains a login, and auth is set too"),
        ('url = "https://x.example"\nauth = "abc"', "must contain a user name and a password"),
        ('url = "https://x.example"\nheaders = { "a b" = "c" }', "is not a valid header name"),
        ('url = "https://x.example"\nheaders = { a = "b\\nc" }', "contains a line break"),
    ],
)
def test_an_invalid_feed_url_is_an_error(load_text, line, message):
    errors = [p.message for p in load_text(f"[feeds.f]\n{line}").problems if p.level == "error"]
    assert len(errors) == 1
    assert message in errors[0]


def test_a_line_is_not_shown_if_masking_moved_its_columns(load_text):
    problems = load_text(f'[feeds]\nf = {{ evry = 1, auth = "a:{SECRET}", every = 5 }}').problems
    shown = {p.place.column: p.place.source for p in problems}
    assert shown[7] == 'f = { evry = 1, auth = "***", every = 5 }'
    assert shown[52] == ""
