-- Agent Mitra - Repeatable Migration: Seed Initial Data
-- Description: Permissions, roles, feature flags and subscription plans as they should be now.
--              Runs again whenever this text changes; it inserts and updates and never deletes.
--
-- No versioned migration may rely on these rows: on an empty database they come last.

-- =====================================================
-- PERMISSIONS AND ROLES
-- =====================================================

INSERT INTO lic_schema.permissions (code, resource, action, description)
SELECT p.resource || '.' || p.action, p.resource, p.action, p.description
FROM (VALUES
    ('policies', 'read', 'See policies'),
    ('policies', 'write', 'Enter and change policies'),
    ('policies', 'approve', 'Approve policies; not one''s own'),
    ('claims', 'read', 'See claims'),
    ('claims', 'assess', 'Decide on claims'),
    ('leads', 'manage', 'See and change leads'),
    ('campaigns', 'manage', 'Create and send campaigns'),
    ('callbacks', 'manage', 'Take and close callback requests'),
    ('commissions', 'read', 'See one''s own commissions'),
    ('users', 'manage', 'Invite, lock and deactivate users'),
    ('reports', 'read', 'See the dashboards')
) AS p (resource, action, description)
ON CONFLICT (code) DO UPDATE
    SET description = EXCLUDED.description
    WHERE permissions.description IS DISTINCT FROM EXCLUDED.description;

INSERT INTO lic_schema.roles (tenant_id, code, name, description, is_system)
SELECT tenant.id, r.code, r.name, r.description, TRUE
FROM shared.tenants AS tenant
CROSS JOIN (VALUES
    ('administrator', 'Administrator', 'Everything'),
    ('branch_manager', 'शाखा प्रबंधक / Branch manager', 'Approves policies; sees reports'),
    ('agent', 'अभिकर्ता / Agent', 'Sells and looks after policyholders'),
    ('claims_assessor', 'Claims assessor', 'Decides on claims')
) AS r (code, name, description)
ON CONFLICT (tenant_id, code) DO UPDATE
    SET name = EXCLUDED.name, description = EXCLUDED.description
    WHERE (roles.name, roles.description) IS DISTINCT FROM (EXCLUDED.name, EXCLUDED.description);

INSERT INTO lic_schema.role_permissions (role_id, permission_id)
SELECT role.id, permission.id
FROM lic_schema.roles AS role
JOIN lic_schema.permissions AS permission ON CASE role.code
    WHEN 'administrator' THEN TRUE
    WHEN 'branch_manager' THEN permission.code IN ('policies.read', 'policies.approve', 'claims.read', 'reports.read')
    WHEN 'agent' THEN permission.code IN (
        'policies.read', 'policies.write', 'leads.manage', 'campaigns.manage', 'callbacks.manage', 'commissions.read')
    WHEN 'claims_assessor' THEN permission.resource = 'claims'
    ELSE FALSE
END
WHERE role.is_system
ON CONFLICT (role_id, permission_id) DO NOTHING;

-- Every agent has the role of one.
INSERT INTO lic_schema.user_roles (user_id, role_id)
SELECT agent.user_id, role.id
FROM lic_schema.agents AS agent
JOIN lic_schema.roles AS role ON role.tenant_id = agent.tenant_id AND role.code = 'agent'
ON CONFLICT (user_id, role_id) DO NOTHING;

-- =====================================================
-- FEATURE FLAGS
-- =====================================================

-- is_enabled and rollout are set by people at run time; here they are only given their first value.
INSERT INTO lic_schema.feature_flags (flag_key, description, is_enabled, rollout, remove_after) VALUES
    ('campaigns.whatsapp', 'Campaigns over WhatsApp', TRUE, 100, NULL),
    ('claims.self_service', 'Policyholders hand in claims themselves', TRUE, 25, DATE '2026-06-30'),
    ('chat.voice', 'Voice messages in chat: हिन्दी, తెలుగు, தமிழ்', FALSE, 100, DATE '2026-03-31'),
    ('quotes.compare', 'Compare quotations of several insurers', FALSE, 10, NULL)
ON CONFLICT (flag_key) DO UPDATE
    SET description = EXCLUDED.description, remove_after = EXCLUDED.remove_after
    WHERE (feature_flags.description, feature_flags.remove_after)
        IS DISTINCT FROM (EXCLUDED.description, EXCLUDED.remove_after);

-- =====================================================
-- SUBSCRIPTION PLANS
-- =====================================================

INSERT INTO lic_schema.subscription_plans (code, name, price, billing_cycle, limits) VALUES
    ('starter', 'Starter ₹499', 499.00, 'monthly', '{"agents": 1, "messages_per_month": 500}'),
    ('branch', 'Branch ₹4,999', 4999.00, 'monthly', '{"agents": 25, "messages_per_month": 10000}'),
    ('enterprise', 'Enterprise', 499990.00, 'yearly', '{"agents": null, "messages_per_month": null}')
ON CONFLICT (code) DO UPDATE
    SET name = EXCLUDED.name, price = EXCLUDED.price, limits = EXCLUDED.limits
    WHERE (subscription_plans.name, subscription_plans.price, subscription_plans.limits)
        IS DISTINCT FROM (EXCLUDED.name, EXCLUDED.price, EXCLUDED.limits);
