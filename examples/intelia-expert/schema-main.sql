CREATE TABLE users (
  id    integer PRIMARY KEY,
  plan  text NOT NULL DEFAULT 'free'
);

CREATE TABLE documents (
  id         integer PRIMARY KEY,
  title      text NOT NULL,
  body       text NOT NULL,
  embedding  real[] NOT NULL
);

CREATE TABLE questions (
  id         integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  user_id    integer NOT NULL REFERENCES users,
  question   text NOT NULL,
  answer     text NOT NULL,
  asked_at   timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE feedback (
  question_id  integer PRIMARY KEY REFERENCES questions,
  rating       text NOT NULL CHECK (rating IN ('positive', 'negative'))
);

CREATE TABLE subscriptions (
  user_id     integer NOT NULL REFERENCES users,
  plan        text NOT NULL,
  amount_usd  numeric NOT NULL,
  paid_at     timestamptz NOT NULL DEFAULT now()
);

INSERT INTO users (id) SELECT generate_series(1, 40);

-- Unit vectors of 64 numbers; a real service would store what the embeddings endpoint gave for each body.
INSERT INTO documents (id, title, body, embedding)
SELECT d,
       (ARRAY['Brooding temperatures', 'Water and feed', 'Litter management', 'Vaccination plan'])[1 + d % 4] || ' ' || d,
       repeat('Keep the house at 31 degrees in the first week. ', 35),
       ARRAY(SELECT (sin(d * n) / sqrt(32))::real FROM generate_series(1, 64) AS n)
FROM generate_series(1, 50) AS d;
