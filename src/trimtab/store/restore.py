"""Bring a workspace back from a backup: checked first, in place in one step, or not there at all."""

import shutil
import sys
import tarfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from trimtab.errors import InputError, StorageError
from trimtab.progress import each, step
from trimtab.store.attested import guard
from trimtab.store.backup import ARCHIVES, batches_of
from trimtab.store.files import copy_and_hash, open_private, part_of, sync_file, sync_folder
from trimtab.store.journal import create_journal, look_into
from trimtab.store.manifest import JOURNAL, MANIFEST, SETTINGS, Kept, Manifest, check_name, read_manifest
from trimtab.store.verify import verify

__all__ = ["SAVED_SETTINGS", "Restored", "restore"]

#: Settings that name a server come back under this name, so that nobody works on the server's journal by mistake.
SAVED_SETTINGS = "trimtab.toml.saved"
#: A backup's list of its files: some hundred thousand of them. And what an archive may become: gzip takes entries of a
#: journal to a tenth, zeros to a thousandth.
_MOST_MANIFEST, _FREE_BYTES, _MOST_RATIO = 64_000_000, 50_000_000, 250


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """A workspace that is back.

    Parameters
    ----------
    folder
        Where.
    manifest
        What the backup said, and what was checked.
    settings
        Name of the settings file; None if the backup had none.
    """

    folder: Path
    manifest: Manifest
    settings: str | None


@step("checking the backup")
def restore(archive: Path, into: Path, *, journal: str | None = None) -> Restored:
    """Bring back a backup, after checking each file's SHA-256 and the whole chain of its journal.

    Parameters
    ----------
    archive
        What `back_up` wrote: an archive or a folder.
    into
        A folder that is empty or not there yet.
    journal
        URL of a database without a journal, to take the entries; None puts them into an SQLite file in the folder.

    Raises
    ------
    InputError
        If the folder is not empty, or the database has a journal.
    StorageError
        If the backup is damaged or cannot be read or written; then the folder is as it was.
    """
    into = into.resolve()
    if into.exists() and (not into.is_dir() or any(into.iterdir())):
        raise InputError(
            expected="an empty folder to restore into, or a new name",
            found=f"{into} has something in it",
            try_next="choose another folder; nothing is ever restored over what is there",
        )
    part = part_of(into)
    shutil.rmtree(part, ignore_errors=True)
    try:
        manifest = _unpack(archive, part)
        settings = _arrange(part, manifest, keep_journal=journal is None)
        if journal is not None:
            _fill_database(part / JOURNAL, journal)
        for folder in [*(p for p in part.rglob("*") if p.is_dir()), part]:
            sync_folder(folder)
        if into.exists():
            into.rmdir()
        part.rename(into)
        sync_folder(into.parent)
    except (OSError, EOFError, zlib.error, tarfile.TarError) as error:
        if isinstance(error, StorageError):
            raise
        raise StorageError(
            expected=f"a whole backup at {archive}, and room for it at {into}",
            found=f"{error}",
            try_next="free some space, or take another backup; nothing was restored",
        ) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return Restored(folder=into, manifest=manifest, settings=settings)


def _unpack(archive: Path, part: Path) -> Manifest:
    """Write the files of a backup into a folder, and check them."""
    part.mkdir(mode=0o700, parents=True)
    unpacked: dict[str, Kept] = {}
    manifest_text: bytes | None = None
    # The manifest stands last, so what it promises is not known yet: no more is unpacked than a backup can hold.
    packed = archive.stat().st_size if archive.is_file() else None
    room = _FREE_BYTES + _MOST_RATIO * packed if packed is not None else sys.maxsize
    for raw, stream in each(_contents(archive), "unpacking"):
        name = check_name(raw, str(archive))
        if name == MANIFEST:
            manifest_text = stream.read(_MOST_MANIFEST + 1)
            if len(manifest_text) > _MOST_MANIFEST:
                raise _damaged(archive, f"its {MANIFEST} is larger than {_MOST_MANIFEST:,} bytes")
            continue
        target = part / name
        target.parent.mkdir(parents=True, exist_ok=True)
        with open_private(target) as writing:
            size, digest = copy_and_hash(stream, writing, most=room)
        if size > room:
            raise _damaged(archive, f"{name} unpacks to more than {_MOST_RATIO} times the size of the archive")
        room -= size
        guard(target, name)
        sync_file(target)
        unpacked[name] = Kept(path=name, size=size, sha256=digest)
    if manifest_text is None:
        raise _damaged(archive, f"there is no {MANIFEST} in it: the copy was cut off, or it is no backup")
    manifest = read_manifest(manifest_text, str(archive))
    _compare(archive, {k.path: k for k in manifest.files}, unpacked)
    _check_chain(archive, part / JOURNAL, manifest)
    return manifest


def _contents(archive: Path) -> Iterator[tuple[str, IO[bytes]]]:
    """Give the names and contents of a backup, one after the other."""
    if archive.is_dir():
        for path in sorted(p for p in archive.rglob("*") if p.is_file()):
            with path.open("rb") as stream:
                yield path.relative_to(archive).as_posix(), stream
        return
    if not archive.exists():
        raise InputError(expected="a backup", found=f"none at {archive}", try_next="correct the path")
    if not archive.name.endswith(ARCHIVES):
        raise InputError(
            expected="a folder, or a file that ends in .tar.gz or .tgz",
            found=str(archive),
            try_next="give what trimtab backup wrote",
        )
    with tarfile.open(archive, mode="r:gz") as tar:
        for member in tar:
            content = tar.extractfile(member) if member.isreg() else None
            if content is None:
                raise _damaged(archive, f"{member.name!r} is not a plain file")
            yield member.name, content


def _compare(archive: Path, promised: dict[str, Kept], unpacked: dict[str, Kept]) -> None:
    for name in sorted(promised.keys() | unpacked.keys()):
        if name not in unpacked:
            raise _damaged(archive, f"{name} is missing")
        if name not in promised:
            raise _damaged(archive, f"{name} is not in its manifest")
        if promised[name] != unpacked[name]:
            raise _damaged(archive, f"{name} is not what was kept: its SHA-256 differs")
    if JOURNAL not in promised:
        raise _damaged(archive, "it has no journal")


def _check_chain(archive: Path, path: Path, manifest: Manifest) -> None:
    with look_into(path) as journal:
        checked = verify(journal, head=manifest.head)
    if checked.fault is not None:
        raise _damaged(archive, f"its journal does not hold: {checked.fault.detail}")
    if checked.head != manifest.head:
        raise _damaged(archive, f"its journal ends at entry {checked.head.seq}, not {manifest.head.seq}")


def _arrange(part: Path, manifest: Manifest, *, keep_journal: bool) -> str | None:
    """Give the files the names they have in a workspace."""
    (part / "data").mkdir(exist_ok=True)
    if keep_journal and manifest.journal_name != JOURNAL:
        place = part / manifest.journal_name
        place.parent.mkdir(parents=True, exist_ok=True)
        (part / JOURNAL).rename(place)
    if not (part / SETTINGS).exists():
        return None
    if manifest.from_server or not keep_journal:
        # They may name another journal than the one that now has the entries.
        (part / SETTINGS).rename(part / SAVED_SETTINGS)
        return SAVED_SETTINGS
    return SETTINGS


def _fill_database(path: Path, url: str) -> None:
    """Take the entries over into another database, and leave the file away."""
    with look_into(path) as source:
        create_journal(url, rows=batches_of(source)).close()
    path.unlink()


def _damaged(archive: Path, how: str) -> StorageError:
    return StorageError(
        expected=f"a whole backup at {archive}", found=how, try_next="take another backup; nothing was restored"
    )
