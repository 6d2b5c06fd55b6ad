// The payment page with scripts: the clock of the order, one payment at a time, and every reply followed to its end.
// Without this file the same form is posted to the page's own address and the gateway does the rest.
// Source: payment-page.md §3.1 to §3.3 and §4.

import { call, errorsPage, leave, mayLeadTo, pause, sessionStatus, untilKnown } from "./gateway.js";
import { cardFields } from "./fields.js";
import { base64url, methodStep, postForm } from "./three_ds.js";

const RESYNC_MS = 60000;
const SHORT_SECONDS = 120;
const DAY_SECONDS = 86400;
const SHOW_BEFORE_LEAVING_MS = 3000;
const PATIENCE_MS = 8000;

const $ = (id) => document.getElementById(id);
const form = $("payment");
const texts = Object.fromEntries(form.dataset.texts.split("\n").map((line) => line.split(/=(.*)/, 2)));
const page = {
  rest: form.dataset.rest,
  order: form.elements.MDORDER.value,
  language: form.elements.language.value,
  pageView: form.elements.pageView.value,
};
const plurals = new Intl.PluralRules(page.language);

const say = (key, values = {}) => texts[key].replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place);
function sayAttempts(count) {
  const counted = plurals.select(count);
  return say(`attempts_${counted === "other" ? "many" : counted}`, { count });
}

const fields = cardFields(form, say);
let busy = false;
let left = false; // the page is on its way elsewhere: nothing more is asked or shown
let unsure = false; // a payment was sent and its answer lost: ask before sending again
let payingSince = 0;

// ---- What is said on the page ----

function tell(place, kind, title, ...lines) {
  const box = document.createElement("div");
  box.className = `message message-${kind}`;
  const words = document.createElement("div");
  const strong = document.createElement("strong");
  strong.textContent = title;
  words.append(strong);
  for (const line of lines.filter(Boolean)) {
    const paragraph = document.createElement("p");
    paragraph.textContent = line;
    words.append(paragraph);
  }
  box.append($(`icon-${kind === "danger" ? "danger" : "warn"}`).content.cloneNode(true), words);
  place.replaceChildren(box);
  return words;
}

const clear = (...places) => places.forEach((place) => place.replaceChildren());

function setBusy(now) {
  busy = now;
  payingSince = Date.now();
  form.setAttribute("aria-busy", String(now));
  const button = $("pay");
  if (now) button.setAttribute("aria-disabled", "true");
  else button.removeAttribute("aria-disabled");
  button.querySelector(".spinner").hidden = !now;
  $("pay-label").textContent = now ? say("paying") : button.dataset.label;
  for (const input of form.querySelectorAll(".input")) input.readOnly = now;
}

function trouble(title, ...lines) {
  tell($("message"), "danger", title, ...lines);
  clear($("notice"));
  setBusy(false);
  $("message").focus({ preventScroll: true });
  $("message").scrollIntoView({ block: "center" });
}

// ---- The clock ----

let deadline = 0;
let warned = false;

function clockText(seconds) {
  const hours = Math.floor(seconds / 3600);
  const two = (number) => String(number).padStart(2, "0");
  const minutes = Math.floor(seconds / 60) % 60;
  return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

function setClock(seconds) {
  deadline = Date.now() + seconds * 1000;
  if (seconds > SHORT_SECONDS) {
    warned = false; // a moved clock may give time back
    if (!busy) clear($("notice"));
  }
  tick();
}

function tick() {
  if (left) return;
  const seconds = Math.ceil((deadline - Date.now()) / 1000);
  // From a day on the server's date says more than a count of hours.
  if (seconds < DAY_SECONDS) $("time-left").textContent = say("time_left", { time: clockText(Math.max(seconds, 0)) });
  $("time-left").classList.toggle("low", seconds <= SHORT_SECONDS);
  if (busy) {
    if (Date.now() - payingSince > PATIENCE_MS && !$("notice").hasChildNodes()) {
      tell($("notice"), "warn", say("paying"), say("waiting_long"));
    }
    return; // a payment that has begun is not cut off by the page
  }
  if (seconds <= 0) {
    left = true;
    leave(errorsPage(page));
  } else if (seconds <= SHORT_SECONDS && !warned) {
    warned = true;
    tell($("notice"), "warn", say("time_short"), say("time_short_help"));
  }
}

async function resync(onLoad) {
  if (busy || left) return;
  let status;
  try {
    status = await sessionStatus(page, onLoad);
  } catch {
    return; // the count goes on by itself; the next minute asks again
  }
  if (busy || left) return;
  if (status.redirect) {
    left = true;
    leave(status.redirect);
  } else if (status.waiting) {
    await waitForBank();
  } else if (status.error) {
    left = true;
    trouble(status.error);
    $("pay").setAttribute("aria-disabled", "true");
  } else if (Number.isFinite(status.remainingSecs)) {
    setClock(status.remainingSecs);
  }
}

// ---- Paying ----

async function waitForBank() {
  setBusy(true);
  await follow(await untilKnown(page, tick));
}

function goOn(address, title, ...lines) {
  left = true;
  fields.forgetCode();
  if (!title) {
    leave(address);
    return;
  }
  setBusy(false);
  form.setAttribute("aria-busy", "true");
  const words = tell($("message"), "danger", title, ...lines, say("redirecting"));
  clear($("notice"));
  const link = document.createElement("a");
  link.href = mayLeadTo(address) ? address : "#";
  link.textContent = say("continue");
  words.append(link);
  $("message").focus({ preventScroll: true });
  $("pay").setAttribute("aria-disabled", "true");
  setTimeout(() => leave(address), SHOW_BEFORE_LEAVING_MS);
}

function declined(reply) {
  fields.forgetCode();
  const attempts = Number.isInteger(reply.attemptsLeft) ? reply.attemptsLeft : null;
  if (attempts === 0) {
    goOn(errorsPage(page), say("declined"), reply.error);
    return;
  }
  const wrong = fields.tell(reply.fieldErrors || {});
  if (wrong) {
    trouble(say("check_fields"), reply.error);
    wrong.focus();
    return;
  }
  const hint = attempts === null ? "" : sayAttempts(attempts);
  const text = reply.error || reply.errorMessage;
  if (text) trouble(say("declined"), text, `${hint} ${say("try_again")}`.trim());
  else trouble(say("unavailable"), say("unavailable_help"));
}

// Every row of the table of replies, payment-page.md §3.2.
async function follow(reply, sendAgain) {
  if (reply.waiting) {
    await waitForBank();
  } else if (reply.acsUrl && (reply.packedCReq || reply.cReq)) {
    left = true;
    const creq = reply.packedCReq || reply.cReq;
    postForm(reply.acsUrl, { creq, threeDSSessionData: base64url(page.order) });
  } else if (reply.acsUrl && reply.paReq) {
    left = true;
    postForm(reply.acsUrl, { PaReq: reply.paReq, MD: page.order, TermUrl: reply.termUrl });
  } else if (reply.error && reply.redirect) {
    goOn(reply.redirect, say("declined"), reply.error);
  } else if (reply.redirect) {
    if (reply.info) $("pay-label").textContent = reply.info;
    goOn(reply.redirect);
  } else if (reply.is3DSVer2 && reply.threeDSServerTransId && sendAgain) {
    const outcome = await methodStep(reply.threeDSMethodURL, reply.threeDSMethodDataPacked, say("paying"));
    await sendAgain({ threeDSServerTransId: reply.threeDSServerTransId, threeDSCompInd: outcome });
  } else {
    declined(reply);
  }
}

function browserInfo() {
  return JSON.stringify({
    userAgent: navigator.userAgent,
    colorDepth: window.screen.colorDepth,
    screenHeight: window.screen.height,
    screenWidth: window.screen.width,
    javaEnabled: false,
    javascriptEnabled: true,
    browserLanguage: navigator.language,
    browserTimeZoneOffset: new Date().getTimezoneOffset(),
  });
}

async function send(method, values, more = {}) {
  const sendAgain = more.threeDSServerTransId ? undefined : (added) => send(method, values, added);
  await follow(await call(page.rest, method, { ...values, ...more }), sendAgain);
}

function payment(way) {
  const common = { jsonParams: "{}", clientBrowserInfo: browserInfo(), pageView: page.pageView };
  if (way) {
    return ["processform.do", { ...common, MDORDER: page.order, language: page.language, paymentWay: way }];
  }
  if (fields.newCard()) return ["processform.do", { ...common, MDORDER: page.order, ...fields.values() }];
  const chosen = form.querySelector('[name="bindingId"]:checked').value;
  return ["processBindingForm.do", { ...common, orderId: page.order, bindingId: chosen, ...fields.values() }];
}

// The answer was lost: find out what became of the payment before anybody presses again.
async function afterLostAnswer() {
  unsure = true;
  tell($("notice"), "warn", say("network"), say("network_checking"));
  for (let turn = 0; turn < 4; turn += 1) {
    await pause(turn ? 3000 : 800);
    try {
      const status = await sessionStatus(page);
      unsure = false;
      if (status.waiting || status.redirect || status.error) await follow(status);
      else trouble(say("network"), say("network_retry"));
      return;
    } catch { /* still no connection */ }
  }
  trouble(say("network"), say("network_offline"));
}

async function pay(way) {
  setBusy(true);
  clear($("message"), $("notice"));
  try {
    if (unsure) {
      const status = await sessionStatus(page);
      unsure = false;
      if (status.waiting || status.redirect || status.error) {
        await follow(status);
        return;
      }
    }
    await send(...payment(way));
  } catch {
    if (!left) await afterLostAnswer();
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (busy || left) return;
  const way = event.submitter?.name === "paymentWay" ? event.submitter.value : "";
  const wrong = way ? undefined : fields.firstWrong();
  if (wrong) {
    clear($("message"));
    wrong.focus();
    return;
  }
  pay(way);
});

// ---- Sandbox cards, the phone's keyboard, coming back by the browser's button ----

for (const button of document.querySelectorAll("#test-cards [data-pan]")) {
  const { pan, expiry, cvc } = button.dataset;
  button.hidden = false;
  fields.rememberTestCard(pan, expiry);
  button.addEventListener("click", () => {
    fields.fill(pan, expiry, cvc);
    $("test-cards").open = false;
    $("pay").focus();
  });
}

// Where the keyboard lies over the page instead of shrinking it, the pinned button moves above it.
const viewport = window.visualViewport;
viewport?.addEventListener("resize", () => {
  const covered = Math.max(0, Math.round(window.innerHeight - viewport.height * viewport.scale));
  document.documentElement.style.setProperty("--keyboard", `${viewport.scale > 1.01 ? 0 : covered}px`);
});

// Browsers keep what a form held for the way back; the code is not for keeping.
window.addEventListener("pagehide", () => fields.forgetCode());
window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  left = false;
  clear($("message"), $("notice"));
  setBusy(false);
  resync();
});
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) resync();
});

form.noValidate = true;
$("pay").dataset.label = $("pay-label").textContent;
setClock(Number(form.dataset.remaining));
setInterval(tick, 1000);
setInterval(resync, RESYNC_MS);
resync(true);
