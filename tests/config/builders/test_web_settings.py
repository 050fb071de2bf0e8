import pytest

HASH = "$argon2id$v=19$m=65536,t=3,p=4$c2FsdHNhbHQ$aGFzaGhhc2hoYXNo"
TOKEN = "0123456789abcdef0123456789abcdef"


def test_there_is_no_page_without_its_table(load_text):
    assert load_text("").config.web is None


def test_the_page_listens_on_loopback_by_default(load_text):
    web = load_text("[web]").config.web
    assert (web.host, web.port, web.base_url, web.users) == ("127.0.0.1", 8077, "", {})


def test_users_and_tokens(load_text, monkeypatch):
    text = (
        f'[web]\nlisten = "[::]:80"\nbase_url = "https://m.example/"\nhosts = ["M.Example"]\n'
        f"[web.users.ana]\npassword = '{HASH}'\nrole = \"editor\"\n[web.users.bo]\npassword = '{HASH}'\n"
        f'[web.tokens.siem]\ntoken = "{TOKEN}"\nscopes = ["read", "triage"]\n'
    )
    config = load_text(text, mode=0o600).config
    assert (config.web.host, config.web.port) == ("::", 80)
    assert config.web.base_url == "https://m.example"
    assert config.web.hosts == ("m.example",)
    assert {name: user.is_editor for name, user in config.web.users.items()} == {"ana": True, "bo": False}
    assert config.web.tokens["siem"].scopes == {"read", "triage"}
    assert HASH in config.secrets
    assert TOKEN in config.secrets
    assert HASH not in repr(config)
    assert TOKEN not in repr(config)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('[web]\nlisten = "0.0.0.0:8077"', "other machines can reach"),
        ('[web]\nlisten = "monitor.example:80"', "must be an address of this machine and a port"),
        ('[web]\nlisten = "127.0.0.1:0"', "must be an address and a port"),
        ('[web]\nbase_url = "monitor.example"', "must be a web address"),
        ('[web]\nbase_url = "https://m.example/?a=1"', "must be a web address"),
        ('[web]\nuser_header = "X-User"', "needs trusted_proxies"),
        ('[web]\nuser_header = "X User"', "must be the name of a header"),
        ('[web.users.ana]\npassword = "plain"', "is not a hash of a password"),
        ('[web.tokens.a]\ntoken = "short"', "has fewer than 24 characters"),
        ('[web.users.ana]\npassword = "$argon2"\nrole = "admin"', "role"),
    ],
)
def test_a_mistake_is_explained(load_text, text, problem):
    errors = [p for p in load_text(text, mode=0o600).problems if p.level == "error"]
    assert problem in str(errors[0])
    assert errors[0].hint


def test_a_proxy_that_signs_people_in_is_enough(load_text):
    text = '[web]\nlisten = "0.0.0.0:80"\nuser_header = "X-User"\ntrusted_proxies = ["10.0.0.1"]'
    assert load_text(text).config.web.user_header == "X-User"
