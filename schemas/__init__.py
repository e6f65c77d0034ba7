"""Ready-made types for common documents: give one to ``extract``, or take a part of it for a type of your own.

    from schemas import Invoice
    extract(Invoice, Path("invoice.pdf")).value.total

Nothing is required, since documents leave out what they like; what is there is checked as people check it: sums, dates
in order, check digits. A check that fails says what is off, so that a model can mend it. Money is ``float``
(``schemas.fields`` says why), percentages are as printed (19 for 19 %), dates are ``datetime.date``, currencies are
ISO 4217 codes.
"""

from .bank_statement import BankStatement, Transaction
from .contract import Contract, ContractParty
from .email import Email, Mailbox
from .event import Event
from .identity_document import IdentityDocument
from .invoice import Invoice
from .product import Product, Property
from .purchase_order import PurchaseOrder
from .receipt import Receipt, ReceiptItem
from .resume import Certificate, Job, Language, Resume, Study
from .scientific_paper import Author, ScientificPaper
from .table import Table
from .trade import Address, Line, Party, TaxLine

__all__ = [
    "TYPES",
    "Address",
    "Author",
    "BankStatement",
    "Certificate",
    "Contract",
    "ContractParty",
    "Email",
    "Event",
    "IdentityDocument",
    "Invoice",
    "Job",
    "Language",
    "Line",
    "Mailbox",
    "Party",
    "Product",
    "Property",
    "PurchaseOrder",
    "Receipt",
    "ReceiptItem",
    "Resume",
    "ScientificPaper",
    "Study",
    "Table",
    "TaxLine",
    "Transaction",
]

TYPES = (
    "BankStatement",
    "Contract",
    "Email",
    "Event",
    "IdentityDocument",
    "Invoice",
    "Product",
    "PurchaseOrder",
    "Receipt",
    "Resume",
    "ScientificPaper",
    "Table",
)
"""The names of the types for whole documents; the other exports are their parts."""
