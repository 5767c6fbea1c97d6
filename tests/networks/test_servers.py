"""Which addresses are a network's own."""

import pytest

from shared.networks.registry import open_networks
from shared.networks.servers import speaks_for
from tests.networks.answers import Answers, answer

NETWORKS = open_networks(Answers(answer(200)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("network", "base_url"),
    [
        ("facebook", "https://graph.facebook.com/v25.0"),
        ("facebook", "https://GRAPH.facebook.com:443"),
        ("instagram", "https://graph.instagram.com/v25.0"),
        ("linkedin", "https://api.linkedin.com"),
        ("x", "https://api.x.com"),
        ("x", "http://simulator:8800/x"),
        ("mastodon", "https://anybody.example"),
    ],
)
def test_a_network_s_own_servers_speak_for_it(network: str, base_url: str) -> None:
    """Over https alone, or where the operator names one; of a network with many servers each does."""
    assert speaks_for(NETWORKS[network], base_url, ("simulator:8800",))


@pytest.mark.parametrize(
    "base_url",
    [
        "http://graph.facebook.com/v25.0",
        "https://graph.facebook.com.evil.example",
        "https://graph.facebook.com@evil.example",
        "https://evil.example/graph.facebook.com",
        "https://evil.example#https://graph.facebook.com",
        "https://graph.facebook.com:8443",
        "https://graph.facebook.com\\@evil.example",
        "https://simulator:8801",
        "",
    ],
)
def test_no_other_server_does(base_url: str) -> None:
    """However alike it is written."""
    assert not speaks_for(NETWORKS["facebook"], base_url, ("simulator:8800",))
