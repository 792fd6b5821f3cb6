"""The strict reading of EIP-4361: public vectors, and what a forger would try."""

import json
from time import perf_counter

import pytest

from apps.accounts.wallet import Malformed, Message, checksummed, read

ADDRESS = "0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2"
PLAIN = Message(
    domain="reup.example",
    address=ADDRESS,
    statement="Sign in to ReUp.",
    uri="https://reup.example",
    chain_id=1,
    nonce="32891757abcd",
    issued_at="2026-11-21T10:00:00.000Z",
)
FULL = {
    "scheme": "https",
    "expiration_time": "2026-11-21T10:05:00Z",
    "not_before": "2026-11-21T12:00:00+02:00",
    "request_id": "one~request",
    "resources": ("ipfs://Qme7ss3ARVgxv6rXqVPiikMJ8u2NLgmgszg13pYrDKEoiu", "https://reup.example/terms?v=1#top"),
}
NAMES = {
    "chainId": "chain_id",
    "issuedAt": "issued_at",
    "expirationTime": "expiration_time",
    "notBefore": "not_before",
    "requestId": "request_id",
}


@pytest.fixture(scope="module")
def vectors(shared) -> dict:
    return json.loads((shared / "data" / "siwe_vectors.json").read_text())


def with_(**changes) -> str:
    return Message(**vars(PLAIN) | changes).text()


def test_every_public_message_that_should_be_taken_is_read_field_by_field(vectors):
    assert len(vectors["take"]) == 19
    for name, vector in vectors["take"].items():
        said = read(vector["message"])
        for field, value in vector["fields"].items():
            found = getattr(said, NAMES.get(field, field), "1")
            assert (list(found) if isinstance(found, tuple) else found) == value, (name, field)
        assert said.text() == vector["message"], name


def test_every_public_message_that_should_be_refused_is(vectors):
    assert len(vectors["refuse"]) == 29
    for name, text in vectors["refuse"].items():
        with pytest.raises(Malformed):
            pytest.fail(f"{name} was read as {read(text)}")


@pytest.mark.parametrize(
    "fields", [{}, {"statement": None}, FULL, {"resources": ()}, {"request_id": ""}, {"uri": "urn:reup:sign-in"}]
)
def test_what_is_written_is_read_back_the_same(fields):
    message = Message(**vars(PLAIN) | fields)

    assert read(message.text()) == message


DOMAINS = ["localhost:8000", "127.0.0.1", "[::1]:8000", "xn--reup-9ya.example", "me@reup.example", "reup.example."]


@pytest.mark.parametrize("domain", DOMAINS)
def test_an_authority_is_read_as_it_stands(domain):
    assert read(with_(domain=domain)).domain == domain


BROKEN = {
    "CRLF": PLAIN.text().replace("\n", "\r\n"),
    "one CR": PLAIN.text().replace("\n", "\r", 1),
    "NUL": PLAIN.text().replace("Sign in", "Sign\0in"),
    "a tab": PLAIN.text().replace("Sign in", "Sign\tin"),
    "another space": PLAIN.text().replace("Sign in", "Sign\u00a0in"),
    "a letter that looks like one": PLAIN.text().replace("reup.example wants", "r\u0435up.example wants"),
    "another digit": PLAIN.text().replace("Chain ID: 1", "Chain ID: \u0661"),
    "half a character": PLAIN.text().replace("Sign in", "Sign\ud800in"),
    "a line after the end": PLAIN.text() + "\n",
    "text after the end": PLAIN.text() + " or so",
    "a line before the start": "\n" + PLAIN.text(),
    "nothing": "",
    "a field twice": PLAIN.text().replace("Chain ID: 1", "Chain ID: 1\nChain ID: 1"),
    "a nonce twice": PLAIN.text().replace("Nonce:", "Nonce: 99999999abcd\nNonce:"),
    "two fields in the other order": PLAIN.text().replace("Version: 1\nChain ID: 1", "Chain ID: 1\nVersion: 1"),
    "a statement of two lines with a nonce": with_(statement="Sign in\nNonce: 99999999abcd"),
    "an empty statement": with_(statement=""),
    "more than 4 KiB": with_(statement="a" * 4096),
    "a lower-case address": with_(address=ADDRESS.lower()),
    "an upper-case address": with_(address="0x" + ADDRESS[2:].upper()),
    "one letter's case": with_(address=ADDRESS.replace("C02aaA", "C02aAA")),
    "an address too short": with_(address=ADDRESS[:-1]),
    "no scheme's colon": PLAIN.text().replace("reup.example wants", "//reup.example wants"),
    "a path in the domain": with_(domain="reup.example/evil"),
    "two ports": with_(domain="reup.example:1:2"),
    "no IPv6 address": with_(domain="[:::1]"),
    "no domain": with_(domain=""),
    "a URI without a scheme": with_(uri="//reup.example"),
    "a URI with a space": with_(uri="https://reup.example/a b"),
    "a URI with a broken escape": with_(uri="https://reup.example/%zz"),
    "a URI with a broken host": with_(uri="https://[::g]/"),
    "version 2": PLAIN.text().replace("Version: 1", "Version: 2"),
    "version 1.0": PLAIN.text().replace("Version: 1", "Version: 1.0"),
    "chain 0": with_(chain_id=0),
    "a chain beyond 63 bits": with_(chain_id=10**19 - 1),
    "a chain below 0": with_(chain_id=-1),
    "a chain of 41 digits": with_(chain_id=10**40),
    "a nonce of seven": with_(nonce="abcd123"),
    "a nonce with a dash": with_(nonce="abcd-1234"),
    "a day that isn't": with_(issued_at="2026-02-30T10:00:00Z"),
    "an hour that isn't": with_(issued_at="2026-02-20T25:00:00Z"),
    "no time zone": with_(issued_at="2026-02-20T10:00:00"),
    "a date alone": with_(expiration_time="2026-02-20"),
    "a resource without a dash": PLAIN.text() + "\nResources:\nhttps://reup.example",
    "a resource that is no URI": with_(resources=("terms",)),
    "a request id with a slash": with_(request_id="a/b"),
}


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
def test_a_text_that_is_not_wholly_by_the_grammar_is_refused(text):
    with pytest.raises(Malformed):
        read(text)


def test_the_plain_message_these_were_broken_from_is_taken():
    assert read(PLAIN.text()) == PLAIN


def test_reading_takes_time_in_proportion_to_the_text_only():
    began = perf_counter()
    for text in ("a" * 4000, "a:" * 2000, with_(domain="a:" * 1000), with_(uri="a:" + "/%41" * 900 + "%")):
        with pytest.raises(Malformed):
            read(text)

    assert perf_counter() - began < 0.5


@pytest.mark.parametrize("spelled", [ADDRESS, ADDRESS.lower(), ADDRESS.upper(), "0x" + ADDRESS[2:].swapcase()])
def test_an_address_in_any_letter_case_has_one_spelling(spelled):
    assert checksummed(spelled) == ADDRESS


@pytest.mark.parametrize("text", ["", "0x", ADDRESS[2:], ADDRESS + "0", f"{ADDRESS[:-1]}g", f" {ADDRESS}", "me.eth"])
def test_what_is_no_address_is_refused(text):
    with pytest.raises(ValueError):
        checksummed(text)
