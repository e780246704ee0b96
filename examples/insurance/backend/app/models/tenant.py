"""Tenants and their settings."""

import uuid

from sqlalchemy import CheckConstraint, Column, Date, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB, UUID

from .base import Base, TimestampMixin
from .types import TenantStatus


class Tenant(Base, TimestampMixin):
    """Organisations that use the platform."""

    __tablename__ = "tenants"
    __table_args__ = (
        UniqueConstraint("code", name="uq_tenants_code"),
        UniqueConstraint("schema_name", name="uq_tenants_schema_name"),
        CheckConstraint("code ~ '^[A-Z][A-Z0-9_]*$'", name="chk_tenants_code"),
        CheckConstraint("schema_name ~ '^[a-z][a-z0-9_]*_schema$'", name="chk_tenants_schema_name"),
        CheckConstraint("status <> 'trial' OR trial_ends_on IS NOT NULL", name="chk_tenants_trial"),
        Index("idx_tenants_provider_id", "provider_id"),
        Index("idx_tenants_country_id", "country_id"),
        Index("idx_tenants_default_language_id", "default_language_id"),
        {"schema": "shared", "comment": "Organisations that use the platform"},
    )

    id = Column(
        UUID(as_uuid=True), primary_key=True, default=uuid.uuid4, server_default=text("gen_random_uuid()")
    )
    code = Column(String(20), nullable=False)
    name = Column(String(200), nullable=False)
    schema_name = Column(
        String(63),
        nullable=False,
        comment="Where the tenant's own tables are; see shared.create_tenant_schema",
    )
    provider_id = Column(UUID(as_uuid=True), ForeignKey("shared.insurance_providers.id", ondelete="RESTRICT"))
    country_id = Column(
        UUID(as_uuid=True), ForeignKey("shared.countries.id", ondelete="RESTRICT"), nullable=False
    )
    default_language_id = Column(
        UUID(as_uuid=True), ForeignKey("shared.languages.id", ondelete="RESTRICT"), nullable=False
    )
    status = Column(TenantStatus, nullable=False, server_default=text("'trial'"))
    trial_ends_on = Column(Date)


class TenantSetting(Base, TimestampMixin):
    """Settings of a tenant, one row a key."""

    __tablename__ = "tenant_settings"
    __table_args__ = (
        UniqueConstraint("tenant_id", "setting_key", name="uq_tenant_settings_tenant_id_setting_key"),
        {"schema": "shared", "comment": "Settings of a tenant, one row a key"},
    )

    id = Column(
        UUID(as_uuid=True), primary_key=True, default=uuid.uuid4, server_default=text("gen_random_uuid()")
    )
    tenant_id = Column(
        UUID(as_uuid=True), ForeignKey("shared.tenants.id", ondelete="CASCADE"), nullable=False
    )
    setting_key = Column(String(100), nullable=False)
    setting_value = Column(JSONB, nullable=False)
