"""The loop, written once: a generator that yields effects and is sent their outcomes. No I/O.

flow = extraction(schema, document, settings)
(ask,) = next(flow)
(ask,) = flow.send((Completion(content="…"),))      # until StopIteration, whose value is the Result
"""

from .bill import bill, billed
from .effects import Answer, Ask, Check, Effect, Flow, Outcome, Rolling, Stopped, Verdict, stop
from .together import together
from .watched import extraction

__all__ = [
    "Answer",
    "Ask",
    "Check",
    "Effect",
    "Flow",
    "Outcome",
    "Rolling",
    "Stopped",
    "Verdict",
    "bill",
    "billed",
    "extraction",
    "stop",
    "together",
]
