"""SHA-256 of files and folders, how to hold on to the bytes that were digested, and how to notice a changed file."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import os
import signal
import stat
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from typing import BinaryIO, cast

from assay.domain.digests import digest_of_listing, named
from assay.domain.errors import SubjectError, writing

_CHUNK = 1 << 20
_TICK_NS = 20_000_000
F_SETSIG = 10  # fcntl.h; Python has no name for it
LARGEST_IN_MEMORY = 256 << 20
"""Larger files are held on disk, in a file without a name."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What the system says of a file; any write since changes it (the time of change cannot be set).

    Of writes through a mapping that holds only from :func:`settled` on, which takes the first stamp.
    """

    device: int
    inode: int
    size: int
    modified_ns: int
    changed_ns: int

    @classmethod
    def of(cls, file: BinaryIO) -> Stamp:
        """The stamp of an open file."""
        status = os.fstat(file.fileno())
        return cls(status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)


def digest_of(path: Path | str) -> str:
    """``sha256:`` and the hexadecimal digest of a file, or of a folder.

    A folder's covers the names and contents of all its files, see ``digest_of_listing``.

    Raises:
        SubjectError: missing, not a regular file, or as of ``digests_below``.
    """
    place = Path(path)
    if not place.is_dir():
        return stamped_digest(place)[0]
    return digest_of_listing(digests_below(place))


def digests_below(folder: Path) -> tuple[tuple[str, str], ...]:
    """Relative POSIX path and digest of every file below a folder, sorted by path.

    Raises:
        SubjectError: a folder that is empty or cannot be listed, a link that leads outside, a name that cannot be shown,
            a file that is not regular or was written to meanwhile; ``folder_like_its_file``.
    """
    paths = files_below(folder, empty_folders=False)
    if [path.relative_to(folder) for path in paths] == [Path(folder.name)]:
        raise SubjectError(
            f"The folder {folder} holds one file, which is called as the folder is: the list of its files is that of the file "
            "alone.",
            code="folder_like_its_file",
            remedy="Name the file itself, or rename one of the two.",
        )
    for path in paths:
        check_plain(path.relative_to(folder).as_posix())
        check_inside(path, folder)
    # Hashing lets go of the interpreter, so that threads read and hash side by side.
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        digests = list(pool.map(lambda path: stamped_digest(path)[0], paths))
    return tuple((path.relative_to(folder).as_posix(), d) for path, d in zip(paths, digests, strict=True))


def files_below(folder: Path, *, empty_folders: bool = True) -> tuple[Path, ...]:
    """Everything below a folder that is no folder itself, links to folders too, sorted.

    Args:
        empty_folders: whether there may be any. No digest of files tells one from none, and a program can.

    Raises:
        SubjectError: ``not_readable`` for a folder whose files cannot be listed: they might be any. ``folder_empty``.
    """
    found: list[Path] = []
    try:
        for place, folders, files in os.walk(folder, onerror=_raised):
            if not (folders or files or empty_folders):
                raise SubjectError(
                    f"The folder {place} holds no files.",
                    code="folder_empty",
                    remedy="Remove it: a digest covers files, and cannot say that it was there.",
                )
            links = [name for name in folders if os.path.islink(os.path.join(place, name))]  # noqa: PTH114, PTH118 - Path.is_link raises
            found += (Path(place, name) for name in (*files, *links))
    except OSError as wrong:
        raise SubjectError(
            f"The folder {wrong.filename} cannot be listed ({wrong.strerror}): what is in it would not be covered.",
            code="not_readable",
            remedy="Make it readable, or remove it.",
        ) from None
    return tuple(sorted(found))


def _raised(wrong: OSError) -> None:
    """``os.walk`` leaves out what it cannot list, unless told otherwise."""
    raise wrong


def check_plain(name: str) -> None:
    """Refuse a name that would be printed as something else than a name: other lines, other colours, no text at all.

    Raises:
        SubjectError: ``name_not_printable``.
    """
    if not name.isprintable():
        raise SubjectError(
            f"The file {name!a} has a name that cannot be shown as it is.",
            code="name_not_printable",
            remedy="Rename it; a name is plain text on one line.",
        )


def check_inside(file: Path, folder: Path) -> None:
    """Refuse a link that leads out of the folder: what is outside is not bound by the folder's digest.

    Raises:
        SubjectError: ``link_leads_outside``.
    """
    if not file.resolve().is_relative_to(folder.resolve()):
        raise SubjectError(
            f"{file} is a link that leads out of its folder.",
            code="link_leads_outside",
            remedy="Put the file itself there; what is certified must be in the folder.",
        )


def stamped_digest(path: Path) -> tuple[str, Stamp]:
    """The digest of a file and the stamp that it had while it was read.

    Raises:
        SubjectError: when it cannot be read, or was written to meanwhile.
    """
    with open_regular(path) as file:
        before = settled(file, path)
        digest = digest_of_open(file, path)
        if Stamp.of(file) != before:
            raise file_changed(path)
    return digest, before


def settled(file: BinaryIO, path: Path | str) -> Stamp:
    """A stamp that a later write cannot leave as it is, not even one through a mapping that is there already.

    The system notes the time of a write through a mapping only when a clean page becomes a dirty one. So pages are
    written out first; where a file system has no disk and nothing becomes clean again, nobody may hold the file open
    for writing. Its clock ticks every few milliseconds, so that a stamp is left to age by more than a tick.

    Raises:
        SubjectError: ``file_open_for_writing``.
    """
    with contextlib.suppress(OSError):  # a file system that cannot
        os.fsync(file.fileno())
    if not _in_memory(os.fstat(file.fileno()).st_dev):
        return _aged(Stamp.of(file))
    with contextlib.suppress(OSError):
        fcntl.fcntl(
            file, F_SETSIG, signal.SIGURG
        )  # one that is ignored: the usual SIGIO would end this process
    try:
        fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_RDLCK)
    except OSError as wrong:
        if wrong.errno != errno.EAGAIN:  # the file of somebody else
            return _aged(Stamp.of(file))
        raise SubjectError(
            f"{path} is held open for writing by some process.",
            code="file_open_for_writing",
            remedy="Close it there first; what is certified must not change meanwhile.",
        ) from None
    try:
        return _aged(Stamp.of(file))
    finally:
        fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_UNLCK)


def _aged(stamp: Stamp) -> Stamp:
    age = time.time_ns() - stamp.changed_ns
    if 0 <= age < _TICK_NS:
        time.sleep((_TICK_NS - age) / 1e9)
    return stamp


def _in_memory(device: int) -> bool:
    """Whether a device is a file system without a disk (proc(5), mountinfo)."""
    number = f"{os.major(device)}:{os.minor(device)}"
    try:
        mounts = Path("/proc/self/mountinfo").read_text(errors="replace").splitlines()
    except OSError:
        return False
    kinds = (line.partition(" - ")[2].split(" ")[0] for line in mounts if line.split(" ")[2] == number)
    return any(kind in {"tmpfs", "ramfs", "devtmpfs", "hugetlbfs"} for kind in kinds)


def held(path: Path) -> tuple[str, int]:
    """The digest of a file, and a descriptor of a copy of the very bytes that were digested; the caller closes it.

    Whatever becomes of the file or its name afterwards: who reads from the descriptor, or opens ``/proc/self/fd/N``,
    reads what the digest binds. The copy is sealed memory, which nobody can write to; of a large file, a file in the
    temporary folder that has no name.

    Raises:
        SubjectError: when it cannot be read, or was written to meanwhile. Unwritable: no room for the copy.
    """
    with open_regular(path) as file:
        before = Stamp.of(file)
        with writing(Path(tempfile.gettempdir())):
            descriptor = _room(path.name, before.size)
        try:
            digest = hashlib.sha256()
            with open(descriptor, "wb", buffering=0, closefd=False) as copy:
                while chunk := _next_chunk(file, path):
                    digest.update(chunk)
                    with writing(Path(tempfile.gettempdir())):
                        _write_all(copy, chunk)
            if Stamp.of(file) != before:
                raise file_changed(path)
            return named(digest.hexdigest()), _unwritable(descriptor)
        finally:
            os.close(descriptor)


def _room(name: str, size: int) -> int:
    if size <= LARGEST_IN_MEMORY:
        try:
            return os.memfd_create(name[:100], os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        except OSError:  # a kernel or a container that forbids it
            pass
    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())


def _write_all(copy: BinaryIO, chunk: bytes) -> None:
    rest = memoryview(chunk)
    while rest:
        rest = rest[copy.write(rest) :]


def _unwritable(descriptor: int) -> int:
    """The same file, opened for reading alone; memory is sealed first."""
    os.fchmod(descriptor, 0o444)  # a child that is another user opens it again, by its descriptor
    with contextlib.suppress(OSError):  # a file on disk has no seals
        seals = fcntl.F_SEAL_SEAL | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE
        fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, seals)
    return os.open(f"/proc/self/fd/{descriptor}", os.O_RDONLY | os.O_CLOEXEC)


def digest_of_open(file: BinaryIO, path: Path | str) -> str:
    """The digest of an open file from its beginning; leaves it at the beginning.

    Raises:
        SubjectError: ``not_readable``.
    """
    with _reading(path):
        file.seek(0)
        digest = hashlib.file_digest(cast("FileIO", file), "sha256")
        file.seek(0)
    return named(digest.hexdigest())


def _next_chunk(file: BinaryIO, path: Path) -> bytes:
    with _reading(path):
        return file.read(_CHUNK)


@contextlib.contextmanager
def _reading(path: Path | str) -> Iterator[None]:
    """Turn what the system says about reading an open file into a sentence: a disk may fail halfway."""
    try:
        yield
    except OSError as wrong:
        raise _not_readable(path, wrong) from None


def _not_readable(path: Path | str, wrong: OSError) -> SubjectError:
    return SubjectError(f"{path} cannot be read ({wrong.strerror}).", code="not_readable")


def open_regular(path: Path) -> BinaryIO:
    """Open a regular file for reading, and nothing else: a pipe would block, a device never end.

    Raises:
        SubjectError: ``not_found``, ``not_a_file`` or ``not_readable``.
    """
    try:
        file = open(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb", buffering=0)  # noqa: PTH123, SIM115
    except (FileNotFoundError, NotADirectoryError):
        raise SubjectError(
            f"There is no file {os.path.normpath(path)}.",
            code="not_found",
            remedy="Paths are relative to the specification.",
        ) from None
    except IsADirectoryError:
        raise SubjectError(
            f"{path} is a folder where a file is expected.",
            code="not_a_file",
            remedy="Name the file in it that is meant.",
        ) from None
    except OSError as wrong:
        raise _not_readable(path, wrong) from None
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise SubjectError(f"{path} is not a regular file.", code="not_a_file")
    return file


def file_changed(path: Path | str) -> SubjectError:
    """The error for a file that is not, or no longer, the one that was bound."""
    return SubjectError(
        f"{path} is not the file that was bound: its content has changed since.",
        code="file_changed",
        remedy="Put the file back, or start again with the new one.",
    )
