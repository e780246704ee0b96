"""Leads, what was done about them, and quotations."""

import uuid

from sqlalchemy import (
    CheckConstraint,
    Column,
    Computed,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Numeric,
    SmallInteger,
    String,
    Text,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID

from .base import Base, TimestampMixin
from .types import EmailAddress, LeadActivity, LeadStage, MobileNumber, Percentage


class Lead(Base, TimestampMixin):
    """People who may buy; a won lead points to the policyholder it became."""

    __tablename__ = "leads"
    __table_args__ = (
        CheckConstraint("score BETWEEN 0 AND 100", name="chk_leads_score"),
        CheckConstraint("expected_premium >= 0", name="chk_leads_expected_premium"),
        CheckConstraint("stage <> 'won' OR policyholder_id IS NOT NULL", name="chk_leads_won"),
        CheckConstraint("(stage = 'lost') = (lost_reason IS NOT NULL)", name="chk_leads_lost"),
        Index("idx_leads_tenant_id_stage", "tenant_id", "stage"),
        Index("idx_leads_agent_id", "agent_id"),
        Index("idx_leads_category_id", "category_id"),
        Index("idx_leads_policyholder_id", "policyholder_id"),
        Index(
            "idx_leads_full_name",
            "full_name",
            postgresql_using="gin",
            postgresql_ops={"full_name": "shared.gin_trgm_ops"},
        ),
        Index(
            "idx_leads_attributes",
            "attributes",
            postgresql_using="gin",
            postgresql_ops={"attributes": "jsonb_path_ops"},
        ),
        Index("idx_leads_email", text("lower(email)"), postgresql_where=text("email IS NOT NULL")),
        Index(
            "uq_leads_open_mobile",
            "tenant_id",
            "mobile",
            unique=True,
            postgresql_where=text("stage NOT IN ('won', 'lost')"),
        ),
        {
            "schema": "lic_schema",
            "comment": "People who may buy; a won lead points to the policyholder it became",
        },
    )

    id = Column(
        UUID(as_uuid=True), primary_key=True, default=uuid.uuid4, server_default=text("gen_random_uuid()")
    )
    tenant_id = Column(
        UUID(as_uuid=True), ForeignKey("shared.tenants.id", ondelete="CASCADE"), nullable=False
    )
    agent_id = Column(UUID(as_uuid=True), ForeignKey("lic_schema.agents.id", ondelete="SET NULL"))
    category_id = Column(
        UUID(as_uuid=True), ForeignKey("shared.insurance_categories.id", ondelete="SET NULL")
    )
    policyholder_id = Column(
        UUID(as_uuid=True), ForeignKey("lic_schema.policyholders.id", ondelete="SET NULL")
    )
    full_name = Column(String(200), nullable=False)
    mobile = Column(MobileNumber, nullable=False)
    email = Column(EmailAddress)
    stage = Column(LeadStage, nullable=False, server_default=text("'new'"))
    source = Column(String(50), nullable=False, server_default=text("'walk_in'"))
    expected_premium = Column(Numeric(14, 2))
    score = Column(
        SmallInteger,
        nullable=False,
        server_default=text("0"),
        comment="0 to 100; computed by the application every night",
    )
    lost_reason = Column(String(200))
    attributes = Column(
        JSONB,
        nullable=False,
        server_default=text("'{}'"),
        comment="Answers of the questionnaire; search with @>",
    )


class LeadActivity(Base, TimestampMixin):
    """What was done about a lead, newest first on screen."""

    __tablename__ = "lead_activities"
    __table_args__ = (
        Index("idx_lead_activities_lead_id_happened_at", "lead_id", text("happened_at DESC")),
        Index("idx_lead_activities_performed_by_user_id", "performed_by_user_id"),
        {"schema": "lic_schema", "comment": "What was done about a lead, newest first on screen"},
    )

    id = Column(
        UUID(as_uuid=True), primary_key=True, default=uuid.uuid4, server_default=text("gen_random_uuid()")
    )
    lead_id = Column(
        UUID(as_uuid=True), ForeignKey("lic_schema.leads.id", ondelete="CASCADE"), nullable=False
    )
    performed_by_user_id = Column(UUID(as_uuid=True), ForeignKey("lic_schema.users.id", ondelete="SET NULL"))
    activity = Column(LeadActivity, nullable=False)
    notes = Column(Text)
    happened_at = Column(DateTime(timezone=True), nullable=False, server_default=func.now())


class PremiumQuote(Base, TimestampMixin):
    """Quotations; binding for the insurer until valid_until."""

    __tablename__ = "premium_quotes"
    __table_args__ = (
        CheckConstraint("sum_assured > 0 AND net_premium > 0", name="chk_premium_quotes_amounts"),
        Index("idx_premium_quotes_tenant_id", "tenant_id"),
        Index("idx_premium_quotes_lead_id", "lead_id"),
        Index("idx_premium_quotes_plan_id", "plan_id"),
        {"schema": "lic_schema", "comment": "Quotations; binding for the insurer until valid_until"},
    )

    id = Column(
        UUID(as_uuid=True), primary_key=True, default=uuid.uuid4, server_default=text("gen_random_uuid()")
    )
    tenant_id = Column(
        UUID(as_uuid=True), ForeignKey("shared.tenants.id", ondelete="CASCADE"), nullable=False
    )
    lead_id = Column(
        UUID(as_uuid=True), ForeignKey("lic_schema.leads.id", ondelete="CASCADE"), nullable=False
    )
    plan_id = Column(
        UUID(as_uuid=True), ForeignKey("lic_schema.insurance_plans.id", ondelete="RESTRICT"), nullable=False
    )
    sum_assured = Column(Numeric(14, 2), nullable=False)
    net_premium = Column(Numeric(14, 2), nullable=False)
    gst_rate = Column(Percentage, nullable=False)
    gross_premium = Column(
        Numeric(14, 2),
        Computed("ROUND(net_premium * (1 + gst_rate / 100), 2)", persisted=True),
        comment="Net premium plus GST in rupees (₹), computed",
    )
    valid_until = Column(Date, nullable=False)
    accepted_at = Column(DateTime(timezone=True))
