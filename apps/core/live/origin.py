"""Which pages may open a socket: ours. A browser sends our cookies with any page's handshake; Origin names the page."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http.request import is_same_domain, split_domain_port, validate_host


def is_ours(origin: str) -> bool:
    """On a host of ALLOWED_HOSTS, by https where our cookies are https only, or one of CSRF_TRUSTED_ORIGINS."""
    try:
        parts = urlsplit(origin.strip().lower())
    except ValueError:
        return False
    if parts.scheme not in ("http", "https") or "@" in parts.netloc or origin.count("/") != 2:
        return False
    return _is_trusted(parts) or _is_host(parts)


def _is_host(parts) -> bool:
    if settings.SESSION_COOKIE_SECURE and parts.scheme != "https":
        return False
    host, _ = split_domain_port(parts.netloc)
    return bool(host) and validate_host(host, settings.ALLOWED_HOSTS)


def _is_trusted(parts) -> bool:
    """As django reads the setting for forms: `https://*.example.com` covers its subdomains."""
    return any(
        trusted.scheme == parts.scheme and is_same_domain(parts.netloc, trusted.netloc.removeprefix("*"))
        for trusted in map(urlsplit, settings.CSRF_TRUSTED_ORIGINS)
    )
