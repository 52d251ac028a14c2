"use strict";

const $ = (selector, within = document) => within.querySelector(selector);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const token = $("meta[name=token]").content;
const cards = new Map();
const rows = new Map();
let hasFocusToGive = false;

// What others wrote goes into the page only as text: textContent, never HTML.

async function ask(path, body) {
  const answer = await fetch(path, {
    method: body ? "POST" : "GET",
    headers: { "x-telnyx-mock-token": token, "content-type": "application/json" },
    body: body && JSON.stringify(body),
  });
  if (answer.status === 403) location.reload();
  const made = await answer.json();
  if (!answer.ok) throw new Error(made.problem);
  return made;
}

async function act(path, body) {
  let problem;
  try {
    ({ problem } = await ask(path, body));
  } catch (error) {
    problem = error.message;
  }
  const place = $("#problem");
  place.textContent = problem;
  place.hidden = !problem;
}

function element(name, text, style) {
  const made = document.createElement(name);
  made.textContent = text;
  if (style) made.className = style;
  return made;
}

// People

$("#dial").addEventListener("submit", (event) => {
  event.preventDefault();
  hasFocusToGive = true;
  act("/api/call", { from: $("#from").value, to: $("#to").value });
});

$("#converse").addEventListener("click", () => {
  hasFocusToGive = true;
  act("/api/converse", { from: $("#from").value, to: $("#to").value });
});

function newCard(place, template, name, says) {
  const card = $(template).content.firstElementChild.cloneNode(true);
  card.setAttribute("aria-label", `${name} ${place.own}`);
  $(".talk", card).setAttribute("aria-label", `${name} ${place.own}: what was heard and done`);
  $(".own", card).textContent = place.own;
  const does = (name, text = "") => act("/api/act", { at: place.number, act: name, text });
  card.addEventListener("click", ({ target }) => {
    const button = target.closest("button[data-act]");
    if (button) does(button.dataset.act, button.dataset.text);
  });
  card.addEventListener("keydown", (event) => {
    const writes = event.target.closest("input");
    if (writes || event.ctrlKey || event.metaKey || event.altKey || !/^[0-9*#]$/.test(event.key)) return;
    event.preventDefault();
    $(`[data-text="${event.key}"]`, card)?.click();
  });
  $(".say", card).addEventListener("submit", (event) => {
    event.preventDefault();
    const input = $("input", event.target);
    does(says, input.value);
    input.value = "";
  });
  cards.set(place.number, card);
  $("#telephones").prepend(card);
  return card;
}

const STATES = {
  ringing: "rings",
  answered: "in a call",
  bridged: "joined",
  held: "on hold",
  ended: "ended",
};

function showTelephone(telephone) {
  let card = cards.get(telephone.number);
  if (!card) {
    const name = telephone.direction === "incoming" ? "Caller" : "Called telephone";
    card = newCard(telephone, "#telephone", name, "say");
    if (hasFocusToGive && telephone.direction === "incoming") card.focus();
    hasFocusToGive = false;
  }
  const isIncoming = telephone.direction === "incoming";
  const { state } = telephone;
  const up = !["ringing", "ended"].includes(state);
  const extra = [telephone.gathers && "keys are awaited", telephone.records && "recorded"].filter(Boolean);
  const why = state === "ended" && telephone.cause ? `: ${telephone.cause}` : "";
  $(".state", card).textContent = [STATES[state] + why, ...extra].join(", ");
  $(".other", card).textContent = `${isIncoming ? "calls" : "is called by"} ${telephone.other}`;
  card.dataset.state = state;
  const hasFocus = card.contains(document.activeElement) && state === "ended";
  $(".ringing", card).hidden = isIncoming || state !== "ringing";
  for (const each of all(".up", card)) each.hidden = !up;
  $(".alive", card).hidden = state === "ended";
  $("[data-act=hang_up]", card).hidden = !isIncoming && state === "ringing";
  const hold = $("[data-act=hold], [data-act=unhold]", card);
  hold.dataset.act = state === "held" ? "unhold" : "hold";
  hold.textContent = state === "held" ? "Take off hold" : "Hold";
  if (hasFocus) $("#call").focus();
  showTalk(card, telephone.talk, "hears: ");
}

function showChat(chat) {
  let card = cards.get(chat.number);
  if (!card) {
    card = newCard(chat, "#chat", "Messages of", "write");
    if (hasFocusToGive) $("input", card).focus();
    hasFocusToGive = false;
  }
  $(".other", card).textContent = `text messages with ${chat.other}`;
  $(".state", card).textContent = chat.reachable ? "" : "unreachable";
  const reach = $("[data-act]", card);
  reach.dataset.act = chat.reachable ? "be_unreachable" : "be_reachable";
  reach.textContent = chat.reachable ? "Be unreachable" : "Be reachable";
  showTalk(card, chat.talk, "receives: ");
}

function showTalk(card, rows, heardAs) {
  const talk = $(".talk", card);
  const isLow = talk.scrollHeight - talk.scrollTop - talk.clientHeight < 20;
  for (const [heard, text] of rows.slice(talk.children.length)) {
    const row = element("p", "", heard ? "heard" : "done");
    row.append(element("span", heard ? heardAs : "", "unseen"), text);
    talk.append(row);
    if (heard) speak(text);
  }
  if (isLow) talk.scrollTop = talk.scrollHeight;
}

function showStatus(news) {
  const alive = news.telephones.filter((each) => each.state !== "ended");
  const states = alive.map((each) => `${each.own} ${STATES[each.state]}`).join("; ");
  const failing = news.failing ? ` The next command is answered with ${news.failing}.` : "";
  const text = `${news.busy ? "Your app is at work. " : ""}${states || "Nobody is calling"}.${failing}`;
  if ($("#status").textContent !== text) $("#status").textContent = text;
  document.body.classList.toggle("busy", news.busy);
}

// Speech

const canSpeak = "speechSynthesis" in window;
$("#aloud").hidden = !canSpeak;
function speak(text) {
  if (canSpeak && $("#aloud input").checked) speechSynthesis.speak(new SpeechSynthesisUtterance(text));
}
$("#aloud input").addEventListener("change", ({ target }) => {
  if (!target.checked) speechSynthesis.cancel();
});

// Webhooks and commands

const WHO = { webhook: "Telnyx to your app: ", command: "Your app to Telnyx: ", note: "Note: " };
const SIGNS = { error: "✕ ", warning: "! ", pending: "… " };

function newRow(line) {
  const row = $("#line").content.firstElementChild.cloneNode(true);
  const details = $("details", row);
  details.addEventListener("toggle", () => details.open && fill(row));
  $("summary", row).addEventListener("click", (event) => {
    if (!rows.get(line.number).line.opens) event.preventDefault();
  });
  $("#lines").append(row);
  rows.set(line.number, { row, line });
  return row;
}

function showLine(line) {
  const row = rows.get(line.number)?.row ?? newRow(line);
  rows.get(line.number).line = line;
  row.className = `line ${line.kind} ${line.level} ${/^(hears|receives): /.test(line.text) ? "back" : ""}`;
  row.classList.toggle("opens", line.opens);
  row.classList.toggle("begins", line.text.startsWith("calls "));
  $("summary", row).tabIndex = line.opens ? 0 : -1;
  $(".at", row).textContent = line.at;
  $(".who", row).textContent = WHO[line.kind] ?? "";
  $(".text", row).textContent = line.text;
  $(".detail", row).textContent = line.detail;
  $(".leg", row).textContent = line.who;
  $(".verdict", row).textContent = line.verdict && (SIGNS[line.level] ?? "✓ ") + line.verdict;
  if ($("details", row).open) fill(row);
}

async function fill(row) {
  const { line } = [...rows.values()].find((each) => each.row === row);
  const place = $(".opened", row);
  let sections;
  try {
    ({ sections } = await ask(`/api/line?number=${line.number}`));
  } catch (error) {
    sections = [{ title: "Problem", text: error.message }];
  }
  place.replaceChildren();
  if (line.resends) {
    const again = element("button", "Send that again");
    again.addEventListener("click", () => act("/api/again", { number: line.number }));
    place.append(again);
  }
  for (const { title, text } of sections) {
    const pre = element("pre", text);
    pre.tabIndex = 0;
    pre.setAttribute("aria-label", title);
    place.append(element("h3", title), pre);
  }
}

$("#fail").addEventListener("submit", (event) => {
  event.preventDefault();
  act("/api/fail", { status: Number($("#error").value) });
});

$("#twice").addEventListener("change", ({ target }) => act("/api/duplicate", { on: target.checked }));

$("#save").addEventListener("click", async () => {
  $("#test code").textContent = (await ask("/api/test")).text;
  $("#test").showModal();
});

$("#test .copy").addEventListener("click", async ({ target }) => {
  const code = $("#test code");
  try {
    await navigator.clipboard.writeText(code.textContent);
    target.textContent = "Copied";
  } catch {
    getSelection().selectAllChildren(code);
    target.textContent = "Selected";
  }
  setTimeout(() => (target.textContent = "Copy"), 2000);
});

// News

function show(news) {
  const places = [...news.telephones, ...news.chats];
  const present = new Set(places.map((each) => each.number));
  for (const [number, card] of cards)
    if (!present.has(number)) {
      card.remove();
      cards.delete(number);
    }
  news.telephones.forEach(showTelephone);
  news.chats.forEach(showChat);
  // In a narrow window, the keys would move away.
  const isWide = matchMedia("(min-width: 52.01rem)").matches;
  const isLow = isWide && innerHeight + scrollY > document.documentElement.scrollHeight - 60;
  news.lines.forEach(showLine);
  if (isLow && news.lines.length && !all("details[open]").length) scrollTo(0, document.documentElement.scrollHeight);
  $("#lines").classList.toggle("several", new Set(places.map((each) => each.own)).size > 1);
  $("#twice").checked = news.duplicates;
  $("#nothing").hidden = rows.size > 0;
  $("#save").disabled = !places.length;
  showStatus(news);
}

async function follow() {
  let version = -1;
  for (;;) {
    try {
      const news = await ask(`/api/news?after=${version}`);
      show(news);
      version = news.version;
      document.body.classList.remove("gone");
    } catch {
      document.body.classList.remove("busy");
      document.body.classList.add("gone");
      $("#status").textContent = "telnyx-mock phone does not answer. Start it again.";
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  }
}
follow();
