from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.redaction import Redactor, StoredSecrets, redacted, secrets_of


@pytest.mark.parametrize(
    ("url", "said"),
    [
        (
            "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazk",
            "POST /services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazk failed",
        ),
        ("discord://4174216298/JHMHI8qBe7bk", "url: /api/webhooks/4174216298/JHMHI8qBe7bk"),
        ("mailto://joe:pa%2Fss%40w@mail.example", "login joe pa/ss@w refused"),
        ("json://h.example/p?+X-Key=s3cr%20et9", "header X-Key: s3cr et9"),
        ("json://h.example/p?-token=ab+cd+ef", "the token ab cd ef is not known"),
        ("tgram://123456789:AAbbCC-dd_ee/42", "https://api.telegram.org/bot123456789:AAbbCC-dd_ee/x"),
        ("json://u:ab@h.example/", "password 'ab' refused"),
    ],
    ids=["slack", "discord", "mailto", "header", "parameter", "telegram", "short password"],
)
def test_no_secret_part_of_an_address_stays_in_a_text(url, said):
    shown = redacted(said, secrets_of(url))
    tokens = ("TIia", "JHMH", "ss@w", "s3cr", "cd ef", "AAbb", "'ab'")
    assert "***" in shown
    assert not any(token in shown for token in tokens)


def test_a_secret_is_found_whatever_its_case():
    assert "tokentoken" not in redacted("error: TOKENTOKEN".lower(), secrets_of("json://h/TokenToken"))


@pytest.mark.parametrize("url", ["json://127.0.0.1:80/hook?rto=3", "mailto://h.example?from=a@b.example"])
def test_plain_words_stay(url):
    assert redacted("no answer from it in time", secrets_of(url)) == "no answer from it in time"


def test_secrets_are_hidden_in_whatever_json_can_hold():
    value = {"url": "http://h/?token=Open%20Sesame", "n": 3, "list": ["open sesame!", None]}
    hidden = {"url": "http://h/?token=***", "n": 3, "list": ["***!", None]}
    assert Redactor(["open sesame"]).redact(value) == hidden
    assert Redactor([]).redact(value) == value


SECRETS = st.text(
    st.characters(min_codepoint=33, max_codepoint=255, exclude_categories=("Cc",)), min_size=4, max_size=12
)
TEXTS = st.lists(st.text(max_size=5) | st.just("{}"), max_size=5).map("".join)


@given(SECRETS, TEXTS, st.sampled_from([str, quote, quote_plus, lambda text: quote(text, safe="")]))
def test_a_secret_in_any_encoding_is_hidden_and_nothing_else(secret, text, encoded):
    for hidden in (Redactor([secret]).redact(text.replace("{}", encoded(secret))),):
        assert secret not in hidden.replace("***", "") or secret in text
        if secret not in text:
            assert hidden.count("***") >= text.count("{}")


@given(SECRETS, TEXTS, st.sampled_from([str, quote, lambda text: quote(text, safe="")]))
def test_a_stored_address_is_revealed_as_it_was_and_is_hidden_only_once(secret, text, encoded):
    secrets = StoredSecrets([secret])
    address = text.replace("{}", encoded(secret))
    hidden = secrets.hide(address)
    assert secrets.hide(hidden) == hidden
    assert secrets.reveal(hidden) == address
