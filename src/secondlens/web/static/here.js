// Tells Secondlens that you are still here, warns a minute before it locks, and hides it at once.
// Every page works without this: then the page itself moves to the locked door when the time is over.
"use strict";

const { stay, hide, minutes } = document.currentScript.dataset;
const MINUTE = 60_000;
const notice = document.getElementById("still-there");
const otherTabs = new BroadcastChannel("secondlens");
let told = Date.now(); // when the program last heard of us: this page is an answer
let telling = 0;

function heard() {
  told = Date.now();
  notice.hidden = true;
}

async function tell() {
  const answer = await fetch(stay, { method: "POST", cache: "no-store" }).catch(() => null);
  if (!answer?.ok) return leave("/"); // locked meanwhile, or the program has ended
  heard();
  telling = 0;
  otherTabs.postMessage("here");
}

// At most once a minute, and never later than a minute: a sign of life is told when its minute is over.
function seen() {
  if (notice.hidden) telling ||= setTimeout(tell, Math.max(0, told + MINUTE - Date.now()));
  else if (!telling) telling = setTimeout(tell, 0);
}

function leave(where) {
  document.title = "Blank page";
  document.body.replaceChildren(); // gone from the screen before the next page is here
  location.replace(where);
}

function hideNow(event) {
  event?.preventDefault();
  fetch(hide, { method: "POST", keepalive: true }).catch(() => null);
  otherTabs.postMessage("gone");
  leave("/blank");
}

let escapes = [];
function threeEscapes(event) {
  if (event.key !== "Escape" || event.repeat) return;
  escapes = [...escapes, event.timeStamp].slice(-3);
  if (escapes.length === 3 && escapes[2] - escapes[0] < 1000) hideNow();
}

for (const sign of ["input", "keydown", "pointerdown", "pointermove", "scroll", "wheel"]) {
  addEventListener(sign, seen, { passive: true, capture: true });
}
addEventListener("keydown", threeEscapes);
addEventListener("pageshow", (event) => event.persisted && location.reload());
document.querySelector("form[data-hide]").addEventListener("submit", hideNow);
document.querySelector("form[data-lock]").addEventListener("submit", () => otherTabs.postMessage("locked"));
notice.querySelector("button").addEventListener("click", seen);

otherTabs.addEventListener("message", ({ data }) => {
  if (data === "here") heard();
  else leave(data === "gone" ? "/blank" : "/");
});

otherTabs.postMessage("here");
setInterval(() => {
  const left = told + Number(minutes) * MINUTE - Date.now();
  if (left <= 0) leave("/");
  else if (left <= MINUTE) notice.hidden = false;
}, 1000);
