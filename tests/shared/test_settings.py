"""A service reads its environment once, and says exactly which variable is wrong."""

from ipaddress import ip_network

import pytest
from pydantic_settings import SettingsConfigDict

from shared.settings import FloorSettings, SettingsError, load


class CloudSettings(FloorSettings):
    """An example of a service's own settings."""

    model_config = SettingsConfigDict(env_prefix="CLOUD_")
    undo_seconds: float = 8
    app_secret: str = "none"


@pytest.fixture(autouse=True)
def engines_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARVIS_KAFKA", "127.0.0.1:1")
    monkeypatch.setenv("PARVIS_MONGO", "mongodb://127.0.0.1:1")


def test_floor_and_service_words_keep_their_own_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """PARVIS_ names the floor's settings in every service; the service's name its own."""
    monkeypatch.setenv("PARVIS_INSTANCE", "7")
    monkeypatch.setenv("CLOUD_UNDO_SECONDS", "0.5")
    monkeypatch.setenv("PARVIS_EGRESS_ALLOW", "127.0.0.1:8800, friend.test:80")
    settings = load(CloudSettings)
    assert (settings.instance, settings.undo_seconds) == ("7", 0.5)
    assert settings.egress_allow == ("127.0.0.1:8800", "friend.test:80")


def test_every_wrong_variable_is_named_and_no_value_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error lists each variable by its real name; what was in it may be a secret and is not repeated."""
    monkeypatch.delenv("PARVIS_MONGO")
    monkeypatch.setenv("PARVIS_PORT", "planted-secret")
    monkeypatch.setenv("CLOUD_UNDO_SECONDS", "planted-secret")
    with pytest.raises(SettingsError) as refused:
        load(CloudSettings)
    lines = str(refused.value).splitlines()
    assert [line.split(" ")[0].rstrip(":") for line in lines] == ["PARVIS_MONGO", "PARVIS_PORT", "CLOUD_UNDO_SECONDS"]
    assert "planted" not in str(refused.value)


def test_trusted_proxies_are_addresses_and_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    """This machine alone unless said otherwise; nobody where the variable is empty."""
    assert load(FloorSettings).trusted_proxies == (ip_network("127.0.0.1/32"),)
    monkeypatch.setenv("PARVIS_TRUSTED_PROXIES", "10.0.0.0/8, 192.0.2.7,fd00::/8")
    assert load(FloorSettings).trusted_proxies == tuple(map(ip_network, ("10.0.0.0/8", "192.0.2.7", "fd00::/8")))
    monkeypatch.setenv("PARVIS_TRUSTED_PROXIES", "")
    assert load(FloorSettings).trusted_proxies == ()


@pytest.mark.parametrize("said", ["*", "proxy.internal", "10.1.2.3/8", "10.0.0.0/8;10.1.0.0/16"])
def test_proxies_that_cannot_be_read_are_refused(said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mistake is found at start: who believed everybody, or nobody, would not notice."""
    monkeypatch.setenv("PARVIS_TRUSTED_PROXIES", f"127.0.0.1,{said}")
    with pytest.raises(SettingsError, match="PARVIS_TRUSTED_PROXIES"):
        load(FloorSettings)


def test_an_unknown_driver_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the two drivers that the suite runs on can be chosen."""
    monkeypatch.setenv("PARVIS_MONGO_DRIVER", "other")
    with pytest.raises(SettingsError, match="PARVIS_MONGO_DRIVER"):
        load(FloorSettings)


@pytest.mark.parametrize(
    ("variable", "value", "traced"),
    [
        ("PARVIS_INSTANCE", "0", False),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4318", True),
        ("OTEL_TRACES_EXPORTER", "otlp", True),
        ("OTEL_TRACES_EXPORTER", "none", False),
    ],
)
def test_tracing_follows_the_standard_variables(
    variable: str, value: str, traced: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The exporter is off by default, and on where OTEL_* asks for it."""
    monkeypatch.setenv(variable, value)
    assert load(CloudSettings).traced is traced


def test_tracing_can_be_disabled_whatever_else_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """OTEL_SDK_DISABLED wins."""
    monkeypatch.setenv("OTEL_TRACES_EXPORTER", "otlp")
    monkeypatch.setenv("OTEL_SDK_DISABLED", "true")
    assert not load(CloudSettings).traced
