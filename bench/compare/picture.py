# SPDX-License-Identifier: Apache-2.0
"""A result as a picture: each proxy's CPU for a request, nginx being 1. Plain SVG that brings its own background, so
that it is legible wherever it is shown, and follows the reader's choice of light or dark."""

from xml.sax.saxutils import escape

WIDTH = 860
MARGIN = 24
LABELS = 150    # where bars begin, from the left edge
VALUES = 150    # what is left for figures at the right
FIGURE = 38     # the ratio's part of that
BAR, GAP, GROUP_GAP, HEADER = 16, 5, 30, 74
LARGEST = 3.0   # longer bars are cut, and show it

STYLE = """
  text { font: 13px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; fill: #1f2328; }
  .title { font-size: 17px; font-weight: 600; }
  .quiet { fill: #59636e; font-size: 12px; }
  .strong { font-weight: 600; }
  .card { fill: #ffffff; stroke: #d1d9e0; }
  .line { stroke: #59636e; stroke-dasharray: 3 3; }
  .cut { stroke: #ffffff; stroke-width: 3; }
  .gateway { fill: #0969da; }
  .nginx, .haproxy { fill: #a9b4bf; }
  .nginx_lua { fill: #bf8700; }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc; }
    .quiet { fill: #9198a1; }
    .card { fill: #0d1117; stroke: #3d444d; }
    .line { stroke: #9198a1; }
    .cut { stroke: #0d1117; }
    .gateway { fill: #4493f8; }
    .nginx, .haproxy { fill: #656c76; }
    .nginx_lua { fill: #9e6a03; }
  }
"""

TITLES = {"gateway": "Countersign", "nginx": "nginx", "haproxy": "HAProxy", "nginx_lua": "nginx + Lua"}
ROWS = {True: "{} sealed: Countersign and nginx + Lua prove and open it, nginx and HAProxy pass it on",
        False: "{} plain: all of them pass it on"}


def text(x, y, content, kind="", anchor="start"):
    kinds = f' class="{kind}"' if kind else ""
    return f'<text x="{x:g}" y="{y:g}"{kinds} text-anchor="{anchor}">{escape(content)}</text>'


def length(ratio):
    """Pixels of a bar."""
    return (WIDTH - LABELS - VALUES) * min(ratio, LARGEST) / LARGEST


def bar(y, name, cell):
    """One proxy's line."""
    ratio, size = cell["to_nginx"], length(cell["to_nginx"])
    kind = "strong" if name == "gateway" else ""
    yield text(LABELS - 10, y + 12.5, TITLES[name], kind, "end")
    yield f'<rect class="{name}" x="{LABELS}" y="{y}" width="{size:.1f}" height="{BAR}" rx="2"/>'
    if ratio > LARGEST:
        at = LABELS + size - 22
        yield f'<path class="cut" d="M{at:.1f} {y + BAR + 2} l8 -{BAR + 4} m6 0 l-8 {BAR + 4}"/>'
    # Figures keep off the line at 1.
    at = LABELS + (length(1) if length(1) - FIGURE < size < length(1) else size) + 8
    yield text(at, y + 12.5, f"{ratio:.2f}", kind)
    yield text(at + FIGURE, y + 12.5, f"{cell['us']['median']:.1f} µs", "quiet")


def group(y, row):
    """(SVG lines, where the next group begins)."""
    lines = [text(MARGIN, y + 12, ROWS[row["sealed"]].format(readable(row["size"])), "strong")]
    top = y = y + 22
    for name in ("gateway", "nginx", "haproxy", "nginx_lua"):
        if cell := row["figures"].get(name):
            lines += bar(y, name, cell)
            y += BAR + GAP
    one = LABELS + length(1)
    lines.append(f'<line class="line" x1="{one:.1f}" x2="{one:.1f}" y1="{top - 3}" y2="{y - GAP + 3}"/>')
    return lines, y + GROUP_GAP - GAP


def readable(size):
    """200B, 1KiB: with a blank."""
    digits = size.rstrip("BKMiG")
    return f"{digits} {size[len(digits):]}"


def draw(result):
    """The whole picture, as text."""
    lines, y = [], HEADER
    for row in result["cpu"]:
        more, y = group(y, row)
        lines += more
    machine, asked = result["machine"], result["asked"]
    foot = f"{machine['model']}, Linux {machine['kernel']}, {result['date']}; one worker each, " \
           f"{asked['connections']} connections, median of {asked['rounds']} rounds in turn"
    height = y - GROUP_GAP + MARGIN
    head = [text(MARGIN, 34, "CPU for a request, nginx = 1 (shorter is better)", "title"),
            text(MARGIN, 54, foot, "quiet")]
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}"'
        ' role="img" aria-labelledby="title">',
        '<title id="title">CPU that Countersign, nginx, HAProxy and nginx + Lua need for a request</title>',
        f"<style>{STYLE}</style>",
        f'<rect class="card" x="0.5" y="0.5" width="{WIDTH - 1}" height="{height - 1}" rx="8"/>',
        *head, *lines, "</svg>", ""])
