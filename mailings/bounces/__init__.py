"""Notices that messages came back or are late (RFC 3464): found in mailboxes, read, written down, told to staff."""
