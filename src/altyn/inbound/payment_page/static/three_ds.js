// The browser's part of 3-D Secure: the form that is posted to the ACS, and the hidden method step before it.
// Source: payment-page.md §4.

const METHOD_LIMIT_MS = 10000;

// base64url without padding, the format of threeDSSessionData; order ids are ASCII.
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

// The bank checks the device in a hidden frame, which then shows our notification page. The step is finished when we
// can read the frame's address and it is not the bank's. (The bank of the sandbox may have our origin, so a readable
// address alone proves nothing.) Gives threeDSCompInd: Y finished, N not within ten seconds, U there is no method.
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
    frame.setAttribute("sandbox", "allow-scripts allow-forms allow-same-origin"); // it must not navigate the page itself
    document.body.append(frame);
    const finish = (result) => {
      clearTimeout(timer);
      frame.remove();
      resolve(result);
    };
    const timer = setTimeout(() => finish("N"), METHOD_LIMIT_MS);
    frame.addEventListener("load", () => {
      let address = "";
      try {
        address = frame.contentWindow.location.href;
      } catch { /* still at the bank */ }
      if (address && address !== "about:blank" && address !== bank) finish("Y");
    });
    postForm(url, { threeDSMethodData: packed }, frame.name);
  });
}
