"""What a device is called, and of whom the second factor may be asked only once in thirty days on it."""

from .sides import Role, Side

# A word of the User-Agent → what people call it. The first that stands there counts: browsers name their ancestors too.
BROWSERS = {"Edg/": "Edge", "OPR/": "Opera", "Firefox/": "Firefox", "Chrome/": "Chrome", "Safari/": "Safari"}
SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "Mac OS X": "Mac",
    "Linux": "Linux",
}


def name_of(agent: str) -> str:
    """A browser as its owner would call it: "Firefox, Windows"; the User-Agent's beginning for an unknown one."""
    named = [next((name for word, name in words.items() if word in agent), "") for words in (BROWSERS, SYSTEMS)]
    return ", ".join(filter(None, named)) or agent[:40]


def may_trust_devices(roles: list[tuple[str, str]], *, is_staff: bool, is_superuser: bool) -> bool:
    """Nobody of the back office, and nobody who leads a wholesaler; `roles` are (tier, side of the organization)."""
    if is_staff or is_superuser:
        return False
    return not any(role in (Role.OWNER, Role.STAFF) and side == Side.WHOLESALER for role, side in roles)
