"""Why a row was set aside, in a code that machines count and a sentence that people read."""

from msgspec import Struct


class Reason(Struct, frozen=True):
    """One thing wrong with a row: `code` such as number.not_finite, `field` by its wire name ("" for the whole
    row, "labResults[2].value" inside one), `text` a sentence."""

    code: str
    field: str
    text: str
