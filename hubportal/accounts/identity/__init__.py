"""Signing in by an identity of the outside (OpenID Connect; made for CSAM and itsme): allauth's, and closed further."""
