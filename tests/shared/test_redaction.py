"""A planted secret is looked for in everything that a process says."""

import json
import logging

import pytest
import structlog

from shared.redaction import redact, redact_text
from shared.telemetry import configure_logs

JWT = "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJsZWEifQ.c2lnbmF0dXJlLW9mLXRoZS10b2tlbg"
PLANTED = {
    "jwt": JWT,
    "facebook": "EAABwzLixnjYBO4ZCk7hQZAvZBZC8QxZB1fZA2",
    "webhook": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "random": "x9Kf2LmQ7vRt4ZpW8sYb3NcD",
    "wordpress": "abcd EFGH 1234 ijkl MNOP 5678",
    "mastodon": "ZA-Yj3aBD8U8Cm7lKUp-lm9O9BmDgdhHzDeqsY8tlL0",
}
PLAIN = [
    "6f1d8c0e-2b57-5a4e-9d3a-7c5b1e0f4a21",
    "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "bafyreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy",
    "did:plc:ewvi7nxzyoun6zhxrhs64oiz",
    "io.parvis.ingest.InteractionVisibilityChanged.v1",
    "https://blog.example.org/2026/11/une-tres-longue-adresse-de-billet-avec-des-mots",
    "moderation.verdicts.v1",
    "C'est une honte, on attend depuis 3 heures au 0123456789 !!!",
]


@pytest.mark.parametrize("kind", PLANTED)
@pytest.mark.parametrize("frame", ["{}", "failed with {} at once", "https://host/a/{}/b", "('{}', 3)"])
def test_secrets_by_their_shape(kind: str, frame: str) -> None:
    """Tokens are found wherever they stand in a text."""
    assert PLANTED[kind] not in redact_text(frame.format(PLANTED[kind]))


@pytest.mark.parametrize(
    "text",
    [
        "https://graph.test/v21/me?fields=id&access_token=planted1&x=1",
        "mongodb://app:planted1@db:27017/?replicaSet=rs0",
        "Authorization: Bearer planted1planted1",
        "grant_type=refresh_token&refresh_token=planted1",
        '{"access_token": "planted1", "name": "x"}',
        "{'password': 'planted1'}",
        "hub.verify_token=planted1",
    ],
)
def test_secrets_by_what_stands_before_them(text: str) -> None:
    """URLs, headers, forms and quoted JSON give away which part is the secret."""
    assert "planted1" not in redact_text(text)
    assert "[redacted]" in redact_text(text)


@pytest.mark.parametrize("text", PLAIN)
def test_what_we_need_to_read_stays(text: str) -> None:
    """Ids, hashes, addresses, event names and people's words are not secrets."""
    assert redact_text(text) == text


def test_secrets_by_their_key() -> None:
    """A denied key hides its value at any depth, and the numbers about a token stay readable."""
    said = {
        "channel": {"token_sealed": "abc", "token": "short", "generation": 2, "settings": [{"app_password": "p"}]},
        "authorization": "x",
        "X-Hub-Signature-256": "sha256=1",
        "token_generation": 3,
        "token_state": "lost",
        "set-cookie": "sid=1",
        "session_id": "public",
        "sealed": b"bytes",
    }
    assert redact(said) == {
        "channel": {
            "token_sealed": "[redacted]",
            "token": "[redacted]",
            "generation": 2,
            "settings": [{"app_password": "[redacted]"}],
        },
        "authorization": "[redacted]",
        "X-Hub-Signature-256": "[redacted]",
        "token_generation": 3,
        "token_state": "lost",
        "set-cookie": "[redacted]",
        "session_id": "public",
        "sealed": "[redacted]",
    }


@pytest.fixture
def logs_kept() -> object:
    """Logging as it was, after a test that configured it."""
    root = logging.getLogger()
    before, ours = (root.handlers[:], root.level), structlog.get_config()
    yield
    root.handlers[:], level = before
    root.setLevel(level)
    structlog.configure(**ours)


@pytest.mark.usefixtures("logs_kept")
def test_every_line_is_json_and_none_holds_a_secret(capsys: pytest.CaptureFixture[str]) -> None:
    """Our events, libraries' messages, their arguments and whole tracebacks come out as JSON without secrets."""
    configure_logs("ingest", "INFO", "3")
    log = structlog.get_logger("tests")
    structlog.contextvars.bind_contextvars(brand_id="br-1", event_id="ev-1")
    try:
        log.info("channel_polled", url=f"https://x.test/?access_token={PLANTED['random']}", token=PLANTED["facebook"])
        logging.getLogger("some.library").warning("calling %s with %s", "x.test", JWT)
        try:
            raise ValueError(f"bad answer for Bearer {JWT}") from KeyError(PLANTED["mastodon"])
        except ValueError:
            log.exception("poll_failed", reason=f"key={PLANTED['random']}")
    finally:
        structlog.contextvars.clear_contextvars()
    said = capsys.readouterr().out
    lines = [json.loads(line) for line in said.splitlines()]
    assert [line["event"] for line in lines] == [
        "channel_polled",
        "calling x.test with [redacted]",
        "poll_failed",
    ]
    assert all(line["service"] == "ingest" and line["instance"] == "3" and line["ts"] for line in lines)
    assert lines[0]["brand_id"] == "br-1"
    assert lines[0]["level"] == "info"
    assert "ValueError" in lines[2]["exception"]
    for secret in PLANTED.values():
        assert secret not in said
