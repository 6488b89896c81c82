"""py3langid's model unpacked on disk: its workers share the pages and start in a tenth of the time.

The package ships the model as LZMA, which takes most of a second to unpack and 70 MB in each process. The unpacked
arrays are written once to a cache folder named after the model's digest, and mapped into memory from there. Whatever
goes wrong with the cache, the model is loaded from the package.
"""

import hashlib
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

ARRAYS = ("ptc", "pc", "classes", "nextmove", "row", "output")


def _write(folder: Path, arrays: dict[str, Any]) -> None:
    """All of the folder or nothing of it, whoever else is writing."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".unpacking-") as name:
        ready = Path(name) / "ready"
        ready.mkdir()
        for key, value in arrays.items():
            np.save(ready / f"{key}.npy", np.asarray(value))
        ready.rename(folder)


def _mapped(folder: Path) -> dict[str, Any]:
    return {key: np.load(folder / f"{key}.npy", mmap_mode="r", allow_pickle=False) for key in ARRAYS}


def load(model: Path, cache_dir: str) -> dict[str, Any]:
    """The model's arrays by name (see `ARRAYS`), mapped where possible.

    Args:
        model: the package's model file.
        cache_dir: folder for the unpacked arrays, `~` allowed; empty to unpack into memory.
    """
    folder = None
    if cache_dir:
        try:
            folder = Path(cache_dir).expanduser() / f"py3langid-{hashlib.blake2b(model.read_bytes()).hexdigest()[:32]}"
            return _mapped(folder)
        except (OSError, RuntimeError):  # not there yet, or there is no home
            pass
        except ValueError:  # damaged: cut short by a full disk, say
            if folder is not None:
                shutil.rmtree(folder, ignore_errors=True)
    from py3langid.modelio import load_model

    arrays = dict(zip(ARRAYS, load_model(model), strict=True))
    if folder is not None:
        with suppress(OSError):  # read-only, full, or another worker was first
            _write(folder, arrays)
        with suppress(OSError, ValueError):
            return _mapped(folder)
    return {key: np.asarray(value) for key, value in arrays.items()}
