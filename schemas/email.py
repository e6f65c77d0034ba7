"""E-mails, as a printed page, a screenshot or their own text."""

from __future__ import annotations

from pydantic import Field

from .fields import MailAddress, Moment, Part


class Mailbox(Part):
    """Someone who sends or gets an e-mail."""

    name: str | None = Field(default=None, description="Name as displayed, without the address.")
    address: MailAddress | None = Field(default=None, description="Address only: name@example.org.")


class Email(Part):
    """An e-mail: the newest message of the thread, without those that it quotes. What is not there is left out."""

    sender: Mailbox | None = Field(default=None, description="Who wrote it: the From line.")
    to: list[Mailbox] = Field(default=[], description="All of the To line.")
    cc: list[Mailbox] = Field(default=[], description="All of the Cc line.")
    bcc: list[Mailbox] = Field(default=[], description="All of the Bcc line.")
    reply_to: MailAddress | None = Field(default=None, description="Address of the Reply-To line, if there is one.")
    sent_at: Moment | None = Field(
        default=None, description="Date line as 2024-09-03T10:12:00+02:00; the offset only if one is printed."
    )
    subject: str | None = Field(default=None, description="Subject as printed, with Re: and Fwd:.")
    message_id: str | None = Field(default=None, description="The Message-ID, if there is one.")
    body: str | None = Field(
        default=None, description="The text of the message, without the headers and quoted messages."
    )
    signature: str | None = Field(default=None, description="The lines with which the sender signs, if any.")
    attachments: list[str] = Field(default=[], description="File names of the attachments.")
