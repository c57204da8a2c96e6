"""Make contact sheets of the demo project: one still per shot, to ``out/sheet-*.png``.

usage: python scripts/sheet.py [PROJECT]   (default out/demo.cdir)
"""

from __future__ import annotations

import sys
from pathlib import Path

import av
from PIL import Image, ImageDraw

from cyberdirector.modelstore import pil_font
from cyberdirector.timeline import Timeline, load_timeline

COLUMNS, ROWS, WIDTH = 5, 2, 320


def middle_frame(path: Path) -> Image.Image:
    """Return the middle picture of a video segment."""
    with av.open(str(path)) as container:
        frames = [frame for frame in container.decode(video=0)]
        return frames[len(frames) // 2].to_image()


def draw_card(path: Path, title: str) -> Image.Image:
    """Return one still with its title under it."""
    still = middle_frame(path)
    still.thumbnail((WIDTH, WIDTH * 2))
    card = Image.new("RGB", (still.width, still.height + 26), "white")
    card.paste(still, (0, 0))
    ImageDraw.Draw(card).text((4, still.height + 4), title, "black", pil_font(14))
    return card


def make_sheets(project: Path, out: Path) -> list[Path]:
    """Write the sheets of a project; return their paths."""
    timeline: Timeline = load_timeline(project / "timeline.json")
    cards = [
        draw_card(project / "shots" / f"{shot.id}.mp4", f"{shot.id} {shot.size} {shot.why}")
        for shot in timeline.shots
        if (project / "shots" / f"{shot.id}.mp4").exists()
    ]
    paths = []
    per_page = COLUMNS * ROWS
    for page in range(0, len(cards), per_page):
        some = cards[page : page + per_page]
        width, height = some[0].size
        sheet = Image.new("RGB", (width * COLUMNS, height * ROWS), "white")
        for i, card in enumerate(some):
            sheet.paste(card, ((i % COLUMNS) * width, (i // COLUMNS) * height))
        path = out / f"sheet-{page // per_page + 1}.png"
        sheet.save(path)
        paths.append(path)
    return paths


if __name__ == "__main__":
    root = Path(sys.argv[1] if len(sys.argv) > 1 else "out/demo.cdir")
    if not (root / "timeline.json").exists():
        sys.exit(f"{root} is no project folder; run `make demo` first")
    out = Path("out")
    out.mkdir(exist_ok=True)
    for sheet_path in make_sheets(root, out):
        sys.stdout.write(f"{sheet_path}\n")
