"""Tokens of programs: simplejwt's, signed with Ed25519 under a named key; what each kind says and for how long.

The signing keys are derived from REUP_KEYS (HKDF, RFC 5869), one for each key there and under its number: a rotation of
those rotates these, tokens under the old number stay good while it is listed, and SECRET_KEY signs no token.
"""

import hashlib
from datetime import timedelta
from functools import cache
from uuid import UUID

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from rest_framework_simplejwt.backends import TokenBackend
from rest_framework_simplejwt.exceptions import TokenBackendError, TokenBackendExpiredToken, TokenError
from rest_framework_simplejwt.tokens import Token

from apps.core import crypto

ALGORITHM = "EdDSA"
ISSUER, AUDIENCE = "reup", "reup-api"
LEEWAY = timedelta(seconds=10)  # between the clocks of our own machines
NEEDED = ["exp", "iat", "nbf", "sub", "jti", "aud", "iss"]


class Ring(TokenBackend):
    """Signs with the newest key, reads with the one that `kid` names, and takes no algorithm but ours."""

    def __init__(self) -> None:
        super().__init__(ALGORITHM, audience=AUDIENCE, issuer=ISSUER, leeway=LEEWAY)

    def encode(self, payload: dict) -> str:
        number, key = next(iter(signing_keys(settings.REUP_KEYS).items()))
        said = payload | {"aud": self.audience, "iss": self.issuer}
        return jwt.encode(said, key, algorithm=ALGORITHM, headers={"kid": number})

    def decode(self, token: str, verify: bool = True) -> dict:
        try:
            kid = jwt.get_unverified_header(token).get("kid")
            key = signing_keys(settings.REUP_KEYS).get(kid) if isinstance(kid, str) else None
            if key is None:
                raise TokenBackendError("No key of ours has signed this token.")
            return jwt.decode(
                token,
                key.public_key(),
                algorithms=[ALGORITHM],
                audience=self.audience,
                issuer=self.issuer,
                leeway=LEEWAY,
                options={"require": NEEDED},
            )
        except jwt.ExpiredSignatureError as error:
            raise TokenBackendExpiredToken("The token has expired.") from error
        except (jwt.PyJWTError, ValueError) as error:
            raise TokenBackendError("The token is not one of ours.") from error


class Ours(Token):
    """A token for a person: `sub` is their id, the claims in `ids` are ids too."""

    ids: tuple[str, ...] = ("sub",)
    lifetime = timedelta(minutes=5)

    @classmethod
    def of(cls, user_id, **claims) -> "Ours":
        made = cls()
        made.payload |= {"sub": str(user_id), "nbf": made["iat"], **claims}
        return made

    def get_token_backend(self) -> Ring:
        return Ring()

    def verify(self) -> None:
        super().verify()
        try:
            self.payload |= {name: UUID(self.payload[name]) for name in self.ids}
        except (KeyError, TypeError, ValueError, AttributeError):
            raise TokenError("The token names nobody.") from None


class Access(Ours):
    """Five minutes of rights: of session `sid` in its version `ver`."""

    token_type, ids = "access", ("sub", "sid")


class Refresh(Ours):
    """Good once, for the next pair; seven days."""

    token_type, ids, lifetime = "refresh", ("sub", "sid"), timedelta(days=7)


class SecondFactor(Ours):
    """The first factor was shown: good for `auth/mfa/…` alone, once, five minutes. `pid` is its row."""

    token_type, ids = "mfa", ("sub", "pid")


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@cache
def signing_keys(text: str) -> dict[str, Ed25519PrivateKey]:
    """By number as text, newest first."""
    return {str(number): _signing_key(key) for number, key in crypto.keys(text).items()}


def _signing_key(key: bytes) -> Ed25519PrivateKey:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"reup access tokens").derive(key)
    return Ed25519PrivateKey.from_private_bytes(derived)
