"""Requests to be called back."""

import uuid

from sqlalchemy import (
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import UUID

from .base import Base, TimestampMixin
from .types import CallbackPriority, CallbackStatus


class CallbackRequest(Base, TimestampMixin):
    """Policyholders who asked to be called."""

    __tablename__ = "callback_requests"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "agent_id"],
            ["lic_schema.agents.tenant_id", "lic_schema.agents.id"],
            name="callback_requests_tenant_id_agent_id_fkey",
            ondelete="RESTRICT",
        ),
        UniqueConstraint("tenant_id", "request_number", name="uq_callback_requests_tenant_id_request_number"),
        CheckConstraint(
            "status IN ('pending', 'cancelled') OR agent_id IS NOT NULL",
            name="chk_callback_requests_assigned",
        ),
        CheckConstraint(
            "(status = 'completed') = (completed_at IS NOT NULL)", name="chk_callback_requests_completed"
        ),
        CheckConstraint("satisfaction BETWEEN 1 AND 5", name="chk_callback_requests_satisfaction"),
        Index("idx_callback_requests_policyholder_id", "policyholder_id"),
        Index("idx_callback_requests_tenant_id_agent_id", "tenant_id", "agent_id"),
        Index("idx_callback_requests_campaign_id", "campaign_id"),
        Index(
            "idx_callback_requests_queue",
            "tenant_id",
            text("priority DESC"),
            "due_at",
            postgresql_where=text("status IN ('pending', 'assigned')"),
        ),
        {"schema": "lic_schema", "comment": "Policyholders who asked to be called"},
    )

    id = Column(
        UUID(as_uuid=True), primary_key=True, default=uuid.uuid4, server_default=text("gen_random_uuid()")
    )
    tenant_id = Column(
        UUID(as_uuid=True), ForeignKey("shared.tenants.id", ondelete="CASCADE"), nullable=False
    )
    policyholder_id = Column(
        UUID(as_uuid=True), ForeignKey("lic_schema.policyholders.id", ondelete="CASCADE"), nullable=False
    )
    agent_id = Column(UUID(as_uuid=True))
    campaign_id = Column(UUID(as_uuid=True), ForeignKey("lic_schema.campaigns.id", ondelete="SET NULL"))
    request_number = Column(String(20), nullable=False)
    reason = Column(String(50), nullable=False)
    description = Column(Text)
    status = Column(CallbackStatus, nullable=False, server_default=text("'pending'"))
    priority = Column(CallbackPriority, nullable=False, server_default=text("'medium'"))
    requested_at = Column(DateTime(timezone=True), nullable=False, server_default=func.now())
    due_at = Column(
        DateTime(timezone=True),
        nullable=False,
        comment="When somebody must have called; from the priority unless given",
    )
    completed_at = Column(DateTime(timezone=True))
    satisfaction = Column(SmallInteger, comment="1 (bad) to 5 (good), if the policyholder said")


class CallbackActivity(Base, TimestampMixin):
    """Calls made and missed."""

    __tablename__ = "callback_activities"
    __table_args__ = (
        CheckConstraint("duration_seconds >= 0", name="chk_callback_activities_duration"),
        Index("idx_callback_activities_callback_request_id", "callback_request_id", "happened_at"),
        Index("idx_callback_activities_performed_by_user_id", "performed_by_user_id"),
        {"schema": "lic_schema", "comment": "Calls made and missed"},
    )

    id = Column(
        UUID(as_uuid=True), primary_key=True, default=uuid.uuid4, server_default=text("gen_random_uuid()")
    )
    callback_request_id = Column(
        UUID(as_uuid=True), ForeignKey("lic_schema.callback_requests.id", ondelete="CASCADE"), nullable=False
    )
    performed_by_user_id = Column(UUID(as_uuid=True), ForeignKey("lic_schema.users.id", ondelete="SET NULL"))
    action = Column(String(50), nullable=False)
    details = Column(Text)
    duration_seconds = Column(Integer)
    happened_at = Column(DateTime(timezone=True), nullable=False, server_default=func.now())
