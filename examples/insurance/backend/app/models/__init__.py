"""All models; importing this package fills Base.metadata."""

from .agent import Agent, AgentAvailability, Appointment, Branch
from .base import Base, TimestampMixin
from .callback import CallbackActivity, CallbackRequest
from .campaign import Campaign, CampaignMessage, CampaignRecipient
from .claim import Claim, ClaimDocument, ClaimNumberSeries, ClaimStatusHistory
from .lead import Lead, LeadActivity, PremiumQuote
from .notification import DeviceToken, MessageTemplate, Notification, NotificationSettings
from .policy import InsurancePlan, InsurancePolicy, Policyholder, PolicyNominee, PremiumPayment
from .reference import Country, InsuranceCategory, InsuranceProvider, Language
from .tenant import Tenant, TenantSetting
from .user import Permission, Role, RolePermission, User, UserRole

__all__ = [
    "Agent",
    "AgentAvailability",
    "Appointment",
    "Base",
    "Branch",
    "CallbackActivity",
    "CallbackRequest",
    "Campaign",
    "CampaignMessage",
    "CampaignRecipient",
    "Claim",
    "ClaimDocument",
    "ClaimNumberSeries",
    "ClaimStatusHistory",
    "Country",
    "DeviceToken",
    "InsuranceCategory",
    "InsurancePlan",
    "InsurancePolicy",
    "InsuranceProvider",
    "Language",
    "Lead",
    "LeadActivity",
    "MessageTemplate",
    "Notification",
    "NotificationSettings",
    "Permission",
    "PolicyNominee",
    "Policyholder",
    "PremiumPayment",
    "PremiumQuote",
    "Role",
    "RolePermission",
    "Tenant",
    "TenantSetting",
    "TimestampMixin",
    "User",
    "UserRole",
]
