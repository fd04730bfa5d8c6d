# SPDX-License-Identifier: Apache-2.0
"""Profiles as a flame graph, one below the other, to one scale of microseconds. Plain SVG that brings its own
background."""

from xml.sax.saxutils import escape

WIDTH, MARGIN, ROW = 1100, 24, 19
HEADER, TITLE, GAP = 66, 26, 24
LETTER = 6.3  # pixels that a letter of a label takes
NARROWEST = 1.0  # pixels

STYLE = """
  text { font: 13px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; fill: #1f2328; }
  .head { font-size: 17px; font-weight: 600; }
  .quiet { fill: #59636e; font-size: 12px; }
  .label { font: 10.5px ui-monospace, "DejaVu Sans Mono", monospace; fill: #1f2328; }
  .card { fill: #ffffff; stroke: #d1d9e0; }
  .kernel { fill: #c8d1da; stroke: #ffffff; }
  .own { fill: #80b9f5; stroke: #ffffff; }
  .library { fill: #eac54f; stroke: #ffffff; }
"""


def kind(name, kernel):
    if kernel:
        return "kernel"
    return "library" if name.startswith(("lib", "Boost", "clocks")) else "own"


def depth(node):
    return 1 + max((depth(child) for child in node[3]), default=0)


def text(x, y, content, style=""):
    kinds = f' class="{style}"' if style else ""
    return f'<text x="{x:.1f}" y="{y:.1f}"{kinds}>{escape(content)}</text>'


def box(x, y, size, name, style, us):
    """One function: a rectangle, its time as the tooltip, its name if that has room."""
    yield f'<g><title>{escape(name)}: {us:.2f} µs</title>'
    yield f'<rect class="{style}" x="{x:.1f}" y="{y}" width="{size:.1f}" height="{ROW - 1}"/>'
    room = int((size - 6) / LETTER)
    if room >= 3:
        shown = name if len(name) <= room else name[:room - 1] + "…"
        yield text(x + 3, y + 13, shown, "label")
    yield "</g>"


def boxes(nodes, x, y, us, scale, style=None):
    for name, kernel, share, children in nodes:
        size = share * us * scale
        if size >= NARROWEST:
            mine = style or kind(name, kernel)
            yield from box(x, y, size, name, mine, share * us)
            yield from boxes(children, x, y + ROW, us, scale, mine)
        x += size


def draw(result):
    """SVG of what profile.sh found: {"title": …, "quiet": …, "profiles": [{"name", "us", "tree"}, …]}."""
    widest = max(one["us"] for one in result["profiles"])
    scale = (WIDTH - 2 * MARGIN) / widest
    y, parts = HEADER, []
    for one in result["profiles"]:
        parts.append(text(MARGIN, y + 15, f"{one['name']}: {one['us']:.1f} µs for a request"))
        y += TITLE
        parts += boxes(one["tree"][3], MARGIN, y, one["us"], scale)
        y += ROW * (depth(one["tree"]) - 1) + GAP
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{y}" viewBox="0 0 {WIDTH} {y}">',
        f"<style>{STYLE}</style>", f'<rect class="card" x="0.5" y="0.5" width="{WIDTH - 1}" height="{y - 1}" rx="8"/>',
        text(MARGIN, 30, result["title"], "head"), text(MARGIN, 50, result["quiet"], "quiet"), *parts, "</svg>", ""])
