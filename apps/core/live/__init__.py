"""The one stream: topics, numbered frames, resume. One Redis subscription a process feeds its sockets.

door → consumer → client ← hub ← subscription (Redis)
                     ↑              store (the event table)
"""

from .door import sockets

__all__ = ["sockets"]
