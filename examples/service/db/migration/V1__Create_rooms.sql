CREATE SCHEMA booking;

CREATE TABLE booking.room (
    id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    code   text NOT NULL UNIQUE,
    seats  integer NOT NULL CHECK (seats > 0)
);
