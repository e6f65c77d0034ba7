"""How good an extraction is: values held against gold, with intervals, and what two of them differ in."""

from .comparison import Comparison
from .difference import Difference, DocumentGain, Gain, difference
from .evaluation import Evaluation
from .gold import Gold
from .intervals import Sampling, Score
from .run import compare, evaluate
from .scores import Counts, DocumentScore, Fault, FieldScore

__all__ = [
    "Comparison",
    "Counts",
    "Difference",
    "DocumentGain",
    "DocumentScore",
    "Evaluation",
    "Fault",
    "FieldScore",
    "Gain",
    "Gold",
    "Sampling",
    "Score",
    "compare",
    "difference",
    "evaluate",
]
