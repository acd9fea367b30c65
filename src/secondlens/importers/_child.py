"""One child process: started, asked, and killed when it takes too long, dies or talks nonsense."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from threading import Lock, Timer
from time import monotonic
from typing import IO

import msgspec

from secondlens.errors import BadInput
from secondlens.importers._feeding import Feeding
from secondlens.importers._messages import (
    Answer,
    Confinement,
    Ending,
    Hello,
    Limits,
    OutOfBounds,
    Question,
    Wanted,
    receive,
    send,
)
from secondlens.importers.incoming import Lying
from secondlens.importers.tidying import no_tidying

UNCHANGED = "Nothing of it was kept, and your vault is unchanged."
TOO_MUCH_MEMORY = (
    f"This file needed more memory than a health record should, so reading it was stopped. {UNCHANGED} "
    "Ask for it in smaller parts, for example year by year."
)
TOO_LONG = (
    f"This file took longer to read than a health record should, so reading it was stopped. {UNCHANGED} "
    "Ask for it in smaller parts, for example year by year."
)
TOO_MUCH = (
    f"This file turned into more than a health record could hold, so reading it was stopped. {UNCHANGED} "
    "Ask for it in smaller parts, for example year by year."
)
DIED = (
    f"This file brought the reader down. {UNCHANGED} "
    "Download the file again; if that does not help, it may be damaged or built to do harm."
)
MISBEHAVED = (
    f"This file made the reader answer in a way that cannot be trusted, so reading it was stopped. {UNCHANGED} "
    "Download the file again; if that does not help, it may be built to do harm."
)
NOT_STARTED = (
    f"Secondlens could not start the part of itself that reads files. {UNCHANGED} "
    "Close other programs and try again; if that does not help, install Secondlens again."
)
STOPPED = f"Reading was stopped. {UNCHANGED} Choose the file again when you want it."

_SECONDS_TO_START = 30.0
_LARGEST_HELLO = 4096
_PIPE = 1024 * 1024  # what Linux lets anybody have: a large file then wakes both sides 16 times less often
_OUT_OF_SECONDS = -int(getattr(signal, "SIGXCPU", 0))
# All that a decoder raises on bytes that are not what it looks for, or that pretend to hold billions of things.
_NONSENSE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, MemoryError, OverflowError, ValueError)

_decoder = msgspec.msgpack.Decoder(Answer)


class Stopped(BadInput):
    """Reading a file was stopped; the message is one of the sentences above."""


class Bounds(msgspec.Struct, frozen=True):
    """The most a child may say about one file: bytes in one message, and in all of them together."""

    message: int
    total: int


class Child:
    """One process that reads files. `fresh` means that it has read none yet.

    Raises Stopped when the process cannot be started or does not say that it is ready.
    """

    def __init__(self, command: Sequence[str], limits: Limits) -> None:
        self._memory = limits.memory
        self._seconds_left = float(limits.seconds)
        self.fresh = True
        self._timed_out = False
        self._ending = Lock()
        try:
            self._process = subprocess.Popen(  # noqa: S603  (our own program, with nothing of a file in its arguments)
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                pipesize=_PIPE,
                stderr=subprocess.DEVNULL,  # a traceback may quote the file
                cwd=os.path.abspath(os.sep),  # noqa: PTH100  (the root of this drive, where nothing lies beside it)
                env=_environment(),
                start_new_session=True,  # Ctrl-C is for the parent, which then ends its child
            )
        except OSError:
            raise Stopped(NOT_STARTED) from None
        self.confinement = self._say_hello(limits)

    def ask(
        self,
        question: Question,
        content: bytes | Lying,
        bounds: Bounds,
        seconds: float,
        take: Callable[[Answer], None],
    ) -> Ending:
        """Ask about one file, hand each part of the answer to `take`, give the ending. Raises Stopped.

        The bytes of the file are sent, or the child is given the parts it asks for. The caller ends a child that
        did not come to an ending.
        """
        self.fresh = False
        started = monotonic()
        with self._watched(seconds), no_tidying():
            # A child that is gone has perhaps said why before.
            with suppress(OSError):
                send(self._questions, question)
                if isinstance(content, bytes):
                    self._questions.write(content)
                self._questions.flush()
            if isinstance(content, bytes):
                ending = listen(self._answers, bounds, take)
            else:
                ending = self._listen_and_feed(content, bounds, take)
        if ending is None:
            raise Stopped(self._why_it_died())
        self._seconds_left -= monotonic() - started
        return ending

    def _listen_and_feed(self, lying: Lying, bounds: Bounds, take: Callable[[Answer], None]) -> Ending | None:
        with Feeding(self._questions, lying, self._kill) as feeding:

            def hear(answer: Answer) -> None:
                if not isinstance(answer, Wanted):
                    take(answer)
                elif not feeding.want(answer):
                    raise Stopped(MISBEHAVED)

            ending = listen(self._answers, bounds, hear)
            if ending is None:
                self._kill()
        if feeding.problem:
            raise Stopped(str(feeding.problem))
        return ending

    def has_room(self, memory: int, seconds: float) -> bool:
        """Tell whether it may be asked about a file that may use this much."""
        # Time may run out just after an ending was said: such a child is dead.
        return not self._timed_out and self._memory >= memory and self._seconds_left >= seconds

    def kill(self) -> None:
        """Kill the process, from any thread: whoever waits for its answer sees the pipe end."""
        with self._ending:
            if self._process.returncode is None:
                self._kill()

    def end(self) -> None:
        """Kill the process and everything it started, and wait until it is gone."""
        with self._ending:
            if self._process.returncode is not None:
                return
            self._kill()
            self._process.wait()
        for stream in (self._questions, self._answers):
            with suppress(OSError):
                stream.close()

    @property
    def _questions(self) -> IO[bytes]:
        assert self._process.stdin  # noqa: S101  (asked for above)
        return self._process.stdin

    @property
    def _answers(self) -> IO[bytes]:
        assert self._process.stdout  # noqa: S101  (asked for above)
        return self._process.stdout

    def _say_hello(self, limits: Limits) -> Confinement:
        try:
            with self._watched(_SECONDS_TO_START), suppress(OSError):
                send(self._questions, limits)
                self._questions.flush()
                hello = _decoder.decode(receive(self._answers, _LARGEST_HELLO) or b"")
                if isinstance(hello, Hello):
                    return hello.confinement
        except (OutOfBounds, *_NONSENSE):
            pass
        except BaseException:
            self.end()
            raise
        self.end()
        raise Stopped(NOT_STARTED)

    def _why_it_died(self) -> str:
        self.end()
        if self._timed_out or self._process.returncode == _OUT_OF_SECONDS:
            return TOO_LONG
        return DIED

    @contextmanager
    def _watched(self, seconds: float) -> Iterator[None]:
        """Kill the process when it takes longer: whoever waits for its answer then sees the pipe end."""
        timer = Timer(seconds, self._time_is_up)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            timer.join()

    def _time_is_up(self) -> None:
        self._timed_out = True
        self._kill()

    def _kill(self) -> None:
        with suppress(OSError):
            if sys.platform == "win32":
                self._process.kill()
            else:
                # Not waited for yet, so the number is still its own.
                os.killpg(self._process.pid, signal.SIGKILL)


def listen(answers: IO[bytes], bounds: Bounds, take: Callable[[Answer], None]) -> Ending | None:
    """Hand every part of an answer to `take`, give the ending; None when there is none. Raises Stopped."""
    total = 0
    try:
        while (body := receive(answers, bounds.message)) is not None:
            total += len(body)
            if total > bounds.total:
                raise Stopped(TOO_MUCH)
            answer = _decoder.decode(body)
            if isinstance(answer, Ending):
                return answer
            take(answer)
    except OutOfBounds:
        raise Stopped(TOO_MUCH) from None
    except _NONSENSE:
        raise Stopped(MISBEHAVED) from None
    return None


def _environment() -> dict[str, str]:
    """Give the child nothing that may be secret; Windows does not start a program without its own folder."""
    return {name: value for name in ("SYSTEMROOT",) if (value := os.environ.get(name))}
