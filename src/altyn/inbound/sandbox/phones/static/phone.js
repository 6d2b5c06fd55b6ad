// Keeps a screen of the simulated phone up to date: asks for changes, and replaces the parts of the screen that differ.
// A visible phone waits for an answer; a hidden one asks every few seconds, so that many tabs need few connections.

const WAIT_SECONDS = 5;
const HIDDEN_PAUSE_MS = 3000;
const FAILED_PAUSE_MS = 2000;
const BANNER_MS = 8000;
const LIVE = ["lock", "bank", "plans", "thread", "message"];

const $ = (id) => document.getElementById(id);
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const device = $("device");
const { screen, message, language, arrived } = device.dataset;
let { version, newest } = device.dataset;

// A list whose items have ids keeps the items that are the same, so that focus and reading position stay.
function updateList(current, next) {
  const known = new Map([...current.children].map((item) => [item.id, item]));
  const items = [...next.children].map((item) => {
    const same = known.get(item.id);
    if (same && same.isEqualNode(item)) return same;
    if (!same) item.classList.add("arrives");
    return item;
  });
  items.forEach((item, place) => {
    if (current.children[place] !== item) current.insertBefore(item, current.children[place] || null);
  });
  while (current.children.length > items.length) current.lastElementChild.remove();
}

function updatePart(current, next) {
  if (current.isEqualNode(next)) return;
  const [list, nextList] = [current, next].map((part) => part.querySelector(":scope > ul, :scope > ol"));
  if (list && nextList) {
    updateList(list, nextList);
    return;
  }
  const focused = current.contains(document.activeElement);
  current.replaceChildren(...next.childNodes);
  if (focused) (current.querySelector("h1[tabindex]") || $("screen")).focus({ preventScroll: true });
}

async function updateScreen() {
  const response = await fetch(window.location.href, { headers: { Accept: "text/html" } });
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
  document.title = fresh.title;
  for (const current of document.querySelectorAll("[data-part]")) {
    const next = fresh.querySelector(`[data-part="${current.dataset.part}"]`);
    if (next) updatePart(current, next);
  }
}

let hiding;
function showBanner(text, href) {
  const banner = $("banner");
  $("banner-text").textContent = text;
  banner.href = href;
  banner.hidden = false;
  clearTimeout(hiding);
  hiding = setTimeout(() => {
    banner.hidden = !banner.matches(":hover, :focus");
  }, BANNER_MS);
}

async function askForChanges() {
  const wait = document.hidden ? 0 : WAIT_SECONDS;
  const query = new URLSearchParams({ version, wait, message, language });
  const response = await fetch(`${device.dataset.changes}?${query}`);
  if (!response.ok) throw new Error(`status ${response.status}`);
  return response.json();
}

async function apply(found) {
  if (found.version === version) return;
  if (LIVE.includes(screen)) await updateScreen();
  if (found.newest > Number(newest)) {
    $("announcement").textContent = `${arrived}: ${found.text}`;
    if (screen !== "lock") showBanner(found.text, found.href);
    newest = found.newest;
  }
  version = found.version;
}

async function follow() {
  for (;;) {
    try {
      const found = await askForChanges();
      await apply(found);
      $("offline").hidden = true;
    } catch {
      if (leaving) return;
      $("offline").hidden = false;
      await pause(FAILED_PAUSE_MS);
    }
    if (document.hidden) await Promise.race([pause(HIDDEN_PAUSE_MS), shown()]);
  }
}

const shown = () => new Promise((resolve) => document.addEventListener("visibilitychange", resolve, { once: true }));

// A page that is being left has its requests cut; that is no failure.
let leaving = false;
window.addEventListener("pagehide", () => { leaving = true; });
window.addEventListener("pageshow", (event) => { if (event.persisted) window.location.reload(); });

// A button that was pressed shows that it works, and is not pressed twice.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  event.submitter?.setAttribute("aria-disabled", "true");
});

follow();
