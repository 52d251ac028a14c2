"use strict";

const all = (selector) => [...document.querySelectorAll(selector)];
const faults = all(".fault");

for (const button of all(".copy")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const code = button.parentElement.querySelector("code");
    try {
      await navigator.clipboard.writeText(code.textContent);
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(code);
      button.textContent = "Selected";
    }
    setTimeout(() => (button.textContent = "Copy"), 2000);
  });
}

const tools = document.getElementById("tools");
if (tools) {
  tools.hidden = false;
  tools.addEventListener("submit", (event) => event.preventDefault());
  const filter = document.getElementById("filter");
  filter.addEventListener("input", () => {
    const wanted = filter.value.trim().toLowerCase();
    for (const fault of faults) fault.hidden = !fault.textContent.toLowerCase().includes(wanted);
    const shown = faults.filter((fault) => !fault.hidden).length;
    document.getElementById("matches").textContent = wanted ? `${shown} of ${faults.length}` : "";
  });
  for (const open of [true, false])
    document.getElementById(open ? "open" : "close").addEventListener("click", () => {
      for (const fault of faults) fault.open = open;
    });
}

const reveal = () => {
  const target = document.getElementById(location.hash.slice(1));
  if (target?.matches(".fault")) {
    target.hidden = false;
    target.open = true;
    target.scrollIntoView();
  }
};
addEventListener("hashchange", reveal);
reveal();
