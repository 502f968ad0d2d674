"""manifest.json: what a folder must hold, byte for byte. `python -m training.export.manifest FOLDER ...`"""

import argparse
import hashlib
import json
from pathlib import Path

MANIFEST = "manifest.json"


def sha256(path: Path) -> str:
    """Digest of a file, read in pieces: weights may be larger than memory."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_manifest(folder: Path) -> str:
    """Lists every file with its sha256 and size; returns the folder's digest, the sha256 of the sorted lines."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != MANIFEST)
    files = {
        path.relative_to(folder).as_posix(): {"sha256": sha256(path), "bytes": path.stat().st_size}
        for path in paths
    }
    lines = "".join(sorted(f"{name} {entry['sha256']}\n" for name, entry in files.items()))
    digest = hashlib.sha256(lines.encode()).hexdigest()
    (folder / MANIFEST).write_text(
        json.dumps({"digest": digest, "files": files}, indent=2, sort_keys=True) + "\n"
    )
    return digest


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    for folder in parser.parse_args(argv).folders:
        print(f"{folder}: {write_manifest(folder)}")


if __name__ == "__main__":
    main()
