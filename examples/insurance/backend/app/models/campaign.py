"""Campaigns and whom they reached."""

import uuid

from sqlalchemy import (
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Numeric,
    String,
    Text,
    UniqueConstraint,
    orm,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID

from .base import Base, TimestampMixin
from .types import CampaignStatus, DeliveryStatus, NotificationChannel, Percentage


class Campaign(Base, TimestampMixin):
    """Messages an agent sends to many policyholders."""

    __tablename__ = "campaigns"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "agent_id"],
            ["lic_schema.agents.tenant_id", "lic_schema.agents.id"],
            name="campaigns_tenant_id_agent_id_fkey",
            ondelete="RESTRICT",
        ),
        UniqueConstraint("tenant_id", "code", name="uq_campaigns_tenant_id_code"),
        CheckConstraint("ends_at > starts_at", name="chk_campaigns_period"),
        CheckConstraint(
            "status IN ('draft', 'cancelled') OR starts_at IS NOT NULL", name="chk_campaigns_started"
        ),
        CheckConstraint("budget >= 0 AND spent >= 0", name="chk_campaigns_money"),
        Index("idx_campaigns_tenant_id_agent_id", "tenant_id", "agent_id"),
        Index(
            "idx_campaigns_starts_at",
            "starts_at",
            postgresql_where=text("status IN ('scheduled', 'running')"),
        ),
        Index(
            "idx_campaigns_target_filter",
            "target_filter",
            postgresql_using="gin",
            postgresql_ops={"target_filter": "jsonb_path_ops"},
        ),
        {"schema": "lic_schema", "comment": "Messages an agent sends to many policyholders"},
    )

    id = Column(
        UUID(as_uuid=True), primary_key=True, default=uuid.uuid4, server_default=text("gen_random_uuid()")
    )
    tenant_id = Column(
        UUID(as_uuid=True), ForeignKey("shared.tenants.id", ondelete="CASCADE"), nullable=False
    )
    agent_id = Column(UUID(as_uuid=True), nullable=False)
    code = Column(String(30), nullable=False)
    name = Column(String(200), nullable=False)
    status = Column(CampaignStatus, nullable=False, server_default=text("'draft'"))
    channel = Column(NotificationChannel, nullable=False)
    target_filter = Column(
        JSONB,
        nullable=False,
        server_default=text("'{}'"),
        comment='Whom to write to, such as {"plan_code": "T-854", "city": "Chennai"}',
    )
    starts_at = Column(DateTime(timezone=True))
    ends_at = Column(DateTime(timezone=True))
    budget = Column(Numeric(14, 2), nullable=False, server_default=text("0"), comment="In rupees (₹)")
    spent = Column(Numeric(14, 2), nullable=False, server_default=text("0"))

    messages = orm.relationship("CampaignMessage", back_populates="campaign")


class CampaignMessage(Base, TimestampMixin):
    """Text of a campaign by language; variants A to D are tried against each other."""

    __tablename__ = "campaign_messages"
    __table_args__ = (
        UniqueConstraint("campaign_id", "language_id", "variant", name="uq_campaign_messages_variant"),
        CheckConstraint("variant BETWEEN 'A' AND 'D'", name="chk_campaign_messages_variant"),
        Index("idx_campaign_messages_language_id", "language_id"),
        {
            "schema": "lic_schema",
            "comment": "Text of a campaign by language; variants A to D are tried against each other",
        },
    )

    id = Column(
        UUID(as_uuid=True), primary_key=True, default=uuid.uuid4, server_default=text("gen_random_uuid()")
    )
    campaign_id = Column(
        UUID(as_uuid=True), ForeignKey("lic_schema.campaigns.id", ondelete="CASCADE"), nullable=False
    )
    language_id = Column(
        UUID(as_uuid=True), ForeignKey("shared.languages.id", ondelete="RESTRICT"), nullable=False
    )
    variant = Column(String(1), nullable=False, server_default=text("'A'"))
    body = Column(Text, nullable=False)
    weight = Column(Percentage, nullable=False, server_default=text("100"))

    campaign = orm.relationship("Campaign", back_populates="messages")


class CampaignRecipient(Base, TimestampMixin):
    """Who was written to and what came of it."""

    __tablename__ = "campaign_recipients"
    __table_args__ = (
        UniqueConstraint(
            "campaign_id", "policyholder_id", name="uq_campaign_recipients_campaign_id_policyholder_id"
        ),
        CheckConstraint(
            "status IN ('pending', 'failed', 'opted_out') OR sent_at IS NOT NULL",
            name="chk_campaign_recipients_sent",
        ),
        Index("idx_campaign_recipients_policyholder_id", "policyholder_id"),
        Index("idx_campaign_recipients_message_id", "message_id"),
        {"schema": "lic_schema", "comment": "Who was written to and what came of it"},
    )

    id = Column(
        UUID(as_uuid=True), primary_key=True, default=uuid.uuid4, server_default=text("gen_random_uuid()")
    )
    campaign_id = Column(
        UUID(as_uuid=True), ForeignKey("lic_schema.campaigns.id", ondelete="CASCADE"), nullable=False
    )
    policyholder_id = Column(
        UUID(as_uuid=True), ForeignKey("lic_schema.policyholders.id", ondelete="CASCADE"), nullable=False
    )
    message_id = Column(
        UUID(as_uuid=True), ForeignKey("lic_schema.campaign_messages.id", ondelete="SET NULL")
    )
    status = Column(DeliveryStatus, nullable=False, server_default=text("'pending'"))
    sent_at = Column(DateTime(timezone=True))
    opened_at = Column(DateTime(timezone=True))
    answered_at = Column(DateTime(timezone=True))
