"""News goes up: a lower app tells a fact, whoever lives above asked for it in its apps.py and gets it as a job."""

from collections.abc import Callable

from . import jobs


class News:
    """A kind of fact. `stock_changed = News("stock_changed")` stands in the teller's events.py."""

    def __init__(self, name: str):
        self.name = name
        self.readers: dict[str, Callable[[dict], bool]] = {}

    def reaches(self, job: str, *, about: Callable[[dict], bool] = lambda facts: True) -> None:
        """Ask for this news, as the job of that name, where its facts are `about` the reader's business. Asked in
        `apps.py`, at start."""
        self.readers.setdefault(job, about)

    def tell(self, *, queue: str = "default", **facts) -> None:
        """Write one job a reader, in the teller's transaction: nobody is told of what did not happen."""
        for reader, about in self.readers.items():
            if about(facts):
                jobs.enqueue(reader, queue=queue, **facts)
