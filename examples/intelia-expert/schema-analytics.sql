CREATE TABLE events (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name         text NOT NULL,
  user_id      integer NOT NULL,
  happened_at  timestamptz NOT NULL DEFAULT now()
);
