"""Addresses of destinations with a marked secret in every part that may hold one: no test may ever show them."""

from __future__ import annotations

import base64
import re

# some services take only digits, or hexadecimal digits, for a token
MARKED = re.compile(r"secretcanary|5ec7e7ca9a27|918273645|U0VDUkVUQ0FOQVJZ", re.IGNORECASE)

# {host} is a server of the test; the other services have an address of their own
ADDRESSES = {
    "slack": "slack://TSECRETCANARY01/BSECRETCANARY02/SECRETCANARY03abcdefghij",
    "discord": "discord://918273645019283746/SECRETCANARY05",
    "telegram": "tgram://918273645:AASECRETCANARY06abcdefghijklmnopqr/918273645",
    "mail": "mailto://SECRETCANARY07:SECRETCANARY08@{host}?from=a@news.example&to=b@news.example",
    "ntfy": "ntfy://SECRETCANARY09:SECRETCANARY10@{host}/SECRETCANARY11",
    "gotify": "gotify://{host}/SECRETCANARY12abcd",
    "json": "json://SECRETCANARY13:SECRETCANARY14@{host}/SECRETCANARY15abcd"
    "?+X-Key=SECRETCANARY16&-token=SECRETCANARY17&:auth=SECRETCANARY18",
    "xml": "xml://SECRETCANARY19:SECRETCANARY20@{host}/SECRETCANARY21abcd"
    "?+X-Key=SECRETCANARY22&-token=SECRETCANARY23&:auth=SECRETCANARY24",
    "form": "form://SECRETCANARY25:SECRETCANARY26@{host}/SECRETCANARY27abcd"
    "?+X-Key=SECRETCANARY28&-token=SECRETCANARY29&:auth=SECRETCANARY30",
    "mattermost": "mmost://SECRETCANARY31@{host}/SECRETCANARY32abcdefghij",
    "teams": "workflows://{host}/SECRETCANARY33abcd/SECRETCANARY34abcd",
    "pushover": "pover://SECRETCANARY35abcdefghijklmnop@SECRETCANARY36abcdefghijklmnop",
    "pagerduty": "pagerduty://SECRETCANARY37@SECRETCANARY38/source/component",
    "opsgenie": "opsgenie://SECRETCANARY39",
    "matrix": "matrix://SECRETCANARY40:SECRETCANARY41@{host}/#SECRETCANARY42",
    "rocketchat": "rocket://SECRETCANARY43:SECRETCANARY44@{host}/#SECRETCANARY45",
    "signal": "signal://SECRETCANARY46:SECRETCANARY47@{host}/+15551234567/+15557654321",
    "twilio": "twilio://AC5ec7e7ca9a2701234567890123456789:5ec7e7ca9a2712345678901234567890@+15551234567/+15557654321",
    "webex": "wxteams://SECRETCANARY48abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz01/SECRETCANARY67",
    "zulip": "zulip://SECRETCANARY49@SECRETCANARY50/SECRETCANARY51abcdefghijklmnopqr",
    "pushbullet": "pbul://SECRETCANARY52",
    "googlechat": "gchat://SECRETCANARY53/SECRETCANARY54/SECRETCANARY55",
    "ifttt": "ifttt://SECRETCANARY56@SECRETCANARY57",
    "guilded": "guilded://918273645019283747/SECRETCANARY58",
    "bark": "bark://SECRETCANARY59:SECRETCANARY60@{host}/SECRETCANARY61",
    "homeassistant": "hassio://{host}/SECRETCANARY62abcd",
    "splunk": "splunk://SECRETCANARY63@SECRETCANARY64",
    "sendgrid": "sendgrid://SECRETCANARY65:alerts@news.example/desk@news.example",
    "threema": "threema://*SECRET1@SECRETCANARY66/ABCDEFGH",
}
LOGIN = ("reader", "SECRETCANARY71")  # of a feed; the name of the user may be shown
HEADER = "SECRETCANARY73"
BASIC = base64.b64encode(":".join(LOGIN).encode()).decode()


def shown(text: str | bytes) -> list[str]:
    """Return every place of *text* that shows a secret, with what stands around it."""
    text = text if isinstance(text, str) else text.decode("latin-1")
    places = [at.span() for at in (*MARKED.finditer(text), *re.finditer(re.escape(BASIC), text))]
    return [text[max(0, start - 60) : end + 30] for start, end in places]
