// Rooms follow a rule, which is easier said in code: three floors of four rooms, larger ones to the south.
const FLOORS = [1, 2, 3];
const SIDES = { north: 4, east: 6, west: 6, south: 12 };

export async function up({ query, log }) {
  for (const floor of FLOORS) {
    for (const [side, seats] of Object.entries(SIDES)) {
      await query("INSERT INTO booking.room (code, seats) VALUES ($1, $2)", [`${side}-${floor}`, seats]);
    }
  }
  log(`${FLOORS.length * Object.keys(SIDES).length} rooms furnished`);
}

export async function down({ query }) {
  await query("DELETE FROM booking.room");
}
