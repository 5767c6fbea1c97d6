"""Small charts as paths, drawn by the server: no script, no library."""

from collections.abc import Sequence

WIDTH, HEIGHT, MARGIN = 140.0, 26.0, 2.0


def spark(values: Sequence[float]) -> tuple[str, str]:
    """A line over time: the path of the line, and of the area below it."""
    shown = list(values) or [0.0]
    shown = shown * 2 if len(shown) == 1 else shown
    most = max(*shown, 1.0)
    step = (WIDTH - 2 * MARGIN) / (len(shown) - 1)
    points = [
        (MARGIN + place * step, HEIGHT - MARGIN - 1 - (HEIGHT - 2 * MARGIN - 2) * value / most)
        for place, value in enumerate(shown)
    ]
    line = "M" + " L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    area = f"{line} L{points[-1][0]:.1f} {HEIGHT:.0f} L{points[0][0]:.1f} {HEIGHT:.0f}Z"
    return line, area
