COPY app.a (id, name) FROM STDIN;
1	Zoë
2	tab\there
\.
