"""Cost against tracking error for every band: in text."""

from trimtab.desk.ask.hedge_policy import HedgePolicy

__all__ = ["text_curve"]


def text_curve(result: HedgePolicy, *, width: int = 72, height: int = 12) -> str:
    """Draw cost (upwards) against tracking error (to the right), one mark for each band of the curve.

    Parameters
    ----------
    result
        With its curve.
    width, height
        Characters.
    """
    points = [(p.practice.tracking_error, p.practice.cost, p.recommended, p.band) for p in result.table.curve]
    if len(points) < 2:
        return ""
    right, top = max(x for x, *_ in points), max(y for _, y, *_ in points)
    grid = [[" "] * (width + 1) for _ in range(height + 1)]
    spots = [(round(x / right * width), height - round(y / top * height), m, b) for x, y, m, b in points]
    for column, line, marked, _ in sorted(spots, key=lambda p: p[2]):
        grid[line][column] = "*" if marked else "●"
    # The recommended one is labelled first; a label that would touch another mark or label is left out.
    for column, line, _, band in sorted(spots, key=lambda p: not p[2]):
        label = f" ±{band:.3f} "
        start = column + 1 if column + 1 + len(label) <= width else column - len(label)
        if start >= 0 and all(grid[line][start + k] == " " for k in range(len(label))):
            grid[line][start : start + len(label)] = label
    names = {0: f"{top:,.0f}", height: "0"}
    margin = max(len(n) for n in names.values())
    lines = [f"{names.get(k, ''):>{margin}} ┤{''.join(row).rstrip()}" for k, row in enumerate(grid)]
    foot = f"{' ' * margin}  0%{f'{right:.2%} tracking error'.rjust(width - 2)}"
    return "\n".join([f"{'cost a year':>{margin}}", *lines, foot])
