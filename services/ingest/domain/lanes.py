"""Which lane of the raw stream a brand's next change takes."""

from services.ingest.domain.bucket import Bucket


class Lanes:
    """One bucket a brand; a deployment's replicas share each brand's rate equally."""

    def __init__(self, replicas: int) -> None:
        self._replicas = replicas
        self._buckets: dict[str, Bucket] = {}

    def lane(self, brand_id: str, now: float, *, burst: float, per_second: float) -> str:
        """`main`, or `overflow` while the brand exceeds its rate and 30 s after. `now` is a steady clock's."""
        share = max(1.0, burst / self._replicas)
        bucket = self._buckets.setdefault(brand_id, Bucket(share, now))
        fits = bucket.take(now, burst=share, per_second=per_second / self._replicas)
        return "main" if fits else "overflow"
