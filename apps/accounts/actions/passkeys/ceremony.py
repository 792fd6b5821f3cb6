"""What WebAuthn asks of the one who relies on it: options with a challenge of ours, kept and burned by every try, and
answers read and checked by py_webauthn against our own address, never the request's."""

import ipaddress
import json
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import structlog
from django.conf import settings

from apps.accounts.models import Challenge, Passkey, User

LIFE = timedelta(minutes=5)
KEPT = timedelta(days=1)
LARGEST = 20_000  # characters; an answer has about a thousand, an attestation a few
log = structlog.get_logger(__name__)


def origin() -> str:
    """Where browsers have to be. An authenticator binds keys to a name: 127.0.0.1 is called localhost."""
    url = urlsplit(settings.PUBLIC_URL)
    port = f":{url.port}" if url.port else ""
    return f"{url.scheme}://{party()}{port}"


def party() -> str:
    """The relying party's id (WebAuthn §5.1.2): our host's name."""
    host = urlsplit(settings.PUBLIC_URL).hostname or ""
    try:
        return "localhost" if ipaddress.ip_address(host).is_loopback else host
    except ValueError:
        return host


def creation_options(user: User, *, bound: str, now: datetime) -> dict:
    """For `navigator.credentials.create()`. No attestation: whose make an authenticator is, we don't ask."""
    import webauthn
    from webauthn.helpers.structs import AuthenticatorSelectionCriteria, ResidentKeyRequirement

    return _told(
        webauthn.generate_registration_options(
            rp_id=party(),
            rp_name="ReUp",
            user_id=user.pk.bytes,
            user_name=user.email,
            user_display_name=user.get_full_name(),
            exclude_credentials=_descriptors(user),
            authenticator_selection=AuthenticatorSelectionCriteria(resident_key=ResidentKeyRequirement.PREFERRED),
            timeout=_milliseconds(),
        ),
        user=user,
        purpose=Challenge.Purpose.REGISTER,
        bound=bound,
        now=now,
    )


def request_options(user: User, *, bound: str, now: datetime) -> dict:
    """For `navigator.credentials.get()`, with the person's own passkeys alone."""
    import webauthn

    return _told(
        webauthn.generate_authentication_options(
            rp_id=party(), allow_credentials=_descriptors(user), timeout=_milliseconds()
        ),
        user=user,
        purpose=Challenge.Purpose.SHOW,
        bound=bound,
        now=now,
    )


def created(user: User, answer: dict, *, bound: str, now: datetime):
    """py_webauthn's VerifiedRegistration, or None."""
    from webauthn import verify_registration_response

    challenge = _burn(user, answer, Challenge.Purpose.REGISTER, bound, now)
    return challenge and _checked(verify_registration_response, answer, challenge)


def shown(user: User, key: Passkey, answer: dict, *, bound: str, now: datetime):
    """py_webauthn's VerifiedAuthentication, or None. The counter is the caller's to compare."""
    from webauthn import verify_authentication_response

    challenge = _burn(user, answer, Challenge.Purpose.SHOW, bound, now)
    known = {"credential_public_key": bytes(key.public_key), "credential_current_sign_count": 0}
    return challenge and _checked(verify_authentication_response, answer, challenge, **known)


def raw_id(answer: dict) -> bytes:
    """The credential an answer speaks for; b"" where it names none."""
    from webauthn import base64url_to_bytes

    try:
        return base64url_to_bytes(answer["rawId"])
    except (KeyError, TypeError, ValueError, AttributeError):
        return b""


def read(text) -> dict:
    """A browser's answer as it came, text or object; {} for anything else."""
    try:
        said = json.loads(text) if isinstance(text, str) and len(text) <= LARGEST else text
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _told(options, *, user: User, purpose: str, bound: str, now: datetime) -> dict:
    """The options as JSON has them; their challenge is kept."""
    from webauthn.helpers import options_to_json_dict

    told = options_to_json_dict(options)
    Challenge.objects.filter(expires_at__lt=now - KEPT).delete()
    Challenge.objects.create(
        challenge=told["challenge"], user=user, purpose=purpose, bound=bound, expires_at=now + LIFE
    )
    return told


def _burn(user: User, answer: dict, purpose: str, bound: str, now: datetime) -> bytes:
    """The challenge that was signed, used up by this try; b"" for one that isn't theirs, here, for this, now."""
    from webauthn import base64url_to_bytes
    from webauthn.helpers import parse_client_data_json

    try:
        signed = parse_client_data_json(base64url_to_bytes(answer["response"]["clientDataJSON"])).challenge
    except Exception:  # noqa: BLE001 (any shape may come; none that can't be read holds a challenge)
        return b""
    kept = Challenge.objects.filter(challenge=_text(signed), user=user, purpose=purpose, bound=bound)
    return signed if kept.filter(used_at=None, expires_at__gt=now).update(used_at=now) else b""


def _checked(verify, answer: dict, challenge: bytes, **known):
    try:
        return verify(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=party(),
            expected_origin=origin(),
            **known,
        )
    except Exception as trouble:  # noqa: BLE001 (the library's own errors, its parsers' and its curves')
        log.warning("passkey.refused", why=str(trouble)[:200])
        return None


def _descriptors(user: User) -> list:
    from webauthn.helpers.structs import AuthenticatorTransport, PublicKeyCredentialDescriptor

    known = {transport.value for transport in AuthenticatorTransport}
    return [
        PublicKeyCredentialDescriptor(
            id=bytes(key.credential_id),
            transports=[AuthenticatorTransport(word) for word in key.transports if word in known],
        )
        for key in Passkey.objects.filter(user=user, confirmed=True)
    ]


def _text(raw: bytes) -> str:
    from webauthn.helpers import bytes_to_base64url

    return bytes_to_base64url(raw)


def _milliseconds() -> int:
    return int(LIFE.total_seconds() * 1000)
