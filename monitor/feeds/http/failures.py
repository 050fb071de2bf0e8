"""Convert exceptions of the HTTP client to FeedError, with a cause and a remedy for people."""

from __future__ import annotations

import os
import re
import ssl

import aiohttp
import aiohttp_socks

from monitor.errors import FeedError, FeedState
from monitor.feeds.http.connector import CONNECT_S

_SEE_PROXY = 'see "proxy" in [http]'

PROXY_FAILURES = (aiohttp_socks.ProxyError, aiohttp_socks.ProxyConnectionError, aiohttp_socks.ProxyTimeoutError)
FAILURES = (TimeoutError, aiohttp.ClientError, OSError, ValueError, *PROXY_FAILURES)


def as_feed_error(error: Exception, timeout_s: float) -> FeedError:
    """Return the FeedError (state, cause, remedy) for an exception of the HTTP client.

    Args:
        error: An exception of one of the types in FAILURES.
        timeout_s: The time limit of the request, for the text of the cause.
    """
    match error:
        case aiohttp.ConnectionTimeoutError():
            return FeedError(FeedState.TIMEOUT, f"no connection within {CONNECT_S:g} s")
        case TimeoutError():
            return FeedError(FeedState.TIMEOUT, f"no complete response within {timeout_s:g} s")
        case aiohttp.ClientProxyConnectionError() | aiohttp.ClientHttpProxyError():
            return FeedError(FeedState.NO_CONNECTION, _proxy_cause(error), _SEE_PROXY)
        case aiohttp.ClientConnectorDNSError():
            return FeedError(
                FeedState.DNS, f"DNS has no address for {error.host}", "check the spelling of the host name"
            )
        case aiohttp.ClientSSLError():
            return FeedError(FeedState.CERTIFICATE, _tls_cause(error), "the site must fix its certificate")
        case aiohttp.ClientConnectorError():
            return FeedError(FeedState.NO_CONNECTION, f"{error.host}:{error.port}: {_reason(error.os_error)}")
        case aiohttp.InvalidURL():
            return FeedError(FeedState.NO_CONNECTION, "the url is not valid", "correct the url of the feed")
        case aiohttp.ClientPayloadError():
            return FeedError(
                FeedState.UNREADABLE,
                "the connection closed before the end of the response, or its compression is damaged",
            )
        case aiohttp.ClientResponseError():
            return FeedError(FeedState.SERVER_ERROR, f"the response is not valid HTTP: {_complaint(error.message)}")
        case ValueError() if not isinstance(error, aiohttp.ClientError):
            return FeedError(FeedState.NO_CONNECTION, f"the request cannot be sent: {error}")
        case _ if isinstance(error, PROXY_FAILURES):
            return FeedError(FeedState.NO_CONNECTION, f"the connection through the proxy failed: {error}", _SEE_PROXY)
        case _:
            return FeedError(FeedState.NO_CONNECTION, str(error) or type(error).__name__)


def _proxy_cause(error: Exception) -> str:
    if isinstance(error, aiohttp.ClientHttpProxyError):
        return f"the proxy answered {error.status}"
    reason = _reason(error.os_error) if isinstance(error, aiohttp.ClientConnectorError) else error
    return f"the connection to the proxy failed: {reason}"


def _complaint(message: str) -> str:
    # the rest of the message quotes the response, which may contain the login
    text = re.split("[\n'\"]|:? when reading|:? b$", message.strip(), maxsplit=1)[0]
    return re.sub(r"^400, message:?\s*", "", text).rstrip(": ").lower()[:100] or "the parser gives no reason"


def _reason(error: OSError) -> str:
    # the text for the error number is clearer than the text of the exception
    return os.strerror(error.errno).lower() if error.errno else str(error)


def _tls_cause(error: aiohttp.ClientSSLError) -> str:
    inner = getattr(error, "certificate_error", None) or error.os_error
    reason = getattr(inner, "verify_message", "") or getattr(inner, "reason", "") or str(inner)
    return f"{error.host}: {reason}" if isinstance(inner, ssl.SSLError) else f"{error.host}: tls failed"
