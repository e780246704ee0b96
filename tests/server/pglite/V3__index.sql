CREATE INDEX CONCURRENTLY a_name ON app.a (name);
