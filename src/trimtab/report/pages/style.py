"""The look of a report's page: light, dark, phone and paper; colours are those of the charts."""

from trimtab.report.charts.marks.ink import stylesheet

__all__ = ["page_style"]


def page_style() -> str:
    """Give the style of the page: no other file, no font from elsewhere."""
    return stylesheet() + _COLOURS + _STYLE


#: What charts have no word for: the page behind cards, edges, and the three verdicts; each reaches 4.5 : 1 on its own.
_LIGHT = (
    "--page:#f3f5f8;--edge:#d9e0e8;--row:#f7f9fb;--inside:#14532d;--inside-bg:#d6efdd;--outside:#8f1d17;"
    "--outside-bg:#fbdedb;--undecided:#6b4300;--undecided-bg:#fdebc4"
)
_DARK = (
    "--page:#0d1219;--edge:#2b3440;--row:#1b2430;--inside:#9be0b1;--inside-bg:#16351f;--outside:#ffb4aa;"
    "--outside-bg:#43201d;--undecided:#f5cf83;--undecided-bg:#3b2c0c"
)
_COLOURS = (
    f":root{{{_LIGHT};color-scheme:light dark}}\n"
    f"@media screen and (prefers-color-scheme:dark){{:root:not([data-theme=light]){{{_DARK}}}}}\n"
)

_STYLE = """*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--tt-ink);
font:15px/1.5 "Liberation Sans",system-ui,"Segoe UI",Helvetica,Arial,"Noto Sans","Noto Sans CJK SC",sans-serif}
main{max-width:74rem;margin:0 auto;padding:1rem 1rem 3rem}
header{display:flex;flex-wrap:wrap;gap:.25rem 1.5rem;align-items:baseline;margin:.5rem 0 1rem}
h1{font-size:1.45rem;margin:0;line-height:1.25;overflow-wrap:anywhere;text-wrap:balance}
.sub{color:var(--tt-muted);margin:0}
section{background:var(--tt-surface);border:1px solid var(--edge);border-radius:10px;padding:1.1rem 1.25rem;
margin:0 0 1rem}
h2{font-size:1.12rem;margin:0 0 .5rem}
h3{font-size:.92rem;margin:1.25rem 0 .35rem}
p{margin:.2rem 0 .6rem;max-width:88ch}
.d{white-space:nowrap}
.lead{color:var(--tt-ink)}
.top{display:grid;grid-template-columns:minmax(15rem,1.05fr) minmax(17rem,1.5fr) minmax(14rem,1fr);gap:1.5rem;
align-items:center}
.beta{font-size:3rem;font-weight:700;letter-spacing:-.02em;line-height:1.1;font-variant-numeric:tabular-nums}
.err{font-size:1.2rem;color:var(--tt-muted);font-weight:400;white-space:nowrap}
.verdict{display:inline-block;font-weight:700;border-radius:999px;padding:.15rem .75rem;margin:.35rem 0;
letter-spacing:.02em}
.inside{color:var(--inside);background:var(--inside-bg)}.outside{color:var(--outside);background:var(--outside-bg)}
.undecided{color:var(--undecided);background:var(--undecided-bg)}
.figures{display:grid;grid-template-columns:1fr auto;gap:.3rem 1rem;margin:0}
.figures dt{color:var(--tt-muted)}.figures dd{margin:0;text-align:right;font-weight:700;
font-variant-numeric:tabular-nums}
.answers{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:.25rem 2rem;margin:1rem 0 0;
border-top:1px solid var(--edge);padding-top:.25rem}
.answers h3{margin:.9rem 0 .15rem;font-size:.95rem}.answers p{margin:.1rem 0;overflow-wrap:anywhere}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,27rem),1fr));gap:1rem 1.75rem;
margin:.75rem 0 0;align-items:start}
figure{margin:0;break-inside:avoid}
figure svg{display:block;max-width:100%;height:auto}
figcaption{color:var(--tt-muted);font-size:.87rem;max-width:62ch;margin:.2rem 0 .5rem;overflow-wrap:anywhere}
figcaption b{display:block;color:var(--tt-ink);font-size:.92rem}
.gauge{min-width:0}.gauge svg{max-width:min(100%,34rem)}
.wide{overflow-x:auto;margin:.25rem 0 0}
table{border-collapse:collapse;min-width:min(100%,26rem);font-size:.88rem;font-variant-numeric:tabular-nums}
th,td{text-align:left;padding:.32rem .6rem;border-bottom:1px solid var(--edge);vertical-align:top}
th:first-child,td:first-child{padding-left:0}
thead th{color:var(--tt-muted);font-weight:600;vertical-align:bottom;border-bottom-color:var(--tt-muted)}
tbody th{font-weight:600;overflow-wrap:anywhere;min-width:6.5rem}
table.full{width:100%}
.n{text-align:right;white-space:nowrap}.w{overflow-wrap:anywhere;min-width:7rem}
.note{color:var(--tt-muted);font-size:.85rem;margin:.35rem 0}
ul.notes{color:var(--tt-muted);font-size:.85rem;padding-left:1.1rem;margin:.6rem 0 0;overflow-wrap:anywhere}
nav ul{display:flex;flex-wrap:wrap;gap:.2rem 1rem;list-style:none;padding:0;margin:0 0 1rem}
a{color:var(--tt-adds);text-underline-offset:2px}
@media screen and (prefers-color-scheme:dark){a{color:#8ec2ff}}
a:focus-visible,.wide:focus-visible{outline:3px solid var(--tt-adds);outline-offset:2px}
@media(max-width:60rem){.top{grid-template-columns:1fr 1fr}.top .gauge{grid-column:1/-1;order:3}}
@media(max-width:40rem){main{padding:.6rem .6rem 2rem}section{padding:.9rem .85rem;border-radius:8px}
.top,.answers{grid-template-columns:minmax(0,1fr)}.top{gap:.75rem}.beta{font-size:2.5rem}
th,td{padding:.3rem .45rem}nav ul{gap:.1rem .9rem}}
@media print{@page{size:A4;margin:14mm 12mm}body{background:#fff;font-size:9.5pt}main{padding:0;max-width:none}
section{border:0;padding:0;margin:0 0 8mm;border-radius:0}nav{display:none}h2{break-after:avoid}h3{break-after:avoid}
.front{break-after:page}thead{display:table-header-group}tr{break-inside:avoid}.wide{overflow:visible}
table{font-size:8pt}th,td{padding:.18rem .35rem}.charts{grid-template-columns:1fr 1fr}
.verdict{border:1px solid currentColor}}
"""
