"""Where the outbound door may lead: addresses from people, names that change their mind, certificates."""

import datetime
import socket
import ssl

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from apps.gateways import guard
from apps.gateways.base import Declined, Gateway, Unreachable

from .stage import Stage, answers

INSIDE = [
    "127.0.0.1",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "224.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1",
    "fe80::1%eth0",
    "fc00::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "2002:7f00:1::",
    "2002:a00:1::1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
]
OUTSIDE = ["8.8.8.8", "1.1.1.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_inside_is_not_public(address):
    assert not guard.is_public(address)


@pytest.mark.parametrize("address", OUTSIDE)
def test_an_address_outside_is_public(address):
    assert guard.is_public(address)


@pytest.fixture
def canary(stage):
    return stage(answers(200, b"[]"))


def urls_inside(port):
    hosts = ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "0x7f000001", "0177.0.0.1", "127.1"]
    return [f"http://{host}:{port}/" for host in [*hosts, "0", "0.0.0.0", "ok.test@127.0.0.1", "a:b@127.0.0.1"]]


def test_fc51_no_url_from_a_person_reaches_a_server_inside(canary):
    others = [f"{scheme}://127.0.0.1:{canary.port}/" for scheme in ("gopher", "ftp", "dict", "ws")]
    for url in [
        *urls_inside(canary.port),
        *others,
        "file:///etc/passwd",
        "http:///path",
        "http://127.0.0.1:99999/",
        "",
    ]:
        with pytest.raises((guard.Forbidden, guard.Unresolved)):
            guard.check_url(url)
        with pytest.raises((Declined, Unreachable)):
            Gateway(url).get("")

    assert canary.connections == 0


def test_an_address_inside_is_declined_with_words_for_a_person():
    with pytest.raises(Declined, match="inside a private network"):
        Gateway("http://169.254.169.254").get("/latest/meta-data/")


def test_settings_allow_one_port_and_no_other(canary):
    assert Gateway(canary.url, allow=[f"127.0.0.1:{canary.port}"]).get("/") == b"[]"

    with pytest.raises(Declined):
        Gateway(canary.url, allow=["127.0.0.1:1"]).get("/")


def leads_to(*addresses):
    """A resolver whose answers come one after the other, the last one for good."""
    left = list(addresses)

    def resolve(host, port, *args, **kwargs):
        address = left.pop(0) if len(left) > 1 else left[0]
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        return [(family, socket.SOCK_STREAM, 6, "", (address, port))]

    return resolve


def test_fc51_a_name_that_turns_inside_after_the_check_is_refused(canary, monkeypatch):
    url = f"http://rebind.test:{canary.port}"
    monkeypatch.setattr(socket, "getaddrinfo", leads_to("8.8.8.8", "127.0.0.1"))
    assert guard.check_url(url) == url

    with pytest.raises(Declined):
        Gateway(url).get("/")

    assert canary.connections == 0


def test_the_address_that_was_checked_is_the_one_connected_to(canary, monkeypatch):
    """A resolver that is asked a second time would send us elsewhere: it isn't asked."""
    url = f"http://rebind.test:{canary.port}"
    monkeypatch.setattr(socket, "getaddrinfo", leads_to("127.0.0.1", "127.0.0.99"))

    assert Gateway(url, allow=[f"rebind.test:{canary.port}"]).get("/") == b"[]"

    assert f"Host: rebind.test:{canary.port}".encode() in canary.requests[0]


def test_one_address_inside_spoils_a_name(monkeypatch):
    both = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 80)) for address in ("8.8.8.8", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: both)

    with pytest.raises(guard.Forbidden):
        guard.check_url("http://half.test/")


# --- certificates


class SecureStage(Stage):
    """The same behind TLS, with a certificate of its own making."""

    def __init__(self, context, *acts):
        self.names, self._context = [], context
        context.sni_callback = lambda sock, name, _: self.names.append(name)
        super().__init__(*acts)
        self.url = f"https://pos.test:{self.port}"

    def _play(self, connection):
        try:
            connection = self._context.wrap_socket(connection, server_side=True)
        except OSError:
            return
        super()._play(connection)


@pytest.fixture
def certificate(tmp_path):
    """A key and a certificate for pos.test that vouches for itself, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "pos.test")])
    now = datetime.datetime.now(datetime.UTC)
    names = x509.SubjectAlternativeName([x509.DNSName("pos.test")])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    path = tmp_path / "pos.pem"
    path.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def secure(certificate, monkeypatch):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    stage = SecureStage(context, answers(200, b"[]"))
    monkeypatch.setattr(socket, "getaddrinfo", leads_to("127.0.0.1"))
    yield stage
    stage.close()


def test_a_pinned_address_keeps_its_name_for_the_certificate(secure, certificate):
    gateway = Gateway(secure.url, allow=["pos.test"])
    gateway._exchange.session.verify = str(certificate)

    assert gateway.get("/", expects="list") == b"[]"
    assert secure.names == ["pos.test"]


def test_a_certificate_for_another_name_is_refused(secure, certificate):
    gateway = Gateway(secure.url.replace("pos.test", "other.test"), allow=["other.test"])
    gateway._exchange.session.verify = str(certificate)

    with pytest.raises(Unreachable, match="certificate"):
        gateway.get("/")


def test_a_certificate_nobody_vouches_for_is_refused(secure):
    with pytest.raises(Unreachable, match="certificate"):
        Gateway(secure.url, allow=["pos.test"]).get("/")

    assert secure.requests == []
