CREATE OR REPLACE VIEW booking.room_use AS
SELECT r.code, r.seats, count(b.id)::int AS days_booked
FROM booking.room r
LEFT JOIN booking.booking b ON b.room_id = r.id
GROUP BY r.id;
