"""Mails: EML and MSG, as a page each, with what hangs on them as attachments."""
