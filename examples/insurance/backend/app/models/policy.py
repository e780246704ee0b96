"""Policyholders, plans, policies and premiums."""

import uuid

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Numeric,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    orm,
    text,
)
from sqlalchemy.dialects.postgresql import DATERANGE, INT4RANGE, JSONB, NUMRANGE, UUID

from .base import Base, TimestampMixin
from .types import (
    EmailAddress,
    Gender,
    MobileNumber,
    PanNumber,
    PaymentMethod,
    PaymentStatus,
    Percentage,
    PolicyStatus,
    PremiumFrequency,
)


class Policyholder(Base, TimestampMixin):
    """Customers; they may or may not have an account to sign in with."""

    __tablename__ = "policyholders"
    __table_args__ = (
        UniqueConstraint("tenant_id", "customer_number", name="uq_policyholders_tenant_id_customer_number"),
        CheckConstraint("date_of_birth >= DATE '1900-01-01'", name="chk_policyholders_date_of_birth"),
        Index("idx_policyholders_agent_id", "agent_id"),
        Index("idx_policyholders_user_id", "user_id"),
        Index("idx_policyholders_preferred_language_id", "preferred_language_id"),
        Index("idx_policyholders_mobile", "mobile"),
        Index(
            "idx_policyholders_full_name",
            "full_name",
            postgresql_using="gin",
            postgresql_ops={"full_name": "shared.gin_trgm_ops"},
        ),
        {"schema": "lic_schema", "comment": "Customers; they may or may not have an account to sign in with"},
    )

    id = Column(
        UUID(as_uuid=True), primary_key=True, default=uuid.uuid4, server_default=text("gen_random_uuid()")
    )
    tenant_id = Column(
        UUID(as_uuid=True), ForeignKey("shared.tenants.id", ondelete="RESTRICT"), nullable=False
    )
    agent_id = Column(UUID(as_uuid=True), ForeignKey("lic_schema.agents.id", ondelete="SET NULL"))
    user_id = Column(UUID(as_uuid=True), ForeignKey("lic_schema.users.id", ondelete="SET NULL"))
    preferred_language_id = Column(UUID(as_uuid=True), ForeignKey("shared.languages.id", ondelete="SET NULL"))
    customer_number = Column(String(20), nullable=False)
    first_name = Column(String(100), nullable=False)
    last_name = Column(String(100))
    full_name = Column(String(201), Computed("first_name || COALESCE(' ' || last_name, '')", persisted=True))
    date_of_birth = Column(Date, nullable=False)
    gender = Column(Gender, nullable=False, server_default=text("'undisclosed'"))
    mobile = Column(MobileNumber, nullable=False)
    email = Column(EmailAddress)
    pan = Column(PanNumber, comment="Needed by law when annual premiums exceed ₹50,000; otherwise optional")
    address = Column(JSONB, nullable=False, server_default=text("'{}'"))
    whatsapp_opt_in = Column(Boolean, nullable=False, server_default=text("false"))

    policies = orm.relationship("InsurancePolicy", back_populates="policyholder")


class InsurancePlan(Base, TimestampMixin):
    """Plans of the insurance companies; common to all tenants."""

    __tablename__ = "insurance_plans"
    __table_args__ = (
        UniqueConstraint("provider_id", "plan_code", name="uq_insurance_plans_provider_id_plan_code"),
        CheckConstraint(
            "lower(entry_age) >= 0 AND NOT isempty(entry_age)", name="chk_insurance_plans_entry_age"
        ),
        CheckConstraint("jsonb_typeof(features) = 'array'", name="chk_insurance_plans_features"),
        Index("idx_insurance_plans_category_id", "category_id"),
        Index("idx_insurance_plans_on_sale_during", "on_sale_during", postgresql_using="gist"),
        {"schema": "lic_schema", "comment": "Plans of the insurance companies; common to all tenants"},
    )

    id = Column(
        UUID(as_uuid=True), primary_key=True, default=uuid.uuid4, server_default=text("gen_random_uuid()")
    )
    provider_id = Column(
        UUID(as_uuid=True), ForeignKey("shared.insurance_providers.id", ondelete="RESTRICT"), nullable=False
    )
    category_id = Column(
        UUID(as_uuid=True), ForeignKey("shared.insurance_categories.id", ondelete="RESTRICT"), nullable=False
    )
    plan_code = Column(String(30), nullable=False)
    name = Column(String(200), nullable=False)
    summary = Column(Text)
    entry_age = Column(INT4RANGE, nullable=False, server_default=text("int4range(18, 66)"))
    sum_assured_range = Column(NUMRANGE, nullable=False)
    gst_rate = Column(
        Percentage, nullable=False, server_default=text("18"), comment="Per cent of the premium"
    )
    features = Column(JSONB, nullable=False, server_default=text("'[]'"))
    on_sale_during = Column(
        DATERANGE, nullable=False, comment="Days on which a policy may be sold; open ended for current plans"
    )


class InsurancePolicy(Base, TimestampMixin):
    """Contracts between a policyholder and an insurance company."""

    __tablename__ = "insurance_policies"
    __table_args__ = (
        UniqueConstraint("tenant_id", "policy_number", name="uq_insurance_policies_tenant_id_policy_number"),
        CheckConstraint("sum_assured > 0 AND premium_amount > 0", name="chk_insurance_policies_amounts"),
        CheckConstraint("maturity_date > start_date", name="chk_insurance_policies_dates"),
        CheckConstraint(
            "status IN ('draft', 'pending_approval', 'under_review', 'cancelled') OR start_date IS NOT NULL",
            name="chk_insurance_policies_started",
        ),
        CheckConstraint("grace_days BETWEEN 0 AND 180", name="chk_insurance_policies_grace_days"),
        Index("idx_insurance_policies_policyholder_id", "policyholder_id"),
        Index("idx_insurance_policies_agent_id_status", "agent_id", "status"),
        Index("idx_insurance_policies_plan_id", "plan_id"),
        Index(
            "idx_insurance_policies_next_premium_due",
            "next_premium_due",
            postgresql_where=text("status = 'active'"),
        ),
        Index("idx_insurance_policies_renewed_from_policy_id", "renewed_from_policy_id"),
        {"schema": "lic_schema", "comment": "Contracts between a policyholder and an insurance company"},
    )

    id = Column(
        UUID(as_uuid=True), primary_key=True, default=uuid.uuid4, server_default=text("gen_random_uuid()")
    )
    tenant_id = Column(
        UUID(as_uuid=True), ForeignKey("shared.tenants.id", ondelete="RESTRICT"), nullable=False
    )
    policyholder_id = Column(
        UUID(as_uuid=True), ForeignKey("lic_schema.policyholders.id", ondelete="RESTRICT"), nullable=False
    )
    agent_id = Column(UUID(as_uuid=True), ForeignKey("lic_schema.agents.id", ondelete="SET NULL"))
    plan_id = Column(
        UUID(as_uuid=True), ForeignKey("lic_schema.insurance_plans.id", ondelete="RESTRICT"), nullable=False
    )
    policy_number = Column(String(30), nullable=False)
    status = Column(PolicyStatus, nullable=False, server_default=text("'draft'"))
    sum_assured = Column(Numeric(14, 2), nullable=False)
    premium_amount = Column(
        Numeric(14, 2), nullable=False, comment="One instalment in rupees (₹), before GST"
    )
    premium_frequency = Column(PremiumFrequency, nullable=False, server_default=text("'yearly'"))
    annual_premium = Column(
        Numeric(14, 2),
        Computed(
            "premium_amount * CASE premium_frequency WHEN 'monthly' THEN 12 WHEN 'quarterly' THEN 4 WHEN 'half_yearly' THEN 2 ELSE 1 END",
            persisted=True,
        ),
        comment="Premiums of a year in rupees (₹), computed",
    )
    start_date = Column(Date)
    maturity_date = Column(Date)
    next_premium_due = Column(Date)
    terms = Column(JSONB, nullable=False, server_default=text("'{}'"))
    renewed_from_policy_id = Column(
        UUID(as_uuid=True),
        ForeignKey("lic_schema.insurance_policies.id", ondelete="SET NULL"),
        comment="The policy that this one continues",
    )
    auto_debit = Column(Boolean, nullable=False, server_default=text("false"))
    grace_days = Column(
        SmallInteger,
        nullable=False,
        server_default=text("30"),
        comment="Days after the due date before the policy lapses",
    )
    lapsed_on = Column(Date, comment="Null unless it lapsed; kept when the policy is revived")

    policyholder = orm.relationship("Policyholder", back_populates="policies")
    nominees = orm.relationship("PolicyNominee", back_populates="policy")
    payments = orm.relationship("PremiumPayment", back_populates="policy")


class PolicyNominee(Base, TimestampMixin):
    """Who receives the sum assured; shares may not exceed 100 per cent."""

    __tablename__ = "policy_nominees"
    __table_args__ = (
        UniqueConstraint("policy_id", "full_name", name="uq_policy_nominees_policy_id_full_name"),
        CheckConstraint("share > 0", name="chk_policy_nominees_share"),
        {
            "schema": "lic_schema",
            "comment": "Who receives the sum assured; shares may not exceed 100 per cent",
        },
    )

    id = Column(
        UUID(as_uuid=True), primary_key=True, default=uuid.uuid4, server_default=text("gen_random_uuid()")
    )
    policy_id = Column(
        UUID(as_uuid=True), ForeignKey("lic_schema.insurance_policies.id", ondelete="CASCADE"), nullable=False
    )
    full_name = Column(String(200), nullable=False)
    relationship = Column(String(50), nullable=False)
    date_of_birth = Column(Date)
    guardian_name = Column(String(200), comment="For nominees under eighteen")
    share = Column(Percentage, nullable=False, server_default=text("100"))

    policy = orm.relationship("InsurancePolicy", back_populates="nominees")


class PremiumPayment(Base, TimestampMixin):
    """Premiums due and paid, one row an instalment."""

    __tablename__ = "premium_payments"
    __table_args__ = (
        UniqueConstraint("receipt_number", name="uq_premium_payments_receipt_number"),
        UniqueConstraint("policy_id", "due_date", name="uq_premium_payments_policy_id_due_date"),
        CheckConstraint(
            "amount > 0 AND gst_amount >= 0 AND late_fee >= 0", name="chk_premium_payments_amounts"
        ),
        CheckConstraint(
            "status NOT IN ('paid', 'refunded') OR (paid_at IS NOT NULL AND method IS NOT NULL)",
            name="chk_premium_payments_paid",
        ),
        Index("idx_premium_payments_tenant_id_paid_at", "tenant_id", text("paid_at DESC NULLS LAST")),
        Index(
            "idx_premium_payments_due_date",
            "due_date",
            postgresql_include=["policy_id", "amount"],
            postgresql_where=text("status = 'due'"),
        ),
        {"schema": "lic_schema", "comment": "Premiums due and paid, one row an instalment"},
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
    receipt_number = Column(
        BigInteger, Identity(always=True), nullable=False, comment="Printed on the receipt; gaps are normal"
    )
    due_date = Column(Date, nullable=False)
    amount = Column(Numeric(14, 2), nullable=False)
    gst_amount = Column(Numeric(14, 2), nullable=False, server_default=text("0"))
    late_fee = Column(Numeric(14, 2), nullable=False, server_default=text("0"))
    total_amount = Column(Numeric(14, 2), Computed("amount + gst_amount + late_fee", persisted=True))
    status = Column(PaymentStatus, nullable=False, server_default=text("'due'"))
    method = Column(PaymentMethod)
    gateway_reference = Column(
        String(100), comment="The payment gateway's id of the transaction; null for cash and cheque"
    )
    paid_at = Column(DateTime(timezone=True))

    policy = orm.relationship("InsurancePolicy", back_populates="payments")
