"""Stories on tape."""

from tests.networks.taping import blog, peer_facts, sky, tape

__all__ = ["blog", "peer_facts", "sky", "tape"]
