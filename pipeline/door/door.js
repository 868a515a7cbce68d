/* The door's script in Label Studio's page: goes on to the next task, counts the time at work, tells when something
   does not answer and tries again. Runs before all other scripts. */
(() => {
  "use strict";
  const csrf = document.currentScript.dataset.csrf || "";
  const isLead = document.currentScript.dataset.role === "lead";
  const zh = (navigator.language || "").startsWith("zh");
  const WORDS = {
    back: ["Work page", "工作页面"],
    time: ["on this task", "本任务用时"],
    lost: ["No connection. Trying again; do not close this page.", "连接已断开，正在重试，请勿关闭本页面。"],
    away: ["Label Studio is starting again. Trying again; your work is kept.", "Label Studio 正在重新启动，正在重试，您的工作不会丢失。"],
    out: ["You are signed out: open your link again.", "您已退出登录，请重新打开您的链接。"],
    many: ["One moment…", "请稍候……"],
  };
  const say = (name) => WORDS[name][zh ? 1 : 0];
  const ANSWERS = /^\/api\/(tasks\/\d+\/annotations|annotations\/\d+)\/?$/;
  const IDLE = 30, EVERY = 15, PAUSE = 2000;

  let task = 0, active = 0, shownFor = 0, touched = performance.now();
  let trouble = "", bar = null;

  /* ---- Label Studio's calls ---- */
  const plainFetch = window.fetch.bind(window);
  const later = (seconds) => new Promise((go) => setTimeout(go, seconds * 1000 || PAUSE));

  async function asked(input, init) {
    const url = new URL(input instanceof Request ? input.url : String(input), location.href);
    if (url.origin !== location.origin) return plainFetch(input, init);
    const method = ((init && init.method) || (input instanceof Request && input.method) || "GET").toUpperCase();
    // before it is handed in: afterwards nothing can be told of it any more
    if (method !== "GET" && ANSWERS.test(url.pathname)) await alive();
    for (;;) {
      const again = input instanceof Request ? input.clone() : input;
      let answer;
      try {
        answer = await plainFetch(again, init);
      } catch (error) {
        if (error && error.name === "AbortError") throw error;
        tell("lost");
        await later(PAUSE / 1000);
        continue;
      }
      const wait = Number(answer.headers.get("Headrace-Retry"));
      if (wait) {
        tell(answer.status === 429 ? "many" : "away");
        await later(wait);
        continue;
      }
      tell(answer.status === 401 ? "out" : "");
      heard(url, answer);
      return answer;
    }
  }

  function heard(url, answer) {
    const next = answer.headers.get("Headrace-Next");
    if (next && /^\/desk\/[a-z]*$/.test(next)) {
      leave();
      location.assign(next);
    } else if (answer.ok && /^\/api\/(dm\/actions|tasks\/\d+)$/.test(url.pathname.replace(/\/$/, ""))) {
      answer.clone().json().then((said) => Number.isInteger(said.id) && begin(said.id), () => {});
    }
  }
  window.fetch = asked;

  /* ---- time at work ---- */
  function begin(number) {
    if (number === task) return;
    alive();
    task = number;
    active = shownFor = 0;
  }
  function alive(leaving) {
    count();
    if (!task || active < 0.05) return Promise.resolve();
    const body = JSON.stringify({ task, seconds: active });
    active = 0;
    const told = plainFetch("/desk/alive", {
      method: "POST",
      keepalive: true,
      headers: { "Content-Type": "application/json", "X-Headrace-CSRF": csrf },
      body,
    });
    return told.then(
      (answer) => leaving || tell(answer.status === 401 ? "out" : ""),
      () => leaving || tell("lost"),
    );
  }
  const leave = () => alive(true);
  const touch = () => { touched = performance.now(); };
  for (const kind of ["keydown", "pointerdown", "pointermove", "wheel", "touchstart"])
    addEventListener(kind, touch, { capture: true, passive: true });
  addEventListener("visibilitychange", () => { if (document.hidden) leave(); });
  addEventListener("pagehide", leave);
  let before = performance.now();
  function count() {
    const now = performance.now(), passed = Math.min((now - before) / 1000, 2);
    before = now;
    if (document.hidden || now - touched > IDLE * 1000) return;
    active += passed;
    shownFor += passed;
  }
  setInterval(() => {
    count();
    if (active >= EVERY) alive();
    draw();
  }, 1000);

  /* ---- the bar ---- */
  const STYLE = `
    .headrace-bar { position: fixed; z-index: 1000; display: flex; gap: 12px; align-items: center; box-sizing: border-box;
      padding: 4px 12px; border-radius: 6px; font: 13px/1.5 system-ui, sans-serif; max-width: calc(100vw - 24px);
      color: var(--color-neutral-content, #333); background: var(--color-neutral-background, #fff); }
    .headrace-bar a { color: inherit; font-weight: 600; white-space: nowrap; }
    .headrace-bar .time { font-variant-numeric: tabular-nums; opacity: .75; white-space: nowrap; }
    .headrace-bar [role=status]:not(:empty) { color: #fff; background: #b3261e; border-radius: 4px; padding: 1px 8px; }
    .headrace-top { top: 9px; left: 10px; }
    .headrace-bottom { bottom: 9px; left: 50%; transform: translateX(-50%); }
    .headrace-only :is(.lsf-menu-header__trigger, .lsf-menu-header__user, .lsf-breadcrumbs,
      .lsf-menu-header__context-item_right a) { visibility: hidden; }
    .lsf-modal-ls__content { max-width: calc(100vw - 16px) !important; }`;
  function build() {
    const style = document.createElement("style");
    style.textContent = STYLE;
    document.head.append(style);
    bar = document.createElement("div");
    bar.className = `headrace-bar ${isLead ? "headrace-bottom" : "headrace-top"}`;
    if (!isLead) document.body.classList.add("headrace-only");
    const back = document.createElement("a"), time = document.createElement("span"), status = document.createElement("span");
    back.href = "/desk/";
    back.textContent = say("back");
    time.className = "time";
    status.setAttribute("role", "status");
    bar.append(back, time, status);
    document.body.append(bar);
    draw();
  }
  function tell(name) {
    trouble = name;
    draw();
  }
  function draw() {
    if (!bar) return;
    const seconds = Math.floor(shownFor);
    bar.children[1].textContent =
      task ? `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")} ${say("time")}` : "";
    const told = trouble ? say(trouble) : "";
    if (bar.children[2].textContent !== told) bar.children[2].textContent = told;
  }
  if (document.body) build();
  else addEventListener("DOMContentLoaded", build);

  /* ---- Label Studio's own pages lead nowhere here ---- */
  for (const name of isLead ? [] : ["pushState", "replaceState"]) {
    const plain = history[name].bind(history);
    history[name] = (state, title, url) => {
      const to = new URL(url ?? location.href, location.href);
      if (!/^\/projects\/\d+\/data\/?$/.test(to.pathname)) return location.assign("/desk/");
      return plain(state, title, url);
    };
  }
  if ("serviceWorker" in navigator) navigator.serviceWorker.register = () => new Promise(() => {});
})();
