"""A message as a mail: subject, HTML, and the headers that make a story one thread. Pure."""

from __future__ import annotations

from monitor.alerts.content.neutralise import neutralise
from monitor.alerts.content.sheet import Sheet
from monitor.alerts.render.fitting import largest_that_fits
from monitor.alerts.render.mail_html import mail_html
from monitor.model import Message, Notification, Severity

MAX_SUBJECT = 150
# Gmail cuts what is longer off: https://developers.google.com/workspace/gmail/design
MAX_HTML = 100_000

_DOMAIN = "crypto-news-monitor"


def render_mail(sheet: Sheet, message: Message, plain: Notification) -> Notification:
    """Return *sheet* as a mail; what does not fit into its HTML is counted."""
    html = largest_that_fits(sheet, mail_html, lambda made: len(made.encode()) <= MAX_HTML)
    subject = neutralise(sheet.subject, MAX_SUBJECT)
    return Notification(subject, plain.body, html=html, headers=mail_headers(message, sheet.severity))


def mail_headers(message: Message, severity: Severity | None) -> tuple[tuple[str, str], ...]:
    """Return the headers of a mail: RFC 3834's word for machines, its importance, and its thread.

    All mails of a story refer to one id that no mail has, which is enough for a thread (RFC 5256, the algorithm
    REFERENCES): whichever of them comes first, is lost or deleted, the others stay together.
    """
    headers = [("Auto-Submitted", "auto-generated")]
    if severity is Severity.CRITICAL:
        headers.append(("Importance", "high"))
    if thread := thread_id(message):
        headers += [("References", thread), ("In-Reply-To", thread)]
    return tuple(headers)


def thread_id(message: Message) -> str:
    """Return the id that the mails of a story refer to, as ``<story-12.duty-mail@crypto-news-monitor>``.

    It stays the same over restarts, and each destination has its own. Empty for a message that tells of no story or
    of several.
    """
    stories = {hit.story for hit in message.hits}
    if len(stories) != 1:
        return ""
    # an address has no two dots in a row (RFC 5322 section 3.2.3)
    name = message.delivery.destination.replace(".", "-")
    return f"<story-{stories.pop()}.{name}@{_DOMAIN}>"
