"use strict";
// Asks now and then whether the project has moved on, and puts the parts that changed in the place of the old ones.
const SECONDS = 15;
const root = document.documentElement;

function parts(page) {
  return [...page.querySelectorAll("main > header, main > section[id], main > footer")];
}

function nameOf(part) {
  return part.id || part.tagName;
}

async function renew() {
  const answer = await fetch(location.href, { cache: "no-store" });
  if (!answer.ok) throw new Error(String(answer.status));
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const before = new Map(parts(document).map((part) => [nameOf(part), part]));
  const now = parts(page);
  if (now.map(nameOf).join() !== [...before.keys()].join()) {
    document.querySelector("main").replaceWith(page.querySelector("main"));
  } else {
    for (const part of now) {
      const old = before.get(nameOf(part));
      if (old.outerHTML !== part.outerHTML) {
        [...old.querySelectorAll("details")].forEach((one, n) => {
          const same = part.querySelectorAll("details")[n];
          if (same) same.open = one.open;
        });
        old.replaceWith(part);
      }
    }
  }
  document.title = page.title;
  root.dataset.version = page.documentElement.dataset.version;
}

async function look() {
  if (document.hidden) return;
  try {
    const answer = await fetch("/version", { cache: "no-store" });
    const { version } = await answer.json();
    if (version && version !== root.dataset.version) await renew();
    root.classList.remove("stale");
  } catch {
    root.classList.add("stale");
  }
}

setInterval(look, SECONDS * 1000);
document.addEventListener("visibilitychange", look);
