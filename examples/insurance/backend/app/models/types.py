"""Domains and enum types, as the migrations make them."""

from sqlalchemy import Numeric, String
from sqlalchemy.dialects.postgresql import DOMAIN, ENUM

# Domains (V1)

EmailAddress = DOMAIN(
    "email_address",
    String(254),
    schema="shared",
    constraint_name="email_address_format",
    check=r"VALUE ~ '^[^@[:space:];]+@[^@[:space:];]+\.[A-Za-z]{2,}$'",
)
MobileNumber = DOMAIN(
    "mobile_number",
    String(16),
    schema="shared",
    constraint_name="mobile_number_e164",
    check=r"VALUE ~ '^\+[1-9][0-9]{7,14}$'",
)
PanNumber = DOMAIN(
    "pan_number",
    String(10),
    schema="shared",
    constraint_name="pan_number_format",
    check="VALUE ~ '^[A-Z]{5}[0-9]{4}[A-Z]$'",
)
Percentage = DOMAIN(
    "percentage",
    Numeric(5, 2),
    schema="shared",
    constraint_name="percentage_range",
    check="VALUE BETWEEN 0 AND 100",
)

# Enum types

TenantStatus = ENUM("trial", "active", "suspended", "closed", name="tenant_status_enum", schema="shared")
AgentStatus = ENUM(
    "pending_approval",
    "active",
    "on_leave",
    "suspended",
    "terminated",
    name="agent_status_enum",
    schema="lic_schema",
)
AppointmentStatus = ENUM(
    "requested",
    "confirmed",
    "completed",
    "no_show",
    "cancelled",
    name="appointment_status_enum",
    schema="lic_schema",
)
CallbackPriority = ENUM("low", "medium", "high", "urgent", name="callback_priority_enum", schema="lic_schema")
CallbackStatus = ENUM(
    "pending",
    "assigned",
    "in_progress",
    "completed",
    "unreachable",
    "cancelled",
    name="callback_status_enum",
    schema="lic_schema",
)
CampaignStatus = ENUM(
    "draft",
    "scheduled",
    "running",
    "paused",
    "completed",
    "cancelled",
    name="campaign_status_enum",
    schema="lic_schema",
)
ClaimStatus = ENUM(
    "submitted",
    "documents_pending",
    "in_assessment",
    "approved",
    "rejected",
    "settled",
    "withdrawn",
    name="claim_status_enum",
    schema="lic_schema",
)
ClaimType = ENUM(
    "death", "maturity", "survival_benefit", "surrender", "rider", name="claim_type_enum", schema="lic_schema"
)
DeliveryStatus = ENUM(
    "pending",
    "sent",
    "delivered",
    "opened",
    "answered",
    "failed",
    "opted_out",
    name="delivery_status_enum",
    schema="lic_schema",
)
Gender = ENUM("female", "male", "other", "undisclosed", name="gender_enum", schema="lic_schema")
LeadActivity = ENUM(
    "call", "visit", "message", "quote", "note", name="lead_activity_enum", schema="lic_schema"
)
LeadStage = ENUM(
    "new", "contacted", "qualified", "quoted", "won", "lost", name="lead_stage_enum", schema="lic_schema"
)
NotificationChannel = ENUM(
    "in_app", "push", "sms", "whatsapp", "email", name="notification_channel_enum", schema="lic_schema"
)
NotificationStatus = ENUM(
    "queued",
    "sent",
    "delivered",
    "read",
    "failed",
    "expired",
    name="notification_status_enum",
    schema="lic_schema",
)
PaymentMethod = ENUM(
    "upi",
    "card",
    "net_banking",
    "auto_debit",
    "cheque",
    "cash",
    name="payment_method_enum",
    schema="lic_schema",
)
PaymentStatus = ENUM(
    "due",
    "processing",
    "paid",
    "failed",
    "refunded",
    "waived",
    name="payment_status_enum",
    schema="lic_schema",
)
PolicyStatus = ENUM(
    "draft",
    "pending_approval",
    "under_review",
    "active",
    "lapsed",
    "paid_up",
    "surrendered",
    "matured",
    "claimed",
    "cancelled",
    name="policy_status_enum",
    schema="lic_schema",
)
PremiumFrequency = ENUM(
    "monthly",
    "quarterly",
    "half_yearly",
    "yearly",
    "single",
    name="premium_frequency_enum",
    schema="lic_schema",
)
UserStatus = ENUM("invited", "active", "locked", "deactivated", name="user_status_enum", schema="lic_schema")
