// The payment page: the time left, one payment at a time, what follows from each answer.
// Without scripts the form is posted to the page's address, and the gateway answers with pages.
// Source: payment-page.md §3.1 to §3.3 and §4.

import { call, errorsPage, isAllowedAddress, navigate, pause, sessionStatus, untilKnown } from "./gateway.js";
import { digitsOf } from "./card.js";
import { DAY_SECONDS, SHORT_SECONDS, clockText } from "./clock.js";
import { cardFields } from "./fields.js";
import { base64url, methodStep, postForm } from "./three_ds.js";

const RESYNC_MS = 60000;
const SHOW_BEFORE_LEAVING_MS = 5000;
const SLOW_MS = 8000;

const $ = (id) => document.getElementById(id);
const form = $("payment");
const texts = Object.fromEntries(form.dataset.texts.split("\n").map((line) => line.split(/=(.*)/, 2)));
const page = {
  rest: form.dataset.rest,
  order: form.elements.MDORDER.value,
  language: form.elements.language.value,
  pageView: form.elements.pageView.value,
};
// The card pays the first part of a payment in parts.
const ownWay = form.dataset.way ? { paymentWay: form.dataset.way } : {};
const plurals = new Intl.PluralRules(page.language);

const message = (key, values = {}) => texts[key].replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place);
function attemptsText(count) {
  const counted = plurals.select(count);
  return message(`attempts_${counted === "other" ? "many" : counted}`, { count });
}

const stored = $("stored")
  ? (await import("./stored_cards.js")).storedCards(page, showMessage, () => fields.forgetCard())
  : { id() {}, markAnother() {} };
const fields = cardFields(form, message, stored);
let busy = false;
let left = false; // another page is being opened: nothing more is requested or shown
let unsure = false; // the answer to a payment was lost: ask for the state before sending again
let payingSince = 0;

// ---- Messages ----

function showMessage(place, kind, title, ...lines) {
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
  box.append($(`icon-${kind}`).content.cloneNode(true), words);
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
  $("pay-label").textContent = now ? message("paying") : button.dataset.label;
  for (const input of form.querySelectorAll(".input")) input.readOnly = now;
}

function showFailure(title, ...lines) {
  showMessage($("message"), "danger", title, ...lines);
  clear($("notice"));
  setBusy(false);
  $("message").focus({ preventScroll: true });
  $("message").scrollIntoView({ block: "center" });
}

// ---- The time left ----

let deadline = 0;
let warned = false;

function setClock(seconds) {
  deadline = Date.now() + seconds * 1000;
  if (seconds > SHORT_SECONDS) {
    warned = false; // the gateway's clock may have been set back
    if (!busy) clear($("notice"));
  }
  tick();
}

// The order takes no more payments from this page, so no time is left to pay it.
const showTimeLeft = (shown) => { $("session").hidden = !shown; };

function tick() {
  if (left) return;
  const seconds = Math.ceil((deadline - Date.now()) / 1000);
  // With a day or more left, the date that the gateway wrote stays.
  if (seconds < DAY_SECONDS) $("time-left").textContent = message("time_left", { time: clockText(Math.max(seconds, 0)) });
  $("time-left").classList.toggle("low", seconds <= SHORT_SECONDS);
  if (busy) {
    if (Date.now() - payingSince > SLOW_MS && !$("notice").hasChildNodes()) {
      showMessage($("notice"), "warn", message("paying"), message("waiting_long"));
    }
    return; // the page does not interrupt a payment that has begun
  }
  if (seconds <= 0) {
    left = true;
    navigate(errorsPage(page));
  } else if (seconds <= SHORT_SECONDS && !warned) {
    warned = true;
    showMessage($("notice"), "warn", message("time_short"), message("time_short_help"));
  }
}

async function resync(onLoad) {
  if (busy || left) return;
  let status;
  try {
    status = await sessionStatus(page, onLoad);
  } catch {
    return; // the next call is in a minute
  }
  if (busy || left) return;
  if (status.redirect) {
    left = true;
    navigate(status.redirect);
  } else if (status.waiting) {
    await waitForBank();
  } else if (status.error) {
    left = true;
    showTimeLeft(false);
    showFailure(status.error);
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

function openNext(address, title, ...lines) {
  left = true;
  fields.forgetCode();
  if (!title) {
    navigate(address);
    return;
  }
  setBusy(false);
  form.classList.add("over");
  showTimeLeft(false);
  const words = showMessage($("message"), "danger", title, ...lines);
  const link = document.createElement("a");
  link.className = "button";
  link.href = isAllowedAddress(address) ? address : "#";
  link.textContent = message("continue");
  words.append(link);
  $("message").focus({ preventScroll: true });
  setTimeout(() => navigate(address), SHOW_BEFORE_LEAVING_MS);
}

function declined(answer) {
  fields.forgetCode();
  const attempts = Number.isInteger(answer.attemptsLeft) ? answer.attemptsLeft : null;
  if (attempts === 0) {
    openNext(errorsPage(page), message("declined"), answer.error, message("redirecting"));
    return;
  }
  const wrong = fields.showErrors(answer.fieldErrors || {});
  if (wrong) {
    showFailure(message("check_fields"), answer.error);
    wrong.focus();
    return;
  }
  const hint = attempts === null ? "" : attemptsText(attempts);
  const text = answer.error || answer.errorMessage;
  if (text) showFailure(message("declined"), text, `${hint} ${answer.advice || ""}`.trim());
  else showFailure(message("unavailable"), message("unavailable_help"));
}

// Every row of the table of answers, payment-page.md §3.2.
async function follow(answer, sendAgain) {
  if (answer.waiting) {
    await waitForBank();
  } else if (answer.acsUrl && (answer.packedCReq || answer.cReq)) {
    left = true;
    const creq = answer.packedCReq || answer.cReq;
    postForm(answer.acsUrl, { creq, threeDSSessionData: base64url(page.order) });
  } else if (answer.acsUrl && answer.paReq) {
    left = true;
    postForm(answer.acsUrl, { PaReq: answer.paReq, MD: page.order, TermUrl: answer.termUrl });
  } else if (answer.error && answer.redirect) {
    openNext(answer.redirect, message("declined"), answer.error, answer.advice || message("redirecting"));
  } else if (answer.redirect) {
    if (answer.info) $("pay-label").textContent = answer.info;
    openNext(answer.redirect);
  } else if (answer.is3DSVer2 && answer.threeDSServerTransId && sendAgain) {
    const outcome = await methodStep(answer.threeDSMethodURL, answer.threeDSMethodDataPacked, message("paying"));
    await sendAgain({ threeDSServerTransId: answer.threeDSServerTransId, threeDSCompInd: outcome });
  } else {
    declined(answer);
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

async function send(values, more = {}) {
  const sendAgain = more.threeDSServerTransId ? undefined : (added) => send(values, added);
  const answer = await call(page.rest, values.bindingId ? "processBindingForm.do" : "processform.do", { ...values, ...more });
  if (answer.waiting && values.paymentWay) {
    left = true;
    window.location.reload(); // the waiting page shows what the payer has to do
    return;
  }
  if (answer.fieldErrors?.bindingId) stored.removed(values.bindingId);
  await follow(answer, sendAgain);
}

function payment(way) {
  const common = {
    jsonParams: "{}",
    clientBrowserInfo: browserInfo(),
    pageView: page.pageView,
    MDORDER: page.order,
  };
  return { ...common, ...fields.contact(), ...(way ? { language: page.language, paymentWay: way } : { ...fields.values(), ...ownWay }) };
}

// The answer was lost: find out the payment's state before the payer can press again.
async function afterLostAnswer() {
  unsure = true;
  showMessage($("notice"), "warn", message("network"), message("network_checking"));
  for (let turn = 0; turn < 4; turn += 1) {
    await pause(turn ? 3000 : 800);
    try {
      const status = await sessionStatus(page);
      unsure = false;
      if (status.waiting || status.redirect || status.error) await follow(status);
      else showFailure(message("network"), message("network_retry"));
      return;
    } catch { /* still no connection */ }
  }
  showFailure(message("network"), message("network_offline"));
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
    await send(payment(way));
  } catch {
    if (!left) await afterLostAnswer();
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (busy || left) return;
  const way = event.submitter?.name === "paymentWay" ? event.submitter.value : "";
  const wrong = fields.firstWrong(way);
  if (wrong) {
    clear($("message"));
    wrong.focus();
    return;
  }
  pay(way);
});

// ---- Test cards, the keyboard of a phone, the browser's back button ----

// A card becomes a button; without scripts its number can be copied.
for (const item of document.querySelectorAll("#test-cards li")) {
  const pan = digitsOf(item.querySelector("b").textContent);
  const [expiry, cvc = ""] = item.querySelector("span").textContent.match(/\d\d\/\d\d|\d{3,4}$/g);
  const button = document.createElement("button");
  button.type = "button";
  button.className = "test-card";
  button.append(...item.childNodes);
  item.append(button);
  fields.rememberTestCard(pan, expiry);
  button.addEventListener("click", () => {
    if (busy || left) return;
    fields.fill(pan, expiry, cvc);
    $("pay").focus();
  });
}
if ($("test-cards-help")) $("test-cards-help").hidden = false;

// The payer can type at once, unless a keyboard on the screen would cover the form, the page is in a frame of a shop, or
// a message has to be read first.
if (window.matchMedia("(hover: hover) and (pointer: fine)").matches && window.top === window && document.activeElement === document.body) {
  ($("message").hasChildNodes() ? document.querySelector("[aria-invalid]") || $("message") : $("payment").querySelector("#contact[value='']") || fields.first() || $("pay")).focus({ preventScroll: true });
}

// Where the keyboard covers the page, the pinned button moves above it.
const viewport = window.visualViewport;
viewport?.addEventListener("resize", () => {
  const covered = Math.max(0, Math.round(window.innerHeight - viewport.height * viewport.scale));
  document.documentElement.style.setProperty("--keyboard", `${viewport.scale > 1.01 ? 0 : covered}px`);
});

// Browsers keep a form's values for the back button; the CVC must not be kept.
window.addEventListener("pagehide", () => fields.forgetCode());
window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  left = false;
  form.classList.remove("over");
  showTimeLeft(true);
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
