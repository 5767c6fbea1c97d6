"""One string says where Kafka is and, where it must, by which certificate it knows us."""

import ssl
from pathlib import Path

import pytest

from shared.bus.address import connection
from shared.keys import KeysMissing
from tests.deploy.certificates import Authority


def test_a_plain_address_is_taken_as_it_is() -> None:
    """Servers alone mean no encryption, as on a developer's machine."""
    assert connection("a:9092,b:9092") == {"bootstrap_servers": "a:9092,b:9092"}


def test_a_folder_of_certificates_proves_both_sides(tmp_path: Path) -> None:
    """The brokers are checked against the authority, by name too, and we show our own certificate."""
    folder = Authority(tmp_path).issue("parvis-ingest")
    found = connection(f"ssl://a:9093,b:9093{folder}")
    assert (found["bootstrap_servers"], found["security_protocol"]) == ("a:9093,b:9093", "SSL")
    context: ssl.SSLContext = found["ssl_context"]
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert len(context.get_ca_certs()) == 1


@pytest.mark.parametrize("name", ["ca.crt", "user.crt", "user.key"])
def test_what_is_missing_is_named(tmp_path: Path, name: str) -> None:
    """A certificate that was not mounted is said by its path."""
    folder = Authority(tmp_path).issue("parvis-ingest")
    (folder / name).unlink()
    with pytest.raises(KeysMissing, match=name):
        connection(f"ssl://a:9093{folder}")
