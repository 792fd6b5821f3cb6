"""Photos on plain values: which bytes are an image that browsers show, and how many of them a dispute takes."""

from django.utils.translation import gettext as _

from apps.core.errors import Refused

MOST, MOST_BYTES, MOST_IN_ALL = 4, 5_000_000, 9_000_000
BEGINS: dict[str, tuple[bytes, ...]] = {"jpeg": (b"\xff\xd8\xff",), "png": (b"\x89PNG\r\n\x1a\n",), "webp": (b"RIFF",)}


def kind_of(image: bytes) -> str:
    """`jpeg`, `png` or `webp` by its first bytes; empty for anything else, whatever its name says."""
    for kind, marks in BEGINS.items():
        if image.startswith(marks) and (kind != "webp" or image[8:12] == b"WEBP"):
            return kind
    return ""


def check(images: list[bytes]) -> None:
    """Raises Refused 422 `photo-rule`."""
    if len(images) > MOST:
        raise _refused(_("At most %(n)d photos.") % {"n": MOST})
    if any(len(image) > MOST_BYTES for image in images) or sum(map(len, images)) > MOST_IN_ALL:
        raise _refused(_("A photo has at most 5 MB, all of them together 9 MB."))
    if not all(map(kind_of, images)):
        raise _refused(_("Photos are JPEG, PNG or WebP."))


def _refused(text: str) -> Refused:
    return Refused(text, code="photo-rule", status=422)
