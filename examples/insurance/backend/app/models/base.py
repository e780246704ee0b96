"""The declarative base and what all models have in common.

The models are read-only: they say what the migrations in db/migration have made. Tables, columns
and indexes come from a migration; the model follows in the same change. Never call create_all().
"""

from sqlalchemy import Column, DateTime, func
from sqlalchemy.orm import declarative_base

Base = declarative_base()


class TimestampMixin:
    """created_at and updated_at; the latter is kept by the trigger set_updated_at."""

    created_at = Column(DateTime(timezone=True), nullable=False, server_default=func.now())
    updated_at = Column(DateTime(timezone=True), nullable=False, server_default=func.now())
