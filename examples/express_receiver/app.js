// A Telnyx receiver in Express, with the official SDK: keeps each incoming message once.

const express = require("express");
const Telnyx = require("telnyx");

const telnyx = new Telnyx({
  apiKey: process.env.TELNYX_API_KEY ?? "not needed to verify",
  publicKey: process.env.TELNYX_PUBLIC_KEY,
});
const inbox = new Map(); // in production, a table with a unique key
const app = express();

// Keep the raw bytes, because Telnyx signs them. Do not use express.json() here.
app.post("/webhooks", express.raw({ type: () => true, limit: "1mb" }), async (request, response) => {
  const body = Buffer.isBuffer(request.body) ? request.body.toString() : "";
  let event;
  try {
    event = await telnyx.webhooks.unwrap(body, { headers: request.headers });
  } catch {
    return response.sendStatus(401);
  }
  if (event?.data?.event_type === "message.received") {
    const { id, text } = event.data.payload ?? {};
    inbox.set(id, text);
  }
  response.sendStatus(200);
});

app.get("/inbox", (request, response) => response.json(Object.fromEntries(inbox)));

// By default, Express answers an error with a stack trace, and logs it.
app.use((error, request, response, next) => response.sendStatus(error.status ?? 500));

const server = app.listen(process.env.PORT ?? 8080, "127.0.0.1", () =>
  console.log(`http://127.0.0.1:${server.address().port}`),
);
