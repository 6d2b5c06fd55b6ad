// The browser's part of 3-D Secure: posting a form to the payer's bank, and the hidden method step before it.
// Source: payment-page.md §4.

const METHOD_LIMIT_MS = 10000;

// base64url without padding, as threeDSSessionData wants it; order ids are ASCII.
export const base64url = (text) => btoa(text).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

export function postForm(action, fields, target = "") {
  const form = document.createElement("form");
  form.method = "post";
  form.action = new URL(action, document.baseURI);
  if (!/^https?:$/.test(new URL(form.action).protocol)) return;
  form.target = target;
  form.hidden = true;
  for (const [name, value] of Object.entries(fields)) {
    const input = document.createElement("input");
    input.type = "hidden";
    input.name = name;
    input.value = value;
    form.append(input);
  }
  document.body.append(form);
  HTMLFormElement.prototype.submit.call(form);
  form.remove();
}

// The bank looks at the device in a hidden frame and reports to our notification page, which the frame then shows:
// a frame that we can read and that is no longer at the bank's address has come home. (The sandbox's bank may live
// beside us, so reading alone proves nothing.) Gives threeDSCompInd: Y finished, N not in ten seconds, U no method.
export function methodStep(url, packed, title) {
  if (!url) return Promise.resolve("U");
  const bank = new URL(url, document.baseURI).href;
  return new Promise((resolve) => {
    const frame = document.createElement("iframe");
    frame.name = "three-ds-method";
    frame.title = title;
    frame.className = "hidden-frame";
    frame.tabIndex = -1;
    frame.setAttribute("aria-hidden", "true");
    frame.setAttribute("sandbox", "allow-scripts allow-forms allow-same-origin"); // it may not move the page itself
    document.body.append(frame);
    const finish = (answer) => {
      clearTimeout(timer);
      frame.remove();
      resolve(answer);
    };
    const timer = setTimeout(() => finish("N"), METHOD_LIMIT_MS);
    frame.addEventListener("load", () => {
      let home = "";
      try {
        home = frame.contentWindow.location.href;
      } catch { /* still at the bank */ }
      if (home && home !== "about:blank" && home !== bank) finish("Y");
    });
    postForm(url, { threeDSMethodData: packed }, frame.name);
  });
}
