"""Makes the table of word counts that ``monitor.stories`` weighs words by.

    python -m benchmarks.story_words

Words and numbers only: no text, no title, no source goes into it.
"""

from __future__ import annotations

import gzip
import json
from collections import Counter
from pathlib import Path

from monitor.stories.tokens import TABLE, tokens

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "monitor/stories" / TABLE
SOURCE = ROOT.parent / "shared/corpus/background.jsonl"
LEAST = 2  # texts that hold the word; the rest would be half of the table and say "rare", as does absence
LONGEST = 30  # letters; what is longer is no word


def main() -> None:
    """Count in how many texts each word stands, and write the table."""
    if not SOURCE.exists():
        raise SystemExit(f"skipped: no {SOURCE.name} in {SOURCE.parent}")
    texts, counts = 0, Counter[str]()
    with SOURCE.open(encoding="utf-8") as lines:
        for line in lines:
            item = json.loads(line)
            counts.update({key for key, _ in tokens(f"{item['title']}\n{item.get('summary') or ''}")})
            texts += 1
    rows = [f"{w}\t{n}" for w, n in sorted(counts.items()) if n >= LEAST and len(w) < LONGEST and w.isprintable()]
    body = "\n".join([str(texts), *rows]) + "\n"
    # without a date inside, so that equal counts make an equal file
    TARGET.write_bytes(gzip.compress(body.encode(), 9, mtime=0))
    print(f"{len(rows)} words, {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main()
