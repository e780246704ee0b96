-- Agent Mitra - Migration V6: Create RBAC Tables
-- Description: Roles, permissions, and who has which.

-- =====================================================
-- NEW TABLES
-- =====================================================

CREATE TABLE IF NOT EXISTS lic_schema.permissions (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    code VARCHAR(100) NOT NULL,
    resource VARCHAR(50) NOT NULL,
    action VARCHAR(50) NOT NULL,
    description TEXT,
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    CONSTRAINT uq_permissions_code UNIQUE (code),
    CONSTRAINT chk_permissions_code CHECK (code = resource || '.' || action)
);

CREATE TABLE IF NOT EXISTS lic_schema.roles (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id UUID NOT NULL REFERENCES shared.tenants (id) ON DELETE CASCADE,
    code VARCHAR(50) NOT NULL,
    name VARCHAR(100) NOT NULL,
    description TEXT,
    is_system BOOLEAN NOT NULL DEFAULT FALSE,
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    CONSTRAINT uq_roles_tenant_id_code UNIQUE (tenant_id, code)
);

CREATE TABLE IF NOT EXISTS lic_schema.role_permissions (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    role_id UUID NOT NULL REFERENCES lic_schema.roles (id) ON DELETE CASCADE,
    permission_id UUID NOT NULL REFERENCES lic_schema.permissions (id) ON DELETE CASCADE,
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    CONSTRAINT uq_role_permissions_role_id_permission_id UNIQUE (role_id, permission_id)
);

CREATE TABLE IF NOT EXISTS lic_schema.user_roles (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id UUID NOT NULL REFERENCES lic_schema.users (id) ON DELETE CASCADE,
    role_id UUID NOT NULL REFERENCES lic_schema.roles (id) ON DELETE CASCADE,
    granted_by_user_id UUID REFERENCES lic_schema.users (id) ON DELETE SET NULL,
    valid_until TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    CONSTRAINT uq_user_roles_user_id_role_id UNIQUE (user_id, role_id)
);

-- =====================================================
-- INDEXES
-- =====================================================

CREATE INDEX IF NOT EXISTS idx_role_permissions_permission_id ON lic_schema.role_permissions (permission_id);
CREATE INDEX IF NOT EXISTS idx_user_roles_role_id ON lic_schema.user_roles (role_id);
CREATE INDEX IF NOT EXISTS idx_user_roles_granted_by_user_id ON lic_schema.user_roles (granted_by_user_id);
CREATE INDEX IF NOT EXISTS idx_user_roles_valid_until ON lic_schema.user_roles (valid_until)
    WHERE valid_until IS NOT NULL;

-- =====================================================
-- FUNCTIONS
-- =====================================================

CREATE OR REPLACE FUNCTION lic_schema.user_has_permission(p_user_id UUID, p_permission TEXT)
RETURNS BOOLEAN
LANGUAGE sql
STABLE
AS $$
    SELECT EXISTS (
        SELECT FROM lic_schema.user_roles AS ur
        JOIN lic_schema.role_permissions AS rp ON rp.role_id = ur.role_id
        JOIN lic_schema.permissions AS p ON p.id = rp.permission_id
        WHERE ur.user_id = p_user_id
          AND p.code = p_permission
          AND (ur.valid_until IS NULL OR ur.valid_until > NOW())
    );
$$;

-- System roles keep the product working; only a migration may remove one.
CREATE OR REPLACE FUNCTION lic_schema.protect_system_roles()
RETURNS TRIGGER
LANGUAGE plpgsql
AS $$
BEGIN
    RAISE EXCEPTION 'Role "%" belongs to the system; it can''t be deleted', OLD.code
        USING ERRCODE = 'restrict_violation';
END;
$$;

-- =====================================================
-- TRIGGERS
-- =====================================================

DO $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM pg_catalog.pg_trigger
        WHERE tgrelid = 'lic_schema.roles'::regclass AND tgname = 'protect_system_roles'
    ) THEN
        CREATE TRIGGER protect_system_roles
            BEFORE DELETE ON lic_schema.roles
            FOR EACH ROW
            WHEN (OLD.is_system)
            EXECUTE FUNCTION lic_schema.protect_system_roles();
    END IF;
END
$$;

CALL shared.attach_updated_at(
    'lic_schema.permissions', 'lic_schema.roles', 'lic_schema.role_permissions', 'lic_schema.user_roles');

-- =====================================================
-- COMMENTS
-- =====================================================

COMMENT ON FUNCTION lic_schema.user_has_permission(UUID, TEXT) IS 'True if a role of the user, still valid, has the permission';
COMMENT ON TABLE lic_schema.permissions IS 'What can be allowed; the same for all tenants';
COMMENT ON COLUMN lic_schema.permissions.code IS 'resource.action, such as policies.approve';
COMMENT ON TABLE lic_schema.roles IS 'Named sets of permissions of one tenant';
COMMENT ON TABLE lic_schema.role_permissions IS 'Which permissions a role has';
COMMENT ON TABLE lic_schema.user_roles IS 'Which roles a user has, and until when';
