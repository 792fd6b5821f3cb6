"""An authenticator in software: makes keys and signs challenges as WebAuthn Level 3 lays it out (§6.5, §7)."""

import hashlib
import json
import secrets
import struct

import cbor2
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import bytes_to_base64url as text

ORIGIN, PARTY = "http://localhost:8000", "localhost"
PRESENT, ATTESTED = 0x01, 0x40  # flags of authenticator data


class SoftKey:
    """One key. `counter` goes up with each use, unless it is set; `origin` and `party` are where it believes to be."""

    def __init__(self, *, origin: str = ORIGIN, party: str = PARTY, counter: int = 0):
        self.key = generate_private_key(SECP256R1())
        self.id = secrets.token_bytes(16)
        self.origin, self.party, self.counter = origin, party, counter

    def create(self, options: dict) -> dict:
        """The answer to creation options, as the browser's script sends it."""
        attested = bytes(16) + struct.pack(">H", len(self.id)) + self.id + cbor2.dumps(self._cose())
        data = self._data(PRESENT | ATTESTED) + attested
        told = {"fmt": "none", "attStmt": {}, "authData": data}
        return self._answer("create", options, attestationObject=text(cbor2.dumps(told)), transports=["internal"])

    def get(self, options: dict) -> dict:
        """The answer to request options."""
        self.counter += 1
        data, client = self._data(PRESENT), self._client("get", options)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ECDSA(SHA256()))
        return self._answer("get", options, authenticatorData=text(data), signature=text(signature))

    def _answer(self, act: str, options: dict, **response) -> dict:
        response["clientDataJSON"] = text(self._client(act, options))
        name = text(self.id)
        return {"id": name, "rawId": name, "type": "public-key", "response": response, "clientExtensionResults": {}}

    def _client(self, act: str, options: dict) -> bytes:
        return json.dumps(
            {"type": f"webauthn.{act}", "challenge": options["challenge"], "origin": self.origin, "crossOrigin": False}
        ).encode()

    def _data(self, flags: int) -> bytes:
        return hashlib.sha256(self.party.encode()).digest() + struct.pack(">BI", flags, self.counter)

    def _cose(self) -> dict:
        """EC2 key on P-256 for ES256 (RFC 9053 §7.1)."""
        point = self.key.public_key().public_numbers()
        return {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
