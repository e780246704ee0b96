DO $$ BEGIN RAISE NOTICE 'hello'; END $$;
