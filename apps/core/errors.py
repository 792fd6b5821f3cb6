"""The one expected "no"."""


class Refused(Exception):
    """A rule said no. Faces turn it into a page's note or a problem+json answer.

    `code` is a slug (`insufficient-stock`), `detail` a sentence for a person, `status` 409 or 422, and `errors` maps
    fields to sentences. `headers` go with the answer of the API, `extra` into its body for programs to act on.
    """

    code = "refused"
    status = 409
    headers: dict[str, str] = {}

    def __init__(
        self, detail: str, *, code: str = "", status: int = 0, errors: dict | None = None, extra: dict | None = None
    ):
        super().__init__(detail)
        self.detail = detail
        self.code = code or self.code
        self.status = status or self.status
        self.errors = errors or {}
        self.extra = extra or {}


class LeaseLost(Exception):
    """Somebody else holds the lease now; whatever this worker still had in hand must not be written."""
