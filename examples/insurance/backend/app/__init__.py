"""The backend of the example; only its models are here."""
