CREATE TABLE app.a (id int PRIMARY KEY, name text);
