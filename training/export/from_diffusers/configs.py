"""What an exported folder should not tell: where on the exporting machine its original lay."""

import json
from pathlib import Path

LOCAL = "_name_or_path"


def forget_paths(folder: Path) -> None:
    """Takes `_name_or_path` out of every configuration of a folder; nothing loads by it."""
    for path in folder.rglob("*.json"):
        content = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(content, dict) and LOCAL in content:
            del content[LOCAL]
            path.write_text(
                json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8"
            )
