// The page of a way to pay: the time left, one press at a time, and the button that opens the bank's app.
// Without scripts each form is posted to the page's own address, and the gateway answers with pages.

import { countDown } from "./countdown.js";
import { call, errorsPage, isAllowedAddress, navigate, sessionStatus } from "./gateway.js";

const APP_OPENS_MS = 1500;

const place = document.getElementById("way");
const { rest, order, language, pageView } = place.dataset;
const page = { rest, order, language, pageView };
const form = place.querySelector("form");
let busy = false;

function setBusy(now) {
  busy = now;
  form.setAttribute("aria-busy", String(now));
}

// The page as the gateway shows it now: what the payer has to do, or why it did not work.
const showState = () => window.location.replace(new URL(form.dataset.address, document.baseURI));

// Begins the payment and opens the app. The waiting page follows, so it is there when the payer comes back, and when
// the link does not open, as in the browser inside another app.
async function openApp(button) {
  setBusy(true);
  const fields = Object.fromEntries(new FormData(form, button));
  let answer;
  try {
    answer = await call(rest, "processform.do", fields);
  } catch {
    showState();
    return;
  }
  if (answer.fieldErrors) form.submit(); // nothing has begun: the gateway shows the fields
  else if (answer.redirect) navigate(answer.redirect);
  else if (answer.waiting && isAllowedAddress(button.dataset.open)) {
    setTimeout(showState, APP_OPENS_MS);
    window.location.assign(button.dataset.open);
  } else showState();
}

form?.addEventListener("submit", (event) => {
  if (busy) {
    event.preventDefault();
    return;
  }
  if (event.submitter?.dataset.open) {
    event.preventDefault();
    openApp(event.submitter);
  } else setBusy(true);
});

// The shop wants the app to open without a press (web2app). A window of a desktop never does so, however narrow it is.
const direct = form?.querySelector("[data-opens-on-phone]");
if (direct && window.top === window && matchMedia("(hover: none) and (pointer: coarse)").matches) openApp(direct);

// The browser's back button shows the page as it was left.
window.addEventListener("pageshow", async (event) => {
  if (!event.persisted) return;
  if (form) setBusy(false);
  const status = await sessionStatus(page);
  if (status.redirect) navigate(status.redirect);
  else if (status.waiting) window.location.reload();
});

countDown(place, () => navigate(errorsPage(page)));

// A message is read first; else a wrong field is corrected.
const first = document.querySelector("[aria-invalid]") || (document.getElementById("message").hasChildNodes() && document.getElementById("message"));
if (first && window.top === window) first.focus({ preventScroll: true });
