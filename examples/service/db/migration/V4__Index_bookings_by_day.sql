-- Cannot run in a transaction. godwit knows that by itself, and an index that a crash leaves invalid is rebuilt.
CREATE INDEX CONCURRENTLY booking_day ON booking.booking (day);
