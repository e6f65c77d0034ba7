"""What a call is likely to take, told before it is made."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Estimate:
    """``requests`` are those of a reading in which nothing has to be asked for again; the tokens are those of all.

    ``answer_tokens`` is from the shortest answer that the type allows to one for which every line that looks like a
    row is an item. ``usd`` goes with it; None where no prices are known.
    """

    requests: int
    prompt_tokens: int
    answer_tokens: tuple[int, int]
    usd: tuple[float, float] | None = None

    def _repr_html_(self) -> str:
        from .display import card, facts

        low, high = self.answer_tokens
        row = {"requests": f"{self.requests:,}", "tokens of prompts": f"about {self.prompt_tokens:,}"}
        row["tokens of answers"] = f"{low:,} to {high:,}"
        row["US dollars"] = f"{self.usd[0]:.5f} to {self.usd[1]:.5f}" if self.usd else ""
        return card([facts([row])])

    def __str__(self) -> str:
        """One line: ``3 requests, about 31,200 + 900 to 4,100 tokens, $0.00120 to $0.00310``."""
        low, high = self.answer_tokens
        parts = [f"{self.requests} request{'s' * (self.requests != 1)}"]
        parts.append(f"about {self.prompt_tokens:,} + {low:,} to {high:,} tokens")
        parts += [f"${self.usd[0]:.5f} to ${self.usd[1]:.5f}"] if self.usd else []
        return ", ".join(parts)
