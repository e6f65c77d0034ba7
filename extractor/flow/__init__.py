"""The loop, written once: a generator that yields effects and is sent their outcomes. No I/O.

flow = extraction(schema, document, settings)
(ask,) = next(flow)
(ask,) = flow.send((Completion(content="…"),))      # until StopIteration, whose value is the Result
"""

from .bill import bill, billed
from .loop import Ask, Effect, Flow, Outcome, extraction

__all__ = ["Ask", "Effect", "Flow", "Outcome", "bill", "billed", "extraction"]
