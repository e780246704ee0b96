-- Agent Mitra - Migration V5: Seed Reference Data
-- Description: Countries, languages, categories, providers and tenants. Later migrations look
--              these rows up by code, so they belong here and not in a repeatable one: on an
--              empty database repeatables run last.

-- =====================================================
-- COUNTRIES AND LANGUAGES
-- =====================================================

INSERT INTO shared.countries (iso_code, name, dialling_code, currency_code, currency_symbol) VALUES
    ('IN', 'India', '+91', 'INR', '₹'),
    ('LK', 'Sri Lanka', '+94', 'LKR', 'රු'),
    ('NP', 'Nepal', '+977', 'NPR', 'रू'),
    ('AE', 'United Arab Emirates', '+971', 'AED', 'د.إ')
ON CONFLICT (iso_code) DO NOTHING;

INSERT INTO shared.languages (code, name, native_name, is_right_to_left, sort_position) VALUES
    ('en', 'English', 'English', FALSE, 10),
    ('hi', 'Hindi', 'हिन्दी', FALSE, 20),
    ('te', 'Telugu', 'తెలుగు', FALSE, 30),
    ('ta', 'Tamil', 'தமிழ்', FALSE, 40),
    ('kn', 'Kannada', 'ಕನ್ನಡ', FALSE, 50),
    ('ml', 'Malayalam', 'മലയാളം', FALSE, 60),
    ('mr', 'Marathi', 'मराठी', FALSE, 70),
    ('gu', 'Gujarati', 'ગુજરાતી', FALSE, 80),
    ('bn', 'Bengali', 'বাংলা', FALSE, 90),
    ('pa', 'Punjabi', 'ਪੰਜਾਬੀ', FALSE, 100),
    ('ur', 'Urdu', 'اردو', TRUE, 110)
ON CONFLICT (code) DO NOTHING;

-- =====================================================
-- CATEGORIES AND PROVIDERS
-- =====================================================

INSERT INTO shared.insurance_categories (code, name, description) VALUES
    ('life', 'Life insurance', 'जीवन बीमा; pays the nominees on death or the policyholder on maturity'),
    ('health', 'Health insurance', 'स्वास्थ्य बीमा; hospital and treatment'),
    ('motor', 'Motor insurance', 'వాహన బీమా; third party is compulsory'),
    ('property', 'Property insurance', 'சொத்து காப்பீடு; homes, shops; no land')
ON CONFLICT (code) DO NOTHING;

INSERT INTO shared.insurance_categories (parent_category_id, code, name, description)
SELECT parent.id, child.code, child.name, child.description
FROM (VALUES
    ('life', 'term', 'Term assurance', 'Pays only on death; the lowest premium'),
    ('life', 'endowment', 'Endowment', 'Pays on death or at maturity, whichever comes first'),
    ('life', 'money_back', 'Money back', 'Pays parts of the sum assured on the way'),
    ('health', 'family_floater', 'Family floater', 'One sum insured for the whole family'),
    ('motor', 'two_wheeler', 'Two-wheeler', NULL)
) AS child (parent_code, code, name, description)
JOIN shared.insurance_categories AS parent ON parent.code = child.parent_code
ON CONFLICT (code) DO NOTHING;

INSERT INTO shared.insurance_providers (country_id, code, name, registration_number, support_email, support_phone)
SELECT country.id, provider.code, provider.name, provider.registration_number, provider.email, provider.phone
FROM (VALUES
    ('LIC', 'LIC (demonstration)', 'REG-0512', 'help@lic.example.in', '+912268276827'),
    ('SURYA', 'Surya Life', 'REG-0901', 'care@suryalife.example.in', '+914023456789'),
    ('KAVERI', 'Kaveri General', 'REG-0733', 'care@kaveri.example.in', '+914428521234')
) AS provider (code, name, registration_number, email, phone)
CROSS JOIN shared.countries AS country
WHERE country.iso_code = 'IN'
ON CONFLICT (code) DO NOTHING;

-- =====================================================
-- TENANTS
-- =====================================================

INSERT INTO shared.tenants (code, name, schema_name, provider_id, country_id, default_language_id, status, trial_ends_on)
SELECT seed.code, seed.name, seed.schema_name, provider.id, country.id, language.id,
       seed.status::shared.tenant_status_enum, seed.trial_ends_on
FROM (VALUES
    ('LIC', 'LIC Agents'' Collective', 'lic_schema', 'hi', 'active', NULL),
    ('SURYA', 'Surya Life Distribution', 'surya_life_schema', 'te', 'active', NULL),
    ('KAVERI', 'Kaveri General Agencies', 'kaveri_general_schema', 'ta', 'trial', DATE '2026-03-31')
) AS seed (code, name, schema_name, language_code, status, trial_ends_on)
JOIN shared.insurance_providers AS provider ON provider.code = seed.code
JOIN shared.languages AS language ON language.code = seed.language_code
JOIN shared.countries AS country ON country.iso_code = 'IN'
ON CONFLICT (code) DO NOTHING;

INSERT INTO shared.tenant_settings (tenant_id, setting_key, setting_value)
SELECT tenant.id, setting.setting_key, setting.setting_value::JSONB
FROM shared.tenants AS tenant
CROSS JOIN (VALUES
    ('currency', '{"code": "INR", "symbol": "₹", "grouping": "lakh"}'),
    ('business_hours', '{"monday-saturday": "09:30-17:30"}'),
    ('greeting', '"नमस्ते; வணக்கம்; నమస్కారం"')
) AS setting (setting_key, setting_value)
ON CONFLICT (tenant_id, setting_key) DO NOTHING;

-- =====================================================
-- TENANT SCHEMAS
-- =====================================================

INSERT INTO surya_life_schema.branding_themes (name, primary_colour, is_default)
VALUES ('సూర్య', '#FF9933', TRUE)
ON CONFLICT (name) DO NOTHING;

INSERT INTO kaveri_general_schema.branding_themes (name, primary_colour, is_default)
VALUES ('காவேரி', '#0B6E4F', TRUE)
ON CONFLICT (name) DO NOTHING;

-- A check for the reader of the log: three tenants, or the file is wrong.
DO $$
DECLARE
    v_tenants INTEGER;
BEGIN
    SELECT COUNT(*) INTO v_tenants FROM shared.tenants;
    IF v_tenants < 3 THEN
        RAISE EXCEPTION 'Only % tenants; were their providers or languages renamed?', v_tenants;
    END IF;
    RAISE NOTICE 'Reference data in place; % tenants', v_tenants;
END
$$;
