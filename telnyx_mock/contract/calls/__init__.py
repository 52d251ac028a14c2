"""Plays random calls with a receiver, and checks what must hold in every call."""
