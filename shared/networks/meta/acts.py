"""What one does to somebody's comment by the Graph, where Facebook and Instagram differ by a field's name alone."""

from shared.networks.capabilities import Account, Gone, Refused, Target, VisibilityResult
from shared.networks.meta.graph import Graph


async def set_hidden(
    graph: Graph, account: Account, target: Target, *, hidden: bool, told: str, asked: str
) -> VisibilityResult:
    """Graph answers the same whether it changed anything or not; only what it refuses may be so already. `told` is the
    field that it reads the state from, `asked` the one that changes it."""
    try:
        try:
            await graph.post(account, target.external_id, **{asked: str(hidden).lower()})
        except Refused:
            found = await graph.get(account, target.external_id, fields=f"id,{told}")
            if found.get(told) is not hidden:
                raise
            return "already"
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
