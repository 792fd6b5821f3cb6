"""Pictures that receivers take: told by what is in the file and never by its name, drawn anew before they are kept, so
that neither a hidden place (EXIF) nor anything that only looks like a picture comes along."""

import io

from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

KINDS = ("JPEG", "PNG", "WEBP")
LARGEST = 8 * 1024 * 1024  # bytes as sent
MOST_PIXELS = 50_000_000  # a small file may unfold into far more than a camera takes
EDGE = 1600  # pixels of the longer side as kept
QUALITY = 82
KEPT_AS = "image/jpeg"


class NotAPicture(ValueError):
    """Why it can't be kept, as a sentence for who sent it."""


def drawn_anew(content: bytes) -> bytes:
    """The picture as a JPEG of at most `EDGE` pixels. Raises NotAPicture."""
    if len(content) > LARGEST:
        raise NotAPicture(_("A picture has at most 8 MB; this one has %(n)s.") % {"n": f"{len(content) >> 20} MB"})
    try:
        picture = Image.open(io.BytesIO(content), formats=KINDS)
        if picture.width * picture.height > MOST_PIXELS:
            raise NotAPicture(_("This picture has more than 50 million pixels. Send a smaller one."))
        picture.thumbnail((EDGE, EDGE))
        upright = ImageOps.exif_transpose(picture).convert("RGB")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as trouble:
        if isinstance(trouble, NotAPicture):
            raise
        raise NotAPicture(_("This file is no picture that can be read. Send a JPEG, PNG or WebP.")) from trouble
    kept = io.BytesIO()
    upright.save(kept, "JPEG", quality=QUALITY)
    return kept.getvalue()
