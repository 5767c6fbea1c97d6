"""A verdict brings the text that it judges, and no other."""

import pytest
from pydantic import ValidationError

from shared.events.ingest.interaction_received import InteractionReceived
from shared.events.moderation.interaction_judged import InteractionJudged


@pytest.mark.parametrize("other", [{"brand_id": "br-other"}, {"interaction_id": "another"}, {"revision": 2}])
def test_another_text_is_refused(other: dict[str, object]) -> None:
    """What key and header vouch for is the verdict's brand: a text of another would slip in with it."""
    text = InteractionReceived.example()
    verdict = InteractionJudged.example().model_copy(update={"interaction_id": text.interaction_id})
    own = verdict.model_copy(update={"first_text": text})
    assert InteractionJudged.read(own.write()).first_text == text
    forged = verdict.model_copy(update={"first_text": text.model_copy(update=other)})
    with pytest.raises(ValidationError, match="not the one that was judged"):
        InteractionJudged.read(forged.write())
