"""What one does to somebody's comment by the Graph, where Facebook and Instagram differ by a field's name alone."""

from shared.networks.capabilities import Account, Gone, Target, VisibilityResult
from shared.networks.meta.graph import Graph


async def set_hidden(
    graph: Graph, account: Account, target: Target, *, hidden: bool, told: str, asked: str
) -> VisibilityResult:
    """Look first: Graph answers the same whether it changed anything or not. `told` is the field that it reads the
    state from, `asked` the one that changes it."""
    try:
        found = await graph.get(account, target.external_id, fields=f"id,{told}")
        if found.get(told) is hidden:
            return "already"
        await graph.post(account, target.external_id, **{asked: str(hidden).lower()})
    except Gone:
        await graph.prove_access(account)
        return "gone"
    return "done"


async def delete(graph: Graph, account: Account, target: Target) -> VisibilityResult:
    """For good."""
    try:
        await graph.delete(account, target.external_id)
    except Gone:
        await graph.prove_access(account)
        return "gone"
    return "done"
