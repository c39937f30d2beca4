"""Relay notes on the portal: written by leads, sent once, read and answered by whom they are addressed to."""
