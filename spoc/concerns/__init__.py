"""The pages, mails and lists of concerns and their groups."""
