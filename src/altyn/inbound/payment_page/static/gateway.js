// How a page speaks with the gateway: form posts, JSON answers, nothing cached, every call with an end.
// Source: payment-page.md §3.

const CALL_TIMEOUT_MS = 90000; // longer than a bank may take; after it the state of the order is asked for
const WAITING_POLL_MS = 2000;

export const pause = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });

// Raises when there was no answer or no JSON in it: then nothing is known of what the call did.
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

// Asks until the order is no longer waiting; a lost answer is only asked for again. `onTurn` may end the wait.
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

// A shop may be an app with a scheme of its own (myshop://paid); what runs or reads here is no place to go to.
export const mayLeadTo = (address) =>
  !/^(?:javascript|data|vbscript|blob|file|filesystem|about|view-source):$/.test(new URL(address, document.baseURI).protocol);

// Leaves for an address of an answer.
export function leave(address) {
  if (mayLeadTo(address)) window.location.assign(new URL(address, document.baseURI));
}

export function errorsPage(page) {
  const query = new URLSearchParams({ mdOrder: page.order, pageView: page.pageView, language: page.language });
  return `${page.rest}showErrors.do?${query}`;
}
