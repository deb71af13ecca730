BEGIN;
-- create table `bookings`
CREATE TABLE "bookings" (
  "flight" integer,
  "seat" text,
  CONSTRAINT "bookings_flight_seat_fkey" FOREIGN KEY ("flight", "seat") REFERENCES "seats" ("flight", "seat") ON DELETE CASCADE
);
CREATE INDEX "by seat" ON "bookings" ("seat", "flight");
CREATE INDEX "idx_bookings_flight_seat" ON "bookings" ("flight", "seat");
-- create table `seats`
CREATE TABLE "seats" (
  "seat" text NOT NULL,
  "flight" integer NOT NULL,
  PRIMARY KEY ("flight", "seat")
);
COMMIT;
