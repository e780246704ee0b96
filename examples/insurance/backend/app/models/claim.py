"""Claims and the way they went."""

import uuid

from sqlalchemy import (
    CheckConstraint,
    Column,
    Computed,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    Numeric,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import UUID

from .base import Base, TimestampMixin
from .types import ClaimStatus, ClaimType


class ClaimNumberSeries(Base, TimestampMixin):
    """Last claim number of each tenant and financial year."""

    __tablename__ = "claim_number_series"
    __table_args__ = (
        UniqueConstraint(
            "tenant_id", "financial_year", name="uq_claim_number_series_tenant_id_financial_year"
        ),
        {"schema": "lic_schema", "comment": "Last claim number of each tenant and financial year"},
    )

    id = Column(
        UUID(as_uuid=True), primary_key=True, default=uuid.uuid4, server_default=text("gen_random_uuid()")
    )
    tenant_id = Column(
        UUID(as_uuid=True), ForeignKey("shared.tenants.id", ondelete="RESTRICT"), nullable=False
    )
    financial_year = Column(SmallInteger, nullable=False)
    last_number = Column(Integer, nullable=False, server_default=text("0"))


class Claim(Base, TimestampMixin):
    """Claims on policies."""

    __tablename__ = "claims"
    __table_args__ = (
        UniqueConstraint("tenant_id", "claim_number", name="uq_claims_tenant_id_claim_number"),
        CheckConstraint(
            "claimed_amount > 0 AND deductions >= 0 AND approved_amount >= 0", name="chk_claims_amounts"
        ),
        CheckConstraint("(status = 'rejected') = (rejection_reason IS NOT NULL)", name="chk_claims_rejected"),
        CheckConstraint(
            "status <> 'settled' OR (settled_at IS NOT NULL AND approved_amount IS NOT NULL)",
            name="chk_claims_settled",
        ),
        Index("idx_claims_policy_id", "policy_id"),
        Index("idx_claims_nominee_id", "nominee_id"),
        Index("idx_claims_assessor_user_id", "assessor_user_id"),
        Index(
            "idx_claims_open",
            "tenant_id",
            "submitted_at",
            postgresql_where=text("status NOT IN ('rejected', 'settled', 'withdrawn')"),
        ),
        {"schema": "lic_schema", "comment": "Claims on policies"},
    )

    id = Column(
        UUID(as_uuid=True), primary_key=True, default=uuid.uuid4, server_default=text("gen_random_uuid()")
    )
    tenant_id = Column(
        UUID(as_uuid=True), ForeignKey("shared.tenants.id", ondelete="RESTRICT"), nullable=False
    )
    policy_id = Column(
        UUID(as_uuid=True),
        ForeignKey("lic_schema.insurance_policies.id", ondelete="RESTRICT"),
        nullable=False,
    )
    nominee_id = Column(UUID(as_uuid=True), ForeignKey("lic_schema.policy_nominees.id", ondelete="RESTRICT"))
    assessor_user_id = Column(UUID(as_uuid=True), ForeignKey("lic_schema.users.id", ondelete="SET NULL"))
    claim_number = Column(String(20), nullable=False)
    claim_type = Column(ClaimType, nullable=False)
    status = Column(ClaimStatus, nullable=False, server_default=text("'submitted'"))
    incident_on = Column(Date, nullable=False)
    claimed_amount = Column(Numeric(14, 2), nullable=False)
    approved_amount = Column(Numeric(14, 2))
    deductions = Column(Numeric(14, 2), nullable=False, server_default=text("0"))
    payable_amount = Column(
        Numeric(14, 2),
        Computed("GREATEST(approved_amount - deductions, 0)", persisted=True),
        comment="Approved less deductions in rupees (₹), never negative; computed",
    )
    rejection_reason = Column(Text)
    submitted_at = Column(DateTime(timezone=True), nullable=False, server_default=func.now())
    settled_at = Column(DateTime(timezone=True))


class ClaimDocument(Base, TimestampMixin):
    """Papers of a claim and who verified them."""

    __tablename__ = "claim_documents"
    __table_args__ = (
        CheckConstraint(
            "verified_by_user_id IS NULL OR verified_at IS NOT NULL", name="chk_claim_documents_verified"
        ),
        Index("idx_claim_documents_claim_id", "claim_id"),
        Index("idx_claim_documents_verified_by_user_id", "verified_by_user_id"),
        {"schema": "lic_schema", "comment": "Papers of a claim and who verified them"},
    )

    id = Column(
        UUID(as_uuid=True), primary_key=True, default=uuid.uuid4, server_default=text("gen_random_uuid()")
    )
    claim_id = Column(
        UUID(as_uuid=True), ForeignKey("lic_schema.claims.id", ondelete="CASCADE"), nullable=False
    )
    verified_by_user_id = Column(UUID(as_uuid=True), ForeignKey("lic_schema.users.id", ondelete="SET NULL"))
    document_type = Column(String(50), nullable=False)
    storage_url = Column(String(1000), nullable=False)
    verified_at = Column(DateTime(timezone=True))


class ClaimStatusHistory(Base, TimestampMixin):
    """Every status a claim had; written by triggers."""

    __tablename__ = "claim_status_history"
    __table_args__ = (
        Index("idx_claim_status_history_claim_id", "claim_id"),
        {"schema": "lic_schema", "comment": "Every status a claim had; written by triggers"},
    )

    id = Column(
        UUID(as_uuid=True), primary_key=True, default=uuid.uuid4, server_default=text("gen_random_uuid()")
    )
    claim_id = Column(
        UUID(as_uuid=True), ForeignKey("lic_schema.claims.id", ondelete="CASCADE"), nullable=False
    )
    from_status = Column(ClaimStatus)
    to_status = Column(ClaimStatus, nullable=False)
    changed_by = Column(Text, nullable=False, server_default=text("CURRENT_USER"))
