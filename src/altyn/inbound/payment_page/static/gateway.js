// The calls of a page to the gateway: a form is posted, JSON is answered, nothing is cached, every call has a timeout.
// Source: payment-page.md §3.

const CALL_TIMEOUT_MS = 90000; // longer than a bank may take; afterwards the page asks for the state of the order
const WAITING_POLL_MS = 2000;

export const pause = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });

// Throws when there is no answer, or no JSON in it: then the result of the call is unknown.
export async function call(rest, method, parameters, timeout = CALL_TIMEOUT_MS) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), timeout);
  try {
    const answer = await fetch(new URL(rest + method, document.baseURI), {
      method: "POST",
      body: new URLSearchParams(parameters),
      headers: { Accept: "application/json" },
      credentials: "same-origin",
      cache: "no-store",
      signal: stop.signal,
    });
    if (answer.status >= 500) throw new Error(`status ${answer.status}`);
    return await answer.json();
  } finally {
    clearTimeout(timer);
  }
}

export function sessionStatus(page, onLoad) {
  const parameters = { MDORDER: page.order, language: page.language, pageView: page.pageView };
  if (onLoad) parameters.informRbsOnLoad = "true";
  return call(page.rest, "getSessionStatus.do", parameters, 15000);
}

// Asks until the order is no longer waiting; without an answer it asks again. `onTurn` is called before each pause.
export async function untilKnown(page, onTurn = () => {}) {
  for (;;) {
    try {
      const status = await sessionStatus(page);
      if (status.redirect || status.error || !status.waiting) return status;
    } catch { /* no connection for the moment */ }
    onTurn();
    await pause(WAITING_POLL_MS);
  }
}

// A shop may be an app with its own scheme (myshop://paid). Schemes that run or read something here are refused.
export const isAllowedAddress = (address) =>
  !/^(?:javascript|data|vbscript|blob|file|filesystem|about|view-source):$/.test(new URL(address, document.baseURI).protocol);

// Opens the address of an answer.
export function navigate(address) {
  if (isAllowedAddress(address)) window.location.assign(new URL(address, document.baseURI));
}

export function errorsPage(page) {
  const query = new URLSearchParams({ mdOrder: page.order, pageView: page.pageView, language: page.language });
  return `${page.rest}showErrors.do?${query}`;
}
