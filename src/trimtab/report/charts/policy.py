"""Cost against tracking error for every band: in text and as SVG."""

from html import escape

from trimtab.desk.ask.hedge_policy import HedgePolicy

__all__ = ["hedge_policy_svg", "text_curve"]


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


def hedge_policy_svg(result: HedgePolicy, *, width: int = 640, height: int = 400) -> str:
    """Draw the curve as SVG that needs nothing else: closed form as a line, practice as dots, the recommended one full.

    Parameters
    ----------
    result
        With its curve.
    width, height
        Pixels.
    """
    curve = result.table.curve
    right = max(max(p.practice.tracking_error, p.expected.tracking_error) for p in curve) * 1.08
    # The narrowest bands cost so much in closed form that they would flatten all else.
    top = max(p.practice.cost for p in curve) * 1.1
    shown = [p for p in curve if p.expected.cost <= top]
    left, bottom = 80, 50

    def at(x: float, y: float) -> tuple[float, float]:
        return left + x / right * (width - left - 20), height - bottom - min(y / top, 1.0) * (height - bottom - 30)

    line = " ".join("{:.1f},{:.1f}".format(*at(p.expected.tracking_error, p.expected.cost)) for p in shown)
    dots = []
    for p in curve:
        x, y = at(p.practice.tracking_error, p.practice.cost)
        fill = "#c0392b" if p.recommended else "#ffffff"
        title = f"band {p.band:.4f}: cost {p.practice.cost:,.0f} a year, tracking error {p.practice.tracking_error:.2%}"
        dots.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="{fill}" stroke="#c0392b"><title>{escape(title)}</title>'
            f'</circle><text x="{x + 8:.1f}" y="{y - 6:.1f}">{p.band:.3f}</text>'
        )
    (x0, y0), (x1, _), (_, y1) = at(0, 0), at(right, 0), at(0, top)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" font-family="sans-serif" '
        f'font-size="12"><rect width="100%" height="100%" fill="#ffffff"/>'
        f'<path d="M{x0:.1f} {y1:.1f}V{y0:.1f}H{x1:.1f}" fill="none" stroke="#333"/>'
        f'<polyline points="{line}" fill="none" stroke="#7f8c8d" stroke-dasharray="4 3"/>{"".join(dots)}'
        f'<text x="{x0:.1f}" y="20">cost, {escape(result.inputs.base)} a year (dots: in practice; dashes: closed form)'
        f'</text><text x="{x0 - 8:.1f}" y="{y1 + 4:.1f}" text-anchor="end">{top:,.0f}</text>'
        f'<text x="{x1:.1f}" y="{height - 18}" text-anchor="end">tracking error up to {right:.2%}; labels: band</text>'
        "</svg>\n"
    )
