"""The operations of the Telnyx API: what each takes and answers, derived from the official SDK."""
