// The HTTP side: rooms, and their bookings by the day.
import { createServer } from "node:http";

export function createService(pool) {
  const routes = [
    ["GET", /^\/health$/, () => health(pool)],
    ["GET", /^\/rooms$/, () => listRooms(pool)],
    ["POST", /^\/rooms\/([\w-]+)\/bookings$/, (room, body) => book(pool, room, body)],
  ];
  return createServer(async (request, response) => {
    const { status, body } = await answer(routes, request).catch((error) => {
      console.error(error);
      return { status: 500, body: { error: "internal error" } };
    });
    response.writeHead(status, { "content-type": "application/json" });
    response.end(`${JSON.stringify(body)}\n`);
  });
}

async function answer(routes, request) {
  for (const [method, path, handle] of routes) {
    const match = path.exec(request.url);
    if (match === null || request.method !== method) continue;
    const body = method === "POST" ? await readJson(request) : undefined;
    if (body === null) return { status: 400, body: { error: "the body is not JSON" } };
    return handle(...match.slice(1), body);
  }
  return { status: 404, body: { error: "not found" } };
}

async function readJson(request) {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) text += chunk;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

async function health(pool) {
  const { rows } = await pool.query("SELECT count(*)::int AS rooms FROM booking.room");
  return { status: 200, body: { ok: true, rooms: rows[0].rooms } };
}

async function listRooms(pool) {
  const { rows } = await pool.query("SELECT code, seats, days_booked FROM booking.room_use ORDER BY code");
  return { status: 200, body: rows };
}

async function book(pool, room, { day, guest }) {
  try {
    const { rows } = await pool.query(
      `INSERT INTO booking.booking (room_id, day, guest)
       SELECT id, $2, $3 FROM booking.room WHERE code = $1 RETURNING id::int, day::text, guest`,
      [room, day, guest],
    );
    return rows.length === 0
      ? { status: 404, body: { error: `there is no room ${room}` } }
      : { status: 201, body: rows[0] };
  } catch (error) {
    // unique_violation; invalid_datetime_format and datetime_field_overflow; not_null_violation
    if (error.code === "23505") return { status: 409, body: { error: `${room} is taken on ${day}` } };
    if (["22007", "22008", "23502"].includes(error.code)) return { status: 400, body: { error: error.message } };
    throw error;
  }
}
