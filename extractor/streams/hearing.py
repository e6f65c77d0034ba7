"""One streamed answer while it is heard: bytes in, what they say to the show, a completion out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from ..chat import ChunkChoice, Completion, CompletionChunk, EventReader, Fold
from ..chat.loose import mended
from ..flow.reading import text_of
from .guards import Guard

if TYPE_CHECKING:
    from ..flow.step import Step
    from ..limits import Guards
    from .show import Show, Unshown


class Hearing:
    """``received`` counts the characters of all choices, ``cut`` is why no more of it is wanted. The first is shown."""

    def __init__(self, show: Show | Unshown, step: Step | None, guards: Guards) -> None:
        self.received = 0
        self.cut: str | None = None
        self._show = show
        self._name = step.form.name if step is not None else ""
        self._reader = EventReader()
        self._fold = Fold()
        self._guards = Guard(guards), Guard(guards)
        self._content: list[str] = []
        self._calls: dict[int | None, list[str]] = {}
        self._source: int | str | None = "content"
        self._said: list[str] = []

    @property
    def done(self) -> bool:
        """Whether the event that ends a stream came."""
        return self._reader.done

    def feed(self, data: bytes) -> None:
        """Raises ModelProtocolError where it is no stream, or where it tells an error."""
        self._hear(self._reader.hear(data))

    def close(self) -> None:
        """The stream has ended. Raises ModelProtocolError where it broke off."""
        self._hear(self._reader.close())

    def completion(self) -> Completion:
        """What came until now, as a completion."""
        came = self._fold.completion() if self._fold.begun else Completion(content="", finish_reason=None)
        if self.cut is None:
            return came
        first = replace(came.choices[0], finish_reason=self.cut)
        return replace(came, choices=(first, *came.choices[1:]))

    def _hear(self, chunks: Iterable[CompletionChunk | str]) -> None:
        for chunk in chunks:
            if isinstance(chunk, str):
                self._more(chunk)
                continue
            self._fold.add(chunk)
            for choice in chunk.choices:
                self._count(choice)
                if choice.index == 0:
                    self._take(choice)
        said, self._said = "".join(self._said), []
        if said:
            self._show.hear(said)
            self.cut = self.cut or self._guards[0].add(said)

    def _more(self, content: str) -> None:
        self._fold.more(content)
        self.received += len(content)
        self._content.append(content)
        if self._source == "content":
            self._said.append(content)

    def _count(self, choice: ChunkChoice) -> None:
        delta = choice.delta
        self.received += len(delta.content or "") + len(delta.reasoning or "")
        for call in delta.tool_calls:
            self.received += len(call.function.arguments or "") if call.function else 0

    def _take(self, choice: ChunkChoice) -> None:
        delta = choice.delta
        thought = delta.reasoning or "".join(detail.text or "" for detail in delta.reasoning_details)
        if thought:
            self._show.reasoning.append(mended(thought))
            self.cut = self.cut or self._guards[1].add(thought)
        if delta.content:
            self._content.append(delta.content)
            if self._source == "content":
                self._said.append(delta.content)
        for call in delta.tool_calls:
            if call.function is not None:
                self._called(call.index, call.function.name, call.function.arguments or "")

    def _called(self, index: int | None, name: str | None, arguments: str) -> None:
        """More of a tool call. It is the answer where it has its name, or where there is no other."""
        said = self._calls.setdefault(index, [])
        said.append(arguments)
        if self._source == index:
            self._said.append(arguments)
        elif self._source == "content" and (name == self._name or not "".join(self._content).strip()):
            self._source, self._said = index, ["".join(said)]
            self._show.begin_again()

    def told(self, completion: Completion) -> None:
        """An answer that came at once, since the endpoint does not stream."""
        if completion.reasoning:
            self._show.reasoning.append(completion.reasoning)
        self._show.hear(text_of(completion, self._name))
