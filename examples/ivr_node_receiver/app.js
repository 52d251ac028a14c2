// A telephone menu in Express, with the official SDK: it answers, asks for a key, and transfers the call.
// What the call waits for is in its client_state, so the app itself remembers nothing of it.

const express = require("express");
const Telnyx = require("telnyx");

const VOICE = "AWS.Polly.Joanna";
const MENU = "Welcome to Example. Press 1 for sales, 2 for support.";
const DEPARTMENTS = { 1: "+13125550171", 2: "+13125550172" };

// The SDK finds TELNYX_API_KEY, TELNYX_PUBLIC_KEY and TELNYX_BASE_URL by itself.
const telnyx = new Telnyx({ maxRetries: 0, timeout: 1000 }); // Telnyx waits two seconds for an answer
const app = express();

// Keep the raw bytes, because Telnyx signs them. Do not use express.json() here.
app.post("/webhooks", express.raw({ type: () => true, limit: "1mb" }), async (request, response) => {
  const body = Buffer.isBuffer(request.body) ? request.body.toString() : "";
  try {
    await telnyx.webhooks.unwrap(body, { headers: request.headers });
  } catch {
    return response.sendStatus(401);
  }
  const { event_type: event, id, payload } = JSON.parse(body).data ?? {};
  try {
    if (payload && typeof payload === "object") await proceed(event, payload, id);
  } catch (error) {
    if (!(error instanceof Telnyx.APIError)) throw error;
    const mayPass = error.status === undefined || error.status === 429 || error.status >= 500;
    if (mayPass) return response.sendStatus(503); // another delivery may succeed
  }
  response.sendStatus(200);
});

// Do what comes next. Telnyx ignores a command whose command_id it knows.
async function proceed(event, payload, command_id) {
  const call = payload.call_control_id;
  const step = read(payload.client_state);
  const actions = telnyx.calls.actions;
  if (event === "call.initiated" && payload.direction === "incoming") {
    await actions.answer(call, { client_state: written("menu"), command_id });
  } else if (event === "call.answered" && step === "menu") {
    await actions.gatherUsingSpeak(call, {
      payload: MENU,
      voice: VOICE,
      maximum_digits: 1,
      valid_digits: "12",
      timeout_millis: 5000,
      maximum_tries: 2,
      command_id,
    });
  } else if (event === "call.gather.ended" && step === "menu" && payload.status === "valid") {
    const to = DEPARTMENTS[payload.digits] ?? DEPARTMENTS[1];
    await actions.transfer(call, { to, client_state: written("transfer"), command_id });
  } else if (event === "call.gather.ended" && step === "menu" && payload.status !== "call_hangup") {
    await actions.speak(call, { payload: "Goodbye.", voice: VOICE, client_state: written("goodbye"), command_id });
  } else if (event === "call.speak.ended" && step === "goodbye") {
    await actions.hangup(call, { command_id });
  }
}

const written = (step) => Buffer.from(JSON.stringify({ step })).toString("base64");

function read(clientState) {
  try {
    return JSON.parse(Buffer.from(String(clientState), "base64").toString()).step;
  } catch {
    return undefined; // this app has not said so
  }
}

// By default, Express answers an error with a stack trace, and logs it.
app.use((error, request, response, next) => response.sendStatus(error.status ?? 500));

const server = app.listen(process.env.PORT ?? 8080, "127.0.0.1", () =>
  console.log(`http://127.0.0.1:${server.address().port}`),
);
