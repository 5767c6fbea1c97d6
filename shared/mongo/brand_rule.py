"""The rule that keeps tenants apart: every filter and every document names its brand."""

from collections.abc import Mapping, Sequence
from typing import Any

from shared.errors import BrandMissing
from shared.mongo.operations import InsertOne, Operation, ReplaceOne

# Stages that read or write another collection, where the first `$match` protects nothing.
REACHING_OUT = frozenset({"$lookup", "$graphLookup", "$unionWith", "$out", "$merge"})


def names_brand(source: Mapping[str, Any]) -> None:
    """`source` (a filter or a document) must name one brand by equality. Raises `BrandMissing`."""
    brand = source.get("brand_id")
    if not isinstance(brand, str) or not brand:
        raise BrandMissing(f"no brand in {sorted(source)}")


def names_brands(source: Mapping[str, Any]) -> None:
    """As `names_brand`, or a list of brands by `$in` (those granted to a person; may be empty)."""
    brand = source.get("brand_id")
    several = brand["$in"] if isinstance(brand, Mapping) and set(brand) == {"$in"} else [brand]
    if not all(isinstance(one, str) and one for one in several):
        raise BrandMissing(f"no brand in {sorted(source)}")


def pipeline_names_brands(pipeline: Sequence[Mapping[str, Any]]) -> None:
    """The first stage must be a `$match` that names the brands, and no stage may reach another collection."""
    if not pipeline or "$match" not in pipeline[0]:
        raise BrandMissing("an aggregation starts with $match on its brand")
    names_brands(pipeline[0]["$match"])
    if reaching := _mentioned(pipeline) & REACHING_OUT:
        raise BrandMissing(f"{sorted(reaching)} reaches beyond the brand")


def replacement_keeps_brand(where: Mapping[str, Any], document: Mapping[str, Any]) -> None:
    """Filter and new document must name the same brand."""
    names_brand(where)
    if document.get("brand_id") != where["brand_id"]:
        raise BrandMissing("the new document names another brand than the filter")


def operation_names_brand(operation: Operation) -> None:
    """In a bulk each operation names its own brand."""
    if isinstance(operation, InsertOne):
        names_brand(operation.document)
    elif isinstance(operation, ReplaceOne):
        replacement_keeps_brand(operation.filter, operation.document)
    else:
        names_brand(operation.filter)


def _mentioned(part: Any) -> set[str]:
    """Every key at any depth of a pipeline."""
    if isinstance(part, Mapping):
        return set(part).union(*(_mentioned(value) for value in part.values()))
    if isinstance(part, (list, tuple)):
        return set().union(*(_mentioned(value) for value in part))
    return set()
