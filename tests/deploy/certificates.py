"""Certificates as Strimzi's operators make them: one authority, the broker's, and one for each user."""

import ipaddress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


class Authority:
    """Signs; each certificate's folder holds `ca.crt`, `user.crt` and `user.key`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _named("cluster-ca")
        self.certificate = self._signed("cluster-ca", self._key, authority=True)

    def issue(self, name: str) -> Path:
        """The folder of a new certificate for `name`, good for this machine's loopback."""
        folder = self._folder / name
        folder.mkdir(parents=True)
        key = ec.generate_private_key(ec.SECP256R1())
        (folder / "ca.crt").write_bytes(_pem(self.certificate))
        (folder / "user.crt").write_bytes(_pem(self._signed(name, key)))
        (folder / "user.key").write_bytes(private(key))
        return folder

    def _signed(self, name: str, key: ec.EllipticCurvePrivateKey, authority: bool = False) -> x509.Certificate:
        now = datetime.now(UTC)
        here = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
        builder = x509.CertificateBuilder(
            issuer_name=self._name,
            subject_name=_named(name),
            public_key=key.public_key(),
            serial_number=x509.random_serial_number(),
            not_valid_before=now - timedelta(minutes=5),
            not_valid_after=now + timedelta(days=1),
        )
        usage = x509.KeyUsage(True, False, False, False, False, authority, authority, False, False)
        ours, theirs = self._key.public_key(), key.public_key()
        for extension, critical in (
            (here, False),
            (x509.BasicConstraints(ca=authority, path_length=None), True),
            (usage, True),
            (x509.SubjectKeyIdentifier.from_public_key(theirs), False),
            (x509.AuthorityKeyIdentifier.from_issuer_public_key(ours), False),
        ):
            builder = builder.add_extension(extension, critical)
        return builder.sign(self._key, hashes.SHA256())


def private(key: ec.EllipticCurvePrivateKey) -> bytes:
    """The key as PKCS 8, unencrypted."""
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
