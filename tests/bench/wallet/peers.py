"""The reference library's way stated anew (its ABNF mode, a recovery in pure Python), and the least work there is."""

from coincurve import PublicKey
from eth_account.messages import encode_defunct
from eth_keys import KeyAPI
from eth_keys.backends import NativeECCBackend
from eth_utils import keccak, to_checksum_address

from .abnf import Grammar

# EIP-4361, with what it takes from RFC 3986 and RFC 3339 (hosts by name or IPv4 alone, as our messages have them)
EIP_4361 = r"""
message = [ scheme "://" ] domain %s" wants you to sign in with your Ethereum account:" LF address LF LF [ statement LF ] LF %s"URI: " uri LF %s"Version: " version LF %s"Chain ID: " chain-id LF %s"Nonce: " nonce LF %s"Issued At: " issued-at [ LF %s"Expiration Time: " expiration-time ] [ LF %s"Not Before: " not-before ] [ LF %s"Request ID: " request-id ] [ LF %s"Resources:" resources ]
domain = authority
address = %s"0x" 40HEXDIG
statement = 1*( reserved / unreserved / " " )
uri = URI
version = "1"
chain-id = 1*DIGIT
nonce = 8*( ALPHA / DIGIT )
issued-at = date-time
expiration-time = date-time
not-before = date-time
request-id = *pchar
resources = *( LF "- " URI )
URI = scheme ":" hier-part [ "?" query ] [ "#" fragment ]
hier-part = "//" authority path-abempty / path-absolute / path-rootless
scheme = ALPHA *( ALPHA / DIGIT / "+" / "-" / "." )
authority = [ userinfo "@" ] host [ ":" port ]
userinfo = *( unreserved / pct-encoded / sub-delims / ":" )
host = IPv4address / reg-name
port = *DIGIT
IPv4address = dec-octet "." dec-octet "." dec-octet "." dec-octet
dec-octet = 1*3DIGIT
reg-name = *( unreserved / pct-encoded / sub-delims )
path-abempty = *( "/" segment )
path-absolute = "/" [ segment-nz *( "/" segment ) ]
path-rootless = segment-nz *( "/" segment )
segment = *pchar
segment-nz = 1*pchar
query = *( pchar / "/" / "?" )
fragment = *( pchar / "/" / "?" )
pchar = unreserved / pct-encoded / sub-delims / ":" / "@"
pct-encoded = "%" HEXDIG HEXDIG
unreserved = ALPHA / DIGIT / "-" / "." / "_" / "~"
reserved = gen-delims / sub-delims
gen-delims = ":" / "/" / "?" / "#" / "[" / "]" / "@"
sub-delims = "!" / "$" / "&" / "'" / "(" / ")" / "*" / "+" / "," / ";" / "="
date-time = full-date "T" full-time
full-date = 4DIGIT "-" 2DIGIT "-" 2DIGIT
full-time = 2DIGIT ":" 2DIGIT ":" 2DIGIT [ "." 1*DIGIT ] ( "Z" / time-numoffset )
time-numoffset = ( "+" / "-" ) 2DIGIT ":" 2DIGIT
ALPHA = %x41-5A / %x61-7A
DIGIT = %x30-39
HEXDIG = DIGIT / "A" / "B" / "C" / "D" / "E" / "F"
LF = %x0A
"""  # noqa: E501
CAPTURED = {"domain", "address", "statement", "uri", "chain-id", "nonce", "issued-at", "expiration-time"}
GRAMMAR = Grammar(EIP_4361, CAPTURED)
PURE_PYTHON = KeyAPI(NativeECCBackend())


def parse(message: str) -> dict[str, str]:
    """The fields, by the grammar. Raises ValueError."""
    fields = GRAMMAR.parse("message", message)
    if to_checksum_address(fields["address"]) != fields["address"]:
        raise ValueError("The address's letters don't carry its checksum.")
    return fields


def recover(message: str, signature: str) -> str:
    raw = _raw(signature)
    return PURE_PYTHON.ecdsa_recover(_digest(message), PURE_PYTHON.Signature(raw)).to_checksum_address()


def limit(message: str, signature: str) -> str:
    """The curve's own library and one hash."""
    key = PublicKey.from_signature_and_message(_raw(signature), _digest(message), hasher=None)
    return to_checksum_address(keccak(key.format(compressed=False)[1:])[12:])


def _raw(signature: str) -> bytes:
    raw = bytes.fromhex(signature[2:])
    return raw[:64] + bytes([raw[64] - 27])


def _digest(message: str) -> bytes:
    signable = encode_defunct(text=message)
    return keccak(b"\x19" + signable.version + signable.header + signable.body)
