"""manifest.json: what a folder must hold, byte for byte."""

import hashlib
import json
from pathlib import Path

MANIFEST = "manifest.json"


def write_manifest(folder: Path) -> str:
    """Lists every file with its sha256 and size; returns the folder's digest, the sha256 of the sorted lines."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != MANIFEST)
    files = {
        path.relative_to(folder).as_posix(): {
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            "bytes": path.stat().st_size,
        }
        for path in paths
    }
    lines = "".join(sorted(f"{name} {entry['sha256']}\n" for name, entry in files.items()))
    digest = hashlib.sha256(lines.encode()).hexdigest()
    (folder / MANIFEST).write_text(
        json.dumps({"digest": digest, "files": files}, indent=2, sort_keys=True) + "\n"
    )
    return digest
