// Unwraps signed webhooks with the official Node SDK.
//
// In: JSON lines {name, body, headers, public_key}; the body in base64, headers as a list of pairs.
// Out: JSON lines {name, unwrapped} or {name, refused}, in the same order.

const readline = require("node:readline");
const Telnyx = require("telnyx");

async function unwrap({ name, body, headers, public_key }) {
  const client = new Telnyx({ apiKey: "KEY_for_tests", publicKey: public_key });
  const joined = {};
  for (const [header, value] of headers) {
    // As Node's own http server hands them over: repeated headers are one, joined by commas.
    joined[header] = header in joined ? `${joined[header]}, ${value}` : value;
  }
  try {
    const text = Buffer.from(body, "base64").toString();
    return { name, unwrapped: await client.webhooks.unwrap(text, { headers: joined }) };
  } catch (error) {
    return { name, refused: String(error.message) };
  }
}

async function main() {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    console.log(JSON.stringify(await unwrap(JSON.parse(line))));
  }
}

main();
