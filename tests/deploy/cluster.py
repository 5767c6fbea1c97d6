"""A real Kubernetes API server with its etcd, on this machine alone: it admits and refuses, and runs no pod."""

import secrets
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from parvis.engines import ports
from tests.deploy.building import built, tool

READY_SECONDS = 60
KUBECONFIG = """apiVersion: v1
kind: Config
clusters: [{{name: here, cluster: {{server: "https://127.0.0.1:{port}", insecure-skip-tls-verify: true}}}}]
users: [{{name: admin, user: {{token: {token}}}}}]
contexts: [{{name: here, context: {{cluster: here, user: admin}}}}]
current-context: here
"""


@dataclass(frozen=True, slots=True)
class Cluster:
    """An API server that answers."""

    config: Path

    def kubectl(self, *words: str | Path, given: str = "") -> subprocess.CompletedProcess[str]:
        """What kubectl says, with `given` on its standard input."""
        command = [tool("kubectl", "it speaks to the API server"), "--kubeconfig", str(self.config), *map(str, words)]
        return subprocess.run(command, input=given, capture_output=True, text=True, timeout=120, check=False)

    def apply(self, *words: str | Path, given: str = "") -> subprocess.CompletedProcess[str]:
        """Applies on the server's side, where a warning is an error."""
        return self.kubectl("apply", "--server-side", "--warnings-as-errors", *words, given=given)


@contextmanager
def running(home: Path) -> Iterator[Cluster]:
    """Started with nothing in it; ended with all it held."""
    program, token = built("kubernetes"), secrets.token_hex(16)
    peer, client, secure = (ports.choose(port, fixed=False) for port in (23800, 23790, 26443))
    url = f"http://127.0.0.1:{client}"
    (home / "tokens.csv").write_text(f"{token},admin,admin,system:masters\n")
    (home / "sa.key").write_bytes(_private_key())
    config = home / "kubeconfig"
    config.write_text(KUBECONFIG.format(port=secure, token=token))
    etcd = _etcd(home, url, f"http://127.0.0.1:{peer}")
    processes = [_start(program, home, "etcd", etcd), _start(program, home, "apiserver", _apiserver(home, url, secure))]
    try:
        cluster = Cluster(config)
        _wait(cluster, home, processes)
        yield cluster
    finally:
        for process in reversed(processes):
            process.terminate()
        for process in processes:
            process.wait(30)


def _etcd(home: Path, url: str, peer: str) -> list[str]:
    return [
        f"--data-dir={home / 'etcd'}",
        f"--listen-client-urls={url}",
        f"--advertise-client-urls={url}",
        f"--listen-peer-urls={peer}",
        f"--initial-advertise-peer-urls={peer}",
        f"--initial-cluster=default={peer}",
    ]


def _apiserver(home: Path, etcd: str, port: int) -> list[str]:
    return [
        f"--etcd-servers={etcd}",
        "--bind-address=127.0.0.1",
        "--advertise-address=127.0.0.1",
        f"--secure-port={port}",
        f"--cert-dir={home / 'pki'}",
        "--service-cluster-ip-range=10.0.0.0/24",
        "--service-account-issuer=https://kubernetes.default.svc",
        f"--service-account-key-file={home / 'sa.key'}",
        f"--service-account-signing-key-file={home / 'sa.key'}",
        f"--token-auth-file={home / 'tokens.csv'}",
        "--authorization-mode=RBAC",
        "--disable-admission-plugins=ServiceAccount",  # no controller is there to make accounts
        "--endpoint-reconciler-type=none",
    ]


def _start(program: Path, home: Path, which: str, words: Sequence[str]) -> subprocess.Popen[bytes]:
    with (home / f"{which}.log").open("wb") as log:
        return subprocess.Popen([program, which, *words], stdout=log, stderr=subprocess.STDOUT)


def _wait(cluster: Cluster, home: Path, processes: Sequence[subprocess.Popen[bytes]]) -> None:
    until = time.monotonic() + READY_SECONDS
    while cluster.kubectl("get", "--raw", "/readyz").returncode:
        ended = any(process.poll() is not None for process in processes)
        if ended or time.monotonic() > until:
            logs = "\n".join((home / f"{which}.log").read_text()[-2000:] for which in ("etcd", "apiserver"))
            raise AssertionError(f"no API server:\n{logs}")
        time.sleep(0.25)


def _private_key() -> bytes:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
