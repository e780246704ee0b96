-- Agent Mitra - Repeatable Migration: Seed Message Templates
-- Description: The texts of the product's own messages in Hindi, Telugu, Tamil and English.
--              Edit them here; the next migrate brings them to every database.
--
-- Names in {{braces}} belong to the application (lic_schema.render_template); they are not Flyway
-- placeholders, which begin with a dollar sign.

INSERT INTO lic_schema.message_templates (tenant_id, language_id, code, channel, subject, body)
SELECT tenant.id, language.id, t.code, t.channel::lic_schema.notification_channel_enum, t.subject, t.body
FROM (VALUES
    -- premium due
    ('premium_due', 'whatsapp', 'en', NULL,
     E'Dear {{customer_name}},\n\nthe premium of ₹{{amount}} for policy {{policy_number}} is due on {{due_date}}.\nPay here: {{payment_link}}'),
    ('premium_due', 'whatsapp', 'hi', NULL,
     E'प्रिय {{customer_name}},\n\nपॉलिसी {{policy_number}} का प्रीमियम ₹{{amount}} {{due_date}} को देय है।\nभुगतान: {{payment_link}}'),
    ('premium_due', 'whatsapp', 'te', NULL,
     E'ప్రియమైన {{customer_name}},\n\nపాలసీ {{policy_number}} ప్రీమియం ₹{{amount}} {{due_date}} న చెల్లించాలి.\nచెల్లింపు: {{payment_link}}'),
    ('premium_due', 'whatsapp', 'ta', NULL,
     E'அன்புள்ள {{customer_name}},\n\nபாலிசி {{policy_number}} பிரீமியம் ₹{{amount}} {{due_date}} அன்று செலுத்த வேண்டும்.\nசெலுத்த: {{payment_link}}'),
    -- premium received
    ('premium_paid', 'sms', 'en', NULL, 'Thank you! ₹{{amount}} received for {{policy_number}}; receipt {{receipt_number}}.'),
    ('premium_paid', 'sms', 'hi', NULL, 'धन्यवाद! {{policy_number}} के लिए ₹{{amount}} प्राप्त; रसीद {{receipt_number}}।'),
    ('premium_paid', 'sms', 'te', NULL, 'ధన్యవాదాలు! {{policy_number}} కు ₹{{amount}} అందింది; రసీదు {{receipt_number}}.'),
    ('premium_paid', 'sms', 'ta', NULL, 'நன்றி! {{policy_number}} க்கு ₹{{amount}} பெறப்பட்டது; ரசீது {{receipt_number}}.'),
    -- birthday
    ('birthday', 'push', 'en', 'Happy birthday!', 'Many happy returns, {{customer_name}}! -- {{agent_name}}'),
    ('birthday', 'push', 'hi', 'जन्मदिन मुबारक!', '{{customer_name}} जी, जन्मदिन की शुभकामनाएँ! -- {{agent_name}}'),
    ('birthday', 'push', 'te', 'పుట్టినరోజు శుభాకాంక్షలు!', '{{customer_name}} గారికి శుభాకాంక్షలు! -- {{agent_name}}'),
    ('birthday', 'push', 'ta', 'பிறந்தநாள் வாழ்த்துக்கள்!', '{{customer_name}} அவர்களுக்கு வாழ்த்துக்கள்! -- {{agent_name}}'),
    -- claim
    ('claim_settled', 'email', 'en', 'Claim {{claim_number}} settled',
     E'Dear {{customer_name}},\n\nwe''ve paid ₹{{payable_amount}} to your account ending in {{account_suffix}}.\n\nIt is not the end of our service; call {{agent_name}} at any time.'),
    ('claim_settled', 'email', 'hi', 'दावा {{claim_number}} का निपटान',
     E'प्रिय {{customer_name}},\n\n₹{{payable_amount}} आपके खाते ({{account_suffix}}) में भेज दिए गए हैं।')
) AS t (code, channel, language_code, subject, body)
CROSS JOIN shared.tenants AS tenant
JOIN shared.languages AS language ON language.code = t.language_code
WHERE tenant.status <> 'closed'
ON CONFLICT (tenant_id, code, channel, language_id) DO UPDATE
    SET subject = EXCLUDED.subject, body = EXCLUDED.body
    WHERE (message_templates.subject, message_templates.body) IS DISTINCT FROM (EXCLUDED.subject, EXCLUDED.body);

-- A template without a name in braces is probably a mistake.
DO $$
DECLARE
    v_codes TEXT;
BEGIN
    SELECT string_agg(DISTINCT code, '; ') INTO v_codes
    FROM lic_schema.message_templates
    WHERE variables = '{}';

    IF v_codes IS NOT NULL THEN
        RAISE WARNING 'Templates without variables: %', v_codes;
    END IF;
END
$$;
