"""Recognises URLs that are served by the same host, and are therefore requested one at a time."""

from __future__ import annotations

from yarl import URL

# A platform serves thousands of sites under their own names, and counts our requests to all of them together. A name
# stands for itself and its subdomains.
_PLATFORMS: dict[str, tuple[str, ...]] = {
    # blogs and newsletters
    "beehiiv": ("beehiiv.com",),
    "blogger": ("blogger.com", "blogspot.com"),
    "dev.to": ("dev.to",),
    "ghost": ("ghost.io",),
    "hashnode": ("hashnode.dev", "hashnode.com"),
    "hatena": ("hatenablog.com", "hatenablog.jp"),
    "livejournal": ("livejournal.com",),
    "medium": ("medium.com",),
    "mirror": ("mirror.xyz",),
    "note": ("note.com",),
    "paragraph": ("paragraph.xyz", "paragraph.com"),
    "squarespace": ("squarespace.com",),
    "substack": ("substack.com",),
    "tumblr": ("tumblr.com",),
    "typepad": ("typepad.com",),
    "webflow": ("webflow.io",),
    "weebly": ("weebly.com",),
    "wix": ("wix.com", "wixsite.com"),
    "wordpress.com": ("wordpress.com",),
    # code and issues
    "github": ("github.com", "github.io", "githubusercontent.com"),
    "gitlab": ("gitlab.com", "gitlab.io"),
    # discussions, pictures, audio and video
    "anchor": ("anchor.fm",),
    "buzzsprout": ("buzzsprout.com",),
    "discourse": ("discourse.group", "trydiscourse.com"),
    "libsyn": ("libsyn.com",),
    "megaphone": ("megaphone.fm",),
    "reddit": ("reddit.com",),
    "soundcloud": ("soundcloud.com",),
    "telegram": ("t.me", "tg.i-c-a.su", "telegram.me"),
    "vimeo": ("vimeo.com",),
    "youtube": ("youtube.com",),
    # generated feeds
    "bing": ("bing.com",),
    "feed43": ("feed43.com",),
    "feedburner": ("feedburner.com", "feedproxy.google.com", "feeds.feedblitz.com"),
    "feedspot": ("feedspot.com",),
    "fetchrss": ("fetchrss.com",),
    "google news": ("news.google.com",),
    "kill-the-newsletter": ("kill-the-newsletter.com",),
    "nitter": ("nitter.net", "nitter.poast.org", "nitter.privacydev.net"),
    "openrss": ("openrss.org",),
    "politepol": ("politepol.com", "politepaul.com"),
    "rss.app": ("rss.app",),
    "rss-bridge": ("rss-bridge.org",),
    "rsshub": ("rsshub.app",),
    "statuspage": ("statuspage.io",),
    "yahoo": ("yahoo.com",),
}
_PLATFORM_OF = {name: platform for platform, names in _PLATFORMS.items() for name in names}


def host_of(url: URL) -> str:
    """Return the host that serves *url*: its platform, or its own name or address in ASCII.

    ``www.`` is ignored; a port that is not the default of the scheme makes another host.
    """
    name = (url.raw_host or "").lower().rstrip(".")
    labels = name.split(".")
    for start in range(len(labels) - 1):
        if platform := _PLATFORM_OF.get(".".join(labels[start:])):
            return platform
    name = name.removeprefix("www.")
    return name if url.is_default_port() else f"{name}:{url.port}"
