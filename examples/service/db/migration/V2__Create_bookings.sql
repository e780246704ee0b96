CREATE TABLE booking.booking (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    room_id  bigint NOT NULL REFERENCES booking.room (id),
    day      date NOT NULL,
    guest    text NOT NULL,
    made_at  timestamptz NOT NULL DEFAULT now(),
    UNIQUE (room_id, day)
);
