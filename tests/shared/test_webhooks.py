"""Webhooks are signed as Standard Webhooks 1.0.0 says: its own vector, and its own library as the oracle."""

from base64 import b64encode
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from shared.webhooks import SignatureWrong, headers_of, secret_of, verify

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = b'{"test": 2432232314}'
THEN = datetime.fromtimestamp(1614265330, UTC)
ID = "msg_p5jXN8AQM9LWM0D4loKWxJek"


def test_the_published_vector() -> None:
    """The specification's example, to the letter."""
    headers = headers_of([SECRET], ID, THEN, BODY)
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert verify([SECRET], headers, BODY, THEN) == ID


def test_the_specifications_library_takes_what_we_sign_and_we_take_its() -> None:
    """Receivers use that library, or another like it."""
    now, secret = datetime.now(UTC), secret_of(bytes(range(32)))
    assert Webhook(secret).verify(BODY, headers_of([secret], ID, now, BODY)) == {"test": 2432232314}
    theirs = {
        "webhook-id": ID,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign(ID, now, BODY.decode()),
    }
    assert verify([secret], theirs, BODY, now) == ID


def test_while_a_secret_is_replaced_both_sign() -> None:
    """A receiver that knows only one of the two, whichever, takes the message."""
    now, old, new = datetime.now(UTC), secret_of(b"o" * 32), secret_of(b"n" * 32)
    headers = headers_of([new, old], ID, now, BODY)
    for known in (old, new):
        assert Webhook(known).verify(BODY, headers)
        assert verify([known], headers, BODY, now) == ID
    with pytest.raises(WebhookVerificationError):
        Webhook(secret_of(b"x" * 32)).verify(BODY, headers)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"webhook-id": "another"}, "another secret"),
        ({"webhook-timestamp": "1614265331"}, "another secret"),
        ({"webhook-timestamp": "soon"}, "not signed"),
        ({"webhook-signature": "v1," + b64encode(b"0" * 32).decode()}, "another secret"),
        ({"webhook-signature": ""}, "another secret"),
        ({"webhook-signature": "v1,é"}, "another secret"),
    ],
)
def test_what_was_changed_on_its_way_is_refused(change: dict[str, str], why: str) -> None:
    """Id, time and body are all signed."""
    headers = headers_of([SECRET], ID, THEN, BODY)
    with pytest.raises(SignatureWrong, match=why):
        verify([SECRET], headers | change, BODY, THEN)
    with pytest.raises(SignatureWrong):
        verify([SECRET], headers, BODY + b" ", THEN)


def test_what_was_signed_long_ago_is_refused() -> None:
    """A message caught on its way cannot be played again later."""
    headers = headers_of([SECRET], ID, THEN, BODY)
    with pytest.raises(SignatureWrong, match="another time"):
        verify([SECRET], headers, BODY, THEN + timedelta(seconds=301))


def test_a_secret_is_long_enough() -> None:
    """The specification takes 24 to 64 bytes."""
    with pytest.raises(ValueError, match="24 to 64"):
        secret_of(b"short")
