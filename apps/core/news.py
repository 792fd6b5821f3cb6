"""News goes up: a lower app tells a fact, whoever lives above asked for it in its apps.py and gets it as a job."""

from . import jobs


class News:
    """A kind of fact. `stock_changed = News("stock_changed")` stands in the teller's events.py."""

    def __init__(self, name: str):
        self.name = name
        self.readers: list[str] = []

    def reaches(self, job: str) -> None:
        """Ask for this news, as the job of that name. Asked in `apps.py`, at start."""
        if job not in self.readers:
            self.readers.append(job)

    def tell(self, *, queue: str = "default", **facts) -> None:
        """Write one job a reader, in the teller's transaction: nobody is told of what did not happen."""
        for reader in self.readers:
            jobs.enqueue(reader, queue=queue, **facts)
